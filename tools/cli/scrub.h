// Hiding the password of a URL from `ps`.
#ifndef POP3_TOOLS_CLI_SCRUB_H_
#define POP3_TOOLS_CLI_SCRUB_H_

#ifdef __cplusplus
extern "C" {
#endif

// cli_scrub_url takes the password out of |url|, a word of argv, in place: "//user:secret@host"
// becomes "//user@host" followed by NULs. It looks at nothing but the text, so that malformed URLs
// are scrubbed too.
void cli_scrub_url(char *url);

// cli_scrub_argv does so with every word that has "://" in it.
void cli_scrub_argv(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_SCRUB_H_
