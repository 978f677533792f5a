#define _POSIX_C_SOURCE 200809L
#include "transports/tls_options.h"

#include <arpa/inet.h>
#include <openssl/base64.h>
#include <openssl/ssl.h>
#include <string.h>

#include "transports/tls_text.h"

#define LAYER "tls"

// One reading of the options.
typedef struct reading {
  p3_tls_options *out;
  const pop3_host *host;
  const pop3_transport_config *config;
  const char *server_name;
  int name_given;  // tls.check_name
  pop3_error *err;
} reading;

static pop3_status bad(const reading *in, const char *name, const char *why) {
  return in->host->fail(in->host->ctx, in->err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "option %s: %s",
                        name, why);
}

static pop3_status read_string(const reading *in, const pop3_option *option, const char **out) {
  if (option->text == NULL || option->object != NULL) return bad(in, option->name, "takes a text");
  if (!*option->text) return bad(in, option->name, "is empty");
  *out = option->text;
  return POP3_OK;
}

static pop3_status read_version(const reading *in, const pop3_option *option, uint16_t *out) {
  static const struct {
    const char *text;
    uint16_t version;
  } versions[] = {{"1.0", TLS1_VERSION},
                  {"1.1", TLS1_1_VERSION},
                  {"1.2", TLS1_2_VERSION},
                  {"1.3", TLS1_3_VERSION}};
  for (size_t i = 0; option->text != NULL && i < sizeof(versions) / sizeof(versions[0]); i++) {
    if (strcmp(option->text, versions[i].text) != 0) continue;
    *out = versions[i].version;
    return POP3_OK;
  }
  return bad(in, option->name, "must be \"1.0\", \"1.1\", \"1.2\" or \"1.3\"");
}

static pop3_status read_flag(const reading *in, const pop3_option *option, int *out) {
  if (option->text != NULL || option->object != NULL || option->number < 0 || option->number > 1) {
    return bad(in, option->name, "must be the number 0 or 1");
  }
  *out = (int)option->number;
  return POP3_OK;
}

static pop3_status read_alpn(const reading *in, const pop3_option *option) {
  if (option->text == NULL || option->object != NULL) return bad(in, option->name, "takes a text");
  const size_t len = strlen(option->text);
  if (len >= sizeof(in->out->alpn)) return bad(in, option->name, "has more than 255 octets");
  memcpy(in->out->alpn, option->text, len + 1);
  in->out->alpn_given = 1;
  return POP3_OK;
}

static pop3_status read_pin(const reading *in, const pop3_option *option, const char *pin,
                            size_t len) {
  static const char kPrefix[] = "sha256//";
  while (len > 0 && *pin == ' ') pin++, len--;
  while (len > 0 && pin[len - 1] == ' ') len--;
  if (len >= sizeof(kPrefix) - 1 && memcmp(pin, kPrefix, sizeof(kPrefix) - 1) == 0) {
    pin += sizeof(kPrefix) - 1;
    len -= sizeof(kPrefix) - 1;
  }
  uint8_t octets[P3_TLS_PIN_LEN + 1];
  size_t out_len = 0;
  if (len != 44 || !EVP_DecodeBase64(octets, &out_len, sizeof(octets), (const uint8_t *)pin, len) ||
      out_len != P3_TLS_PIN_LEN) {
    return bad(in, option->name, "each pin is the base64 of 32 octets, with ';' between two");
  }
  if (in->out->num_pins == P3_TLS_PINS_MAX) return bad(in, option->name, "more than 16 pins");
  memcpy(in->out->pins[in->out->num_pins++], octets, P3_TLS_PIN_LEN);
  return POP3_OK;
}

static pop3_status read_pins(const reading *in, const pop3_option *option) {
  const char *pin = NULL;
  pop3_status status = read_string(in, option, &pin);
  if (status != POP3_OK) return status;
  in->out->num_pins = 0;
  while (pin != NULL) {
    const char *end = strchr(pin, ';');
    status = read_pin(in, option, pin, end != NULL ? (size_t)(end - pin) : strlen(pin));
    if (status != POP3_OK) return status;
    pin = end != NULL && end[1] ? end + 1 : NULL;
  }
  return POP3_OK;
}

// Copies an object of the caller's as far as both know it; what is behind that is zero.
static void take(void *out, size_t out_size, const void *object, size_t object_size) {
  memset(out, 0, out_size);
  memcpy(out, object, object_size < out_size ? object_size : out_size);
}

static pop3_status read_object(const reading *in, const pop3_option *option) {
  p3_tls_options *out = in->out;
  const char *what = option->name + 4;
  if (option->text != NULL || option->object == NULL) {
    return bad(in, option->name, "takes an object");
  }
  if (strcmp(what, "key_passphrase") == 0) {
    const pop3_tls_passphrase *object = option->object;
    if (POP3_HAS_MEMBER(pop3_tls_passphrase, object, arg) && object->callback != NULL) {
      out->passphrase = object;
      return POP3_OK;
    }
  } else if (strcmp(what, "session_cache") == 0) {
    const pop3_tls_session_cache *object = option->object;
    if (POP3_HAS_MEMBER(pop3_tls_session_cache, object, arg) && object->get != NULL &&
        object->put != NULL) {
      take(&out->cache, sizeof(out->cache), object, object->size);
      return POP3_OK;
    }
  } else if (strcmp(what, "verify") == 0) {
    const pop3_tls_verify *object = option->object;
    if (POP3_HAS_MEMBER(pop3_tls_verify, object, arg) && object->callback != NULL) {
      take(&out->verify, sizeof(out->verify), object, object->size);
      return POP3_OK;
    }
  } else {
    const pop3_tls_context *object = option->object;
    if (POP3_HAS_MEMBER(pop3_tls_context, object, identity) && object->ssl_ctx != NULL) {
      out->context = object;
      return POP3_OK;
    }
  }
  return bad(in, option->name, "its size is too small or a member is missing");
}

static pop3_status read_option(reading *in, const pop3_option *option) {
  p3_tls_options *out = in->out;
  const char *what = option->name + 4;
  if (strcmp(what, "server_name") == 0) return read_string(in, option, &in->server_name);
  if (strcmp(what, "ca_file") == 0) return read_string(in, option, &out->ca_file);
  if (strcmp(what, "ca_dir") == 0) return read_string(in, option, &out->ca_dir);
  if (strcmp(what, "ca_pem") == 0) return read_string(in, option, &out->ca_pem);
  if (strcmp(what, "cert_file") == 0) return read_string(in, option, &out->cert_file);
  if (strcmp(what, "key_file") == 0) return read_string(in, option, &out->key_file);
  if (strcmp(what, "min_version") == 0) return read_version(in, option, &out->min_version);
  if (strcmp(what, "max_version") == 0) return read_version(in, option, &out->max_version);
  if (strcmp(what, "alpn") == 0) return read_alpn(in, option);
  if (strcmp(what, "pin_sha256") == 0) return read_pins(in, option);
  if (strcmp(what, "insecure_do_not_verify") == 0) {
    return read_flag(in, option, &out->do_not_verify);
  }
  if (strcmp(what, "check_name") == 0) {
    in->name_given = 1;
    return read_flag(in, option, &out->check_name);
  }
  if (strcmp(what, "alpn_refused") == 0) return read_flag(in, option, &out->alpn_refused);
  if (strcmp(what, "allow_weak_certificates") == 0) {
    return read_flag(in, option, &out->allow_weak);
  }
  if (strcmp(what, "key_passphrase") == 0 || strcmp(what, "session_cache") == 0 ||
      strcmp(what, "verify") == 0 || strcmp(what, "context") == 0) {
    return read_object(in, option);
  }
  return bad(in, option->name, "there is no such option");
}

static int is_address(const char *name) {
  uint8_t octets[16];
  return inet_pton(AF_INET, name, octets) == 1 || inet_pton(AF_INET6, name, octets) == 1;
}

// The name to verify: without what is not part of it in a certificate.
static pop3_status read_name(const reading *in) {
  p3_tls_options *out = in->out;
  const char *what = in->server_name != NULL ? "option tls.server_name" : "the server's name";
  const char *name = in->server_name != NULL ? in->server_name : in->config->host;
  const pop3_host *host = in->host;
  size_t len = name != NULL ? strlen(name) : 0;
  const char *why = NULL;
  if (len > 1 && name[0] == '[' && name[len - 1] == ']') {
    name++;
    len -= 2;
  }
  if (len >= sizeof(out->name)) return bad(in, "tls.server_name", "has more than 255 octets");
  if (len > 0) memcpy(out->name, name, len);
  out->name[len] = '\0';
  char *zone = strchr(out->name, '%');
  if (zone != NULL && strchr(out->name, ':') != NULL) *zone = '\0';
  out->name_is_address = is_address(out->name);
  len = strlen(out->name);
  if (!out->name_is_address) {
    if (len > 1 && out->name[len - 1] == '.') out->name[--len] = '\0';
    for (size_t i = 0; i < len && why == NULL; i++) {
      const unsigned char c = (unsigned char)out->name[i];
      if (c >= 0x80) {
        why = "is not ASCII: write it as it stands in the DNS (xn--...)";
      } else if (c <= ' ' || c == 0x7f || c == '/' || c == '@' || c == ':' || c == '*') {
        why = "is not a host's name or address";
      }
    }
    if (len == 0) why = "is empty";
  }
  if (why == NULL) return POP3_OK;
  if (!out->check_name && in->server_name == NULL) {
    out->name[0] = '\0';
    return POP3_OK;
  }
  return host->fail(
      host->ctx, in->err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s \"%s\" %s%s", what,
      name != NULL ? name : "", why,
      in->server_name != NULL ? "" : ": set tls.server_name to the name that TLS verifies");
}

// What does not go together.
static pop3_status check(const reading *in) {
  p3_tls_options *out = in->out;
  if (out->cert_file != NULL && out->key_file == NULL) out->key_file = out->cert_file;
  if (out->context != NULL) {
    const char *extra = out->ca_file != NULL      ? "tls.ca_file"
                        : out->ca_dir != NULL     ? "tls.ca_dir"
                        : out->ca_pem != NULL     ? "tls.ca_pem"
                        : out->cert_file != NULL  ? "tls.cert_file"
                        : out->key_file != NULL   ? "tls.key_file"
                        : out->passphrase != NULL ? "tls.key_passphrase"
                        : out->cache.get != NULL  ? "tls.session_cache"
                                                  : NULL;
    if (extra != NULL) {
      return bad(in, extra, "cannot be combined with tls.context: set it in the context");
    }
    if (out->context->identity != (void (*)(void))SSL_CTX_new) {
      return bad(
          in, "tls.context",
          "the context must come from the copy of BoringSSL that this plugin is linked with");
    }
  }
  if (out->key_file != NULL && out->cert_file == NULL) {
    return bad(in, "tls.key_file", "needs tls.cert_file");
  }
  if (out->passphrase != NULL && out->cert_file == NULL) {
    return bad(in, "tls.key_passphrase", "needs tls.cert_file");
  }
  if (out->verify.callback != NULL && out->do_not_verify) {
    return bad(in, "tls.insecure_do_not_verify", "contradicts tls.verify");
  }
  if (in->name_given && out->do_not_verify) {
    return bad(in, "tls.check_name", "means nothing with tls.insecure_do_not_verify");
  }
  if (out->do_not_verify) out->check_name = 0;
  if (out->context == NULL && out->min_version == 0) out->min_version = TLS1_2_VERSION;
  if (out->max_version != 0 && out->max_version < out->min_version) {
    return bad(in, "tls.max_version", "is older than tls.min_version (default \"1.2\")");
  }
  return POP3_OK;
}

pop3_status p3_tls_read_options(p3_tls_options *out, const pop3_host *host,
                                const pop3_transport_config *config, pop3_error *err) {
  reading in = {out, host, config, NULL, 0, err};
  memset(out, 0, sizeof(*out));
  out->check_name = 1;
  memcpy(out->alpn, P3_TLS_ALPN, sizeof(P3_TLS_ALPN));
  out->port = config->port;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "tls.", 4) != 0) continue;
    const pop3_status status = read_option(&in, option);
    if (status != POP3_OK) return status;
  }
  if (out->alpn_given) out->alpn_refused = 0;
  if (out->alpn_refused) out->alpn[0] = '\0';
  const pop3_status status = check(&in);
  return status == POP3_OK ? read_name(&in) : status;
}
