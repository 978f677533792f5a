#include <gtest/gtest.h>
#include <pop3/url.h>

#include <string>
#include <string_view>
#include <vector>

namespace url_format_test {
namespace {

std::string Format(const pop3_url &url) {
  std::vector<char> out(1000, '#');
  size_t len = pop3_url_format(out.data(), out.size(), &url);
  EXPECT_LT(len, out.size());
  EXPECT_EQ(std::string(out.data()).size(), len);
  return out.data();
}

struct FormatCase {
  const char *in;
  const char *out;
};

TEST(UrlFormat, Table) {
  const FormatCase cases[] = {
      {"pop://h", "pop3://h"},
      {"pop3://h:110/", "pop3://h"},
      {"pop3://h:995", "pop3://h:995"},
      {"pops://h", "pop3s://h"},
      {"pop3s://h:110", "pop3s://h:110"},
      {"pop3://u:hunter2@h", "pop3://u@h"},
      {"pop3://u;auth=*@h", "pop3://u@h"},
      {"pop3://u;auth=apop@h", "pop3://u;AUTH=+APOP@h"},
      {"pop3://u;auth=+user@h", "pop3://u;AUTH=+USER@h"},
      {"pop3://u;auth=+rpop@h", "pop3://u;AUTH=+RPOP@h"},
      {"pop3://u;auth=plain:hunter2@h", "pop3://u;AUTH=PLAIN@h"},
      {"pop3://alice%40example.com%3b%2F%25%20%C3%BC:x@h",
       "pop3://alice%40example.com%3B%2F%25%20%C3%BC@h"},
      {"pop3://u@[2001:db8::1]:8110", "pop3://u@[2001:db8::1]:8110"},
      {"pop3://[fe80::1%25eth0]", "pop3://[fe80::1%25eth0]"},
      {"pop3+unix:///run/pop3.sock", "pop3+unix:///run/pop3.sock"},
      {"pop3+unix://u:hunter2@/run/a%20b", "pop3+unix://u@/run/a%20b"},
      {"pop3+unix:///%00name/x", "pop3+unix:///%00name/x"},
      {"pop3+unix:///@name", "pop3+unix:///%40name"},
  };
  for (const FormatCase &c : cases) {
    pop3_url url;
    ASSERT_EQ(pop3_url_parse(&url, c.in, std::string_view(c.in).size(), nullptr, nullptr), POP3_OK)
        << c.in;
    EXPECT_EQ(Format(url), c.out);
    pop3_url_cleanup(&url);
    // What is written can be read, and gives the same again.
    ASSERT_EQ(pop3_url_parse(&url, c.out, std::string_view(c.out).size(), nullptr, nullptr),
              POP3_OK);
    EXPECT_EQ(Format(url), c.out);
    pop3_url_cleanup(&url);
  }
}

TEST(UrlFormat, EveryBufferSize) {
  pop3_url url;
  const std::string text = "pop3://alice%40x;AUTH=+APOP@[::1]:8110";
  ASSERT_EQ(pop3_url_parse(&url, text.data(), text.size(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_url_format(nullptr, 0, &url), text.size());
  for (size_t cap = 1; cap < text.size() + 5; cap++) {
    std::vector<char> out(cap, '#');
    EXPECT_EQ(pop3_url_format(out.data(), cap, &url), text.size());
    EXPECT_EQ(std::string(out.data()), text.substr(0, cap - 1));
  }
  pop3_url_cleanup(&url);
}

TEST(UrlFormat, AUrlMadeByHandMayLackItsHost) {
  pop3_url url{};
  url.scheme = POP3_URL_POP3;
  url.port = 110;
  EXPECT_EQ(Format(url), "pop3://");
  url.scheme = POP3_URL_UNIX;
  EXPECT_EQ(Format(url), "pop3+unix://");
}

}  // namespace
}  // namespace url_format_test
