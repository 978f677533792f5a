// How structs grow: members are added at the end only, and each side says how much it knows.
//
// A struct that may grow has a member |size|, its first or its second. Whoever owns the memory says
// in it how many octets are there, and nobody reads or writes behind them:
//
//   * What you fill (options, requests, sinks) is read up to |size|; members behind it, of which an
//     older program does not know, have their defaults.
//   * What libpop3 fills for you (pop3_security, pop3_answer) has |size| set by you before the
//   call,
//     as the struct's _INIT does. At most that much is written; afterwards |size| says how much
//     was, which is less where the program is newer than the library.
//   * What libpop3 hands to a callback or a plugin has |size| set by libpop3.
//
// Who was built with a newer libpop3 than it may meet asks POP3_HAS_MEMBER before it reads a member
// that was added later. Structs without |size| never change.
#ifndef POP3_SIZE_H_
#define POP3_SIZE_H_

#include <stddef.h>
#include <stdint.h>

// POP3_CAST is a conversion that neither C nor C++ warns about.
#ifdef __cplusplus
#define POP3_CAST(type, value) static_cast<type>(value)
#else
#define POP3_CAST(type, value) ((type)(value))
#endif

// POP3_SIZEOF is sizeof(type) as the member |size| holds it.
#define POP3_SIZEOF(type) POP3_CAST(uint32_t, sizeof(type))

// POP3_HAS_MEMBER says whether the struct at |ptr|, which begins with a |size| member or has one as
// its second, is large enough to hold |member|.
#define POP3_HAS_MEMBER(type, ptr, member) \
  ((ptr)->size >= offsetof(type, member) + sizeof((ptr)->member))

#endif  // POP3_SIZE_H_
