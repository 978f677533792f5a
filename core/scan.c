#include "core/scan.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

size_t pop3_scan_lf_dot_plain(const uint8_t *data, size_t len) {
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

// One vector of 16 comparisons: LF here and a dot one octet further on.
static inline __m128i lf_dot(const uint8_t *p, __m128i lf, __m128i dot) {
  const __m128i here = _mm_loadu_si128((const __m128i *)(const void *)p);
  const __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
  return _mm_and_si128(_mm_cmpeq_epi8(here, lf), _mm_cmpeq_epi8(next, dot));
}

size_t pop3_scan_lf_dot(const uint8_t *data, size_t len) {
  const __m128i lf = _mm_set1_epi8('\n');
  const __m128i dot = _mm_set1_epi8('.');
  size_t at = 0;
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
  return at + pop3_scan_lf_dot_plain(data + at, len - at);
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

static inline uint8x16_t lf_dot(const uint8_t *p, uint8x16_t lf, uint8x16_t dot) {
  return vandq_u8(vceqq_u8(vld1q_u8(p), lf), vceqq_u8(vld1q_u8(p + 1), dot));
}

size_t pop3_scan_lf_dot(const uint8_t *data, size_t len) {
  const uint8x16_t lf = vdupq_n_u8('\n');
  const uint8x16_t dot = vdupq_n_u8('.');
  size_t at = 0;
  while (len - at > 64) {
    const uint8x16_t any =
        vorrq_u8(vorrq_u8(lf_dot(data + at, lf, dot), lf_dot(data + at + 16, lf, dot)),
                 vorrq_u8(lf_dot(data + at + 32, lf, dot), lf_dot(data + at + 48, lf, dot)));
    if (vmaxvq_u8(any) != 0) return at + pop3_scan_lf_dot_plain(data + at, 65);
    at += 64;
  }
  return at + pop3_scan_lf_dot_plain(data + at, len - at);
}

#else

size_t pop3_scan_lf_dot(const uint8_t *data, size_t len) {
  return pop3_scan_lf_dot_plain(data, len);
}

#endif
