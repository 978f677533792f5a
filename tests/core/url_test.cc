#include <gtest/gtest.h>
#include <pop3/url.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "tests/testing/failing_allocator.h"

namespace url_test {
namespace {

using namespace std::string_view_literals;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

constexpr char kNull[] = "(null)";

std::string Text(const char *text) { return text == nullptr ? kNull : text; }

struct GoodCase {
  std::string_view url;
  pop3_url_scheme scheme;
  int port;
  std::string host;  // or path
  std::string user;
  std::string auth;
  std::string password;
};

// Nothing is read behind the text, which need not end in a NUL.
TEST(UrlParse, EndsWhereItEnds) {
  for (const std::string_view text : {"pop3+unix:///run/pop3%4"sv, "pop3+unix:///run/pop3%"sv}) {
    const std::unique_ptr<char[]> exact(new char[text.size()]);
    std::memcpy(exact.get(), text.data(), text.size());
    pop3_url url;
    EXPECT_EQ(pop3_url_parse(&url, exact.get(), text.size(), nullptr, nullptr), POP3_ERR_URL);
  }
}

TEST(UrlParse, Good) {
  const std::string n = kNull;
  const GoodCase cases[] = {
      // RFC 2384 section 7.
      {"pop://rg@mailsrv.qualcomm.com", POP3_URL_POP3, 110, "mailsrv.qualcomm.com", "rg", n, n},
      {"pop://rg;AUTH=+APOP@mail.eudora.com:8110", POP3_URL_POP3, 8110, "mail.eudora.com", "rg",
       "APOP", n},
      {"pop://baz;AUTH=SCRAM-MD5@foo.bar", POP3_URL_POP3, 110, "foo.bar", "baz", "SCRAM-MD5", n},
      // Schemes and default ports.
      {"pop3://h", POP3_URL_POP3, 110, "h", n, n, n},
      {"pops://h", POP3_URL_POP3S, 995, "h", n, n, n},
      {"pop3s://h", POP3_URL_POP3S, 995, "h", n, n, n},
      {"POP3S://h", POP3_URL_POP3S, 995, "h", n, n, n},
      {"pop3://h/", POP3_URL_POP3, 110, "h", n, n, n},
      {"pop3://h:", POP3_URL_POP3, 110, "h", n, n, n},
      {"pop3://h:/", POP3_URL_POP3, 110, "h", n, n, n},
      {"pop3://h:1", POP3_URL_POP3, 1, "h", n, n, n},
      {"pop3://h:65535/", POP3_URL_POP3, 65535, "h", n, n, n},
      {"pop3://h:00110", POP3_URL_POP3, 110, "h", n, n, n},
      // Users and passwords.
      {"pop3://u:p@h", POP3_URL_POP3, 110, "h", "u", n, "p"},
      {"pop3://u:@h", POP3_URL_POP3, 110, "h", "u", n, ""},
      {"pop3://u:p:q@h", POP3_URL_POP3, 110, "h", "u", n, "p:q"},
      {"pop3://u;auth=*:p@h", POP3_URL_POP3, 110, "h", "u", n, "p"},
      {"pop3://u;Auth=plain:p;x=1@h", POP3_URL_POP3, 110, "h", "u", "PLAIN", "p;x=1"},
      {"pop3://u;AUTH=SCRAM%2DSHA%2d256@h", POP3_URL_POP3, 110, "h", "u", "SCRAM-SHA-256", n},
      {"pop3://alice%40example.com:p%40%3A%2F%3f%23%25w@h", POP3_URL_POP3, 110, "h",
       "alice@example.com", n, "p@:/?#%w"},
      {"pop3://alice%20smith%3Bx:a%20b%09@h", POP3_URL_POP3, 110, "h", "alice smith;x", n, "a b\t"},
      {"pop3://gr%C3%BC%c3%9f:%FF%fe@h", POP3_URL_POP3, 110, "h", "gr\xC3\xBC\xC3\x9F", n,
       "\xFF\xFE"},
      {"pop3://a+b&c=d~$!*',(x):p@h", POP3_URL_POP3, 110, "h", "a+b&c=d~$!*',(x)", n, "p"},
      // Hosts.
      {"pop3://192.0.2.1:110", POP3_URL_POP3, 110, "192.0.2.1", n, n, n},
      {"pop3://[::1]", POP3_URL_POP3, 110, "::1", n, n, n},
      {"pop3://u:p@[2001:db8::1]:1995/", POP3_URL_POP3, 1995, "2001:db8::1", "u", n, "p"},
      {"pop3://[fe80::1%25eth0]:110", POP3_URL_POP3, 110, "fe80::1%eth0", n, n, n},
      {"pop3://[fe80::1%25a%2Db]", POP3_URL_POP3, 110, "fe80::1%a-b", n, n, n},
      {"pop3://[::]:", POP3_URL_POP3, 110, "::", n, n, n},
      {"pop3://exa%6Dple.com", POP3_URL_POP3, 110, "example.com", n, n, n},
      // Unix sockets.
      {"pop3+unix:///run/pop3.sock", POP3_URL_UNIX, 0, "/run/pop3.sock", n, n, n},
      {"pop3+unix://u;AUTH=+APOP:p@/run/pop3.sock", POP3_URL_UNIX, 0, "/run/pop3.sock", "u", "APOP",
       "p"},
      {"pop3+unix:///a%20b%3F%23%25@:;", POP3_URL_UNIX, 0, "/a b?#%@:;", n, n, n},
      {"POP3+UNIX:////x", POP3_URL_UNIX, 0, "//x", n, n, n},
      {"pop3+unix:///%00name", POP3_URL_UNIX, 0, "@name", n, n, n},
      {"pop3+unix://u@/%00a/b", POP3_URL_UNIX, 0, "@a/b", "u", n, n},
      {"pop3+unix:///@name", POP3_URL_UNIX, 0, "/@name", n, n, n},
  };
  for (const GoodCase &c : cases) {
    std::string copy(c.url);  // reading behind it would be seen
    pop3_url url;
    pop3_error err = POP3_ERROR_INIT;
    ASSERT_EQ(pop3_url_parse(&url, copy.data(), copy.size(), nullptr, &err), POP3_OK)
        << c.url << " " << err.text;
    EXPECT_EQ(url.scheme, c.scheme) << c.url;
    EXPECT_EQ(url.port, c.port) << c.url;
    EXPECT_EQ(Text(c.scheme == POP3_URL_UNIX ? url.path : url.host), c.host);
    EXPECT_EQ(c.scheme == POP3_URL_UNIX ? url.host : url.path, nullptr);
    EXPECT_EQ(Text(url.user), c.user) << c.url;
    EXPECT_EQ(Text(url.auth), c.auth) << c.url;
    if (c.password == kNull) {
      EXPECT_EQ(url.password.data, nullptr) << c.url;
    } else {
      ASSERT_NE(url.password.data, nullptr) << c.url;
      EXPECT_EQ(std::string(url.password.data, url.password.data + url.password.len), c.password);
      EXPECT_EQ(url.password.data[url.password.len], 0);
    }
    pop3_url_cleanup(&url);
    EXPECT_EQ(url.user, nullptr);
    EXPECT_EQ(url.password.data, nullptr);
    pop3_url_cleanup(&url);
  }
}

struct BadCase {
  std::string_view url;
  size_t at;
  const char *why;
};

TEST(UrlParse, Bad) {
  constexpr char kScheme[] = "a URL starts with pop3://, pop3s:// or pop3+unix://";
  constexpr char kPercent[] = "\"%\" without two hexadecimal digits behind it";
  constexpr char kPort[] = "the port is not a number from 1 to 65535";
  constexpr char kAuth[] = "an authentication type has 1 to 20 letters, digits, \"-\" and \"_\"";
  constexpr char kUser[] = "a control character in the user name";
  constexpr char kPassword[] = "a line end or NUL in the password";
  constexpr char kHost[] = "not a host name (international ones are written in their xn-- form)";
  constexpr char kAddress[] = "not an IPv6 address between the brackets";
  constexpr char kZone[] = "the zone of an address is written %25zone";
  constexpr char kPath[] = "a control character or NUL in the path";
  const BadCase cases[] = {
      {"", 0, kScheme},
      {"pop3", 4, kScheme},
      {"pop3:", 4, kScheme},
      {"pop3:/h", 4, kScheme},
      {"pop3:h", 4, kScheme},
      {"://h", 0, kScheme},
      {"//h", 0, kScheme},
      {"mail.example.com", 16, kScheme},
      {"alice:hunter2@h", 5, kScheme},
      {"po%70://h", 2, kScheme},
      // Raw octets.
      {"pop3://a b@h", 8, "a space (it is written %20)"},
      {" pop3://h", 0, "a space (it is written %20)"},
      {"pop3://h\n", 8, "a control character"},
      {"pop3://u:p\r@h", 10, "a control character"},
      {"pop3://h\0"sv, 8, "a control character"},
      {"pop3://h\x7F", 8, "a control character"},
      {"pop3://\xC3\xBC@h", 7, "an octet above 0x7F that is not percent-encoded"},
      // Escapes.
      {"pop3://a%@h", 8, kPercent},
      {"pop3://a%4@h", 8, kPercent},
      {"pop3://a%4g@h", 8, kPercent},
      {"pop3://a%g4@h", 8, kPercent},
      {"pop3://a:b%4@h", 10, kPercent},
      {"pop3://a:%%41@h", 9, kPercent},
      {"pop3://a%4:1@h", 8, kPercent},
      {"pop3://h%", 8, kPercent},
      {"pop3://u;AUTH=%@h", 14, kPercent},
      {"pop3+unix:///a%2", 14, kPercent},
      // What must not reach the wire, decoded.
      {"pop3://a%0d%0aDELE@h", 8, kUser},
      {"pop3://a%0A@h", 8, kUser},
      {"pop3://a%00@h", 8, kUser},
      {"pop3://a%7f@h", 8, kUser},
      {"pop3://a:b%0D@h", 10, kPassword},
      {"pop3://a:b%0a@h", 10, kPassword},
      {"pop3://a:%00b@h", 9, kPassword},
      {"pop3://h%0a", 8, "a control character in the host name"},
      {"pop3://h%00", 8, "a control character in the host name"},
      {"pop3+unix:///a%00b", 14, kPath},
      {"pop3+unix:///a%0Ab", 14, kPath},
      {"pop3+unix:///%00a%00", 17, kPath},
      // Users.
      {"pop3://@h", 7, "the user name is empty"},
      {"pop3://:p@h", 7, "the user name is empty"},
      {"pop3://;AUTH=PLAIN@h", 7, "the user name is empty"},
      {"pop3+unix://@/p", 12, "the user name is empty"},
      {"pop3://a@b@h", 8, "more than one \"@\" (one in user name or password is written %40)"},
      {"pop3://a:p@b@h", 10, "more than one \"@\" (one in user name or password is written %40)"},
      {"pop3://u;x=1@h", 8, "only ;AUTH= may follow the user name (a \";\" in it is written %3B)"},
      {"pop3://u;AUT@h", 8, "only ;AUTH= may follow the user name (a \";\" in it is written %3B)"},
      {"pop3://u;AUTH@h", 8, "only ;AUTH= may follow the user name (a \";\" in it is written %3B)"},
      {"pop3://u;AUTH:=@h", 8,
       "only ;AUTH= may follow the user name (a \";\" in it is written %3B)"},
      {"pop3://u;AUTH=PLAIN;AUTH=LOGIN@h", 19, "more than one parameter"},
      {"pop3://u:p;AUTH=+APOP@h", 10,
       ";AUTH= stands before the password (a \";\" in a password is written %3B)"},
      {"pop3://u:p;auth=@h", 10,
       ";AUTH= stands before the password (a \";\" in a password is written %3B)"},
      {"pop3://u;AUTH=@h", 14, kAuth},
      {"pop3://u;AUTH=+@h", 15, kAuth},
      {"pop3://u;AUTH=++APOP@h", 15, kAuth},
      {"pop3://u;AUTH=A%20B@h", 15, kAuth},
      {"pop3://u;AUTH=A%0AB@h", 15, kAuth},
      {"pop3://u;AUTH=**@h", 14, kAuth},
      {"pop3://u;AUTH=123456789012345678901@h", 14, kAuth},
      // Hosts.
      {"pop3://", 7, "there is no host"},
      {"pop3:///", 7, "there is no host"},
      {"pop3://u@", 9, "there is no host"},
      {"pop3://:110", 7, "there is no host"},
      {"pop3://u@:110", 9, "there is no host"},
      {"pop3://a..b", 7, kHost},
      {"pop3://a%20b", 7, kHost},
      {"pop3://a%2Fb", 7, kHost},
      {"pop3://b%C3%BCcher", 7, kHost},
      {"pop3://a,b", 7, kHost},
      {"pop3://::1", 7, "more than one \":\" (an IPv6 address is written in brackets)"},
      {"pop3://h:1:2", 8, "more than one \":\" (an IPv6 address is written in brackets)"},
      {"pop3://[::1", 7, "\"[\" without \"]\""},
      {"pop3://[]", 8, kAddress},
      {"pop3://[h]", 8, kAddress},
      {"pop3://[v1.x]", 8, kAddress},
      {"pop3://[192.0.2.1]", 8, kAddress},
      {"pop3://[::1]x", 12, "only a port may follow \"]\""},
      {"pop3://[::1]]", 12, "only a port may follow \"]\""},
      {"pop3://[%25eth0]", 8, kAddress},
      {"pop3://[::1%eth0]", 11, kZone},
      {"pop3://[::1%25]", 11, kZone},
      {"pop3://[::1%2]", 11, kZone},
      {"pop3://[::1%25a%00]", 15, "a character that no zone has"},
      {"pop3://[::1%25a/b]", 15,
       "a POP URL has no path (a \"/\" in user name or password is written %2F)"},
      // Ports.
      {"pop3://h:0", 9, kPort},
      {"pop3://h:65536", 9, kPort},
      {"pop3://h:-1", 9, kPort},
      {"pop3://h:+1", 9, kPort},
      {"pop3://h:110x", 9, kPort},
      {"pop3://h:pop3", 9, kPort},
      {"pop3://h:%31", 9, kPort},
      {"pop3://[::1]:x", 13, kPort},
      {"pop3://h:99999999999999999999999", 9, kPort},
      // What a POP URL does not have.
      {"pop3://h/x", 8, "a POP URL has no path (a \"/\" in user name or password is written %2F)"},
      {"pop3://h//", 8, "a POP URL has no path (a \"/\" in user name or password is written %2F)"},
      {"pop3://h/?x", 8, "a POP URL has no path (a \"/\" in user name or password is written %2F)"},
      {"pop3://h?x", 8, "a POP URL has no query (a \"?\" in user name or password is written %3F)"},
      {"pop3://h#x", 8,
       "a POP URL has no fragment (a \"#\" in user name or password is written %23)"},
      {"pop3://u:pa/ss@h", 11,
       "a POP URL has no path (a \"/\" in user name or password is written %2F)"},
      {"pop3://u:pa?ss@h", 11,
       "a POP URL has no query (a \"?\" in user name or password is written %3F)"},
      {"pop3://u:pa#ss@h", 11,
       "a POP URL has no fragment (a \"#\" in user name or password is written %23)"},
      // Unix.
      {"pop3+unix://", 12, "there is no path of a socket"},
      {"pop3+unix:///", 12, "there is no path of a socket"},
      {"pop3+unix://u@", 14, "there is no path of a socket"},
      {"pop3+unix://run/x", 12, "a Unix socket has no host: its path starts with another \"/\""},
      {"pop3+unix://u@h/x", 14, "a Unix socket has no host: its path starts with another \"/\""},
      {"pop3+unix:///a?b", 14, "\"?\" and \"#\" in a path are written %3F and %23"},
      {"pop3+unix:///a#b", 14, "\"?\" and \"#\" in a path are written %3F and %23"},
      {"pop3+unix:///%00", 12, "there is no name behind %00"},
  };
  for (const BadCase &c : cases) {
    std::string copy(c.url);
    pop3_url url;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(pop3_url_parse(&url, copy.data(), copy.size(), nullptr, &err), POP3_ERR_URL) << c.url;
    EXPECT_EQ(std::string(err.text),
              "malformed URL at octet " + std::to_string(c.at) + ": " + c.why)
        << c.url;
    EXPECT_STREQ(err.layer, "url");
    EXPECT_EQ(url.host, nullptr);
    EXPECT_EQ(url.path, nullptr);
    EXPECT_EQ(url.user, nullptr);
    EXPECT_EQ(url.auth, nullptr);
    EXPECT_EQ(url.password.data, nullptr);
    EXPECT_EQ(url.port, 0);
  }
}

TEST(UrlParse, UnknownSchemesAreNamed) {
  pop3_url url;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_url_parse(&url, "imap://h", 8, nullptr, &err), POP3_ERR_URL);
  EXPECT_STREQ(err.text,
               "malformed URL at octet 0: unknown scheme \"imap\" (known: pop, pop3, pops, pop3s, "
               "pop3+unix)");
  std::string text(1000, 'x');
  text += "://h";
  EXPECT_EQ(pop3_url_parse(&url, text.data(), text.size(), nullptr, &err), POP3_ERR_URL);
  EXPECT_NE(std::string(err.text).find("\"" + std::string(32, 'x') + "\""), std::string::npos);
}

TEST(UrlParse, TheErrorMayBeNull) {
  pop3_url url;
  EXPECT_EQ(pop3_url_parse(&url, "x", 1, nullptr, nullptr), POP3_ERR_URL);
  EXPECT_EQ(pop3_url_parse(&url, nullptr, 0, nullptr, nullptr), POP3_ERR_URL);
}

// Wherever a URL with a password is cut or spoilt: nothing of the password shows, nothing is left.
TEST(UrlParse, ThePasswordNeverShowsAndIsAlwaysWiped) {
  const std::string good = "pop3://al%69ce;AUTH=+APOP:hunter2%21hunter2@[::1%25eth0]:8110/";
  for (size_t at = 0; at <= good.size(); at++) {
    for (int octet = -1; octet < 256; octet++) {
      std::string text = good;
      if (octet < 0) {
        text.resize(at);
      } else if (at < good.size()) {
        text[at] = static_cast<char>(octet);
      }
      FailingAllocator allocator;
      allocator.Forbid("unter2");
      pop3_url url;
      pop3_error err = POP3_ERROR_INIT;
      pop3_status status = pop3_url_parse(&url, text.data(), text.size(), allocator.get(), &err);
      if (status == POP3_OK) pop3_url_cleanup(&url);
      // Only the host itself may hold it, where "@" is gone: then it is no password any more.
      ASSERT_EQ(std::string(err.text).find("unter2"), std::string::npos) << text;
      ASSERT_EQ(allocator.live_blocks(), 0U) << text;
      ASSERT_EQ(allocator.unwiped(), 0U) << text;
    }
  }
}

// Where the ":" is missing the password is a part of the name.
TEST(UrlParse, ANameIsWipedToo) {
  for (std::string_view text :
       {"pop3://alice.hunter2@example.com"sv, "pop3://alice.hunter2@example.com:0"sv,
        "pop3+unix://alice@/run/hunter2"sv}) {
    FailingAllocator allocator;
    allocator.Forbid("hunter2");
    pop3_url url;
    (void)pop3_url_parse(&url, text.data(), text.size(), allocator.get(), nullptr);
    pop3_url_cleanup(&url);
    EXPECT_EQ(allocator.unwiped(), 0U) << text;
  }
}

TEST(UrlParse, EachAllocationMayFail) {
  for (std::string_view text : {"pop3://alice;AUTH=+APOP:hunter2%21@[::1%25eth0]:8110/"sv,
                                "pop3s://alice;AUTH=PLAIN:hunter2@example.com"sv,
                                "pop3+unix://alice;AUTH=PLAIN:hunter2@/%00name"sv}) {
    size_t count = ForEachAllocationFailure([text](FailingAllocator &allocator) {
      allocator.Forbid("hunter2");
      pop3_url url;
      pop3_error err = POP3_ERROR_INIT;
      pop3_status status = pop3_url_parse(&url, text.data(), text.size(), allocator.get(), &err);
      EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
      EXPECT_EQ(err.status, status);
      if (status != POP3_OK) {
        EXPECT_EQ(allocator.live_blocks(), 0U);
      }
      pop3_url_cleanup(&url);
    });
    EXPECT_EQ(count, 4U);
  }
}

}  // namespace
}  // namespace url_test
