// The generator: mail that needs no storage, and that anybody can compute again.
//
// `--generate COUNTxSIZE` serves COUNT messages of exactly SIZE octets each (as LIST says: lines
// ended by CRLF, doubled dots not counted). Message n (1, 2, ...) is, in this order:
//
//   header   the text below, its lines ended by CRLF; N is n as ten decimal digits, S is SIZE as
//   twelve
//
//              From: Generator <generator@mailboxd.invalid>
//              To: Reader <reader@mailboxd.invalid>
//              Date: Thu, 01 Jan 1970 00:00:00 +0000
//              Subject: Message N of S octets
//              Message-ID: <N.S@mailboxd.invalid>
//              MIME-Version: 1.0
//              Content-Type: text/plain; charset=us-ascii
//              (an empty line)
//
//   body     L = SIZE - (length of the header) octets, the same for all n. Think of an endless text
//            whose line j (0, 1, ...) has 68 + j % 5 octets, octet k (0, 1, ...) of them being
//            33 + (j + 7 * k) % 94, and then CRLF; only where j % 470 is 107 the line is a single
//            dot. The body is the first L - 2 octets of that text, then CRLF; and if octet L - 3
//            (counted from 0) would be a CR, it is a '-' instead.
//
// So about one line in a hundred begins with a dot, and the text repeats every 470 lines. SIZE is
// at least generator_min_size(); it is then followed by no more than the last CRLF of the body.
#ifndef TOOLS_MAILBOXD_GENERATOR_H_
#define TOOLS_MAILBOXD_GENERATOR_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// GENERATOR_HEADER_MAX is more than any header needs.
#define GENERATOR_HEADER_MAX 320u
// GENERATOR_PERIOD is after how many lines the endless text repeats.
#define GENERATOR_PERIOD 470u
// GENERATOR_MAX_SIZE is the largest SIZE: what twelve digits can say.
#define GENERATOR_MAX_SIZE UINT64_C(999999999999)

// generator_header writes the header of message |n| and returns its length, which depends on
// nothing.
size_t generator_header(char out[GENERATOR_HEADER_MAX], uint32_t n, uint64_t size);

// generator_min_size returns the smallest SIZE there can be.
uint64_t generator_min_size(void);

// generator_line writes line |j| of the endless text, CRLF included, and returns its length: at
// most 74.
size_t generator_line(uint8_t out[74], uint64_t j);

// generator_body writes octets |offset| to |offset| + |len| of the body of a message of |size|
// octets; they must lie within it.
void generator_body(uint8_t *out, uint64_t size, uint64_t offset, size_t len);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_GENERATOR_H_
