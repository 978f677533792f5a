#include "tools/cli/via.h"

#include <pop3/plugins/exec.h>
#include <pop3/plugins/http_connect.h>
#include <pop3/plugins/record.h>
#include <pop3/plugins/socks5.h>
#include <pop3/spi/transport.h>
#include <stdlib.h>
#include <string.h>

#define LAYER "cli"
#define MAX_TRANSPORTS 4  // tcp, a proxy, tls, record
#define MAX_OPTIONS 5     // of a proxy: where it is, the login; a file to record to

// way is what is put together.
typedef struct way {
  pop3_url proxy;  // its strings are copied by the session
  const char *transports[MAX_TRANSPORTS];
  size_t num_transports;
  pop3_option *options;
  size_t num_options;
  int is_tcp;   // it begins with a TCP connection
  int has_tls;  // TLS, if the URL wants it, is still to come
} way;

static pop3_status bad(const char *why, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "--via: %s", why);
}

static void add_transport(way *out, const char *name) {
  out->transports[out->num_transports++] = name;
}

static void add_option(way *out, const char *name, const char *text, int64_t number) {
  pop3_option *option = &out->options[out->num_options++];
  memset(option, 0, sizeof(*option));
  option->name = name;
  option->text = text;
  option->number = number;
}

// Whether what stands behind "://" ends in ":PORT".
static int has_port(const char *authority) {
  const char *at = strrchr(authority, '@');
  const char *host = at == NULL ? authority : at + 1;
  const char *bracket = strrchr(host, ']');
  return strchr(bracket == NULL ? host : bracket, ':') != NULL;
}

// Reads "[USER[:PASSWORD]@]HOST[:PORT]" as it stands in POP URLs. |default_port| 0: there is none.
static pop3_status read_proxy(way *out, const char *authority, uint16_t default_port,
                              pop3_error *err) {
  static const char kScheme[] = "pop3://";
  size_t len = strlen(authority);
  char *text = malloc(sizeof(kScheme) + len);
  if (text == NULL) return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory");
  memcpy(text, kScheme, sizeof(kScheme) - 1);
  memcpy(text + sizeof(kScheme) - 1, authority, len + 1);
  pop3_status status = pop3_url_parse(&out->proxy, text, sizeof(kScheme) - 1 + len, NULL, NULL);
  pop3_wipe(text, sizeof(kScheme) + len);
  free(text);
  if (status == POP3_ERR_MEMORY) return pop3_error_set(err, status, LAYER, 0, "no memory");
  if (status != POP3_OK || out->proxy.auth != NULL || out->proxy.host == NULL) {
    return bad(
        "a proxy is written as [USER[:PASSWORD]@]HOST:PORT, with %XX for octets that have a "
        "meaning in URLs",
        err);
  }
  if (has_port(authority)) return POP3_OK;
  if (default_port == 0) return bad("the proxy's port is missing: http://HOST:PORT", err);
  out->proxy.port = default_port;
  return POP3_OK;
}

static pop3_status go_through_proxy(way *out, const char *transport, const char *user_option,
                                    const char *password_option, const char *authority,
                                    uint16_t default_port, pop3_error *err) {
  pop3_status status = read_proxy(out, authority, default_port, err);
  if (status != POP3_OK) return status;
  out->is_tcp = 1;
  out->has_tls = 1;
  add_transport(out, "tcp");
  add_transport(out, transport);
  add_option(out, "tcp.connect_host", out->proxy.host, 0);
  add_option(out, "tcp.connect_port", NULL, out->proxy.port);
  if (out->proxy.user != NULL) add_option(out, user_option, out->proxy.user, 0);
  if (out->proxy.password.data != NULL) {
    add_option(out, password_option, (const char *)out->proxy.password.data, 0);
  }
  return POP3_OK;
}

// Returns what follows |prefix| in |text|, or NULL.
static const char *behind(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static pop3_status read_via(way *out, const char *via, pop3_error *err) {
  const char *rest;
  if ((rest = behind(via, "socks5://")) != NULL || (rest = behind(via, "socks5h://")) != NULL) {
    return go_through_proxy(out, "socks5", "socks5.user", "socks5.password", rest, 1080, err);
  }
  if ((rest = behind(via, "http://")) != NULL) {
    return go_through_proxy(out, "http_connect", "http_connect.user", "http_connect.password", rest,
                            0, err);
  }
  if ((rest = behind(via, "exec:")) != NULL) {
    out->has_tls = 1;
    add_transport(out, "exec");
    add_option(out, "exec.command", rest, 0);
    return POP3_OK;
  }
  if ((rest = behind(via, "replay:")) != NULL) {
    add_transport(out, "replay");  // what was inside TLS, if there was any
    add_option(out, "replay.file", rest, 0);
    return POP3_OK;
  }
  return bad("this must be socks5://HOST:PORT, http://HOST:PORT, exec:COMMAND or replay:FILE", err);
}

static pop3_status read_way(way *out, const pop3_url *url, const char *via, const char *record,
                            pop3_error *err) {
  pop3_status status = POP3_OK;
  if (via == NULL) {
    out->is_tcp = url->scheme != POP3_URL_UNIX;
    out->has_tls = 1;
    add_transport(out, url->scheme == POP3_URL_UNIX ? "unix" : "tcp");
  } else if (url->scheme == POP3_URL_UNIX) {
    status = bad("nothing lies on the way to a Unix socket", err);
  } else {
    status = read_via(out, via, err);
  }
  if (url->scheme == POP3_URL_POP3S && out->has_tls) add_transport(out, "tls");
  if (record != NULL) {
    add_transport(out, "record");
    add_option(out, "record.file", record, 0);
  }
  return status;
}

// Options for TCP, from the command line, where there is none.
static pop3_status check_tcp(const way *w, const pop3_session_options *options, pop3_error *err) {
  for (size_t i = 0; i < options->num_options && !w->is_tcp; ++i) {
    if (behind(options->options[i].name, "tcp.") == NULL) continue;
    return bad(
        "--ipv4, --ipv6, --source-address and --resolve are for TCP connections, and this "
        "program makes none here",
        err);
  }
  return POP3_OK;
}

static pop3_status add_plugins(pop3_registry *registry, const way *w, pop3_error *err) {
  static const pop3_plugin_entry_fn kEntries[] = {pop3_plugin_exec, pop3_plugin_http_connect,
                                                  pop3_plugin_record, pop3_plugin_socks5};
  for (size_t i = 0; i < sizeof(kEntries) / sizeof(kEntries[0]); ++i) {
    const pop3_plugin *plugin = kEntries[i](POP3_ABI);
    int is_needed = 0;
    for (size_t k = 0; k < plugin->num_transports; ++k) {
      const char *name = plugin->transports[k]->name;
      for (size_t n = 0; n < w->num_transports; ++n) {
        if (strcmp(name, w->transports[n]) != 0) continue;
        is_needed = is_needed || pop3_registry_transport(registry, name) == NULL;
      }
    }
    pop3_status status = is_needed ? pop3_registry_add(registry, plugin, err) : POP3_OK;
    if (status != POP3_OK) return status;
  }
  return POP3_OK;
}

static pop3_status make(pop3_session **out, const pop3_registry *registry, const pop3_url *url,
                        const way *w, const pop3_session_options *options, pop3_error *err) {
  pop3_session_options session = *options;
  session.transports = w->transports;
  session.num_transports = w->num_transports;
  session.options = w->options;
  session.num_options = w->num_options;
  // A recording that is played has what was inside TLS.
  pop3_url plain = *url;
  if (!w->has_tls && plain.scheme == POP3_URL_POP3S) plain.scheme = POP3_URL_POP3;
  return pop3_session_new_url(out, registry, &plain, &session, err);
}

pop3_status cli_via_session(pop3_session **out, pop3_registry *registry, const pop3_url *url,
                            const pop3_session_options *options, const char *via,
                            const char *record, pop3_error *err) {
  if (via == NULL && record == NULL) {
    return pop3_session_new_url(out, registry, url, options, err);
  }
  *out = NULL;
  way w;
  memset(&w, 0, sizeof(w));
  w.options = calloc(options->num_options + MAX_OPTIONS, sizeof(*w.options));
  if (w.options == NULL) return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory");
  pop3_status status = read_way(&w, url, via, record, err);
  if (status == POP3_OK) status = check_tcp(&w, options, err);
  if (status == POP3_OK) status = add_plugins(registry, &w, err);
  for (size_t i = 0; i < options->num_options; ++i) {
    w.options[w.num_options++] = options->options[i];
  }
  if (status == POP3_OK) status = make(out, registry, url, &w, options, err);
  free(w.options);
  pop3_url_cleanup(&w.proxy);
  return status;
}
