// The lines of a SASL exchange over POP3 (RFC 5034), for mechanisms that speak them: static
// functions, so that a plugin needs nothing of the host but its table.
#ifndef POP3_SPI_SASL_LINE_H_
#define POP3_SPI_SASL_LINE_H_

#include <pop3/size.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/base64.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_SASL_LINE_MAX is how long an AUTH command with an initial response may be, CRLF included
// (RFC 5034 section 4).
#define POP3_SASL_LINE_MAX 255

// POP3_SASL_CHALLENGE_MAX is the longest challenge that is decoded, in octets of its base64.
#define POP3_SASL_CHALLENGE_MAX (UINT32_C(128) << 10)

// POP3_SASL_RESPONSE_MAX is the longest response that is encoded, in octets.
#define POP3_SASL_RESPONSE_MAX (UINT32_C(1) << 20)

// pop3_sasl_line is a line to send, or a challenge that was decoded, and the plugin's. Zero-filled
// it is empty.
typedef struct pop3_sasl_line {
  uint8_t *data;
  size_t len;
  size_t secret_offset;
} pop3_sasl_line;

// pop3_sasl_line_clear wipes and frees |line|; it is then empty.
static inline void pop3_sasl_line_clear(pop3_sasl_line *line, const pop3_host *host) {
  if (line->data != NULL) host->wipe(host->ctx, line->data, line->len);
  host->release(host->ctx, line->data);
  memset(line, 0, sizeof(*line));
}

// pop3_sasl_line_make fills |line| with |head| and the base64 of |response| ("=" if that is empty
// and |head| is not). All behind |head| is secret. |layer| is the mechanism's name for errors.
static inline pop3_status pop3_sasl_line_make(pop3_sasl_line *line, const pop3_host *host,
                                              const char *layer, const char *head,
                                              const uint8_t *response, size_t response_len,
                                              pop3_error *err) {
  pop3_sasl_line_clear(line, host);
  if (response_len > POP3_SASL_RESPONSE_MAX) {
    return host->fail(host->ctx, err, POP3_ERR_LIMIT, layer, 0, 0,
                      "the response of %zu octets is too long", response_len);
  }
  const size_t head_len = strlen(head);
  const size_t base64_len = pop3_base64_encoded_len(response_len);
  line->data = POP3_CAST(uint8_t *, host->alloc(host->ctx, head_len + base64_len + 1));
  if (line->data == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, layer, 0, 0, "out of memory");
  }
  memcpy(line->data, head, head_len);
  pop3_base64_encode(line->data + head_len, response, response_len);
  line->len = head_len + base64_len;
  if (base64_len == 0 && head_len > 0) line->data[line->len++] = '=';
  line->secret_offset = head_len;
  return POP3_OK;
}

// pop3_sasl_line_fits says whether "AUTH", |mechanism| and a response of |response_len| octets fit
// in one command, so that a round trip can be saved.
static inline int pop3_sasl_line_fits(const char *mechanism, size_t response_len) {
  if (response_len > POP3_SASL_LINE_MAX) return 0;
  const size_t base64_len = response_len == 0 ? 1 : pop3_base64_encoded_len(response_len);
  return sizeof("AUTH ") - 1 + strlen(mechanism) + 1 + base64_len + 2 <= POP3_SASL_LINE_MAX;
}

// pop3_sasl_line_auth fills |line| with the command AUTH. |response| may be NULL: there is no
// initial response, or it is to follow upon the server's empty challenge. |mechanism| has at most
// 20 characters (RFC 4422).
static inline pop3_status pop3_sasl_line_auth(pop3_sasl_line *line, const pop3_host *host,
                                              const char *layer, const char *mechanism,
                                              const uint8_t *response, size_t response_len,
                                              pop3_error *err) {
  char head[5 + 20 + 2] = "AUTH ";
  const size_t name_len = strlen(mechanism);
  if (name_len > 20) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, layer, 0, 0,
                      "a mechanism has at most 20 characters");
  }
  memcpy(head + 5, mechanism, name_len);
  if (response != NULL) head[5 + name_len] = ' ';
  const pop3_status status = pop3_sasl_line_make(line, host, layer, head, response,
                                                 response != NULL ? response_len : 0, err);
  if (status == POP3_OK && response == NULL) {
    line->len = line->secret_offset = 5 + name_len;  // no "="
  }
  return status;
}

// pop3_sasl_line_send fills |out| with |line| and returns POP3_AUTH_SEND.
static inline pop3_auth_verdict pop3_sasl_line_send(const pop3_sasl_line *line, int is_command,
                                                    pop3_auth_output *out) {
  out->is_command = is_command ? 1 : 0;
  out->line = line->data;
  out->line_len = line->len;
  out->secret_offset = line->secret_offset;
  return POP3_AUTH_SEND;
}

// pop3_sasl_line_challenge fills |line| with what the base64 of a POP3_AUTH_CHALLENGE stands for,
// followed by a NUL that does not count.
static inline pop3_status pop3_sasl_line_challenge(pop3_sasl_line *line, const pop3_host *host,
                                                   const char *layer, const pop3_auth_input *in,
                                                   pop3_error *err) {
  pop3_sasl_line_clear(line, host);
  if (in->data_len > POP3_SASL_CHALLENGE_MAX) {
    return host->fail(host->ctx, err, POP3_ERR_LIMIT, layer, 0, 0,
                      "the server's challenge of %zu octets is too long", in->data_len);
  }
  const size_t room = in->data_len / 4 * 3 + 1;
  line->data = POP3_CAST(uint8_t *, host->alloc(host->ctx, room));
  if (line->data == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, layer, 0, 0, "out of memory");
  }
  if (!pop3_base64_decode(line->data, &line->len, in->data, in->data_len)) {
    pop3_sasl_line_clear(line, host);
    return host->fail(host->ctx, err, POP3_ERR_AUTH, layer, 0, 0,
                      "the server's challenge is not base64");
  }
  line->data[line->len] = 0;
  return POP3_OK;
}

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_SASL_LINE_H_
