// The player itself: it must notice what is not as a transcript says.
#include "tests/testing/player.h"

#include <gtest/gtest.h>

namespace pop3_testing {
namespace player_test {
namespace {

// PlayText returns what the player complains about, over memory.
std::string PlayText(const std::string &text, PlayOptions options = PlayOptions()) {
  Transcript transcript;
  const std::string error = ParseTranscript("inline", text, &transcript);
  EXPECT_EQ(error, "");
  return Play(transcript, options).Text();
}

const char kStart[] =
    "S: +OK ready\n"
    "call: connect\n"
    "expect: ok\n";

testing::AssertionResult Notices(const std::string &rest, const std::string &words) {
  for (const Way way : {Way::kMemory, Way::kTcp, Way::kUnix}) {
    PlayOptions options;
    options.way = way;
    const std::string got = PlayText(kStart + rest, options);
    if (got.find(words) == std::string::npos) {
      return testing::AssertionFailure() << WayName(way) << ": got \"" << got << "\"";
    }
  }
  return testing::AssertionSuccess();
}

TEST(PlayerTest, IsContentWithWhatIsRight) {
  EXPECT_EQ(
      PlayText(std::string(kStart) + "C: NOOP\nS: +OK fine\ncall: noop\nexpect: ok text=fine\n"),
      "");
}

TEST(PlayerTest, NoticesWrongResults) {
  EXPECT_TRUE(Notices("C: NOOP\nS: -ERR\ncall: noop\nexpect: ok\n", "status is refused"));
  EXPECT_TRUE(Notices("C: NOOP\nS: +OK a\ncall: noop\nexpect: ok text=b\n", "text is \"a\""));
  EXPECT_TRUE(Notices("C: STAT\nS: +OK 1 2\ncall: stat\nexpect: ok octets=3\n", "octets is \"2\""));
  EXPECT_TRUE(Notices("C: NOOP\nS: -ERR a\ncall: noop\nexpect: refused error=b\n", "error is"));
  EXPECT_TRUE(
      Notices("C: LIST\nS: +OK\nS: 1 2\nS: .\ncall: list\nexpect: ok\nitem: 1 3\n", "item 1 is"));
  EXPECT_TRUE(Notices("C: RETR 1\nS: +OK\nS: ab\nS: .\ncall: retr 1\nexpect: ok\nbody: ac\n",
                      "differs at 1"));
  EXPECT_TRUE(Notices("C: CAPA\nS: +OK\nS: TOP\nS: .\ncall: capa\nexpect: ok\ncaps: uidl\n",
                      "has \"top\""));
  EXPECT_TRUE(Notices("timestamp: <a@b>\n", "the timestamp is"));
  EXPECT_TRUE(Notices("hits: bare-lf=1\n", "the count of bare-lf"));
  EXPECT_TRUE(Notices("end: closed\n", "the session is idle"));
}

TEST(PlayerTest, NoticesWrongCommands) {
  EXPECT_TRUE(Notices("C: STAT\nS: +OK\ncall: noop\nexpect: ok\n", "the client sent \"NOOP\""));
  EXPECT_TRUE(Notices("S-:\nC: NOOP\nS: +OK\ncall: noop\nexpect: ok\nC: QUIT\n",
                      "waits for the client: QUIT"));
  EXPECT_TRUE(
      Notices("C: NOOP\nS: +OK\nsubmit: noop\nexpect: ok\ncall: rset\nexpect: timeout\n"
              "session: idle_ms=100\n",
              "at the end the client sent \"RSET\\r\\n\""));
}

TEST(PlayerTest, NoticesWhatFollowsTooEarly) {
  const std::string capa = "C: CAPA\nS: +OK\nS: PIPELINING\nS: .\ncall: capa\nexpect: ok\n";
  const std::string two = "submit: noop\nsubmit: noop\nexpect: ok\nexpect: ok\n";
  EXPECT_NE(PlayText(kStart + capa + "C!: NOOP\nS: +OK\nC: NOOP\nS: +OK\n" + two)
                .find("behind \"NOOP\" came at once"),
            std::string::npos);
  EXPECT_NE(PlayText(kStart + capa + "batch: 1\nC: NOOP\nS: +OK\nC: NOOP\nS: +OK\n" + two)
                .find("2 commands at once"),
            std::string::npos);
}

TEST(PlayerTest, NoticesSecrets) {
  EXPECT_NE(PlayText(std::string(kStart) + "secret: XYZZY\nC: XYZZY\nS: +OK\ncall: raw XYZZY\n"
                                           "expect: ok\n")
                .find("the secret \"XYZZY\" was shown"),
            std::string::npos);
}

TEST(PlayerTest, NoticesWaitingForEver) {
  const std::string got = PlayText(std::string(kStart) +
                                   "session: idle_ms=-1\nC: NOOP\n"
                                   "call: noop\nexpect: ok\n");
  EXPECT_NE(got.find("somebody waited for ever"), std::string::npos) << got;
}

TEST(PlayerTest, DeniesNothingWithoutAFault) {
  // An answer that is not what the transcript says is no consequence of a fault that did not cause
  // it.
  PlayOptions options;
  options.faulty = true;
  options.failures = {POP3_ERR_EOF};
  options.faults.eof_at = 1000;
  const std::string got = PlayText(
      std::string(kStart) + "C: STAT\nS: +OK 1 2\ncall: stat\nexpect: ok count=2\n", options);
  EXPECT_NE(got.find("count is \"1\""), std::string::npos) << got;
}

TEST(PlayerTest, TellsWhereATranscriptIsWrong) {
  Transcript transcript;
  EXPECT_EQ(ParseTranscript("a", "S: x\nwhat: y\n", &transcript), "line 2: what is what?");
  EXPECT_EQ(ParseTranscript("a", "S: \\q\n", &transcript), "line 1: bad escape");
  EXPECT_EQ(ParseTranscript("a", "quirks: none\n", &transcript), "line 1: no quirk none");
  EXPECT_EQ(ParseTranscript("a", "S<<X\nbody\n", &transcript), "line 2: no X");
  EXPECT_EQ(ParseTranscript("a", "item: 1\n", &transcript), "line 1: not behind an expect");
}

TEST(PlayerTest, ReadsAllTranscripts) {
  const std::vector<Transcript> &transcripts = LoadTranscripts();
  EXPECT_GE(transcripts.size(), 100U);
  for (const Transcript &transcript : transcripts) {
    EXPECT_FALSE(transcript.client.empty()) << transcript.about;
    EXPECT_FALSE(transcript.about.empty()) << transcript.name;
  }
}

}  // namespace
}  // namespace player_test
}  // namespace pop3_testing
