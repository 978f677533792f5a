#include "tools/cli/via.h"

#include <gtest/gtest.h>
#include <pop3/usual.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/cli/freed.h"

namespace via_test {
namespace {

constexpr char kProxyPassword[] = "a-long-password-of-a-proxy";

class Via : public testing::Test {
 protected:
  Via() {
    EXPECT_EQ(POP3_OK, pop3_registry_new(&registry_, nullptr, nullptr));
    EXPECT_EQ(POP3_OK, pop3_registry_add_usual(registry_, nullptr));
  }
  ~Via() override { pop3_registry_free(registry_); }

  // Makes a session; the error's text.
  std::string Make(const char *url_text, const char *via, const char *record = nullptr,
                   const std::vector<pop3_option> &options = {}) {
    pop3_url url;
    EXPECT_EQ(POP3_OK, pop3_url_parse(&url, url_text, strlen(url_text), nullptr, nullptr));
    pop3_session_options session_options = POP3_SESSION_OPTIONS_INIT;
    session_options.options = options.data();
    session_options.num_options = options.size();
    pop3_session *session = nullptr;
    err_ = POP3_ERROR_INIT;
    Freed::Watch(kProxyPassword);
    status_ = cli_via_session(&session, registry_, &url, &session_options, via, record, &err_);
    EXPECT_EQ(0, Freed::Stop()) << "the proxy's password";
    EXPECT_EQ(status_ == POP3_OK, session != nullptr);
    pop3_session_free(session);
    pop3_url_cleanup(&url);
    return err_.text;
  }

  pop3_registry *registry_ = nullptr;
  pop3_status status_ = POP3_OK;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(Via, MakesSessions) {
  for (const char *via :
       {"socks5://proxy", "socks5h://proxy:1081", "socks5://u:p%40@[::1]:1080",
        "socks5://u:a-long-password-of-a-proxy@[::1]", "http://proxy:3128", "http://u:p@proxy:3128",
        "http://u@[::1]:3128", "exec:nc %h %p", "replay:file"}) {
    for (const char *url : {"pop3://mail.example", "pop3s://u:p@mail.example"}) {
      EXPECT_EQ("", Make(url, via)) << via;
      EXPECT_EQ("", Make(url, via, "recording")) << "again, and with another one";
    }
  }
  EXPECT_EQ("", Make("pop3://h", nullptr));
  EXPECT_EQ("", Make("pop3://h", nullptr, "recording"));
  EXPECT_EQ("", Make("pop3+unix:///sock", nullptr, "recording"));
  for (const char *name : {"socks5", "http_connect", "exec", "record", "replay"}) {
    EXPECT_NE(nullptr, pop3_registry_transport(registry_, name)) << name;
  }
}

TEST_F(Via, TakesOnlyWhatItNeeds) {
  EXPECT_EQ("", Make("pop3://h", "socks5://proxy"));
  EXPECT_EQ(nullptr, pop3_registry_transport(registry_, "exec"));
  EXPECT_EQ(nullptr, pop3_registry_transport(registry_, "record"));
}

TEST_F(Via, SaysWhatIsWrong) {
  for (const char *via : {"", "proxy:1080", "socks4://proxy:1080", "https://proxy:1", "exec",
                          "socks5:proxy", "SOCKS5://proxy"}) {
    EXPECT_EQ(
        "--via: this must be socks5://HOST:PORT, http://HOST:PORT, exec:COMMAND or "
        "replay:FILE",
        Make("pop3://h", via))
        << via;
    EXPECT_EQ(POP3_ERR_ARGUMENT, status_);
  }
  for (const char *via :
       {"socks5://", "socks5://u:secret@", "socks5://u:secret@h:0", "socks5://u:secret@h:99999",
        "http://u:secret%0a@h:1", "http://h:x", "socks5://u;AUTH=APOP:secret@h", "socks5://[::1"}) {
    const std::string text = Make("pop3://h", via);
    EXPECT_EQ("--via: a proxy is written as [USER[:PASSWORD]@]HOST:PORT", text.substr(0, 56))
        << via;
    EXPECT_EQ(std::string::npos, text.find("secret"));
  }
  EXPECT_EQ("--via: the proxy's port is missing: http://HOST:PORT", Make("pop3://h", "http://p"));
  EXPECT_EQ("--via: the proxy's port is missing: http://HOST:PORT",
            Make("pop3://h", "http://u:p@[::1]"));
  EXPECT_EQ("--via: nothing lies on the way to a Unix socket",
            Make("pop3+unix:///sock", "socks5://proxy"));
}

TEST_F(Via, OptionsForTcpNeedTcp) {
  const std::vector<pop3_option> options = {{"tcp.family", "ipv4", 0, nullptr}};
  EXPECT_EQ("", Make("pop3://h", "socks5://proxy", nullptr, options));
  EXPECT_NE(std::string::npos, Make("pop3://h", "exec:true", nullptr, options).find("--ipv4"));
  EXPECT_NE(std::string::npos, Make("pop3://h", "replay:x", nullptr, options).find("--ipv4"));
  EXPECT_EQ(POP3_ERR_ARGUMENT, status_);
}

}  // namespace
}  // namespace via_test
