#define _POSIX_C_SOURCE 200809L
#include "tools/cli/check_report.h"

#include <inttypes.h>
#include <pop3/commands.h>
#include <string.h>
#include <time.h>

#include "tools/cli/words.h"

#define SECONDS_PER_DAY 86400
#define CLI_CHECK_WORDS_MAX 512
// With the names of an issuer, which a certificate may have many of.
#define CLI_CHECK_VERIFIED_MAX 4096

// A line "NAME  TEXT", or a member of the object.
static void put(cli_check_report *report, const char *name, const char *key, const char *text,
                size_t text_len) {
  if (report->is_json) {
    cli_json_key(&report->json, key);
    cli_json_string(&report->json, text, text_len);
  } else {
    printf("%-14s%.*s\n", name != NULL ? name : "", (int)text_len, text);
  }
}

static void put_text(cli_check_report *report, const char *name, const char *key,
                     const char *text) {
  put(report, name, key, text, strlen(text));
}

// The answer to a query in words, if there is one.
static void put_query(cli_check_report *report, const char *name, const char *key, uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (pop3_session_query(report->session, what, &answer) != POP3_OK || answer.data_len == 0) return;
  put(report, name, key, (const char *)answer.data, answer.data_len);
}

// What a server says must not write to the terminal: it is shown as in an error.
static void put_greeting(cli_check_report *report, const char *greeting) {
  pop3_error shown = POP3_ERROR_INIT;
  if (!report->is_json) {
    (void)pop3_error_set(&shown, POP3_REFUSED, "cli", 0, "%s", greeting);
    greeting = shown.text;
  }
  put_text(report, "greeting", "greeting", greeting);
}

static void put_flag(cli_check_report *report, const char *key, int value) {
  cli_json_key(&report->json, key);
  cli_json_bool(&report->json, value);
}

void cli_check_begin(cli_check_report *report, FILE *json, const pop3_session *session) {
  memset(report, 0, sizeof(*report));
  report->session = session;
  report->is_json = json != NULL;
  if (report->is_json) {
    cli_json_init(&report->json, json);
    cli_json_open(&report->json, '{');
  }
  put_query(report, "server", "server", POP3_QUERY_PEER_NAME);
  const char *greeting = pop3_getwelcome(session);
  put_greeting(report, greeting != NULL ? greeting : "");
}

void cli_check_capabilities(cli_check_report *report, const char *title, const char *key) {
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(report->session));
  if (report->is_json) {
    cli_json_key(&report->json, key);
    if (caps == NULL) {
      cli_json_null(&report->json);
      return;
    }
    cli_json_open(&report->json, '[');
  } else {
    printf("capabilities, %s:%s\n", title, caps == NULL ? " not known" : "");
  }
  for (size_t i = 0; caps != NULL && i < caps->num_lines; ++i) {
    const pop3_capability *line = &caps->lines[i];
    if (report->is_json) {
      cli_json_open(&report->json, '{');
      cli_json_key(&report->json, "keyword");
      cli_json_string(&report->json, line->keyword, strlen(line->keyword));
      cli_json_key(&report->json, "arguments");
      cli_json_string(&report->json, line->arguments, strlen(line->arguments));
      cli_json_close(&report->json, '}');
    } else {
      printf("  %s%s%s\n", line->keyword, line->arguments[0] == '\0' ? "" : " ", line->arguments);
    }
  }
  if (report->is_json) cli_json_close(&report->json, ']');
}

static const char *policy_name(pop3_tls_policy policy) {
  switch (policy) {
    case POP3_TLS_REQUIRED:
      return "required";
    case POP3_TLS_IF_OFFERED:
      return "if-offered";
    case POP3_TLS_NEVER:
      return "never";
    case POP3_TLS_DEFAULT:
      break;
  }
  return "default";
}

static const char *stls_words(pop3_stls_state stls) {
  switch (stls) {
    case POP3_STLS_NOT_OFFERED:
      return "not offered by the server";
    case POP3_STLS_OFFERED:
      return "offered, not used";
    case POP3_STLS_DONE:
      return "done";
    case POP3_STLS_UNKNOWN:
      break;
  }
  return "not asked for";
}

// The server refused the protocol name: this is the second connection.
static void put_alpn_refusal(cli_check_report *report) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (pop3_session_query(report->session, POP3_QUERY_TLS_ALPN_REFUSED, &answer) != POP3_OK) return;
  if (report->is_json) {
    put(report, NULL, "tls_alpn_refused", (const char *)answer.data, answer.data_len);
  } else {
    printf("%-14sthe server refused \"%.*s\": connected once more, without a name\n", "ALPN",
           (int)answer.data_len, (const char *)answer.data);
  }
}

void cli_check_transport(cli_check_report *report, const pop3_security *security) {
  put_text(report, "encrypted", "encryption",
           !security->is_encrypted
               ? security->is_local ? "no, but the octets do not leave this machine" : "no"
           : security->stls == POP3_STLS_DONE ? "yes, by STLS"
                                              : "yes, from the start");
  put_text(report, "policy", "tls_policy", policy_name(security->policy));
  put_text(report, "STLS", "stls", stls_words(security->stls));
  put_query(report, "TLS", "tls_version", POP3_QUERY_TLS_VERSION);
  put_query(report, "cipher", "tls_cipher", POP3_QUERY_TLS_CIPHER);
  put_query(report, "ALPN", "tls_alpn", POP3_QUERY_TLS_ALPN);
  put_alpn_refusal(report);
  if (report->is_json) {
    put_flag(report, "is_encrypted", security->is_encrypted != 0);
    put_flag(report, "is_local", security->is_local != 0);
    put_flag(report, "capabilities_changed", security->capabilities_changed != 0);
  } else if (security->capabilities_changed) {
    puts("note          the capabilities changed across STLS in more than STLS itself");
  }
}

static void put_expiry(cli_check_report *report, int64_t now) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (pop3_session_query(report->session, POP3_QUERY_TLS_EXPIRES, &answer) != POP3_OK) return;
  const int64_t days = (answer.number - now) / SECONDS_PER_DAY;
  if (report->is_json) {
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%" PRId64, answer.number);
    put_text(report, "", "certificate_expires", digits);
    return;
  }
  const time_t at = (time_t)answer.number;
  struct tm parts;
  char date[32] = "?";
  if (gmtime_r(&at, &parts) != NULL) {
    (void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &parts);
  }
  if (answer.number < now) {
    printf("%-14s%s, in the past\n", "expires", date);
  } else {
    printf("%-14s%s, in %" PRId64 " days\n", "expires", date, days);
  }
}

// How the server was verified, and what that proves.
static void put_verification(cli_check_report *report) {
  pop3_answer answer = POP3_ANSWER_INIT;
  char library_words[CLI_CHECK_VERIFIED_MAX];
  char words[2 * CLI_CHECK_VERIFIED_MAX];
  if (pop3_session_query(report->session, POP3_QUERY_TLS_VERIFIED, &answer) != POP3_OK) return;
  const int is_verified = answer.number == 1;
  (void)snprintf(library_words, sizeof(library_words), "%.*s", (int)answer.data_len,
                 (const char *)answer.data);
  cli_words_translate(words, sizeof(words), library_words);
  put_text(report, "verified", "verified", words);
  if (report->is_json) {
    pop3_answer name = POP3_ANSWER_INIT;
    const pop3_status status =
        pop3_session_query(report->session, POP3_QUERY_TLS_NAME_VERIFIED, &name);
    put_flag(report, "is_verified", is_verified);
    put_flag(report, "is_name_verified", status == POP3_OK && name.number == 1);
  } else if (!is_verified) {
    printf("%-14sit is NOT certain that this is the server that was meant\n", "note");
  }
}

void cli_check_certificate(cli_check_report *report, int64_t now) {
  put_query(report, "certificate", "certificate_subject", POP3_QUERY_TLS_SUBJECT);
  put_query(report, "names", "certificate_names", POP3_QUERY_TLS_NAMES);
  put_query(report, "issuer", "certificate_issuer", POP3_QUERY_TLS_ISSUER);
  put_expiry(report, now);
  pop3_answer answer = POP3_ANSWER_INIT;
  char pin[128];
  if (pop3_session_query(report->session, POP3_QUERY_TLS_SPKI_SHA256, &answer) == POP3_OK) {
    const int len =
        snprintf(pin, sizeof(pin), "sha256//%.*s", (int)answer.data_len, (const char *)answer.data);
    if (len > 0 && (size_t)len < sizeof(pin)) put_text(report, "pin", "pin", pin);
  }
  put_verification(report);
  put_query(report, "WEAK", "certificate_weakness", POP3_QUERY_TLS_WEAKNESS);
}

static const char *state_words(const pop3_candidate *one) {
  switch (one->state) {
    case POP3_CANDIDATE_CHOSEN:
      return "would be chosen";
    case POP3_CANDIDATE_USABLE:
      return "usable";
    case POP3_CANDIDATE_REFUSED:
      return "refused by the server";
    case POP3_CANDIDATE_UNUSABLE:
      break;
  }
  return one->why;
}

static void put_candidate(cli_check_report *report, const pop3_candidate *one) {
  if (!report->is_json) {
    printf("  %-20s %4d  %s\n", one->mechanism, (int)one->strength, state_words(one));
    return;
  }
  cli_json_open(&report->json, '{');
  put_text(report, "", "mechanism", one->mechanism);
  put_text(report, "", "plugin", one->plugin);
  cli_json_key(&report->json, "strength");
  cli_json_number(&report->json, (uint64_t)one->strength);
  put_flag(report, "usable", one->state != POP3_CANDIDATE_UNUSABLE);
  put_flag(report, "chosen", one->state == POP3_CANDIDATE_CHOSEN);
  put_text(report, "", "why", one->why);
  cli_json_close(&report->json, '}');
}

void cli_check_mechanisms(cli_check_report *report, const pop3_security *security) {
  if (report->is_json) {
    cli_json_key(&report->json, "mechanisms");
    cli_json_open(&report->json, '[');
  } else {
    puts("ways to log in, and their strength:");
  }
  pop3_candidate one = POP3_CANDIDATE_INIT;
  for (size_t i = 0; i < security->num_candidates; ++i) {
    if (pop3_session_candidate(report->session, i, &one)) put_candidate(report, &one);
  }
  if (report->is_json) cli_json_close(&report->json, ']');
  if (security->mechanism == NULL) return;
  if (report->is_json) put_flag(report, "would_be_bound", security->is_bound != 0);
  if (security->is_bound) {
    put_text(report, "binding", "binding", "to the TLS connection, unless the server refuses that");
    return;
  }
  char library_words[CLI_CHECK_WORDS_MAX];
  char words[2 * CLI_CHECK_WORDS_MAX];
  (void)snprintf(library_words, sizeof(library_words), "%s%s",
                 report->is_json ? "" : "none: ", security->not_bound_why);
  cli_words_translate(words, sizeof(words), library_words);
  put_text(report, "binding", "not_bound_why", words);
}

void cli_check_end(cli_check_report *report) {
  if (!report->is_json) return;
  cli_json_close(&report->json, '}');
  cli_json_end(&report->json);
}
