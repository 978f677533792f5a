#include "tools/cli/tls_options.h"

#include <stdio.h>
#include <string.h>

#include "tools/cli/prompt.h"

static void add_text(pop3_option *out, size_t *count, const char *name, const char *text) {
  if (text == NULL) return;
  memset(&out[*count], 0, sizeof(out[*count]));
  out[*count].name = name;
  out[(*count)++].text = text;
}

// An option with |number|, if |flag| is set.
static void add_flag(pop3_option *out, size_t *count, const char *name, int flag, int64_t number) {
  if (!flag) return;
  memset(&out[*count], 0, sizeof(out[*count]));
  out[*count].name = name;
  out[(*count)++].number = number;
}

// Asks for the passphrase of a key.
static int ask_passphrase(void *arg, const char *key_file, char *buf, size_t buf_cap) {
  const cli_passphrase *passphrase = arg;
  if (passphrase->options->no_prompt || !cli_prompt_possible()) return -1;
  char question[512];
  (void)snprintf(question, sizeof(question), "Passphrase for %s: ", key_file);
  pop3_secret secret;
  pop3_secret_init(&secret, NULL);
  int len = -1;
  if (cli_prompt(&secret, question, 0, passphrase->patience, NULL) == POP3_OK &&
      secret.len <= buf_cap) {
    memcpy(buf, secret.data, secret.len);
    len = (int)secret.len;
  }
  pop3_secret_cleanup(&secret);
  return len;
}

size_t cli_tls_options(pop3_option out[CLI_TLS_OPTIONS_MAX], cli_passphrase *passphrase,
                       const cli_options *options, const cli_patience *patience) {
  size_t count = 0;
  add_text(out, &count, "tls.server_name", options->tls_name);
  add_text(out, &count, "tls.ca_file", options->ca_file);
  add_text(out, &count, "tls.ca_dir", options->ca_dir);
  add_text(out, &count, "tls.cert_file", options->cert);
  add_text(out, &count, "tls.key_file", options->key);
  add_text(out, &count, "tls.pin_sha256", options->pin);
  add_text(out, &count, "tls.min_version", options->tls_min);
  add_text(out, &count, "tls.max_version", options->tls_max);
  if (options->alpn != NULL) {
    add_text(out, &count, "tls.alpn", strcmp(options->alpn, "none") == 0 ? "" : options->alpn);
  }
  memset(passphrase, 0, sizeof(*passphrase));
  passphrase->ask.size = (uint32_t)sizeof(passphrase->ask);
  passphrase->ask.callback = ask_passphrase;
  passphrase->ask.arg = passphrase;
  passphrase->options = options;
  passphrase->patience = patience;
  if (options->cert != NULL) {
    memset(&out[count], 0, sizeof(out[count]));
    out[count].name = "tls.key_passphrase";
    out[count++].object = &passphrase->ask;
  }
  add_flag(out, &count, "tls.allow_weak_certificates", options->allow_weak, 1);
  add_flag(out, &count, "tls.check_name", options->no_check_name, 0);
  add_flag(out, &count, "tls.insecure_do_not_verify", options->insecure, 1);
  return count;
}
