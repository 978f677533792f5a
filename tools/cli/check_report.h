// The report of `pop3 check`, as text or as JSON.
#ifndef POP3_TOOLS_CLI_CHECK_REPORT_H_
#define POP3_TOOLS_CLI_CHECK_REPORT_H_

#include <pop3/security.h>
#include <pop3/session.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/cli/json.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_check_report writes to standard output what it is told, section by section.
typedef struct cli_check_report {
  const pop3_session *session;
  int is_json;
  cli_json json;
} cli_check_report;

// cli_check_begin begins it with the server's name and greeting. |json| is where JSON goes; NULL
// for text on standard output.
void cli_check_begin(cli_check_report *report, FILE *json, const pop3_session *session);

// cli_check_capabilities writes the capabilities that are known; |title| and |key| say of what.
void cli_check_capabilities(cli_check_report *report, const char *title, const char *key);

// cli_check_transport writes how the octets travel.
void cli_check_transport(cli_check_report *report, const pop3_security *security);

// cli_check_certificate writes what the server showed of itself. |now| is the time in seconds since
// 1970.
void cli_check_certificate(cli_check_report *report, int64_t now);

// cli_check_mechanisms writes the ways to log in.
void cli_check_mechanisms(cli_check_report *report, const pop3_security *security);

// cli_check_end ends it.
void cli_check_end(cli_check_report *report);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_CHECK_REPORT_H_
