#include "tests/cli/freed.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POP3_ASAN 1
#elif __has_feature(thread_sanitizer)
#define POP3_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define POP3_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define POP3_TSAN 1
#endif

#if defined(POP3_ASAN)
// gcc has no header for these.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *,
                                                                           size_t),
                                                         void (*on_free)(const volatile void *));
extern "C" size_t __sanitizer_get_allocated_size(const volatile void *block);
// NOLINTEND(bugprone-reserved-identifier)
#endif

namespace {

char g_secret[64];
size_t g_secret_len = 0;
int g_found = 0;

// Looks into what is about to be freed.
[[maybe_unused]] void Look(const void *block, size_t size) {
  if (block == nullptr || g_secret_len == 0 || size < g_secret_len) return;
  if (memmem(block, size, g_secret, g_secret_len) != nullptr) g_found++;
}

#if defined(POP3_ASAN)
void OnMalloc(const volatile void *, size_t) {}
void OnFree(const volatile void *block) {
  const void *octets = const_cast<const void *>(block);
  if (g_secret_len > 0 && block != nullptr) {
    Look(octets, __sanitizer_get_allocated_size(octets));
  }
}
const int g_installed = __sanitizer_install_malloc_and_free_hooks(OnMalloc, OnFree);
#endif

}  // namespace

void Freed::Watch(const char *secret) {
  g_found = 0;
  g_secret_len = strlen(secret);
  if (g_secret_len >= sizeof(g_secret)) abort();
  memcpy(g_secret, secret, g_secret_len);
}

int Freed::Stop() {
  g_secret_len = 0;
  return g_found;
}

#if !defined(POP3_ASAN) && !defined(POP3_TSAN)

// glibc's own, under their other names.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" void __libc_free(void *block);
extern "C" void *__libc_realloc(void *block, size_t size);
// NOLINTEND(bugprone-reserved-identifier)

extern "C" void free(void *block) noexcept {
  if (g_secret_len > 0) Look(block, block == nullptr ? 0 : malloc_usable_size(block));
  __libc_free(block);
}

// Where a block moves its old octets are freed.
extern "C" void *realloc(void *block, size_t size) noexcept {
  if (g_secret_len > 0) Look(block, block == nullptr ? 0 : malloc_usable_size(block));
  return __libc_realloc(block, size);
}

#endif
