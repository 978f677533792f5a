#include "tools/cli/words.h"

#include <stdio.h>
#include <string.h>

#include "tools/cli/limit_option.h"

#define NAME_MAX_LEN 64

// Looks whether |text| begins with a setting's name; then |replacement| gets the option's. Returns
// the length of the name, or 0.
static size_t match(const char *text, char replacement[NAME_MAX_LEN]) {
  static const struct {
    const char *setting;
    const char *option;
  } kPairs[] = {{"set allow_cleartext", "--allow-cleartext is needed"},
                {"allow_cleartext", "--allow-cleartext"},
                {"connect_ms", "--connect-timeout"},
                {"idle_ms", "--timeout"},
                {"login_ms", "--login-timeout"},
                {"total_ms", "--total-timeout"},
                {"option channel_binding", "--channel-binding"},
                {"option mechanism", "--auth"},
                {"option tls.ca_file", "--ca-file"},
                {"option tls.ca_dir", "--ca-dir"},
                {"option tls.cert_file", "--cert"},
                {"option tls.key_file", "--key"},
                {"option tls.pin_sha256", "--pin"},
                {"option tls.min_version", "--tls-min"},
                {"option tls.max_version", "--tls-max"},
                {"option tls.alpn", "--alpn"},
                {"option tls.server_name", "--tls-name"},
                {"tls.pin_sha256", "--pin"},
                {"tls.min_version", "--tls-min"},
                {"tls.max_version", "--tls-max"},
                {"tls.alpn to \"\"", "--alpn none"},
                {"tls.allow_weak_certificates", "--allow-weak-certificates"},
                {"tls.check_name", "--no-check-name"},
                {"tls.insecure_do_not_verify", "--insecure-do-not-verify"},
                {"tls.ca_file", "--ca-file"},
                {"tls.cert_file", "--cert"},
                {"tls.server_name", "--tls-name"},
                {"quirk capa-damage", "--quirk capa-damage"},
                {"option tls ", "--tls "},
                {"option tls)", "--tls)"}};
  for (size_t i = 0; i < sizeof(kPairs) / sizeof(kPairs[0]); ++i) {
    size_t len = strlen(kPairs[i].setting);
    if (strncmp(text, kPairs[i].setting, len) != 0) continue;
    (void)snprintf(replacement, NAME_MAX_LEN, "%s", kPairs[i].option);
    return len;
  }
  if (strncmp(text, "limit ", 6) != 0) return 0;
  size_t len = strspn(text + 6, "abcdefghijklmnopqrstuvwxyz_");
  for (size_t i = 0; cli_limit_name(i) != NULL; ++i) {
    const char *name = cli_limit_name(i);
    size_t same = 0;
    while (same < len &&
           (name[same] == text[6 + same] || (name[same] == '-' && text[6 + same] == '_'))) {
      same++;
    }
    if (same != len || name[len] != '\0') continue;
    (void)snprintf(replacement, NAME_MAX_LEN, "--limit %s", name);
    return 6 + len;
  }
  return 0;
}

void cli_words_translate(char *out, size_t out_cap, const char *text) {
  size_t at = 0;
  char replacement[NAME_MAX_LEN];
  while (*text != '\0' && at + 1 < out_cap) {
    size_t len = match(text, replacement);
    if (len == 0) {
      out[at++] = *text++;
      continue;
    }
    size_t n = strlen(replacement);
    if (n >= out_cap - at) n = out_cap - at - 1;
    memcpy(out + at, replacement, n);
    at += n;
    text += len;
  }
  out[at] = '\0';
}
