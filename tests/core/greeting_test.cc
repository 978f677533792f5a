#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>

#include "core/codec/codec.h"

namespace greeting_test {
namespace {

using namespace std::string_view_literals;

struct StampCase {
  std::string text;
  std::string stamp;  // "": none
};

TEST(TimestampFind, Table) {
  const std::string longest = "<" + std::string(251, 'x') + "@y>";
  const StampCase cases[] = {
      // Real servers.
      {"POP3 server ready <1896.697170952@dbc.mtview.ca.us>", "<1896.697170952@dbc.mtview.ca.us>"},
      {"Dovecot (Debian) ready. <1a.3.6b0247be.A5UeV0Jj2r4JZxD+qsqYcg==@vm>",
       "<1a.3.6b0247be.A5UeV0Jj2r4JZxD+qsqYcg==@vm>"},
      {"localhost Cyrus POP3 3.6.1 server ready <9093087265007773018.1795311747@localhost>",
       "<9093087265007773018.1795311747@localhost>"},
      {"POP3 Ready <14.1795312196@vm>", "<14.1795312196@vm>"},
      {"Hello there.", ""},
      {"", ""},
      // In the middle, alone, several.
      {"<a@b> ready", "<a@b>"},
      {"<a@b>", "<a@b>"},
      {"<a@b> <c@d>", "<c@d>"},
      {"<a@b><c@d>.", "<c@d>"},
      {"a@b", ""},
      {"<a@[192.0.2.1]>", "<a@[192.0.2.1]>"},
      {longest, longest},
      {"x" + longest + "x", longest},
      // Not an msg-id of RFC 822.
      {"<>", ""},
      {"<@>", ""},
      {"<a@>", ""},
      {"<@b>", ""},
      {"<ab>", ""},
      {"<a@b", ""},
      {"a@b>", ""},
      {"<", ""},
      {">", ""},
      {"><", ""},
      {">a@b<", ""},
      {"<a@b@c>", ""},
      {"<a@@b>", ""},
      {"<a @b>", ""},
      {"<a@b >", ""},
      {"<a@b\t>", ""},
      {"<a@b>>", ""},
      {"<<a@b>", "<a@b>"},
      {"<a@b> <c>", ""},  // the last one counts, and it is none
      {"<a@b> x>", ""},
      {"<" + std::string(252, 'x') + "@y>", ""},
      // CVE-2007-1558: octets that a collision needs.
      {"<a\x80@b>", ""},
      {"<a@b\xFF>", ""},
      {"<a\x01@b>", ""},
      {"<a@b\x7F>", ""},
      {std::string("<a\0@b>", 6), ""},
  };
  for (const StampCase &c : cases) {
    const char *stamp = nullptr;
    size_t len = 999;
    int found = p3_timestamp_find(c.text.data(), c.text.size(), nullptr, &stamp, &len);
    ASSERT_EQ(found, c.stamp.empty() ? 0 : 1) << c.text;
    EXPECT_EQ(found ? std::string(stamp, len) : "", c.stamp);
    EXPECT_EQ(stamp != nullptr, found == 1);
  }
}

TEST(TimestampProblem, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char *problem;  // a part; NULL: there is none
  } cases[] = {
      {"ready <1.2@c>", nullptr},
      {"", "no timestamp"},
      {"ready", "no timestamp"},
      {"ready >", "no timestamp"},
      {"ready <1.2@c", "no timestamp"},
      {"<1.2>", "no msg-id (RFC 822: one \"@\" inside)"},
      {"<1@2@c>", "no msg-id (RFC 822: one \"@\" inside)"},
      {"<@c>", "no msg-id (RFC 822: one \"@\" inside)"},
      {"<1 2@c>", "octet that is in no msg-id"},
      {"<1\x80@c>", "octet that is in no msg-id"},
      {"<" + std::string(252, 'x') + "@y>", "longer than 255 octets"},
  };
  for (const auto &c : cases) {
    const char *problem = p3_timestamp_problem(c.text.data(), c.text.size());
    ASSERT_EQ(problem == nullptr, c.problem == nullptr) << c.text;
    if (problem == nullptr) continue;
    EXPECT_NE(std::string(problem).find(c.problem), std::string::npos) << problem;
    EXPECT_LT(std::string(problem).size(), 128U) << "it is a reason of a candidate, too";
  }
}

TEST(TimestampFind, EveryOctet) {
  for (int i = 0; i < 256; i++) {
    std::string text = std::string("<a") + static_cast<char>(i) + "b@c>";
    const char *stamp = nullptr;
    size_t len = 0;
    bool good = i > 0x20 && i < 0x7F && i != '>' && i != '@';
    EXPECT_EQ(p3_timestamp_find(text.data(), text.size(), nullptr, &stamp, &len), good ? 1 : 0)
        << i;
    if (good) {
      EXPECT_EQ(len, i == '<' ? text.size() - 2 : text.size());
    }
  }
}

// CVE-2018-1060: no text takes longer than its length.
TEST(TimestampFind, IsLinear) {
  std::string text;
  for (int i = 0; i < 1000000; i++) text += i % 2 == 0 ? "<@" : "@>";
  const char *stamp = nullptr;
  size_t len = 0;
  for (int i = 0; i < 1000; i++) {
    EXPECT_EQ(p3_timestamp_find(text.data(), text.size(), nullptr, &stamp, &len), 0);
  }
}

struct DiagnoseCase {
  std::string_view data;
  const char *text;  // behind "instead of a greeting (+OK) the server sent "
};

TEST(GreetingDiagnose, Table) {
  const DiagnoseCase cases[] = {
      {"\x16\x03\x01\x02\x00\x01"sv,
       "TLS: the server expects TLS from the first octet (pop3s, usually port 995): "
       "\"\\x16\\x03\\x01\\x02\\x00\\x01\""},
      {"\x15\x03\x01\x00\x02\x02\x0A"sv,
       "TLS: the server expects TLS from the first octet (pop3s, usually port 995): "
       "\"\\x15\\x03\\x01\\x00\\x02\\x02\""},
      {"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
       "HTTP: this is a web server: \"HTTP/1.1 400 Bad Request\""},
      {"http/1.0 200 OK", "HTTP: this is a web server: \"http/1.0 200 OK\""},
      {"<!doctype html>", "a web page: this is a web server: \"<!doctype html>\""},
      {"<HTML>\n<body>", "a web page: this is a web server: \"<HTML>\""},
      {"<?xml version='1.0'?>", "XML: this may be an XMPP server: \"<?xml version='1.0'?>\""},
      {"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n",
       "IMAP: this is an IMAP server (POP3 is usually on port 110 or 995): "
       "\"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\""},
      {"* BYE", "IMAP: this is an IMAP server (POP3 is usually on port 110 or 995): \"* BYE\""},
      {"SSH-2.0-OpenSSH_9.2\r\n", "SSH: this is an SSH server: \"SSH-2.0-OpenSSH_9.2\""},
      {"220 mx.example.com ESMTP Postfix\r\n",
       "SMTP: this is a server for sending mail: \"220 mx.example.com ESMTP Postfix\""},
      {"220-mx smtp\r\n220 x\r\n", "SMTP: this is a server for sending mail: \"220-mx smtp\""},
      {"220 mx LMTP Dovecot\r\n", "LMTP: this is a mail delivery server: \"220 mx LMTP Dovecot\""},
      {"220 ProFTPD Server\r\n", "FTP: this is a file server: \"220 ProFTPD Server\""},
      {"220 hello\r\n220 SMTP", "a reply of SMTP or FTP: \"220 hello\""},
      {"220", "a reply of SMTP or FTP: \"220\""},
      {"421 too many connections", "a refusal of SMTP or FTP: \"421 too many connections\""},
      {"554 go away", "a refusal of SMTP: \"554 go away\""},
      {"200 news.example.com InterNetNews",
       "NNTP: this is a news server: \"200 news.example.com InterNetNews\""},
      {"201 no posting", "NNTP: this is a news server: \"201 no posting\""},
      {"\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"",
       "ManageSieve: this is a Sieve server: \"\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"\""},
      {"RFB 003.008\n", "RFB: this is a VNC server: \"RFB 003.008\""},
      {"@RSYNCD: 31.0\n", "rsync: this is an rsync server: \"@RSYNCD: 31.0\""},
      {"\xFF\xFD\x18", "telnet: this is a telnet server: \"\\xFF\\xFD\\x18\""},
      {"+Hello", "a reply similar to +OK, but not valid: \"+Hello\""},
      {"+", "a reply similar to +OK, but not valid: \"+\""},
      {"-NO", "a reply similar to -ERR, but not valid: \"-NO\""},
      {"\r\n", "an empty line: \"\""},
      {"\nfoo", "an empty line: \"\""},
      {"J\0\0\0\x0A"
       "5.7.33"sv,
       "binary data: \"J\\x00\\x00\\x00\""},
      {"\x7F"
       "ELF",
       "binary data: \"\\x7F"
       "ELF\""},
      {"Hello", "something that is not POP3: \"Hello\""},
      {"gr\xC3\xBC\xC3\x9F dich", "something that is not POP3: \"gr\xC3\xBC\xC3\x9F dich\""},
      {" +OK", "something that is not POP3: \" +OK\""},
      {"x", "something that is not POP3: \"x\""},
  };
  for (const DiagnoseCase &c : cases) {
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(
        p3_greeting_diagnose(reinterpret_cast<const uint8_t *>(c.data.data()), c.data.size(), &err),
        POP3_ERR_GREETING);
    EXPECT_EQ(err.text, std::string("instead of a greeting (+OK) the server sent ") + c.text);
    EXPECT_EQ(err.status, POP3_ERR_GREETING);
  }
}

TEST(GreetingDiagnose, AnyStartOfAnything) {
  const std::string_view text = "HTTP/1.1 400 Bad Request\r\n\x16\x03\x01* OK SSH-220 smtp";
  for (size_t at = 0; at < text.size(); at++) {
    for (size_t len = 1; len <= text.size() - at; len++) {
      std::string data(text.substr(at, len));  // a copy: reading behind it would be seen
      EXPECT_EQ(p3_greeting_diagnose(reinterpret_cast<const uint8_t *>(data.data()), data.size(),
                                     nullptr),
                POP3_ERR_GREETING);
    }
  }
}

TEST(GreetingDiagnose, LongDataIsCut) {
  std::string data(1000000, 'x');
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_greeting_diagnose(reinterpret_cast<const uint8_t *>(data.data()), data.size(), &err),
            POP3_ERR_GREETING);
  EXPECT_NE(std::string(err.text).find("xxx...\""), std::string::npos);
}

TEST(Timestamp, WithoutAnAtSignOnlyIfAllowed) {
  for (const std::string_view text : {"ready <1896.697170952>", "ready <a@b@c>", "ready <@b>"}) {
    pop3_quirks quirks = POP3_QUIRKS_NONE;
    const char *stamp = nullptr;
    size_t len = 0;
    EXPECT_EQ(p3_timestamp_find(text.data(), text.size(), &quirks, &stamp, &len), 0);
    quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_TIMESTAMP_ANY);
    ASSERT_EQ(p3_timestamp_find(text.data(), text.size(), &quirks, &stamp, &len), 1) << text;
    EXPECT_EQ(std::string_view(stamp, len), text.substr(6));
    EXPECT_EQ(quirks.hits[POP3_QUIRK_TIMESTAMP_ANY], 1U);
  }
  // Nothing in it, or what may be an attack, is none all the same.
  for (const std::string_view text : {"<>", "<a b>", "<a\xFF@b>"}) {
    pop3_quirks quirks = POP3_QUIRKS_NONE;
    quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_TIMESTAMP_ANY);
    const char *stamp = nullptr;
    size_t len = 0;
    EXPECT_EQ(p3_timestamp_find(text.data(), text.size(), &quirks, &stamp, &len), 0) << text;
  }
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_TIMESTAMP_ANY);
  const std::string_view good = "<a@b>";
  const char *stamp = nullptr;
  size_t len = 0;
  EXPECT_EQ(p3_timestamp_find(good.data(), good.size(), &quirks, &stamp, &len), 1);
  EXPECT_EQ(quirks.hits[POP3_QUIRK_TIMESTAMP_ANY], 0U) << "it was not needed";
}

}  // namespace
}  // namespace greeting_test
