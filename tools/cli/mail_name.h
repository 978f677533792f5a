// The name of the file that a message gets in a directory: from its unique-id, which stays the same
// from session to session, as its number does not.
#ifndef POP3_TOOLS_CLI_MAIL_NAME_H_
#define POP3_TOOLS_CLI_MAIL_NAME_H_

#include "tools/cli/deliver.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_MAIL_NAME_MAX is the length of a name with its NUL. There is room behind it for more in a
// file name: "~2", ".eml".
#define CLI_MAIL_NAME_MAX 200

// cli_mail_name writes the name for |id|, without ".eml". Of a unique-id letters, digits, '-', '_'
// and '.' stay, but for '-' and '.' at the start; every other octet becomes %XX. Different ids get
// different names, except that those too long for a file name are cut, "~~" and a digest taking the
// place of the rest. Without a unique-id the name is the number, or "no-id~NUMBER" if other
// messages have one.
void cli_mail_name(char out[CLI_MAIL_NAME_MAX], const cli_message_id *id);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_MAIL_NAME_H_
