#include "plugins/record/replay.h"

#include <gtest/gtest.h>
#include <pop3/plugins/record.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/plugins/mail_run.h"
#include "tests/plugins/scripted_lower.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace replay_test {
namespace {

const char kRecording[] =
    "pop3-record 1\n"
    "S +OK ready\\r\\n\n"
    "C CAPA\\r\\n\n"
    "S +OK\\r\\nUSER\\r\\n.\\r\\n\n"
    "C USER mrose\\r\\n\n"
    "S +OK\\r\\n\n"
    "C PASS \\?\\r\\n\n"
    "S +OK\\r\\n\n"
    "C STAT\\r\\n\n"
    "S +OK 1 39\\r\\n\n"
    "C RETR 1\\r\\n\n"
    "S +OK\\r\\nSubject: hello\\r\\n\\r\\n..a line \n"
    "# in two pieces\n"
    "S with a dot\\r\\n.\\r\\n\n"
    "C QUIT\\r\\n\n"
    "S +OK bye\\r\\n\n"
    "E\n";

class Replay : public ::testing::Test {
 protected:
  Replay() : fds_(CountFds()) {
    char name[] = "/tmp/pop3-replay-XXXXXX";
    const int fd = mkstemp(name);
    close(fd);
    path_ = name;
  }
  ~Replay() override {
    unlink(path_.c_str());
    EXPECT_EQ(CountFds(), fds_) << "descriptors leak";
  }

  void Write(const std::string &text) { std::ofstream(path_, std::ios::binary) << text; }

  MailRun Played(const std::vector<const char *> &transports = {"replay"}) {
    MailRun run;
    run.transports = transports;
    run.plugins = {pop3_plugin_record(POP3_ABI)};
    run.options = {Text("replay.file", path_.c_str())};
    run.allow_cleartext = false;
    return run;
  }

  // The error of a session that plays |text|, without the name of the file.
  std::string Failure(const std::string &text, pop3_status expected) {
    Write(text);
    MailRun run = Played();
    EXPECT_EQ(run.Run(), expected) << run.error.text;
    EXPECT_STREQ(run.error.layer, "replay");
    const std::string words = run.error.text;
    EXPECT_EQ(words.find("sesame"), std::string::npos);
    const size_t at = words.find(path_);
    return at == std::string::npos ? words : words.substr(at + path_.size());
  }

  // kRecording with |from| replaced.
  static std::string Changed(const std::string &from, const std::string &to) {
    std::string text = kRecording;
    text.replace(text.find(from), from.size(), to);
    return text;
  }

  int fds_;
  std::string path_;
};

TEST_F(Replay, PlaysASession) {
  Write(kRecording);
  MailRun run = Played();
  ASSERT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(run.is_private, 1) << "nothing leaves the machine";
  EXPECT_EQ(run.peer_name, path_);
}

TEST_F(Replay, PlaysItInSingleOctets) {
  Write(kRecording);
  MailRun run = Played({"replay", "flaky"});
  ASSERT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
}

TEST_F(Replay, PlaysWhatWasRecorded) {
  unlink(path_.c_str());
  MailPeer peer;
  MailRun recorded = Played({"memory", "record"});
  recorded.options = {Text("record.file", path_.c_str())};
  ASSERT_EQ(RunOverMemory(&recorded, &peer), POP3_OK) << recorded.error.text;
  MailRun run = Played();
  ASSERT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
  // And a recording of the playing is the recording.
  const std::string copy = path_ + ".copy";
  MailRun again = Played({"replay", "record"});
  again.options.push_back(Text("record.file", copy.c_str()));
  EXPECT_EQ(again.Run(), POP3_OK) << again.error.text;
  std::ifstream one(path_);
  std::ifstream two(copy);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(one), {}),
            std::string(std::istreambuf_iterator<char>(two), {}));
  unlink(copy.c_str());
}

TEST_F(Replay, SaysWhereTheClientDiffers) {
  EXPECT_EQ(Failure(Changed("C STAT", "C LIST 1"), POP3_ERR_IO),
            " line 9: the recorded client sent \"LIST 1\\r\\n\", but this one sent \"STAT\"");
  EXPECT_EQ(
      Failure(Changed("C USER mrose", "C USER tim"), POP3_ERR_IO),
      " line 5: the recorded client sent \"USER tim\\r\\n\", but this one sent \"USER mrose\"");
  EXPECT_EQ(Failure(Changed("C PASS \\?", "C PASS x"), POP3_ERR_IO),
            " line 7: the recorded client sent \"PASS x\\r\\n\", but this one sent \"PASS \\?\"");
  EXPECT_EQ(Failure("pop3-record 1\nS +OK\\r\\n\n", POP3_ERR_IO),
            " line 2: the recorded client has sent all, but this one sent \"CAPA\"");
  const std::string longer = "C " + std::string(100, 'x') + "\\r\\n";
  EXPECT_NE(Failure(Changed("C CAPA\\r\\n", longer), POP3_ERR_IO).find("xxx...\", but"),
            std::string::npos);
}

TEST_F(Replay, HiddenOctetsMatchAnything) {
  for (const char *hidden : {"C \\?\\r\\n", "C PASS sesame\\?\\r\\n", "C PASS \\?e\\r\\n",
                             "C P\\?\\r\\n", "C PASS \\?", "C PASS s\nC esa\nC \nC me\\r\\n"}) {
    std::string text = Changed("C PASS \\?\\r\\n", hidden);
    if (std::string(hidden) == "C PASS \\?") text = Changed("\\?\\r\\n", "\\?\nC \\r\\n");
    Write(text);
    MailRun run = Played();
    // "s" is followed by "esame": the hidden octets end at the first e.
    const bool matches = std::string(hidden) != "C PASS \\?e\\r\\n";
    EXPECT_EQ(run.Run(), matches ? POP3_OK : POP3_ERR_IO) << hidden << ": " << run.error.text;
  }
}

TEST_F(Replay, PlaysHowItEnded) {
  const std::string start = "pop3-record 1\nS +OK ready\\r\\n\nC CAPA\\r\\n\nS +O\n";
  Write(start + "E\n");
  MailRun run = Played();
  EXPECT_EQ(run.Run(), POP3_ERR_EOF) << run.error.text;
  Write(start);
  EXPECT_EQ(run.Run(), POP3_ERR_EOF) << run.error.text;
  EXPECT_EQ(Failure(start + "F the \\x22wire\\x22 broke\n", POP3_ERR_IO),
            "as recorded: the \"wire\" broke");
  EXPECT_EQ(Failure(start + "T\n", POP3_ERR_IO), " line 5: TLS begins: the rest was not recorded");
}

TEST_F(Replay, PlaysTheOneThatIsWanted) {
  Write("pop3-record 1\nS -ERR first\\r\\n\n" + std::string(kRecording) +
        "pop3-record 1\nS -ERR third\\r\\n\nE\n");
  MailRun run = Played();
  EXPECT_NE(run.Run(), POP3_OK);
  run.options.push_back(Number("replay.session", 2));
  EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
  run.options.back().number = 3;
  EXPECT_NE(run.Run(), POP3_OK);
  run.options.back().number = 4;
  EXPECT_EQ(run.Run(), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(run.error.text).find("has 3 of them"), std::string::npos);
  Write(std::string(kRecording) + "pop3-record 1\n");
  run.options.pop_back();
  EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
}

TEST_F(Replay, RefusesFilesThatAreNoRecordings) {
  EXPECT_EQ(Failure("", POP3_ERR_LOCAL_IO), ": this is no recording");
  EXPECT_EQ(Failure("S +OK\\r\\n\n", POP3_ERR_LOCAL_IO), ": this is no recording");
  EXPECT_EQ(Failure("\x7F"
                    "ELF\n",
                    POP3_ERR_LOCAL_IO),
            ": this is no recording");
  EXPECT_EQ(Failure("pop3-record 1\nnonsense\n", POP3_ERR_LOCAL_IO).substr(0, 9), " line 2: ");
  // Further on it is found when it is come to.
  EXPECT_EQ(
      Failure(Changed("C STAT\\r\\n\n", "C STAT\\r\\n\nC \\q\n"), POP3_ERR_LOCAL_IO).substr(0, 9),
      " line 10:");
  const std::string missing = path_ + ".missing";
  for (const std::string &name : {missing, std::string("/tmp"), std::string("/dev/null")}) {
    MailRun run = Played();
    run.options = {Text("replay.file", name.c_str())};
    EXPECT_EQ(run.Run(), POP3_ERR_LOCAL_IO) << name;
    EXPECT_NE(std::string(run.error.text).find(name + ": "), std::string::npos);
  }
}

TEST_F(Replay, EndsAtEachCut) {
  const std::string whole = kRecording;
  for (size_t len = 0; len < whole.size(); len += 3) {
    Write(whole.substr(0, len));
    MailRun run = Played();
    const pop3_status status = run.Run();
    // Only what follows the answer to QUIT does not matter.
    EXPECT_TRUE(status != POP3_OK || len > whole.size() - 5) << len;
    EXPECT_EQ(run.error.text[0] == '\0', status == POP3_OK);
  }
}

TEST_F(Replay, RefusesOptionsThatItCannotUse) {
  Write(kRecording);
  const std::vector<std::vector<pop3_option>> bad = {
      {},
      {Text("replay.file", "")},
      {Number("replay.file", 1)},
      {Text("replay.file", path_.c_str()), Number("replay.session", 0)},
      {Text("replay.file", path_.c_str()), Text("replay.session", "1")},
      {Text("replay.file", path_.c_str()), Number("replay.speed", 1)},
  };
  for (const std::vector<pop3_option> &options : bad) {
    MailRun run = Played();
    run.options = options;
    EXPECT_EQ(run.Run(), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(run.error.text).find("option replay."), std::string::npos);
  }
}

TEST_F(Replay, SurvivesEachAllocationThatFails) {
  Write(kRecording);
  ForEachAllocationFailure([this](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    MailRun run = Played();
    run.allocator = allocator.get();
    const pop3_status status = run.Run();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << run.error.text;
  });
}

// Player is a transport that plays |path|.
struct Player {
  explicit Player(const std::string &path) {
    const pop3_option option = Text("replay.file", path.c_str());
    const pop3_transport_config config = {sizeof(config), 0, "", &option, 1};
    EXPECT_EQ(p3_replay_ops.create(host.get(), &config, nullptr, &self, &error), POP3_OK);
    EXPECT_EQ(p3_replay_ops.connect(self, &error), POP3_IO_DONE);
  }
  ~Player() { End(); }
  void End() {
    if (self != nullptr) p3_replay_ops.destroy(self);
    self = nullptr;
  }
  pop3_io Write(const std::string &text) {
    size_t len = 0;
    return p3_replay_ops.write(self, reinterpret_cast<const uint8_t *>(text.data()), text.size(),
                               &len, &error);
  }
  pop3_io Read() {
    uint8_t buf[64];
    size_t len = 0;
    return p3_replay_ops.read(self, buf, sizeof(buf), &len, &error);
  }

  TestHost host;
  void *self = nullptr;
  pop3_error error = POP3_ERROR_INIT;
};

TEST_F(Replay, HandsItsFileToNoOtherProgram) {
  Write(kRecording);
  const Player player(path_);
  EXPECT_EQ(DescriptorFlags(path_), FD_CLOEXEC);
}

TEST_F(Replay, ForgetsTheClientsLine) {
  Write(kRecording);
  for (const char *line :
       {"PASS sesame", "PASS sesame\n"}) {  // unfinished; and not the recorded one
    Player player(path_);
    EXPECT_EQ(player.Write("CAPA\r\nUSER mrose\r\n"), POP3_IO_DONE);
    EXPECT_EQ(player.Write(line), std::string(line).back() == '\n' ? POP3_IO_FAIL : POP3_IO_DONE);
    EXPECT_TRUE(player.host.Remembers("sesame"));
    player.End();
    EXPECT_FALSE(player.host.Remembers("sesame"));
  }
}

TEST_F(Replay, SaysNothingToAClientThatDiffers) {
  Write(kRecording);
  Player player(path_);
  EXPECT_EQ(player.Write("CAPA\r\nUSER mrose\r\nPASS other\r\nNOOP\r\n"), POP3_IO_FAIL);
  EXPECT_EQ(p3_replay_ops.pending(player.self), 0);
  EXPECT_NE(player.Read(), POP3_IO_DONE);
}

TEST_F(Replay, WaitsForTheClient) {
  Write(kRecording);
  TestHost host;
  const pop3_option option = Text("replay.file", path_.c_str());
  const pop3_transport_config config = {sizeof(config), 0, "", &option, 1};
  void *self = nullptr;
  pop3_error error = POP3_ERROR_INIT;
  ASSERT_EQ(p3_replay_ops.create(host.get(), &config, nullptr, &self, &error), POP3_OK);
  EXPECT_EQ(p3_replay_ops.connect(self, &error), POP3_IO_DONE);
  uint8_t buf[64];
  size_t len = 0;
  EXPECT_EQ(p3_replay_ops.pending(self), 1);
  ASSERT_EQ(p3_replay_ops.read(self, buf, sizeof(buf), &len, &error), POP3_IO_DONE);
  EXPECT_EQ(std::string(reinterpret_cast<char *>(buf), len), "+OK ready\r\n");
  EXPECT_EQ(p3_replay_ops.pending(self), 0);
  EXPECT_EQ(p3_replay_ops.read(self, buf, sizeof(buf), &len, &error), POP3_IO_WANT_READ);
  pop3_interest io = POP3_INTEREST_INIT;
  io.events = POP3_WAIT_READ;
  p3_replay_ops.interest(self, &io);
  EXPECT_EQ(io.deadline_ms, POP3_NO_DEADLINE);
  EXPECT_EQ(io.num_fds, 0u);
  // Sooner than recorded is no fault, but the answers come in order.
  const std::string early = "CAPA\r\nUSER mrose\r\nPASS other\r\nSTA";
  ASSERT_EQ(p3_replay_ops.write(self, reinterpret_cast<const uint8_t *>(early.data()), early.size(),
                                &len, &error),
            POP3_IO_DONE);
  EXPECT_EQ(len, early.size());
  ASSERT_EQ(p3_replay_ops.read(self, buf, sizeof(buf), &len, &error), POP3_IO_DONE);
  EXPECT_EQ(std::string(reinterpret_cast<char *>(buf), len), "+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n");
  EXPECT_EQ(p3_replay_ops.read(self, buf, sizeof(buf), &len, &error), POP3_IO_WANT_READ);
  p3_replay_ops.destroy(self);
  p3_replay_ops.destroy(nullptr);
}

}  // namespace
}  // namespace replay_test
}  // namespace pop3_testing
