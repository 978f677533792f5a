#include "tools/mailboxd/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "tests/mailboxd/support.h"
#include "tools/mailboxd/generated.h"

namespace session_test {
namespace {

// A mechanism that asks twice and takes "right" for an answer.
struct FakeState {
  int steps;
};

user *g_user;

void *FakeStart(const auth_mech *, const auth_context *) { return new FakeState{0}; }

auth_step FakeStep(void *state, const uint8_t *response, size_t len, auth_answer *out) {
  FakeState *fake = static_cast<FakeState *>(state);
  if (fake->steps++ == 0 && response == nullptr) {
    out->challenge = "first";
    out->challenge_len = 5;
    return AUTH_CHALLENGE;
  }
  out->user = g_user;
  return std::string(response, response + len) == "right" ? AUTH_SUCCESS : AUTH_FAILURE;
}

void FakeEnd(void *state) { delete static_cast<FakeState *>(state); }

const auth_mech kFake = {"FAKE", nullptr, FakeStart, FakeStep, FakeEnd};
const auth_mech *const kMechs[] = {&kFake};

class Session : public testing::Test {
 protected:
  Session() {
    generated_content *content = generated_content_new(3, 512);
    box_ = generated_mailbox_new(content);
    generated_content_unref(content);
    user *added = nullptr;
    EXPECT_TRUE(users_add(&users_, "me", 2, "two words", &added));
    added->box = box_;
    g_user = added;
    config_.users = &users_;
    config_.max_bad = 4;
    config_.now_ms = &now_ms_;
    Restart();
  }
  ~Session() override {
    session_cleanup(&s_);
    outq_clear(&out_);
    users_cleanup(&users_);
    box_->ops->free(box_);
  }

  void Restart() {
    if (s_.config != nullptr) session_cleanup(&s_);
    session_init(&s_, &config_, &out_, &peer_);
    session_greet(&s_);
    greeting_ = TakeAll(&out_);
  }

  // Sends a line and returns the reply.
  std::string Say(const std::string &line) {
    next_ = session_line(&s_, line.data(), line.size());
    while (session_is_replying(&s_)) next_ = session_fill(&s_);
    return TakeAll(&out_);
  }

  void LogIn() {
    ASSERT_EQ("+OK Send PASS\r\n", Say("USER me"));
    ASSERT_EQ("+OK Maildrop locked and ready\r\n", Say("PASS two words"));
  }

  users users_ = {};
  mailbox *box_;
  session_config config_ = {};
  session_peer peer_ = {};
  int64_t now_ms_ = 1000000;
  outq out_ = {};
  session s_ = {};
  std::string greeting_;
  session_next next_ = SESSION_GO_ON;
};

bool Has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Session, States) {
  EXPECT_EQ("-ERR Not now: wrong state for this command\r\n", Say("STAT"));
  EXPECT_EQ("-ERR Unknown command\r\n", Say("STLS"));
  LogIn();
  EXPECT_EQ("-ERR Not now: wrong state for this command\r\n", Say("USER me"));
  EXPECT_EQ("-ERR Not now: wrong state for this command\r\n", Say("UTF8"));
  EXPECT_EQ("+OK Bye\r\n", Say("QUIT"));
  EXPECT_EQ(SESSION_QUIT, next_);
}

TEST_F(Session, Apop) {
  const std::string stamp =
      greeting_.substr(greeting_.find('<'), greeting_.rfind('>') + 1 - greeting_.find('<'));
  char digest[AUTH_DIGEST_LEN];
  auth_apop(digest, stamp.c_str(), "two words");
  EXPECT_TRUE(Has(Say("APOP me 00000000000000000000000000000000"), "-ERR [AUTH] "));
  EXPECT_TRUE(Has(Say("APOP you " + std::string(digest, 32)), "-ERR [AUTH] "));
  EXPECT_TRUE(Has(Say("APOP me " + std::string(digest, 32)), "+OK "));
  EXPECT_EQ(STATE_TRANSACTION, s_.state);
}

TEST_F(Session, WithoutApopThereIsNoStamp) {
  config_.disabled = 1U << COMMAND_APOP;
  Restart();
  EXPECT_FALSE(Has(greeting_, "<"));
  EXPECT_EQ("-ERR Unknown command\r\n", Say("APOP me 00000000000000000000000000000000"));
}

TEST_F(Session, Rpop) {
  EXPECT_EQ("-ERR Send USER first\r\n", Say("RPOP me"));
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP me"), "-ERR [AUTH] "));  // not a user for RPOP
  users_.list[0].trusted_as = strdup("client");
  peer_.port = 1024;
  Restart();
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP client"), "-ERR [AUTH] "));  // from anybody's port
  peer_.port = 1023;
  Restart();
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP me"), "-ERR [AUTH] "));  // another client user
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP client"), "+OK "));
  peer_ = {true, 0, false, false};
  Restart();
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP client"), "-ERR [AUTH] "));
  peer_.same_user = true;
  Restart();
  Say("USER me");
  EXPECT_TRUE(Has(Say("RPOP client"), "+OK "));
}

TEST_F(Session, AuthWithoutMechanisms) {
  EXPECT_EQ("+OK Listing follows\r\n.\r\n", Say("AUTH"));
  EXPECT_TRUE(Has(Say("AUTH PLAIN"), "-ERR [AUTH] "));
  EXPECT_FALSE(Has(Say("CAPA"), "SASL"));
}

TEST_F(Session, AuthExchange) {
  config_.mechs = kMechs;
  config_.num_mechs = 1;
  EXPECT_EQ("+OK Listing follows\r\nFAKE\r\n.\r\n", Say("AUTH"));
  EXPECT_TRUE(Has(Say("CAPA"), "\r\nSASL FAKE\r\n"));
  EXPECT_EQ("+ Zmlyc3Q=\r\n", Say("AUTH fake"));
  EXPECT_GT(session_line_max(&s_), size_t{LINE_MAX_COMMAND});
  EXPECT_EQ("-ERR Authentication cancelled\r\n", Say("*"));
  EXPECT_EQ(LINE_MAX_COMMAND, session_line_max(&s_));
  EXPECT_EQ("+ Zmlyc3Q=\r\n", Say("AUTH FAKE"));
  EXPECT_TRUE(Has(Say("d3Jvbmc="), "-ERR [AUTH] "));
  EXPECT_TRUE(Has(Say("AUTH FAKE d3Jvbmc="), "-ERR [AUTH] "));
  EXPECT_EQ("+ Zmlyc3Q=\r\n", Say("AUTH FAKE"));
  EXPECT_EQ("-ERR This is not base64\r\n", Say("right"));
  EXPECT_EQ("-ERR [AUTH] Wrong user name or password\r\n", Say("AUTH FAKE ="));
  EXPECT_EQ("+ Zmlyc3Q=\r\n", Say("AUTH FAKE"));
  EXPECT_TRUE(Has(Say("cmlnaHQ="), "+OK "));
  EXPECT_FALSE(Has(Say("CAPA"), "SASL"));
  Restart();
  EXPECT_TRUE(Has(Say("AUTH FAKE cmlnaHQ="), "+OK "));
  Restart();
  EXPECT_EQ("+ Zmlyc3Q=\r\n", Say("AUTH FAKE"));  // and is cleaned up in the middle
}

TEST_F(Session, Mail) {
  LogIn();
  EXPECT_EQ("+OK 3 1536\r\n", Say("STAT"));
  EXPECT_EQ("+OK Listing follows\r\n1 512\r\n2 512\r\n3 512\r\n.\r\n", Say("LIST"));
  EXPECT_EQ("+OK 2 512\r\n", Say("LIST 2"));
  EXPECT_EQ("+OK 0\r\n", Say("LAST"));
  EXPECT_TRUE(Has(Say("RETR 2"), "+OK 512 octets\r\nFrom: "));
  EXPECT_EQ("+OK 2\r\n", Say("LAST"));
  EXPECT_TRUE(Has(Say("TOP 1 0"), "\r\n\r\n.\r\n"));
  EXPECT_EQ("+OK 2\r\n", Say("LAST"));
  EXPECT_EQ("+OK Message deleted\r\n", Say("DELE 2"));
  EXPECT_EQ("-ERR Message is deleted\r\n", Say("DELE 2"));
  EXPECT_EQ("-ERR Message is deleted\r\n", Say("RETR 2"));
  EXPECT_EQ("-ERR Message is deleted\r\n", Say("LIST 2"));
  EXPECT_EQ("-ERR Message is deleted\r\n", Say("UIDL 2"));
  EXPECT_EQ("-ERR Message is deleted\r\n", Say("TOP 2 0"));
  EXPECT_EQ("-ERR No such message\r\n", Say("RETR 4"));
  EXPECT_EQ("+OK 2 1024\r\n", Say("STAT"));
  EXPECT_EQ("+OK Listing follows\r\n1 512\r\n3 512\r\n.\r\n", Say("LIST"));
  EXPECT_TRUE(Has(Say("RSET"), "+OK "));
  EXPECT_EQ("+OK 0\r\n", Say("LAST"));
  EXPECT_EQ("+OK 3 1536\r\n", Say("STAT"));
  EXPECT_TRUE(Has(Say("NOOP"), "+OK "));
}

TEST_F(Session, DeletionIsForQuit) {
  LogIn();
  Say("DELE 1");
  Restart();  // without QUIT
  LogIn();
  EXPECT_EQ("+OK 3 1536\r\n", Say("STAT"));
  Say("DELE 1");
  config_.faults.quit_fails = true;
  EXPECT_TRUE(Has(Say("QUIT"), "-ERR [SYS/TEMP] "));
  EXPECT_EQ(SESSION_QUIT, next_);
  config_.faults.quit_fails = false;
  Restart();
  LogIn();
  EXPECT_EQ("+OK 3 1536\r\n", Say("STAT"));
  Say("DELE 1");
  EXPECT_EQ("+OK Bye\r\n", Say("QUIT"));
  Restart();
  LogIn();
  EXPECT_EQ("+OK 2 1024\r\n", Say("STAT"));
}

TEST_F(Session, LoginDelay) {
  config_.login_delay_s = 60;
  LogIn();
  Restart();
  now_ms_ += 59999;
  Say("USER me");
  EXPECT_TRUE(Has(Say("PASS two words"), "-ERR [LOGIN-DELAY] "));
  now_ms_ += 1;
  LogIn();
  EXPECT_TRUE(Has(Say("CAPA"), "\r\nLOGIN-DELAY 60\r\n"));
}

TEST_F(Session, InUse) {
  Drop other(box_);
  Say("USER me");
  EXPECT_TRUE(Has(Say("PASS two words"), "-ERR [IN-USE] "));
  EXPECT_EQ(STATE_AUTHORIZATION, s_.state);
}

TEST_F(Session, WrongPasswords) {
  Say("USER me");
  EXPECT_TRUE(Has(Say("PASS two"), "-ERR [AUTH] "));
  EXPECT_EQ("-ERR Send USER first\r\n", Say("PASS two words"));
  EXPECT_EQ("+OK Send PASS\r\n", Say("USER nobody"));  // does not tell who exists
  EXPECT_TRUE(Has(Say("PASS two words"), "-ERR [AUTH] "));
}

TEST_F(Session, TooManyBadCommands) {
  for (int i = 0; i < 3; i++) EXPECT_EQ("-ERR Unknown command\r\n", Say("XYZZY"));
  EXPECT_EQ(SESSION_GO_ON, next_);
  Say("CAPA");  // a good one: counting begins anew
  for (int i = 0; i < 3; i++) Say("XYZZY");
  EXPECT_EQ("-ERR Unknown command\r\n-ERR Too many bad commands\r\n", Say("XYZZY"));
  EXPECT_EQ(SESSION_CLOSE, next_);
}

TEST_F(Session, BadLinesCountToo) {
  EXPECT_EQ(SESSION_GO_ON, session_bad_line(&s_, LINE_TOO_LONG));
  EXPECT_EQ("-ERR Command line too long\r\n", TakeAll(&out_));
  EXPECT_EQ(SESSION_GO_ON, session_bad_line(&s_, LINE_BAD_OCTET));
  EXPECT_TRUE(Has(TakeAll(&out_), "-ERR Control character"));
  EXPECT_EQ(SESSION_GO_ON, session_bad_line(&s_, LINE_BAD_OCTET));
  EXPECT_EQ(SESSION_CLOSE, session_bad_line(&s_, LINE_BAD_OCTET));
}

TEST_F(Session, Capabilities) {
  const std::string all =
      "+OK Listing follows\r\nTOP\r\nUSER\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n"
      "UTF8\r\nLANG\r\nIMPLEMENTATION mailboxd\r\n.\r\n";
  EXPECT_EQ(all, Say("CAPA"));
  config_.has_expire = true;
  config_.expire_days = 30;
  EXPECT_TRUE(Has(Say("CAPA"), "\r\nEXPIRE 30\r\n"));
  config_.expire_days = SESSION_EXPIRE_NEVER;
  EXPECT_TRUE(Has(Say("CAPA"), "\r\nEXPIRE NEVER\r\n"));
  config_.has_expire = false;
  LogIn();
  EXPECT_EQ(all, Say("CAPA"));
  config_.disabled = 1U << COMMAND_TOP | 1U << COMMAND_UIDL | 1U << COMMAND_LANG |
                     1U << COMMAND_UTF8 | 1U << COMMAND_PASS;
  config_.faults.hide_pipelining = true;
  EXPECT_EQ(
      "+OK Listing follows\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nIMPLEMENTATION mailboxd\r\n.\r\n",
      Say("CAPA"));
  EXPECT_EQ("-ERR Unknown command\r\n", Say("TOP 1 0"));
}

TEST_F(Session, Languages) {
  EXPECT_EQ(
      "+OK Listing follows\r\nen English\r\nde Deutsch\r\nfr Fran\xc3\xa7"
      "ais\r\n.\r\n",
      Say("LANG"));
  EXPECT_EQ("+OK de Die Sprache ist jetzt Deutsch\r\n", Say("LANG de"));
  EXPECT_EQ("-ERR Unbekannter Befehl\r\n", Say("XYZZY"));
  EXPECT_EQ("-ERR Sprache unbekannt\r\n", Say("LANG tlh"));
  EXPECT_EQ("+OK en Language is English now\r\n", Say("LANG *"));
}

TEST_F(Session, LostInputIsSaidOnlyAfterLogin) {
  config_.faults.lie_pipelining = true;
  Say("USER me");
  EXPECT_EQ(SESSION_GO_ON, next_);
  Say("PASS two words");
  EXPECT_EQ(SESSION_LOSE_INPUT, next_);
  Say("STAT");
  EXPECT_EQ(SESSION_GO_ON, next_);
}

// A listing is made piece by piece: its length does not show in memory.
TEST_F(Session, LongListings) {
  generated_content *content = generated_content_new(100000, 512);
  users_.list[0].box = generated_mailbox_new(content);
  generated_content_unref(content);
  LogIn();
  ASSERT_EQ(SESSION_GO_ON, session_line(&s_, "UIDL", 4));
  std::string all;
  while (session_is_replying(&s_)) {
    EXPECT_LT(out_.octets, 100000U);
    all += TakeAll(&out_);
    ASSERT_EQ(SESSION_GO_ON, session_fill(&s_));
  }
  all += TakeAll(&out_);
  EXPECT_EQ(100002, std::count(all.begin(), all.end(), '\n'));
  session_cleanup(&s_);
  s_.config = nullptr;
  users_.list[0].box->ops->free(users_.list[0].box);
}

}  // namespace
}  // namespace session_test
