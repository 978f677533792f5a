// Filling structs whose owner may know fewer of their members than this library, or more; see
// <pop3/size.h>.
#ifndef POP3_CORE_FILL_H_
#define POP3_CORE_FILL_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_fill copies |full|, which has |full_size| octets, to |out|, no further than the size that
// |out| has in its first member. That is then how much of it is filled, and what lies behind stays.
// Returns 1, or 0 if |out| is too small to have a size: then it is left alone.
int p3_fill(void *out, const void *full, size_t full_size);

// p3_fill_preset makes |out|, of |size| octets, what |preset| is, which has |preset_size|: what
// that lacks is zero, and the first member is |size|. Does nothing if |size| is too small for that.
void p3_fill_preset(void *out, size_t size, const void *preset, size_t preset_size);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_FILL_H_
