// Memory through a pop3_allocator, with checked sizes.
#ifndef POP3_CORE_BASE_MEMORY_H_
#define POP3_CORE_BASE_MEMORY_H_

#include <pop3/allocator.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_allocator_resolve copies |in| to |out|; if |in| or one of its functions is NULL, it takes
// the C library's, all three: two allocators are never mixed.
void p3_allocator_resolve(pop3_allocator *out, const pop3_allocator *in);

// p3_mem_alloc returns |size| octets, or NULL. |size| 0 gives one octet.
void *p3_mem_alloc(const pop3_allocator *allocator, size_t size);

// p3_mem_zalloc returns |count| * |size| zeroed octets, or NULL, also if the product overflows.
void *p3_mem_zalloc(const pop3_allocator *allocator, size_t count, size_t size);

// p3_mem_grow makes room for |count| elements of |size| octets; NULL leaves |ptr| as it was.
void *p3_mem_grow(const pop3_allocator *allocator, void *ptr, size_t count, size_t size);

// p3_mem_strdup copies |len| octets and adds a NUL, or returns NULL.
char *p3_mem_strdup(const pop3_allocator *allocator, const char *text, size_t len);

// p3_mem_free frees |ptr|, which may be NULL.
void p3_mem_free(const pop3_allocator *allocator, void *ptr);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_BASE_MEMORY_H_
