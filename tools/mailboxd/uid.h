// Unique-ids of stored mail: the same in every session, valid (RFC 1939: 1 to 70 octets from 0x21
// to 0x7E), and different for every message of a maildrop.
#ifndef TOOLS_MAILBOXD_UID_H_
#define TOOLS_MAILBOXD_UID_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// UID_SIZE is room for a unique-id and its NUL.
#define UID_SIZE 71u

// uid_of_file makes one of a Maildir file's name: what stands before the ':' of the flags if that
// is valid, and 'h' and two hashes of it otherwise.
void uid_of_file(char out[UID_SIZE], const char *name);

// uid_of_hash makes one of a hash of a message, which is the |nth| with this hash.
void uid_of_hash(char out[UID_SIZE], uint64_t hash, uint32_t nth);

// uid_counter counts how often each hash was seen.
struct uid_counter {
  struct uid_count {
    uint64_t hash;
    uint32_t count;
  } * slots;
  size_t num_slots;  // a power of two
};

// uid_counter_init makes room for |max| hashes; 0 if memory ran out.
int uid_counter_init(struct uid_counter *counter, size_t max);

// uid_counter_add counts |hash| and returns how often it has been seen: 1 the first time. To be
// called at most |max| times.
uint32_t uid_counter_add(struct uid_counter *counter, uint64_t hash);

// uid_counter_cleanup frees the table.
void uid_counter_cleanup(struct uid_counter *counter);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_UID_H_
