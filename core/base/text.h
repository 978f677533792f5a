// Text that came from somebody else: compared, and made safe to show.
#ifndef POP3_CORE_BASE_TEXT_H_
#define POP3_CORE_BASE_TEXT_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_ascii_equal compares a slice with a NUL-terminated word without regard to ASCII case.
int p3_ascii_equal(const char *text, size_t text_len, const char *word);

// P3_QUOTE_MAX is the size of a buffer for p3_text_quote.
#define P3_QUOTE_MAX 80

// p3_text_clean copies |text| to |out| (|out_cap| octets with the NUL) as one harmless line:
// printable ASCII and well-formed UTF-8 stay; control characters, whatever is not UTF-8, and
// characters that are invisible or turn the writing direction become \xNN. Ends in "..." if not all
// of it fits; no character and no \xNN is cut in two. Returns the length written.
size_t p3_text_clean(char *out, size_t out_cap, const char *text, size_t text_len);

// p3_text_quote writes the start of |text| to |out| as p3_text_clean does and returns |out|:
// for error messages. The argument of a PASS, APOP or AUTH that a server echoes is left out.
const char *p3_text_quote(char out[P3_QUOTE_MAX], const char *text, size_t text_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_BASE_TEXT_H_
