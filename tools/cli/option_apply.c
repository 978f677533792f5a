#include "tools/cli/option_apply.h"

#include <string.h>

#include "tools/cli/limit_option.h"
#include "tools/cli/option_value.h"

#define LAYER "cli"

static pop3_status add_quirk(cli_options *out, const char *name, pop3_error *err) {
  if (strcmp(name, "all") == 0) {
    out->quirks = POP3_QUIRKS_ALL;
    return POP3_OK;
  }
  pop3_quirk quirk;
  if (!pop3_quirk_from_name(&quirk, name)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "there is no quirk named \"%s\"", name);
  }
  out->quirks |= POP3_QUIRK_BIT(quirk);
  return POP3_OK;
}

static pop3_status add_resolve(cli_options *out, const char *value, pop3_error *err) {
  if (out->num_resolve == CLI_MAX_RESOLVE) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "--resolve is given too often");
  }
  out->resolve[out->num_resolve++] = value;
  return POP3_OK;
}

static pop3_status add_text(const char **list, int *count, const cli_option_row *row,
                            const char *value, pop3_error *err) {
  if (*count == CLI_MAX_PLUGINS) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s is given too often", row->name);
  }
  list[(*count)++] = value;
  return POP3_OK;
}

static pop3_status bad_value(const cli_option_row *row, const char *value, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s %s: \"%s\" is not one", row->name,
                        row->value, value);
}

static pop3_status set_eol(cli_options *out, const cli_option_row *row, const char *value,
                           pop3_error *err) {
  if (strcmp(value, "crlf") == 0) {
    out->eol = CLI_EOL_CRLF;
  } else if (strcmp(value, "lf") == 0) {
    out->eol = CLI_EOL_LF;
  } else {
    return bad_value(row, value, err);
  }
  return POP3_OK;
}

// The place of |value| among |words|, which end with NULL; -1 if it is none of them.
static int find_word(const char *const *words, const char *value) {
  for (int i = 0; words[i] != NULL; ++i) {
    if (strcmp(value, words[i]) == 0) return i;
  }
  return -1;
}

static int set_channel_binding(cli_options *out, const char *value) {
  static const char *const kWords[] = {"prefer", "require", "never", NULL};
  static const pop3_channel_binding kPolicies[] = {
      POP3_CHANNEL_BINDING_PREFER, POP3_CHANNEL_BINDING_REQUIRE, POP3_CHANNEL_BINDING_NEVER};
  int found = find_word(kWords, value);
  if (found >= 0) out->channel_binding = kPolicies[found];
  return found >= 0;
}

static int set_tls_policy(cli_options *out, const char *value) {
  static const char *const kWords[] = {"required", "if-offered", "never", NULL};
  static const pop3_tls_policy kPolicies[] = {POP3_TLS_REQUIRED, POP3_TLS_IF_OFFERED,
                                              POP3_TLS_NEVER};
  int found = find_word(kWords, value);
  if (found >= 0) out->tls = kPolicies[found];
  return found >= 0;
}

// Options about TLS with a value. Returns 0 if |id| is none.
static int apply_tls_value(cli_options *out, cli_option_id id, const char *value, int *out_good) {
  const char **text = NULL;
  *out_good = 1;
  switch (id) {
    case CLI_OPT_TLS:
      *out_good = set_tls_policy(out, value);
      return 1;
    case CLI_OPT_CHANNEL_BINDING:
      *out_good = set_channel_binding(out, value);
      return 1;
    case CLI_OPT_TLS_NAME:
      text = &out->tls_name;
      break;
    case CLI_OPT_CA_FILE:
      text = &out->ca_file;
      break;
    case CLI_OPT_CA_DIR:
      text = &out->ca_dir;
      break;
    case CLI_OPT_CERT:
      text = &out->cert;
      break;
    case CLI_OPT_KEY:
      text = &out->key;
      break;
    case CLI_OPT_PIN:
      text = &out->pin;
      break;
    case CLI_OPT_TLS_MIN:
      text = &out->tls_min;
      break;
    case CLI_OPT_TLS_MAX:
      text = &out->tls_max;
      break;
    case CLI_OPT_ALPN:
      text = &out->alpn;
      break;
    default:
      return 0;
  }
  *text = value;
  return 1;
}

// Options with a value.
static pop3_status apply_value(cli_options *out, const cli_option_row *row, const char *value,
                               pop3_error *err) {
  int good = 1;
  if (apply_tls_value(out, row->id, value, &good)) {
    return good ? POP3_OK : bad_value(row, value, err);
  }
  switch (row->id) {
    case CLI_OPT_USER:
      out->user = value;
      break;
    case CLI_OPT_AUTHZID:
      out->authzid = value;
      break;
    case CLI_OPT_PASSWORD_FILE:
      out->password_file = value;
      break;
    case CLI_OPT_PASSWORD_COMMAND:
      out->password_command = value;
      break;
    case CLI_OPT_TOKEN_COMMAND:
      out->token_command = value;
      break;
    case CLI_OPT_NETRC:
      out->netrc = value;
      break;
    case CLI_OPT_AUTH:
      out->auth = value;
      break;
    case CLI_OPT_TIMEOUT:
      good = cli_value_seconds(&out->idle_ms, value);
      break;
    case CLI_OPT_CONNECT_TIMEOUT:
      good = cli_value_seconds(&out->connect_ms, value);
      break;
    case CLI_OPT_LOGIN_TIMEOUT:
      good = cli_value_seconds(&out->login_ms, value);
      break;
    case CLI_OPT_TOTAL_TIMEOUT:
      good = cli_value_seconds(&out->total_ms, value);
      break;
    case CLI_OPT_SOURCE_ADDRESS:
      out->source_address = value;
      break;
    case CLI_OPT_RESOLVE:
      return add_resolve(out, value, err);
    case CLI_OPT_PLUGIN:
      return add_text(out->plugins, &out->num_plugins, row, value, err);
    case CLI_OPT_PLUGIN_DIR:
      return add_text(out->plugin_dirs, &out->num_plugin_dirs, row, value, err);
    case CLI_OPT_VIA:
      out->via = value;
      break;
    case CLI_OPT_RECORD:
      out->record = value;
      break;
    case CLI_OPT_QUIRK:
      return add_quirk(out, value, err);
    case CLI_OPT_LIMIT:
      return cli_limit_set(&out->limits, value, err);
    case CLI_OPT_MAILDIR:
      out->maildir = value;
      break;
    case CLI_OPT_MBOX:
      out->mbox = value;
      break;
    case CLI_OPT_DIR:
      out->dir = value;
      break;
    case CLI_OPT_EOL:
      return set_eol(out, row, value, err);
    case CLI_OPT_MESSAGES:
      return cli_number_set_add(&out->messages, value, err);
    case CLI_OPT_MAX_SIZE:
      good = cli_value_size(&out->max_size, value);
      break;
    case CLI_OPT_COMMIT_EVERY:
      good = cli_value_number(&out->commit_every, value);
      break;
    default:
      good = 0;
      break;
  }
  return good ? POP3_OK : bad_value(row, value, err);
}

// Options without one.
static void apply_flag(cli_options *out, cli_option_id id) {
  int *flag = NULL;
  switch (id) {
    case CLI_OPT_NO_NETRC:
      flag = &out->no_netrc;
      break;
    case CLI_OPT_NO_PROMPT:
      flag = &out->no_prompt;
      break;
    case CLI_OPT_ALLOW_CLEARTEXT:
      flag = &out->allow_cleartext;
      break;
    case CLI_OPT_TWO_STEP_AUTH:
      flag = &out->two_step_auth;
      break;
    case CLI_OPT_ALLOW_WEAK:
      flag = &out->allow_weak;
      break;
    case CLI_OPT_NO_CHECK_NAME:
      flag = &out->no_check_name;
      break;
    case CLI_OPT_INSECURE:
      flag = &out->insecure;
      break;
    case CLI_OPT_NO_LOGIN:
      flag = &out->no_login;
      break;
    case CLI_OPT_IPV4:
      out->family = "ipv4";
      return;
    case CLI_OPT_IPV6:
      out->family = "ipv6";
      return;
    case CLI_OPT_NO_PIPELINING:
      flag = &out->no_pipelining;
      break;
    case CLI_OPT_KEEP:
      flag = &out->keep;
      break;
    case CLI_OPT_DELETE:
      flag = &out->delete_fetched;
      break;
    case CLI_OPT_FORCE:
      flag = &out->force;
      break;
    case CLI_OPT_MULTI:
      flag = &out->multi;
      break;
    case CLI_OPT_JSON:
      flag = &out->json;
      break;
    case CLI_OPT_VERBOSE:
      if (out->verbose < 2) out->verbose++;
      return;
    case CLI_OPT_QUIET:
      flag = &out->quiet;
      break;
    case CLI_OPT_HELP:
      flag = &out->help;
      break;
    case CLI_OPT_VERSION:
      flag = &out->version;
      break;
    default:
      return;
  }
  *flag = 1;
}

pop3_status cli_option_apply(cli_options *out, const cli_option_row *row, const char *value,
                             pop3_error *err) {
  if (row->value != NULL) return apply_value(out, row, value, err);
  apply_flag(out, row->id);
  return POP3_OK;
}
