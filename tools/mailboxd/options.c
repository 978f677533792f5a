#define _GNU_SOURCE 1
#include "tools/mailboxd/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/options_table.h"

static enum options_result wrong(const char *name, const char *value, const char *why) {
  fprintf(stderr, "mailboxd: --%s%s%s: %s\n", name, value == NULL ? "" : " ",
          value == NULL ? "" : value, why);
  return OPTIONS_WRONG;
}

static enum options_result out_of_memory(void) {
  fprintf(stderr, "mailboxd: out of memory\n");
  return OPTIONS_WRONG;
}

static enum options_result number(const struct option *option, const char *value, uint64_t min,
                                  uint64_t max, uint64_t *out) {
  if (mailboxes_number(value, strlen(value), max, out) && *out >= min) {
    return OPTIONS_RUN;
  }
  char why[96];
  snprintf(why, sizeof(why), "it must be a number from %llu to %llu", (unsigned long long)min,
           (unsigned long long)max);
  return wrong(option->name, value, why);
}

static enum options_result number32(const struct option *option, const char *value, uint32_t min,
                                    uint32_t *out) {
  uint64_t wide;
  enum options_result result = number(option, value, min, INT32_MAX, &wide);
  if (result == OPTIONS_RUN) {
    *out = (uint32_t)wide;
  }
  return result;
}

static enum options_result mailbox(struct options *o, const struct option *option,
                                   const char *value) {
  const char *why;
  if (o->mailbox.kind != MAILBOX_NONE) {
    return wrong(option->name, value, "there is a default mailbox already");
  }
  if (option->id == OPTION_GENERATE) {
    return mailbox_spec_generate(&o->mailbox, value, &why) ? OPTIONS_RUN
                                                           : wrong(option->name, value, why);
  }
  o->mailbox = (struct mailbox_spec){
      .kind = option->id == OPTION_MAILDIR ? MAILBOX_MAILDIR : MAILBOX_MBOX, .path = value};
  return OPTIONS_RUN;
}

static enum options_result disable(struct options *o, const struct option *option,
                                   const char *name) {
  enum command command;
  if (!command_find(name, strlen(name), &command)) {
    return wrong(option->name, name, "there is no such command");
  }
  o->session.disabled |= UINT32_C(1) << command;
  return OPTIONS_RUN;
}

static enum options_result expire(struct options *o, const struct option *option,
                                  const char *value) {
  o->session.has_expire = 1;
  o->session.expire_days = SESSION_EXPIRE_NEVER;
  return strcmp(value, "NEVER") == 0 ? OPTIONS_RUN
                                     : number32(option, value, 0, &o->session.expire_days);
}

static enum options_result log_level(struct options *o, const struct option *option,
                                     const char *value) {
  static const char *const kNames[] = {"quiet", "error", "info", "debug"};
  for (uint32_t i = 0; i < 4; i++) {
    if (strcmp(value, kNames[i]) == 0) {
      o->log_level = (enum log_level)i;
      return OPTIONS_RUN;
    }
  }
  return wrong(option->name, value, "it must be quiet, error, info or debug");
}

static enum options_result version(const struct option *option, const char *value, uint16_t *out) {
  static const char *const kNames[] = {"1.0", "1.1", "1.2", "1.3"};
  for (uint16_t i = 0; i < 4; i++) {
    if (strcmp(value, kNames[i]) == 0) {
      *out = (uint16_t)(0x0301 + i);  // as they are called on the wire
      return OPTIONS_RUN;
    }
  }
  return wrong(option->name, value, "it must be 1.0, 1.1, 1.2 or 1.3");
}

static enum options_result tls(struct options *o, const struct option *option, const char *value) {
  switch (option->id) {
    case OPTION_CERT:
      o->tls.cert = value;
      return OPTIONS_RUN;
    case OPTION_KEY:
      o->tls.key = value;
      return OPTIONS_RUN;
    case OPTION_SELF_SIGNED:
      o->self_signed = value;
      return OPTIONS_RUN;
    case OPTION_CLIENT_CA:
      o->tls.client_ca = value;
      return OPTIONS_RUN;
    case OPTION_REQUIRE_TLS:
      o->session.require_tls = 1;
      return OPTIONS_RUN;
    case OPTION_TLS_MIN:
      return version(option, value, &o->tls.min);
    default:
      return version(option, value, &o->tls.max);
  }
}

static enum options_result named_fault(struct faults *faults, const struct option *option,
                                       const char *value) {
  int *fault = faults_find(faults, value);
  if (fault == NULL) {
    return wrong(option->name, value, "there is no such fault (see --help)");
  }
  *fault = 1;
  return OPTIONS_RUN;
}

// The options of faults.h.
static enum options_result fault(struct faults *faults, const struct option *option,
                                 const char *value) {
  switch (option->id) {
    case OPTION_NO_PIPELINING:
      faults->hide_pipelining = 1;
      return OPTIONS_RUN;
    case OPTION_LIE_PIPELINING:
      faults->lie_pipelining = 1;
      return OPTIONS_RUN;
    case OPTION_QUIT_FAILS:
      faults->quit_fails = 1;
      return OPTIONS_RUN;
    case OPTION_CHUNK:
      return number(option, value, 1, INT64_MAX, &faults->chunk);
    case OPTION_DELAY:
      return number(option, value, 0, INT32_MAX, &faults->delay_ms);
    default:
      faults->drops = 1;
      return number(option, value, 1, INT64_MAX, &faults->drop_after);
  }
}

static enum options_result apply(struct options *o, const struct option *option,
                                 const char *value) {
  switch (option->id) {
    case OPTION_LISTEN:
    case OPTION_TLS_LISTEN:
    case OPTION_UNIX:
      o->listens[o->num_listens++] = (struct options_listen){.is_unix = option->id == OPTION_UNIX,
                                                             .tls = option->id == OPTION_TLS_LISTEN,
                                                             .spec = value};
      return OPTIONS_RUN;
    case OPTION_ALLOW_REMOTE:
      o->allow_remote = 1;
      return OPTIONS_RUN;
    case OPTION_SEND_BUFFER:
      return number32(option, value, 0, &o->send_buffer);
    case OPTION_PORT_FILE:
      o->port_file = value;
      return OPTIONS_RUN;
    case OPTION_PRINT_READY:
      o->print_ready = 1;
      return OPTIONS_RUN;
    case OPTION_CERT:
    case OPTION_KEY:
    case OPTION_SELF_SIGNED:
    case OPTION_CLIENT_CA:
    case OPTION_REQUIRE_TLS:
    case OPTION_TLS_MIN:
    case OPTION_TLS_MAX:
      return tls(o, option, value);
    case OPTION_MAILDIR:
    case OPTION_MBOX:
    case OPTION_GENERATE:
      return mailbox(o, option, value);
    case OPTION_CACHE:
      return number(option, value, 0, INT64_MAX, &o->cache_octets);
    case OPTION_NO_LOCK:
      o->shared = 1;
      return OPTIONS_RUN;
    case OPTION_USER:
      if (strchr(value, ':') == NULL) {
        return wrong(option->name, NULL, "it must be NAME:PASSWORD");
      }
      o->users[o->num_users++] = value;
      return OPTIONS_RUN;
    case OPTION_USERS:
      o->users_file = value;
      return OPTIONS_RUN;
    case OPTION_RPOP:
      o->rpop[o->num_rpop++] = value;
      return OPTIONS_RUN;
    case OPTION_RPOP_ANY_PORT:
      o->session.rpop_any_port = 1;
      return OPTIONS_RUN;
    case OPTION_OAUTH: {
      const char *colon = strchr(value, ':');
      if (colon == NULL || colon[1] == '\0') {
        return wrong(option->name, NULL, "it must be NAME:TOKEN");
      }
      o->oauth[o->num_oauth++] = value;
      return OPTIONS_RUN;
    }
    case OPTION_SASL_LAYERS:
      o->session.sasl_layers = 1;
      return OPTIONS_RUN;
    case OPTION_ANONYMOUS:
      o->session.anonymous = value;
      return OPTIONS_RUN;
    case OPTION_LOGIN_DELAY:
      return number32(option, value, 0, &o->session.login_delay_s);
    case OPTION_EXPIRE:
      return expire(o, option, value);
    case OPTION_IDLE:
      return number32(option, value, 1, &o->idle_s);
    case OPTION_MAX_CONNECTIONS:
      return number32(option, value, 1, &o->max_connections);
    case OPTION_MAX_BAD:
      return number32(option, value, 1, &o->session.max_bad);
    case OPTION_DISABLE:
      return disable(o, option, value);
    case OPTION_NO_APOP:
    case OPTION_NO_CAPA:
    case OPTION_NO_UIDL:
    case OPTION_NO_TOP:
    case OPTION_NO_LAST:
      return disable(o, option, option->name + strlen("no-"));
    case OPTION_NO_PIPELINING:
    case OPTION_LIE_PIPELINING:
    case OPTION_CHUNK:
    case OPTION_DELAY:
    case OPTION_DROP_AFTER:
    case OPTION_QUIT_FAILS:
      return fault(&o->session.faults, option, value);
    case OPTION_FAULT:
      return named_fault(&o->session.faults, option, value);
    case OPTION_EXIT_WITH_PARENT:
      o->exit_with_parent = 1;
      return OPTIONS_RUN;
    case OPTION_LOG:
      return log_level(o, option, value);
    case OPTION_HELP:
      options_print_help();
      return OPTIONS_DONE;
    case OPTION_SECTION:
      break;
  }
  return OPTIONS_WRONG;
}

static enum options_result check_tls(const struct options *o) {
  int wanted =
      o->tls.client_ca != NULL || o->tls.min != 0 || o->tls.max != 0 || o->session.require_tls;
  for (size_t i = 0; i < o->num_listens; i++) {
    wanted = wanted || o->listens[i].tls;
  }
  const char *why = NULL;
  if ((o->tls.cert == NULL) != (o->tls.key == NULL)) {
    why = "--cert and --key go together";
  } else if (o->tls.cert != NULL && o->self_signed != NULL) {
    why = "either --cert and --key or --self-signed";
  } else if (wanted && o->tls.cert == NULL && o->self_signed == NULL) {
    why = "TLS needs a certificate: --cert FILE and --key FILE, or --self-signed DIR";
  }
  if (why == NULL) {
    return OPTIONS_RUN;
  }
  fprintf(stderr, "mailboxd: %s\n", why);
  return OPTIONS_WRONG;
}

static enum options_result check(const struct options *o) {
  if (o->num_listens == 0) {
    fprintf(stderr, "mailboxd: where to listen? --listen 127.0.0.1:0 or --unix PATH\n");
    return OPTIONS_WRONG;
  }
  if (o->num_users == 0 && o->users_file == NULL) {
    fprintf(stderr, "mailboxd: who may log in? --user NAME:PASSWORD or --users FILE\n");
    return OPTIONS_WRONG;
  }
  if (o->num_users > 0 && o->mailbox.kind == MAILBOX_NONE) {
    fprintf(stderr, "mailboxd: which mail? --maildir DIR, --mbox FILE or --generate COUNTxSIZE\n");
    return OPTIONS_WRONG;
  }
  return check_tls(o);
}

enum options_result options_parse(struct options *o, int argc, char **argv) {
  size_t max = (size_t)argc;
  *o = (struct options){.listens = calloc(max, sizeof(*o->listens)),
                        .users = calloc(max, sizeof(*o->users)),
                        .rpop = calloc(max, sizeof(*o->rpop)),
                        .oauth = calloc(max, sizeof(*o->oauth)),
                        .send_buffer = 256u << 10,
                        .cache_octets = UINT64_C(64) << 20,
                        .idle_s = 600,
                        .log_level = LOG_LEVEL_ERROR,
                        .session = {.max_bad = 10}};
  if (o->listens == NULL || o->users == NULL || o->rpop == NULL || o->oauth == NULL) {
    return out_of_memory();
  }
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strncmp(name, "--", 2) != 0) {
      fprintf(stderr, "mailboxd: '%s' is no option (see --help)\n", name);
      return OPTIONS_WRONG;
    }
    name += 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    const struct option *option = options_find(name, len);
    if (option == NULL) {
      fprintf(stderr, "mailboxd: there is no option --%.*s (see --help)\n", (int)len, name);
      return OPTIONS_WRONG;
    }
    if (option->argument == NULL && value != NULL) {
      return wrong(option->name, NULL, "it takes no value");
    }
    if (option->argument != NULL && value == NULL) {
      if (i + 1 == argc) {
        return wrong(option->name, NULL, "a value is missing");
      }
      value = argv[++i];
    }
    if (value == NULL) {
      value = "";
    }
    enum options_result result = apply(o, option, value);
    if (result != OPTIONS_RUN) {
      return result;
    }
  }
  return check(o);
}

void options_cleanup(struct options *o) {
  free(o->listens);
  free(o->users);
  free(o->rpop);
  free(o->oauth);
}
