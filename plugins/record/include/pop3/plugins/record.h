// Two transports that record a session and replay its server.
//
// "record" stands on any other, {"tcp", "record"} or {"tcp", "tls", "record"}, and writes down what
// crosses it. "replay" stands at the bottom, {"replay"}, and plays the server of such a recording:
// it sends what the server sent once this client has sent what the recorded one had sent by then.
//
// A recording holds no password, and nothing by which one could be guessed: of a line that the
// client sends only what is known to be harmless is written. Hidden are the argument of PASS, the
// digest of APOP, the initial response of AUTH, all lines of its exchange but "*", and the
// arguments of commands that POP3 does not have. Of the server's lines those of an AUTH exchange
// are hidden from the client's first response on: of a challenge stays "+ " with the base64 of
// "<redacted>" behind it, of the reply that ends the exchange +OK or -ERR, a known response code,
// and "<redacted>". What else the server sends is written whole, mail too, and so is the name
// behind USER: look at it before you give it away. After a successful STLS nothing more is written,
// as it is encrypted where "record" stands; use TLS from the first octet to record a session that
// is.
//
// Options of "record" (the member of pop3_option that counts in parentheses):
//
//   record.file    (text)    write to this file, which must not exist, with mode 0600
//   record.append  (number)  1: it may exist, if it is the caller's own regular file that others
//                            can neither read nor write; the recording is added to those in it
//   record.sink    (object)  a pop3_record_sink to write to instead, which must outlive the session
//
// What has crossed is written before the operation returns. If it cannot be, the session fails.
//
// Options of "replay":
//
//   replay.file     (text)    the recording; required
//   replay.session  (number)  which of those in the file, from 1 (default)
//
// A login whose challenges depend on what the client sent cannot be played, since that is hidden:
// SCRAM, DIGEST-MD5, NTLM, GSSAPI. Log in by USER and PASS, say, for a recording to play.
//
// A client that sends something else than the recorded one fails with POP3_ERR_IO and the line of
// the file; one that falls silent earlier waits for the server until its own time limit. Sending
// earlier than was recorded is no fault. Nothing leaves the machine: POP3_QUERY_IS_LOCAL is 1.
//
// The format, lines of ASCII that end in LF:
//
//   pop3-record 1     begins each recording
//   S TEXT            what the server sent
//   C TEXT            what the client sent
//   E                 the server closed the connection
//   F TEXT            reading failed, for this reason
//   T                 TLS begins: the rest was not recorded
//   # TEXT            a comment, as is an empty line
//
// TEXT is octets: printable ASCII as it is but for the backslash, and \\ \r \n \t \xNN; in a C line
// \? stands for hidden octets and matches any number of octets other than CR and LF, up to the
// first that equals the one behind it in the line, if there is one. What one side sends is its
// lines joined: where they are cut means nothing, but "record" cuts behind line ends. No line of a
// file may have more than 16400 octets.
#ifndef POP3_PLUGINS_RECORD_RECORD_H_
#define POP3_PLUGINS_RECORD_RECORD_H_

#include <pop3/size.h>
#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_record_sink takes a recording. |write| returns 1, or 0 if it cannot take it, upon which the
// session fails. It must not call back into the session. Start from POP3_RECORD_SINK_INIT.
typedef struct pop3_record_sink {
  uint32_t size;  // sizeof(pop3_record_sink)
  uint32_t reserved;
  void *arg;
  int (*write)(void *arg, const char *data, size_t data_len);
} pop3_record_sink;

// POP3_RECORD_SINK_INIT is a pop3_record_sink without a function.
#define POP3_RECORD_SINK_INIT \
  { POP3_SIZEOF(pop3_record_sink), 0, NULL, NULL }

// pop3_plugin_record returns the plugin with the transports "record" and "replay", for
// pop3_registry_add; NULL if it cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_record(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_RECORD_H_
