// One blocking call for each POP3 command, named as in Python's poplib.
//
// Each submits the command, waits for it under the session's deadlines and returns its status:
// POP3_OK, POP3_REFUSED if the server answered -ERR (the session goes on; pop3_error.code and .text
// say why), or a failure. |err| may be NULL everywhere. pop3_session_reply gives the text of the
// last reply. Inside a callback they fail with POP3_ERR_STATE.
#ifndef POP3_COMMANDS_H_
#define POP3_COMMANDS_H_

#include <pop3/collect.h>
#include <pop3/security.h>
#include <pop3/session.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_connect_url makes a session for the URL |url| (NUL-terminated; see pop3_url_parse), connects
// and waits for the greeting, as poplib's constructor does. |options| may be NULL. On failure
// |*out| is NULL.
pop3_status pop3_connect_url(pop3_session **out, const pop3_registry *registry, const char *url,
                             const pop3_session_options *options, pop3_error *err);

// pop3_connect connects and waits for the greeting. A greeting of -ERR is POP3_REFUSED. If you do
// not call it, the first command connects.
pop3_status pop3_connect(pop3_session *session, pop3_error *err);

// pop3_getwelcome returns the greeting's text, NUL-terminated, or NULL before it came. Valid as
// long as the session.
const char *pop3_getwelcome(const pop3_session *session);

// pop3_login logs in: with the mechanism of the URL or named by pop3_session_options, else with the
// strongest that server, plugins, credentials and the channel's security allow. Asks CAPA first if
// it is not known, and issues STLS as the TLS policy says. POP3_ERR_NO_MECHANISM tells why each
// mechanism was left out. After a refusal a weaker mechanism is tried only if the caller named
// several.
pop3_status pop3_login(pop3_session *session, pop3_error *err);

// pop3_auth logs in with |mechanism|: "user", "apop", "rpop" or a SASL mechanism for which there is
// a plugin, in any case. For the first three CAPA is sent only where STLS may come first: else
// pop3_session_capabilities stays NULL, and commands are not pipelined before a pop3_capa. (With
// that name in pop3_session_options, pop3_login asks.)
pop3_status pop3_auth(pop3_session *session, const char *mechanism, pop3_error *err);

// pop3_auth_as logs in as |who|, for this login only: with |mechanism| as pop3_auth does, or as
// pop3_login does if that is NULL. What of the session's own identity is still used pop3_identity
// tells; |who| NULL stands for all of it. POP3_ERR_STATE if a login is under way, which goes on;
// POP3_ERR_ARGUMENT if |who| does not have its size.
pop3_status pop3_auth_as(pop3_session *session, const char *mechanism, const pop3_identity *who,
                         pop3_error *err);

// pop3_survey finds out what pop3_login would do, without logging in; see pop3_submit_survey.
pop3_status pop3_survey(pop3_session *session, pop3_error *err);

// pop3_user sends USER (RFC 1939 section 7).
pop3_status pop3_user(pop3_session *session, const char *name, pop3_error *err);

// pop3_pass sends PASS. POP3_ERR_POLICY if the channel is not private and allow_cleartext is not
// set.
pop3_status pop3_pass(pop3_session *session, const char *password, pop3_error *err);

// pop3_apop logs in with APOP through the plugin "apop". POP3_ERR_UNSUPPORTED if the greeting had
// no valid timestamp. |user| NULL: as the session's own user; else its identity is not used, see
// pop3_identity. APOP is weak (CVE-2007-1558): prefer anything else over TLS.
pop3_status pop3_apop(pop3_session *session, const char *user, const char *password,
                      pop3_error *err);

// pop3_rpop sends RPOP (RFC 1081); |user| is the name on this machine. Send USER before it.
pop3_status pop3_rpop(pop3_session *session, const char *user, pop3_error *err);

// pop3_capa asks for the capabilities. |*out| is valid until the next pop3_capa, pop3_login or
// pop3_stls.
pop3_status pop3_capa(pop3_session *session, const pop3_capabilities **out, pop3_error *err);

// pop3_stat tells how many messages and octets the maildrop has. Either pointer may be NULL.
pop3_status pop3_stat(pop3_session *session, uint32_t *out_count, uint64_t *out_octets,
                      pop3_error *err);

// pop3_list collects the scan listing of all messages in |out|, which was initialised; what was in
// it is freed.
pop3_status pop3_list(pop3_session *session, pop3_listing *out, pop3_error *err);

// pop3_list_one tells the size of message |number| in octets.
pop3_status pop3_list_one(pop3_session *session, uint32_t number, uint64_t *out_octets,
                          pop3_error *err);

// POP3_UID_MAX is the length of the longest unique-id with its NUL (70 octets; 512 with
// POP3_QUIRK_UID_LENIENT).
#define POP3_UID_MAX 513

// pop3_uidl collects the unique-ids of all messages in |out|, which was initialised; what was in it
// is freed.
pop3_status pop3_uidl(pop3_session *session, pop3_listing *out, pop3_error *err);

// pop3_uidl_one writes the unique-id of message |number| to |out|, NUL-terminated.
pop3_status pop3_uidl_one(pop3_session *session, uint32_t number, char out[POP3_UID_MAX],
                          pop3_error *err);

// pop3_retr hands message |number| to |sink|. |sink->done| is called too.
pop3_status pop3_retr(pop3_session *session, uint32_t number, const pop3_sink *sink,
                      pop3_error *err);

// pop3_top hands the header of message |number| and |lines| lines of its body to |sink|.
pop3_status pop3_top(pop3_session *session, uint32_t number, uint32_t lines, const pop3_sink *sink,
                     pop3_error *err);

// pop3_dele marks message |number|; it is removed when pop3_quit succeeds.
pop3_status pop3_dele(pop3_session *session, uint32_t number, pop3_error *err);

// pop3_rset unmarks all messages that are marked as deleted.
pop3_status pop3_rset(pop3_session *session, pop3_error *err);

// pop3_noop sends NOOP and waits for the reply.
pop3_status pop3_noop(pop3_session *session, pop3_error *err);

// pop3_last tells the highest message number accessed (RFC 1460); few servers have it.
pop3_status pop3_last(pop3_session *session, uint32_t *out_number, pop3_error *err);

// pop3_utf8 switches to UTF-8 (RFC 6856). Only before login.
pop3_status pop3_utf8(pop3_session *session, pop3_error *err);

// pop3_lang chooses the language of the server's texts (RFC 6856).
pop3_status pop3_lang(pop3_session *session, const char *tag, pop3_error *err);

// pop3_lang_list hands the languages to |sink->item|.
pop3_status pop3_lang_list(pop3_session *session, const pop3_sink *sink, pop3_error *err);

// pop3_stls switches the connection to TLS (RFC 2595) with the first transport of the registry that
// encrypts. POP3_ERR_STATE if it has TLS already, or after the login. Anything the server
// sent behind its +OK is POP3_ERR_INJECTION. The capabilities are forgotten. A server that refuses
// the handshake because of ALPN ends the session: connect anew with tls.alpn "" (pop3_login does so
// by itself).
pop3_status pop3_stls(pop3_session *session, pop3_error *err);

// pop3_raw sends |line|, which has no line end, as it is and expects one line, the text of
// pop3_session_reply(). All octets but CR and LF may be in it. Nothing is sent, and the session
// goes on, if
//   * it is empty, has a CR or LF (send one line at a time), or does not begin with a word of
//     printable ASCII that a space or its end follows: POP3_ERR_ARGUMENT. By that word is known
//     what is to be hidden and guarded.
//   * it is STLS, because TLS has to follow (pop3_stls): POP3_ERR_ARGUMENT
//   * it is AUTH with arguments, because an exchange has to follow (pop3_auth, POP3_CMD_AUTH):
//     POP3_ERR_ARGUMENT
//   * it is longer than limits.max_command, or a PASS longer than limits.max_credential:
//     POP3_ERR_ARGUMENT
//   * it is USER, PASS, APOP or RPOP, or was flagged POP3_REQUEST_SECRET, and may not go out over
//     this connection, as with pop3_pass: POP3_ERR_POLICY
// USER, PASS, APOP, RPOP and QUIT do what they do elsewhere: secrets are hidden, +OK logs in, QUIT
// ends the session (result.quit says how). Of all others the answer is not looked into: CAPA
// changes nothing that pop3_session_capabilities tells. An answer of several lines needs
// pop3_raw_multi: its second line would be POP3_ERR_UNSOLICITED here, and the end of the session.
pop3_status pop3_raw(pop3_session *session, const char *line, pop3_error *err);

// pop3_raw_multi sends |line| as pop3_raw does, and hands the multi-line response to |sink->body|,
// un-stuffed. AUTH without arguments lists mechanisms on some servers. If +OK is followed by
// nothing more, this waits until the time is up.
pop3_status pop3_raw_multi(pop3_session *session, const char *line, const pop3_sink *sink,
                           pop3_error *err);

// pop3_quit ends the session in order. |*out_outcome| (may be NULL) tells whether the marked
// messages were removed; it is POP3_QUIT_UNKNOWN when no answer came. The session is closed
// whatever is returned.
pop3_status pop3_quit(pop3_session *session, pop3_quit_outcome *out_outcome, pop3_error *err);

// pop3_close closes the connection at once, without QUIT: no message is removed. After it, only
// pop3_session_free is useful.
void pop3_close(pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_COMMANDS_H_
