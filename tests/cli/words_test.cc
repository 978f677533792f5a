#include "tools/cli/words.h"

#include <gtest/gtest.h>

#include <string>

namespace words_test {
namespace {

std::string Translated(const char *text, size_t cap = 200) {
  std::string out(cap, 'x');
  cli_words_translate(out.data(), cap, text);
  return out.c_str();
}

TEST(Words, NamesOptionsInsteadOfSettings) {
  EXPECT_EQ("took longer than 300 ms (--connect-timeout)",
            Translated("took longer than 300 ms (connect_ms)"));
  EXPECT_EQ("--timeout, --login-timeout, --total-timeout",
            Translated("idle_ms, login_ms, total_ms"));
  EXPECT_EQ("(no); --allow-cleartext is needed to permit that",
            Translated("(no); set allow_cleartext to permit that"));
  EXPECT_EQ("not encrypted (--tls): --tls permits that; --ca-file: no such file",
            Translated("not encrypted (option tls): option tls permits that; option tls.ca_file: "
                       "no such file"));
  EXPECT_EQ("(--quirk capa-damage reads it); or let --tls be never",
            Translated("(quirk capa-damage reads it); or let option tls be never"));
  EXPECT_EQ("--alpn none; --tls-min, --tls-max; --pin; --allow-weak-certificates; --no-check-name",
            Translated("tls.alpn to \"\"; tls.min_version, tls.max_version; tls.pin_sha256; "
                       "tls.allow_weak_certificates; tls.check_name"));
  EXPECT_EQ("more than 2 lines (--limit max-items)",
            Translated("more than 2 lines (limit max_items)"));
}

TEST(Words, LeavesTheRestAlone) {
  for (const char *text : {"", "limit", "limit ", "limit max_", "limit max_nothing", "max_items",
                           "plain words", "limits max_items"}) {
    EXPECT_EQ(text, Translated(text));
  }
}

TEST(Words, CutsWhatDoesNotFit) {
  for (size_t cap = 1; cap < 40; ++cap) {
    EXPECT_EQ(std::string("a --connect-timeout b").substr(0, cap - 1),
              Translated("a connect_ms b", cap));
  }
}

}  // namespace
}  // namespace words_test
