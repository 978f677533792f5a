#define _POSIX_C_SOURCE 200809L
#include "transports/tcp_options.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#define LAYER "tcp"

// One reading of the options.
typedef struct reading {
  p3_tcp_options *out;
  const pop3_host *host;
  const pop3_transport_config *config;
  pop3_error *err;
} reading;

static pop3_status bad(const reading *in, const pop3_option *option, const char *why) {
  return in->host->fail(in->host->ctx, in->err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "option %s: %s",
                        option->name, why);
}

static pop3_status read_number(const reading *in, const pop3_option *option, int64_t least,
                               int64_t most, int64_t *out) {
  if (option->text != NULL || option->object != NULL) return bad(in, option, "takes a number");
  if (option->number < least || option->number > most) {
    return in->host->fail(in->host->ctx, in->err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                          "option %s: %lld is not from %lld to %lld", option->name,
                          (long long)option->number, (long long)least, (long long)most);
  }
  *out = option->number;
  return POP3_OK;
}

static pop3_status read_flag(const reading *in, const pop3_option *option, int *out) {
  int64_t number = 0;
  pop3_status status = read_number(in, option, 0, 1, &number);
  if (status == POP3_OK) *out = (int)number;
  return status;
}

static pop3_status read_family(const reading *in, const pop3_option *option) {
  if (strcmp(option->text, "any") == 0) {
    in->out->family = AF_UNSPEC;
  } else if (strcmp(option->text, "ipv4") == 0) {
    in->out->family = AF_INET;
  } else if (strcmp(option->text, "ipv6") == 0) {
    in->out->family = AF_INET6;
  } else {
    return bad(in, option, "must be \"ipv4\", \"ipv6\" or \"any\"");
  }
  return POP3_OK;
}

// "host:address,address": an entry for another host is checked all the same.
static pop3_status read_resolve(const reading *in, const pop3_option *option) {
  const char *colon = strchr(option->text, ':');
  if (colon == NULL || colon == option->text) {
    return bad(in, option, "must be \"host:address,...\"");
  }
  size_t host_len = (size_t)(colon - option->text);
  const char *host = in->out->host;
  int is_ours =
      host != NULL && strlen(host) == host_len && strncasecmp(host, option->text, host_len) == 0;
  if (is_ours) in->out->fixed.count = 0;
  const char *at = colon + 1;
  for (;;) {
    size_t len = strcspn(at, ",");
    const char *text = at;
    size_t text_len = len;
    if (len > 2 && at[0] == '[' && at[len - 1] == ']') {
      text++;
      text_len -= 2;
    }
    char buf[P3_ADDRESS_NAME_MAX];
    if (text_len == 0 || text_len >= sizeof(buf)) return bad(in, option, "no numeric address");
    memcpy(buf, text, text_len);
    buf[text_len] = '\0';
    p3_address address;
    if (!p3_address_parse(&address, buf, in->out->port)) {
      return in->host->fail(in->host->ctx, in->err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                            "option %s: \"%s\" is not a numeric address", option->name, buf);
    }
    if (is_ours) p3_address_add(&in->out->fixed, &address.of.any, address.len, AF_UNSPEC);
    if (at[len] == '\0') return POP3_OK;
    at += len + 1;
  }
}

// Which host is meant must be known before tcp.resolve is read.
static pop3_status read_target(const reading *in) {
  in->out->host = p3_tcp_target_host(in->config);
  in->out->port = in->config->port;
  for (size_t i = 0; i < in->config->num_options; i++) {
    const pop3_option *option = &in->config->options[i];
    if (option->name == NULL || strcmp(option->name, "tcp.connect_port") != 0) continue;
    int64_t number = 0;
    pop3_status status = read_number(in, option, 1, UINT16_MAX, &number);
    if (status != POP3_OK) return status;
    in->out->port = (uint32_t)number;
  }
  return POP3_OK;
}

static pop3_status read_text(const reading *in, const pop3_option *option, const char *name) {
  if (option->text == NULL || option->object != NULL) return bad(in, option, "takes a text");
  if (strcmp(name, "family") == 0) return read_family(in, option);
  if (strcmp(name, "resolve") == 0) return read_resolve(in, option);
  if (strcmp(name, "connect_host") == 0) {
    return option->text[0] != '\0' ? POP3_OK : bad(in, option, "the name is empty");
  }
  if (!p3_address_parse(&in->out->source, option->text, 0)) {
    return bad(in, option, "not a numeric address");
  }
  return POP3_OK;
}

static pop3_status read_one(const reading *in, const pop3_option *option) {
  const char *name = option->name + strlen("tcp.");
  p3_tcp_options *out = in->out;
  if (strcmp(name, "source_address") == 0 || strcmp(name, "family") == 0 ||
      strcmp(name, "resolve") == 0 || strcmp(name, "connect_host") == 0) {
    return read_text(in, option, name);
  }
  if (strcmp(name, "connect_port") == 0) return POP3_OK;  // read_target has taken it
  if (strcmp(name, "source_port_reserved") == 0) {
    return read_flag(in, option, &out->source_reserved);
  }
  if (strcmp(name, "own_fd") == 0) return read_flag(in, option, &out->own_fd);
  if (strcmp(name, "nodelay") == 0) return read_flag(in, option, &out->nodelay);
  if (strcmp(name, "keepalive") == 0) return read_flag(in, option, &out->keepalive);
  if (strcmp(name, "attempt_delay_ms") == 0) {
    // RFC 8305 section 5: never less than 10 ms.
    return read_number(in, option, 10, 60000, &out->delay_ms);
  }
  if (strcmp(name, "fd") == 0) {
    int64_t number = -1;
    pop3_status status = read_number(in, option, 0, INT_MAX, &number);
    out->fd = (int)number;
    return status;
  }
  return bad(in, option, "there is no such option");
}

const char *p3_tcp_target_host(const pop3_transport_config *config) {
  const char *host = config->host;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name != NULL && option->text != NULL &&
        strcmp(option->name, "tcp.connect_host") == 0) {
      host = option->text;
    }
  }
  return host;
}

pop3_status p3_tcp_options_read(p3_tcp_options *out, const pop3_host *host,
                                const pop3_transport_config *config, pop3_error *err) {
  memset(out, 0, sizeof(*out));
  out->family = AF_UNSPEC;
  out->fd = -1;
  out->own_fd = P3_TCP_DEFAULT;
  out->nodelay = P3_TCP_DEFAULT;
  out->keepalive = P3_TCP_DEFAULT;
  out->delay_ms = 250;

  reading in = {out, host, config, err};
  pop3_status status = read_target(&in);
  if (status != POP3_OK) return status;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "tcp.", 4) != 0) continue;
    status = read_one(&in, option);
    if (status != POP3_OK) return status;
  }
  if (out->own_fd != P3_TCP_DEFAULT && out->fd < 0) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "option tcp.own_fd: there is no tcp.fd");
  }
  if (out->fd >= 0 && (out->host != config->host || out->port != config->port)) {
    return host->fail(
        host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
        "option tcp.fd: tcp.connect_host or tcp.connect_port wants another connection");
  }
  out->own_fd = out->own_fd == 1;
  if (out->source.len > 0) {
    int family = out->source.of.any.sa_family;
    if (out->family != AF_UNSPEC && out->family != family) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option tcp.source_address: not of the family that tcp.family wants");
    }
    out->family = family;
  }
  return POP3_OK;
}
