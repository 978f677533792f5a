#include "core/codec/scan.h"

#include <string.h>

#if defined(__SSE2__)
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#else
#include <emmintrin.h>
#endif
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

size_t p3_scan_lf_dot_plain(const uint8_t *data, size_t len) {
  size_t at = 0;
  while (at + 1 < len) {
    const uint8_t *lf = memchr(data + at, '\n', len - 1 - at);
    if (lf == NULL) return len;
    if (lf[1] == '.') return (size_t)(lf - data);
    at = (size_t)(lf - data) + 1;
  }
  return len;
}

#if defined(__SSE2__)

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_AVX2_VARIANT 1

// The same with vectors of 32, where the processor has them: twice as fast within the cache, which
// is where the octets are that have just been received.
__attribute__((target("avx2"))) static inline __m256i lf_dot_32(const uint8_t *p, __m256i lf,
                                                                __m256i dot) {
  const __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)p);
  const __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
  return _mm256_and_si256(_mm256_cmpeq_epi8(here, lf), _mm256_cmpeq_epi8(next, dot));
}

// Looks at whole pieces of 128 octets. Returns how far there is nothing: the next 128 hold a match,
// or are not there.
__attribute__((target("avx2"))) static size_t skip_avx2(const uint8_t *data, size_t len) {
  const __m256i lf = _mm256_set1_epi8('\n');
  const __m256i dot = _mm256_set1_epi8('.');
  size_t at = 0;
  while (len - at > 128) {
    const __m256i a = lf_dot_32(data + at, lf, dot);
    const __m256i b = lf_dot_32(data + at + 32, lf, dot);
    const __m256i c = lf_dot_32(data + at + 64, lf, dot);
    const __m256i d = lf_dot_32(data + at + 96, lf, dot);
    const __m256i any = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
    if (_mm256_movemask_epi8(any) != 0) break;
    at += 128;
  }
  return at;
}
#endif

// One vector of 16 comparisons: LF here and a dot one octet further on.
static inline __m128i lf_dot(const uint8_t *p, __m128i lf, __m128i dot) {
  const __m128i here = _mm_loadu_si128((const __m128i *)(const void *)p);
  const __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
  return _mm_and_si128(_mm_cmpeq_epi8(here, lf), _mm_cmpeq_epi8(next, dot));
}

size_t p3_scan_lf_dot(const uint8_t *data, size_t len) {
  const __m128i lf = _mm_set1_epi8('\n');
  const __m128i dot = _mm_set1_epi8('.');
  size_t at = 0;
#if defined(HAS_AVX2_VARIANT)
  if (len > 256 && __builtin_cpu_supports("avx2")) at = skip_avx2(data, len);
#endif
  // 64 octets and the one behind them at a time: a match is rare, so look at the sum first.
  while (len - at > 64) {
    const __m128i a = lf_dot(data + at, lf, dot);
    const __m128i b = lf_dot(data + at + 16, lf, dot);
    const __m128i c = lf_dot(data + at + 32, lf, dot);
    const __m128i d = lf_dot(data + at + 48, lf, dot);
    if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0) {
      const uint64_t mask = (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
                            (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
                            (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
                            (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
      return at + (size_t)__builtin_ctzll(mask);
    }
    at += 64;
  }
  return at + p3_scan_lf_dot_plain(data + at, len - at);
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

static inline uint8x16_t lf_dot(const uint8_t *p, uint8x16_t lf, uint8x16_t dot) {
  return vandq_u8(vceqq_u8(vld1q_u8(p), lf), vceqq_u8(vld1q_u8(p + 1), dot));
}

size_t p3_scan_lf_dot(const uint8_t *data, size_t len) {
  const uint8x16_t lf = vdupq_n_u8('\n');
  const uint8x16_t dot = vdupq_n_u8('.');
  size_t at = 0;
  while (len - at > 64) {
    const uint8x16_t any =
        vorrq_u8(vorrq_u8(lf_dot(data + at, lf, dot), lf_dot(data + at + 16, lf, dot)),
                 vorrq_u8(lf_dot(data + at + 32, lf, dot), lf_dot(data + at + 48, lf, dot)));
    if (vmaxvq_u8(any) != 0) return at + p3_scan_lf_dot_plain(data + at, 65);
    at += 64;
  }
  return at + p3_scan_lf_dot_plain(data + at, len - at);
}

#else

size_t p3_scan_lf_dot(const uint8_t *data, size_t len) { return p3_scan_lf_dot_plain(data, len); }

#endif
