// Logins at a real Dovecot: the ones that work, and each way in which they do not.
#include <chrono>

#include "tests/servers/dovecot_fixture.h"

namespace pop3_testing {
namespace dovecot_login_test {
namespace {

using DovecotLogin = DovecotTest;

TEST_F(DovecotLogin, ApopWithDovecotsTimestamp) {
  for (const Address &address : {Tcp(), Unix()}) {
    RealSession session(address, "carol", "pass word", "apop");
    ASSERT_EQ(session.Login(), POP3_OK) << session.error().text;
    EXPECT_STREQ(pop3_session_mechanism(session.get()), "apop");
    uint32_t count = 0;
    ASSERT_EQ(session.Stat(&count, nullptr), POP3_OK);
    EXPECT_EQ(count, 3U);
  }
}

TEST_F(DovecotLogin, ApopWithAWrongPassword) {
  RealSession session(Tcp(), "carol", "no word", "apop");
  EXPECT_EQ(session.Login(), POP3_REFUSED);
  EXPECT_EQ(session.error().code, POP3_CODE_AUTH);
}

TEST_F(DovecotLogin, ApopCallWithItsOwnCredentials) {
  RealSession session(Tcp(), "nobody", "nothing");
  EXPECT_EQ(pop3_apop(session.get(), "carol", "wrong", session.err()), POP3_REFUSED);
  EXPECT_EQ(session.error().code, POP3_CODE_AUTH);
  EXPECT_EQ(pop3_apop(session.get(), "carol", "pass word", session.err()), POP3_OK)
      << session.error().text;
}

TEST_F(DovecotLogin, UserAndPassByHand) {
  RealSession session(Tcp(), "", "");
  ASSERT_EQ(pop3_user(session.get(), "carol", session.err()), POP3_OK);
  ASSERT_EQ(pop3_pass(session.get(), "pass word", session.err()), POP3_OK);
  EXPECT_EQ(session.reply(), "Logged in.");
}

TEST_F(DovecotLogin, WrongPasswordAndUnknownUserLookTheSame) {
  for (const char *user : {"alice", "nosuchuser"}) {
    RealSession session(Tcp(), user, "wrong");
    EXPECT_EQ(session.Login(), POP3_REFUSED);
    EXPECT_EQ(session.error().code, POP3_CODE_AUTH);
    EXPECT_STREQ(session.error().text,
                 "[AUTH] Authentication failed. (mechanism SCRAM-SHA-256; if the password is "
                 "right, try PLAIN: option mechanism PLAIN)");
    EXPECT_EQ(pop3_response_code_advice(session.error().code), POP3_ADVICE_CHECK_CREDENTIALS);
    // The session lives, and another try may work.
    EXPECT_EQ(pop3_session_error(session.get()), nullptr);
    ASSERT_EQ(pop3_user(session.get(), "bob", session.err()), POP3_OK);
    ASSERT_EQ(pop3_pass(session.get(), "builder", session.err()), POP3_OK);
  }
}

TEST_F(DovecotLogin, NoCleartextOnAConnectionThatDovecotHoldsForPublic) {
  Address address = Tcp();
  address.source = "127.0.0.2";
  RealSession by_hand(address, "alice", "wonderland");
  EXPECT_EQ(pop3_user(by_hand.get(), "alice", by_hand.err()), POP3_REFUSED);
  EXPECT_EQ(by_hand.error().code, POP3_CODE_AUTH);
  RealSession by_name(address, "alice", "wonderland", "user");
  EXPECT_EQ(by_name.Login(), POP3_REFUSED) << by_name.error().text;
  EXPECT_FALSE(by_name.Has(POP3_CAP_USER));
  // What is chosen does not show the password.
  RealSession session(address, "alice", "wonderland");
  EXPECT_EQ(session.Login(), POP3_OK) << session.error().text;
  EXPECT_STREQ(pop3_session_mechanism(session.get()), "SCRAM-SHA-256");
  EXPECT_EQ(session.Quit(nullptr), POP3_OK);
  // Neither does APOP.
  RealSession apop(address, "alice", "wonderland", "apop");
  EXPECT_EQ(apop.Login(), POP3_OK) << apop.error().text;
  EXPECT_EQ(apop.Quit(nullptr), POP3_OK);
}

TEST_F(DovecotLogin, MailboxThatCannotBeOpenedIsATemporaryFailure) {
  RealSession session(Tcp(), "dave", "dave");
  EXPECT_EQ(session.Login(), POP3_REFUSED);
  EXPECT_EQ(session.error().code, POP3_CODE_SYS_TEMP) << session.error().text;
  EXPECT_EQ(pop3_response_code_advice(session.error().code), POP3_ADVICE_RETRY_LATER);
}

TEST_F(DovecotLogin, LockedMailboxIsToldAsInUse) {
  RealSession first(Tcp(), "carol", "pass word");
  ASSERT_EQ(first.Login(), POP3_OK);
  const auto start = std::chrono::steady_clock::now();
  RealSession second(Unix(), "carol", "pass word");
  EXPECT_EQ(second.Login(), POP3_REFUSED);
  EXPECT_EQ(second.error().code, POP3_CODE_IN_USE) << second.error().text;
  EXPECT_EQ(pop3_response_code_advice(second.error().code), POP3_ADVICE_WAIT_FOR_LOCK);
  // Dovecot waits for the lock before it says so: no deadline of ours may strike by then.
  EXPECT_GT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  // Dovecot has hung up behind it.
  EXPECT_GE(pop3_noop(second.get(), second.err()), POP3_ERR_ARGUMENT);
  ASSERT_EQ(first.Quit(nullptr), POP3_OK);
  RealSession third(Tcp(), "carol", "pass word");
  EXPECT_EQ(third.Login(), POP3_OK) << third.error().text;
}

TEST_F(DovecotLogin, LastWordsOfAServerThatHangsUpAreHeard) {
  RealSession session(Tcp(), "", "");
  // Behind the answer to the third bad command Dovecot says why it hangs up. We hear that as the
  // answer to the fourth, or before it goes out.
  std::string words;
  for (int i = 0; i < 4; i++) {
    EXPECT_NE(pop3_raw(session.get(), "XYZZY", session.err()), POP3_OK);
    words = session.error().text;
  }
  EXPECT_NE(words.find("Too many invalid bad commands."), std::string::npos) << words;
  EXPECT_GE(pop3_raw(session.get(), "XYZZY", session.err()), POP3_ERR_ARGUMENT);
}

TEST_F(DovecotLogin, CancelledFromTheStartNothingIsConnected) {
  RealSession session(Tcp(), "alice", "wonderland");
  pop3_session_cancel(session.get());
  EXPECT_EQ(session.Login(), POP3_ERR_CANCELLED);
}

}  // namespace
}  // namespace dovecot_login_test
}  // namespace pop3_testing
