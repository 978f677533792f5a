#include <pop3/status.h>

// Switches without a default: the compiler then tells when a constant is missing.

const char *pop3_status_name(pop3_status status) {
#define NAME(constant) \
  case constant:       \
    return #constant
  switch (status) {
    NAME(POP3_OK);
    NAME(POP3_REFUSED);
    NAME(POP3_ERR_ARGUMENT);
    NAME(POP3_ERR_STATE);
    NAME(POP3_ERR_UNSUPPORTED);
    NAME(POP3_ERR_NOT_FOUND);
    NAME(POP3_ERR_POLICY);
    NAME(POP3_ERR_CANCELLED);
    NAME(POP3_ERR_SINK);
    NAME(POP3_ERR_AUDIT);
    NAME(POP3_ERR_URL);
    NAME(POP3_ERR_PROTOCOL);
    NAME(POP3_ERR_GREETING);
    NAME(POP3_ERR_LIMIT);
    NAME(POP3_ERR_UNSOLICITED);
    NAME(POP3_ERR_INJECTION);
    NAME(POP3_ERR_EOF);
    NAME(POP3_ERR_RESOLVE);
    NAME(POP3_ERR_CONNECT);
    NAME(POP3_ERR_IO);
    NAME(POP3_ERR_TIMEOUT);
    NAME(POP3_ERR_TLS);
    NAME(POP3_ERR_CERTIFICATE);
    NAME(POP3_ERR_AUTH);
    NAME(POP3_ERR_NO_MECHANISM);
    NAME(POP3_ERR_NO_CREDENTIALS);
    NAME(POP3_ERR_MEMORY);
    NAME(POP3_ERR_LOCAL_IO);
    NAME(POP3_ERR_SYSTEM);
  }
#undef NAME
  return "POP3_ERR_?";
}

const char *pop3_status_text(pop3_status status) {
  switch (status) {
    case POP3_OK:
      return "success";
    case POP3_REFUSED:
      return "the server refused the command";
    case POP3_ERR_ARGUMENT:
      return "invalid argument";
    case POP3_ERR_STATE:
      return "not possible in the present state";
    case POP3_ERR_UNSUPPORTED:
      return "not offered by the server or by this build";
    case POP3_ERR_NOT_FOUND:
      return "not found";
    case POP3_ERR_POLICY:
      return "refused by the security policy";
    case POP3_ERR_CANCELLED:
      return "cancelled";
    case POP3_ERR_SINK:
      return "stopped by the receiver of the data";
    case POP3_ERR_AUDIT:
      return "forbidden by the audit hook";
    case POP3_ERR_URL:
      return "malformed URL";
    case POP3_ERR_PROTOCOL:
      return "the server broke the protocol";
    case POP3_ERR_GREETING:
      return "the server does not speak POP3";
    case POP3_ERR_LIMIT:
      return "a reply crossed a limit";
    case POP3_ERR_UNSOLICITED:
      return "the server sent unsolicited octets";
    case POP3_ERR_INJECTION:
      return "octets in the clear behind the reply to STLS";
    case POP3_ERR_EOF:
      return "the connection ended too early";
    case POP3_ERR_RESOLVE:
      return "the host name could not be resolved";
    case POP3_ERR_CONNECT:
      return "no connection could be made";
    case POP3_ERR_IO:
      return "reading from or writing to the server failed";
    case POP3_ERR_TIMEOUT:
      return "a deadline passed";
    case POP3_ERR_TLS:
      return "TLS failed";
    case POP3_ERR_CERTIFICATE:
      return "the server's certificate is not acceptable";
    case POP3_ERR_AUTH:
      return "authentication failed on this side";
    case POP3_ERR_NO_MECHANISM:
      return "no authentication mechanism is usable";
    case POP3_ERR_NO_CREDENTIALS:
      return "no credentials were given";
    case POP3_ERR_MEMORY:
      return "out of memory";
    case POP3_ERR_LOCAL_IO:
      return "a local file or descriptor failed";
    case POP3_ERR_SYSTEM:
      return "a system call failed";
  }
  return "unknown status";
}

const char *pop3_response_code_name(pop3_response_code code) {
  switch (code) {
    case POP3_CODE_NONE:
      return "";
    case POP3_CODE_IN_USE:
      return "IN-USE";
    case POP3_CODE_LOGIN_DELAY:
      return "LOGIN-DELAY";
    case POP3_CODE_SYS_TEMP:
      return "SYS/TEMP";
    case POP3_CODE_SYS_PERM:
      return "SYS/PERM";
    case POP3_CODE_AUTH:
      return "AUTH";
    case POP3_CODE_UTF8:
      return "UTF8";
    case POP3_CODE_OTHER:
      return "?";
  }
  return "?";
}

pop3_advice pop3_response_code_advice(pop3_response_code code) {
  switch (code) {
    case POP3_CODE_IN_USE:
      return POP3_ADVICE_WAIT_FOR_LOCK;
    case POP3_CODE_LOGIN_DELAY:
      return POP3_ADVICE_WAIT_LOGIN_DELAY;
    case POP3_CODE_SYS_TEMP:
      return POP3_ADVICE_RETRY_LATER;
    case POP3_CODE_SYS_PERM:
      return POP3_ADVICE_DO_NOT_RETRY;
    case POP3_CODE_AUTH:
      return POP3_ADVICE_CHECK_CREDENTIALS;
    case POP3_CODE_UTF8:
      return POP3_ADVICE_ENABLE_UTF8;
    case POP3_CODE_NONE:
    case POP3_CODE_OTHER:
      break;
  }
  return POP3_ADVICE_NONE;
}

const char *pop3_advice_text(pop3_advice advice) {
  switch (advice) {
    case POP3_ADVICE_NONE:
      return "";
    case POP3_ADVICE_WAIT_FOR_LOCK:
      return "Another session holds the mailbox: try again when it has ended.";
    case POP3_ADVICE_WAIT_LOGIN_DELAY:
      return "The last login was too recent: wait for as long as the server's LOGIN-DELAY says.";
    case POP3_ADVICE_RETRY_LATER:
      return "The server has a temporary problem: try again later, with growing pauses.";
    case POP3_ADVICE_DO_NOT_RETRY:
      return "The server has a problem that needs a person: trying again will not help.";
    case POP3_ADVICE_CHECK_CREDENTIALS:
      return "The server does not accept the credentials: check user name and password.";
    case POP3_ADVICE_ENABLE_UTF8:
      return "The message needs UTF-8: send UTF8 before logging in the next time.";
  }
  return "";
}
