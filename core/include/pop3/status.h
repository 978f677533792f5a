// Status codes, the error object and the response codes of a POP3 server.
//
// Every fallible function of libpop3 returns a pop3_status and nothing else; data leaves through
// pointers. Details go into a pop3_error that the caller owns.
#ifndef POP3_STATUS_H_
#define POP3_STATUS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_PRINTF checks the arguments of a printf-like function at compile time.
#if defined(__GNUC__)
#define POP3_PRINTF(format_index, first_index) \
  __attribute__((format(printf, format_index, first_index)))
#else
#define POP3_PRINTF(format_index, first_index)
#endif

// pop3_status tells how a call ended. 0 is success, 1 is a refusal by the server (a result: the
// session goes on), everything from 100 up is a failure; the hundreds name who is at fault.
typedef enum pop3_status {
  POP3_OK = 0,
  POP3_REFUSED = 1,  // the server answered -ERR; see pop3_error.code and .text

  // The caller.
  POP3_ERR_ARGUMENT = 100,  // an argument that may not be sent or has no meaning
  POP3_ERR_STATE,           // not now: closed, not yet connected, inside a callback, ...
  POP3_ERR_UNSUPPORTED,     // the server or this build does not offer it
  POP3_ERR_NOT_FOUND,       // no plugin of that name in the registry or on the loader's path; or
                            // no operation with that id is pending: unknown, or over already
  POP3_ERR_POLICY,          // refused by the security policy; the text names the option
  POP3_ERR_CANCELLED,       // pop3_session_cancel() ended the session; or pop3_cancel_op(),
                            // pop3_close() or pop3_session_free() ended this operation (of an
                            // engine: pop3_engine_cancel(), pop3_engine_free())
  POP3_ERR_SINK,            // the sink answered POP3_SINK_STOP
  POP3_ERR_AUDIT,           // the audit hook forbade it
  POP3_ERR_URL,             // malformed URL; the text says where

  // The server's bytes.
  POP3_ERR_PROTOCOL = 200,  // not a POP3 reply
  POP3_ERR_GREETING,        // the peer is not a POP3 server; the text guesses what it is
  POP3_ERR_LIMIT,           // a reply crossed a limit of pop3_limits
  POP3_ERR_UNSOLICITED,     // bytes that no command asked for
  POP3_ERR_INJECTION,       // bytes behind the +OK to STLS (RFC 2595)
  POP3_ERR_EOF,             // the connection ended inside the dialogue

  // The way to the server.
  POP3_ERR_RESOLVE = 300,  // the host name has no address
  POP3_ERR_CONNECT,        // no address answered
  POP3_ERR_IO,             // reading or writing failed
  POP3_ERR_TIMEOUT,        // a deadline passed; the text says which
  POP3_ERR_TLS,            // the TLS handshake or record layer failed
  POP3_ERR_CERTIFICATE,    // the server's certificate is not acceptable

  // Authentication.
  POP3_ERR_AUTH = 400,      // the exchange failed on our side
  POP3_ERR_NO_MECHANISM,    // no mechanism is allowed by server, plugins, credentials and policy
  POP3_ERR_NO_CREDENTIALS,  // no user name, password or token was given

  // This machine.
  POP3_ERR_MEMORY = 500,  // an allocation failed
  POP3_ERR_LOCAL_IO,      // a local file or descriptor failed
  POP3_ERR_SYSTEM         // another system call failed
} pop3_status;

// pop3_response_code is the bracketed code at the start of a reply's text (RFC 2449 section 8,
// RFC 3206, RFC 6856). A code that is not in this list is POP3_CODE_OTHER and stays in the text.
typedef enum pop3_response_code {
  POP3_CODE_NONE = 0,
  POP3_CODE_IN_USE,       // [IN-USE]: another session holds the maildrop
  POP3_CODE_LOGIN_DELAY,  // [LOGIN-DELAY]: logged in again too soon
  POP3_CODE_SYS_TEMP,     // [SYS/TEMP]: may go away by itself
  POP3_CODE_SYS_PERM,     // [SYS/PERM]: needs a person
  POP3_CODE_AUTH,         // [AUTH]: the credentials are wrong
  POP3_CODE_UTF8,         // [UTF8]: the message needs the UTF8 command
  POP3_CODE_OTHER
} pop3_response_code;

// pop3_advice says what a program should do about a refusal.
typedef enum pop3_advice {
  POP3_ADVICE_NONE = 0,
  POP3_ADVICE_WAIT_FOR_LOCK,      // try again when the other session has ended
  POP3_ADVICE_WAIT_LOGIN_DELAY,   // try again after the LOGIN-DELAY capability's seconds
  POP3_ADVICE_RETRY_LATER,        // temporary: try again with growing pauses
  POP3_ADVICE_DO_NOT_RETRY,       // permanent: tell a person
  POP3_ADVICE_CHECK_CREDENTIALS,  // ask the user again
  POP3_ADVICE_ENABLE_UTF8         // send UTF8 before login next time
} pop3_advice;

// POP3_ERROR_LAYER_MAX is the size of pop3_error.layer in octets with its NUL.
#define POP3_ERROR_LAYER_MAX 16
// POP3_ERROR_TEXT_MAX is the size of pop3_error.text in octets with its NUL.
#define POP3_ERROR_TEXT_MAX 320

// pop3_error says what went wrong. It is a plain value of fixed size owned by the caller, holds no
// pointer, needs no clean-up and never grows. All zeros is an empty one. Every function that takes
// one accepts NULL. It is filled on failure and on POP3_REFUSED, and emptied on success, so that
// one may serve many calls. Secrets never appear in it.
typedef struct pop3_error {
  pop3_status status;                // same as the function's return value
  pop3_response_code code;           // of the server's reply, else POP3_CODE_NONE
  int sys_errno;                     // errno of the system call that failed, else 0
  int reserved;                      // 0
  int64_t lib_code;                  // code of a foreign library (getaddrinfo, TLS, SASL), else 0
  char layer[POP3_ERROR_LAYER_MAX];  // "engine", "session", "tcp", "apop", ...
  char text[POP3_ERROR_TEXT_MAX];    // one English line without a line end
} pop3_error;

// POP3_ERROR_INIT is an empty pop3_error.
#define POP3_ERROR_INIT                          \
  {                                              \
    POP3_OK, POP3_CODE_NONE, 0, 0, 0, {0}, { 0 } \
  }

// pop3_status_name returns the constant's name, e.g. "POP3_ERR_TIMEOUT", or "POP3_ERR_?" for a
// value that is none. The string is static.
const char *pop3_status_name(pop3_status status);

// pop3_status_text returns a short English description of |status|. The string is static.
const char *pop3_status_text(pop3_status status);

// pop3_response_code_name returns the code as a server writes it without brackets, e.g. "IN-USE";
// "" for POP3_CODE_NONE and "?" for POP3_CODE_OTHER. The string is static.
const char *pop3_response_code_name(pop3_response_code code);

// pop3_response_code_advice returns what to do about a refusal with |code|.
pop3_advice pop3_response_code_advice(pop3_response_code code);

// pop3_advice_text returns an English sentence for |advice|, "" for POP3_ADVICE_NONE. The string
// is static.
const char *pop3_advice_text(pop3_advice advice);

// pop3_error_set fills |err| (NULL: does nothing) and returns |status|, so that a function can end
// in `return pop3_error_set(...)`. Text that is too long is cut; octets outside printable ASCII and
// UTF-8 are shown as \xNN so that a hostile server cannot write to a terminal.
pop3_status pop3_error_set(pop3_error *err, pop3_status status, const char *layer, int sys_errno,
                           const char *format, ...) POP3_PRINTF(5, 6);

#ifdef __cplusplus
}
#endif

#endif  // POP3_STATUS_H_
