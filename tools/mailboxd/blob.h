// Octets that several holders share: counted references, one thread.
#ifndef TOOLS_MAILBOXD_BLOB_H_
#define TOOLS_MAILBOXD_BLOB_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// blob is a run of octets, on the heap or mapped from a file.
//
// A mapped blob's octets are for the kernel only (sendmsg): a file that is truncated under a
// mapping makes the kernel answer EFAULT, but kills the process that touches the octets itself.
struct blob {
  uint32_t refs;
  size_t len;      // octets in use
  size_t cap;      // octets that there is room for
  uint8_t *data;   // the octets
  void *map;       // what to unmap, or NULL
  size_t map_len;  // how much of it
};

// blob_new returns an empty blob with room for |cap| octets and one reference, or NULL.
struct blob *blob_new(size_t cap);

// blob_map returns octets |offset| to |offset| + |len| of |fd|, for the kernel's eyes only, or
// NULL.
struct blob *blob_map(int fd, uint64_t offset, size_t len);

// blob_ref adds a reference and returns |blob|. NULL stays NULL.
struct blob *blob_ref(struct blob *blob);

// blob_unref gives a reference back; the last one frees. NULL does nothing.
void blob_unref(struct blob *blob);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_BLOB_H_
