#include "tools/cli/exit_code.h"

#include <stddef.h>

// A refusal by the server.
static cli_exit_code code_for_refusal(pop3_response_code code, cli_stage stage) {
  switch (code) {
    case POP3_CODE_IN_USE:
    case POP3_CODE_LOGIN_DELAY:
    case POP3_CODE_SYS_TEMP:
      return CLI_EXIT_BUSY;
    case POP3_CODE_AUTH:
      return CLI_EXIT_AUTH;
    case POP3_CODE_SYS_PERM:
    case POP3_CODE_UTF8:
      return CLI_EXIT_REFUSED;
    case POP3_CODE_NONE:
    case POP3_CODE_OTHER:
      break;
  }
  // Most servers have no response codes: what they refuse at login is the login.
  return stage == CLI_STAGE_LOGIN ? CLI_EXIT_AUTH : CLI_EXIT_REFUSED;
}

cli_exit_code cli_exit_code_for(const pop3_error *err, cli_stage stage) {
  switch (err->status) {
    case POP3_OK:
      return CLI_EXIT_OK;
    case POP3_REFUSED:
      return code_for_refusal(err->code, stage);

    case POP3_ERR_ARGUMENT:
    case POP3_ERR_URL:
    case POP3_ERR_NOT_FOUND:
      return CLI_EXIT_USAGE;
    case POP3_ERR_UNSUPPORTED:
      return stage == CLI_STAGE_LOGIN ? CLI_EXIT_AUTH : CLI_EXIT_REFUSED;
    case POP3_ERR_POLICY:
    case POP3_ERR_AUDIT:
    case POP3_ERR_CERTIFICATE:
    case POP3_ERR_INJECTION:
      return CLI_EXIT_POLICY;
    case POP3_ERR_SINK:
    case POP3_ERR_LOCAL_IO:
      return CLI_EXIT_LOCAL_IO;

    case POP3_ERR_PROTOCOL:
    case POP3_ERR_GREETING:
    case POP3_ERR_LIMIT:
    case POP3_ERR_UNSOLICITED:
      return CLI_EXIT_PROTOCOL;

    case POP3_ERR_EOF:
    case POP3_ERR_RESOLVE:
    case POP3_ERR_CONNECT:
    case POP3_ERR_IO:
    case POP3_ERR_TIMEOUT:
    case POP3_ERR_TLS:
      return CLI_EXIT_NETWORK;

    case POP3_ERR_AUTH:
    case POP3_ERR_NO_MECHANISM:
    case POP3_ERR_NO_CREDENTIALS:
      return CLI_EXIT_AUTH;

    case POP3_ERR_STATE:
    case POP3_ERR_CANCELLED:
    case POP3_ERR_MEMORY:
    case POP3_ERR_SYSTEM:
      break;
  }
  return CLI_EXIT_INTERNAL;
}

const char *cli_exit_code_text(int code) {
  switch (code) {
    case CLI_EXIT_OK:
      return "all is done";
    case CLI_EXIT_USAGE:
      return "usage: wrong option, URL or argument, or not in this build";
    case CLI_EXIT_NETWORK:
      return "network: no address, no connection, time-out, connection lost";
    case CLI_EXIT_PROTOCOL:
      return "protocol: what came is not POP3, crossed a limit, or was cut short";
    case CLI_EXIT_AUTH:
      return "authentication: login refused, no usable credentials or mechanism";
    case CLI_EXIT_BUSY:
      return "busy: mailbox in use, login too soon, temporary failure: try later";
    case CLI_EXIT_REFUSED:
      return "refused: the server answered -ERR to something else";
    case CLI_EXIT_LOCAL_IO:
      return "local I/O: a file, a full disk, standard output";
    case CLI_EXIT_POLICY:
      return "policy: a safety rule on this side forbade it";
    case CLI_EXIT_INTERNAL:
      return "out of memory, or another failure of this machine";
    case CLI_EXIT_SIGNAL + 2:
      return "interrupted (128 plus the number of the signal)";
    default:
      return NULL;
  }
}
