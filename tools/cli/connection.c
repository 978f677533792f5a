#define _POSIX_C_SOURCE 200809L
#include "tools/cli/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/clock.h"
#include "tools/cli/fd_writer.h"
#include "tools/cli/signals.h"
#include "tools/cli/via.h"

#define LAYER "cli"

static pop3_status out_of_time(const cli_connection *c, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_TIMEOUT, LAYER, 0, "not done within %g s (--total-timeout)",
                        (double)c->options->total_ms / 1000);
}

// Of the total time, which is the whole run's, a session knows only what was left when it began.
static int report(const cli_connection *c, const char *what, cli_stage stage,
                  const pop3_error *err) {
  pop3_error total = POP3_ERROR_INIT;
  const char *words = strstr(err->text, "the session took longer than ");
  int is_total =
      err->status == POP3_ERR_TIMEOUT && words != NULL && strstr(words, "(total_ms)") != NULL;
  if (is_total) (void)out_of_time(c, &total);
  return cli_report_error(&c->report, what, stage, is_total ? &total : err);
}

int cli_connection_fail(const cli_connection *c, const char *what, const pop3_error *err) {
  return report(c, what, CLI_STAGE_OTHER, err);
}

int cli_connection_fail_login(const cli_connection *c, const pop3_error *err) {
  return report(c, "login", CLI_STAGE_LOGIN, err);
}

int cli_connection_is_out_of_time(const cli_connection *c) {
  int64_t total_ms = c->options->total_ms;
  return total_ms > 0 && cli_clock_ms(NULL) - c->opened_ms >= total_ms;
}

static pop3_status conflict(const char *what, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "the URL and an option both give %s",
                        what);
}

// An option must not contradict the URL.
static pop3_status check_url(const pop3_url *url, const cli_options *options, pop3_error *err) {
  if (url->user != NULL && options->user != NULL && strcmp(url->user, options->user) != 0) {
    return conflict("a user name", err);
  }
  if (url->password.data != NULL &&
      (options->password_file != NULL || options->password_command != NULL ||
       options->token_command != NULL)) {
    return conflict("a password", err);
  }
  if (url->auth != NULL && options->auth != NULL && strcasecmp(url->auth, options->auth) != 0) {
    return conflict("a way to log in", err);
  }
  int wants_tcp = options->source_address != NULL || options->family != NULL;
  if (url->scheme == POP3_URL_UNIX && wants_tcp) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "--ipv4, --ipv6 and --source-address are not for Unix sockets");
  }
  return POP3_OK;
}

static void set_credentials(cli_connection *c) {
  const cli_options *o = c->options;
  cli_credential_sources from;
  memset(&from, 0, sizeof(from));
  from.host = c->url.host == NULL ? "localhost" : c->url.host;
  from.user = c->url.user == NULL ? o->user : c->url.user;
  from.password_file = o->password_file;
  from.password_command = o->password_command;
  from.token_command = o->token_command;
  from.netrc = o->netrc;
  from.no_netrc = o->no_netrc;
  from.no_prompt = o->no_prompt;
  from.patience = &c->patience;
  cli_credentials_init(&c->credentials, &from);
}

static pop3_status make_session(cli_connection *c, pop3_error *err) {
  const cli_options *o = c->options;
  pop3_option transport[CLI_MAX_RESOLVE + 2 + CLI_TLS_OPTIONS_MAX];
  memset(transport, 0, sizeof(transport));
  size_t num_transport = cli_tls_options(transport, &c->passphrase, o, &c->patience);
  if (o->source_address != NULL) {
    transport[num_transport].name = "tcp.source_address";
    transport[num_transport++].text = o->source_address;
  }
  if (o->family != NULL) {
    transport[num_transport].name = "tcp.family";
    transport[num_transport++].text = o->family;
  }
  for (int i = 0; i < o->num_resolve; ++i) {
    transport[num_transport].name = "tcp.resolve";
    transport[num_transport++].text = o->resolve[i];
  }
  pop3_session_options session = POP3_SESSION_OPTIONS_INIT;
  session.options = transport;
  session.num_options = num_transport;
  session.quirks = o->quirks;
  session.debug_level = (uint32_t)o->verbose;
  session.user = c->credentials.from.user;
  session.authzid = o->authzid;
  session.credential = cli_credentials_fetch;
  session.credential_arg = &c->credentials;
  if (o->delete_fetched) {  // may take several sessions
    session.credential = cli_credential_memory_fetch;
    session.credential_arg = &c->memory;
  }
  session.credential_kinds = cli_credentials_kinds(&c->credentials);
  if (o->connect_ms > 0) session.connect_ms = o->connect_ms;
  if (o->idle_ms > 0) session.idle_ms = o->idle_ms;
  if (o->login_ms > 0) session.login_ms = o->login_ms;
  if (o->total_ms > 0) session.total_ms = o->total_ms - (cli_clock_ms(NULL) - c->opened_ms);
  if (o->total_ms > 0 && session.total_ms <= 0) return out_of_time(c, err);
  session.mechanism = o->auth;
  session.allow_cleartext = (uint32_t)o->allow_cleartext;
  session.auth_two_step = (uint32_t)o->two_step_auth;
  session.channel_binding = o->channel_binding;
  session.tls = o->tls;
  // --allow-cleartext makes STLS opportunistic.
  if (o->tls == POP3_TLS_DEFAULT && o->allow_cleartext) session.tls = POP3_TLS_IF_OFFERED;
  session.pipelining = o->no_pipelining ? POP3_PIPELINING_NEVER : POP3_PIPELINING_AUTO;
  session.limits = &o->limits;
  session.clock_ms = cli_clock_ms;
  c->patience.limit_ms[CLI_LIMIT_CONNECT] = session.connect_ms;
  c->patience.limit_ms[CLI_LIMIT_LOGIN] = session.login_ms;
  c->patience.limit_ms[CLI_LIMIT_TOTAL] = o->total_ms;
  return cli_via_session(&c->session, c->registry, &c->url, &session, o->via, o->record, err);
}

int cli_connection_open(cli_connection *c, const cli_options *options) {
  memset(c, 0, sizeof(*c));
  c->options = options;
  c->opened_ms = cli_clock_ms(NULL);
  c->report.command = cli_command_name(options->command);
  c->report.quiet = options->quiet;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = pop3_url_parse(&c->url, options->url, strlen(options->url), NULL, &err);
  if (status == POP3_OK) status = check_url(&c->url, options, &err);
  set_credentials(c);
  cli_credential_memory_init(&c->memory, &c->credentials);
  if (status == POP3_OK) status = cli_plugin_set_open(&c->plugins, options, &err);
  c->registry = c->plugins.registry;
  if (status == POP3_OK) status = make_session(c, &err);
  if (status != POP3_OK) return cli_connection_fail(c, NULL, &err);
  cli_signals_watch(c->session);
  cli_write_limit(&c->patience);
  return CLI_EXIT_OK;
}

// With -v: how often the server needed each leniency that was allowed.
static void tell_quirks(const cli_connection *c) {
  if (c->options->verbose == 0 || c->options->quirks == 0) return;
  const pop3_quirks *quirks = pop3_engine_quirks(pop3_session_engine(c->session));
  const char *name;
  for (uint32_t i = 0; (name = pop3_quirk_name(i)) != NULL; ++i) {
    if ((quirks->enabled & POP3_QUIRK_BIT(i)) == 0) continue;
    cli_report_note(&c->report, "quirk %s: needed %" PRIu64 " times", name, quirks->hits[i]);
  }
}

pop3_status cli_connection_again(cli_connection *c, pop3_error *err) {
  cli_signals_watch(NULL);
  tell_quirks(c);
  pop3_session_free(c->session);
  c->session = NULL;
  pop3_status status = make_session(c, err);
  if (status == POP3_OK) cli_signals_watch(c->session);
  return status;
}

int cli_connection_greet(cli_connection *c) {
  pop3_error err = POP3_ERROR_INIT;
  cli_patience_start(&c->patience, CLI_LIMIT_CONNECT);
  cli_patience_start(&c->patience, CLI_LIMIT_TOTAL);
  pop3_status status = pop3_connect(c->session, &err);
  cli_patience_stop(&c->patience, CLI_LIMIT_CONNECT);
  if (status == POP3_OK) return CLI_EXIT_OK;
  return cli_connection_fail(c, NULL, &err);
}

pop3_status cli_connection_try_login(cli_connection *c, pop3_error *err) {
  cli_patience_start(&c->patience, CLI_LIMIT_LOGIN);
  pop3_status status = pop3_login(c->session, err);
  cli_patience_stop(&c->patience, CLI_LIMIT_LOGIN);
  if (strstr(err->text, "CAPA is damaged") != NULL) c->told_damage = 1;  // the error will
  cli_connection_tell_damage(c);
  return status;
}

int cli_connection_login(cli_connection *c) {
  int code = cli_connection_greet(c);
  if (code != CLI_EXIT_OK) return code;
  pop3_error err = POP3_ERROR_INIT;
  if (cli_connection_try_login(c, &err) == POP3_OK) return CLI_EXIT_OK;
  return cli_connection_fail_login(c, &err);
}

void cli_connection_tell_damage(cli_connection *c) {
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(c->session));
  if (caps == NULL || caps->num_damaged == 0 || c->told_damage) return;
  c->told_damage = 1;
  const int is_allowed = (c->options->quirks & POP3_QUIRK_BIT(POP3_QUIRK_CAPA_DAMAGE)) != 0;
  cli_report_note(&c->report, "CAPA is damaged and not read in full: %s%s", caps->damage,
                  is_allowed ? "" : " (--quirk capa-damage reads it)");
}

pop3_status cli_connection_ask_pipelining(cli_connection *c, pop3_error *err) {
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(c->session));
  if (c->options->no_pipelining || pop3_capabilities_has(caps, POP3_CAP_PIPELINING)) return POP3_OK;
  pop3_status status = pop3_capa(c->session, &caps, err);
  return status == POP3_REFUSED ? POP3_OK : status;
}

void cli_connection_finish(cli_connection *c) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = pop3_quit(c->session, NULL, &err);
  if (status != POP3_OK && c->options->verbose > 0) {
    cli_report_note(&c->report, "QUIT: %s", err.text);
  }
}

void cli_connection_close(cli_connection *c) {
  cli_signals_watch(NULL);
  cli_write_limit(NULL);
  if (c->session != NULL) {
    cli_connection_tell_damage(c);
    tell_quirks(c);
  }
  pop3_session_free(c->session);
  cli_plugin_set_close(&c->plugins);
  cli_credential_memory_cleanup(&c->memory);
  cli_credentials_cleanup(&c->credentials);
  pop3_url_cleanup(&c->url);
}
