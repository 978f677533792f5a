
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pop3/plugins/record.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/plugins/mail_run.h"
#include "tests/plugins/scripted_lower.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/socket_server.h"
#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace record_test {
namespace {

// What a recording of a MailRun is.
const char kRecording[] =
    "pop3-record 1\n"
    "S +OK ready\\r\\n\n"
    "C CAPA\\r\\n\n"
    "S +OK\\r\\n\n"
    "S USER\\r\\n\n"
    "S PIPELINING\\r\\n\n"
    "S .\\r\\n\n"
    "C USER mrose\\r\\n\n"
    "S +OK\\r\\n\n"
    "C PASS \\?\\r\\n\n"
    "S +OK\\r\\n\n"
    "C STAT\\r\\n\n"
    "S +OK 1 39\\r\\n\n"
    "C RETR 1\\r\\n\n"
    "S +OK\\r\\n\n"
    "S Subject: hello\\r\\n\n"
    "S \\r\\n\n"
    "S ..a line with a dot\\r\\n\n"
    "S .\\r\\n\n"
    "C QUIT\\r\\n\n"
    "S +OK bye\\r\\n\n";

// Sink keeps a recording, up to |limit| octets.
struct Sink {
  explicit Sink(size_t most = SIZE_MAX) : limit(most) { record = {sizeof(record), 0, this, Write}; }
  static int Write(void *arg, const char *data, size_t len) {
    auto *self = static_cast<Sink *>(arg);
    if (self->text.size() + len > self->limit) return 0;
    self->text.append(data, len);
    return 1;
  }
  pop3_option Option() const { return {"record.sink", nullptr, 0, &record}; }

  size_t limit;
  std::string text;
  pop3_record_sink record;
};

MailRun Recorded(const std::vector<pop3_option> &options) {
  MailRun run;
  run.transports = {"memory", "record"};
  run.plugins = {pop3_plugin_record(POP3_ABI)};
  run.options = options;
  return run;
}

std::string ReadFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/pop3-record-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() {
    for (const char *name : {"a", "b", "link"}) unlink((path_ + "/" + name).c_str());
    rmdir(path_.c_str());
  }
  std::string Path(const std::string &name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

TEST(Record, DescribesItself) {
  const pop3_plugin *plugin = pop3_plugin_record(POP3_ABI);
  ASSERT_EQ(plugin->num_transports, 2u);
  EXPECT_STREQ(plugin->transports[0]->name, "record");
  EXPECT_EQ(plugin->transports[0]->flags, POP3_TRANSPORT_UPPER);
  EXPECT_STREQ(plugin->transports[1]->name, "replay");
  EXPECT_EQ(plugin->transports[1]->flags, POP3_TRANSPORT_BOTTOM);
  EXPECT_EQ(pop3_plugin_record(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST(Record, WritesDownASession) {
  Sink sink;
  MailPeer peer;
  MailRun run = Recorded({sink.Option()});
  ASSERT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  EXPECT_EQ(sink.text, kRecording);
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(run.is_private, 1) << "as what is below";
}

TEST(Record, WritesTheSameHoweverItIsCut) {
  for (uint32_t seed = 0; seed < 30; seed++) {
    Sink sink;
    MailPeer peer;
    MailRun run = Recorded({sink.Option()});
    if (seed % 2 == 1) run.transports = {"memory", "flaky", "record", "flaky"};
    WireFaults faults;
    faults.want_everywhere = true;
    faults.read = seed < 2 ? Chunking::Octets() : Chunking::Random(seed);
    faults.write = faults.read;
    ASSERT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << run.error.text;
    EXPECT_EQ(sink.text, kRecording);
  }
}

TEST(Record, WritesToAFileOfItsOwn) {
  const int fds = CountFds();
  Folder folder;
  const std::string path = folder.Path("a");
  MailPeer peer;
  MailRun run = Recorded({Text("record.file", path.c_str())});
  ASSERT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  EXPECT_EQ(ReadFile(path), kRecording);
  struct stat facts;
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(CountFds(), fds);

  MailPeer again;
  EXPECT_EQ(RunOverMemory(&run, &again), POP3_ERR_LOCAL_IO) << "it exists";
  EXPECT_NE(std::string(run.error.text).find("cannot record to " + path), std::string::npos);
  EXPECT_EQ(ReadFile(path), kRecording);
  run.options.push_back(Number("record.append", 1));
  MailPeer third;
  EXPECT_EQ(RunOverMemory(&run, &third), POP3_OK) << run.error.text;
  EXPECT_EQ(ReadFile(path), std::string(kRecording) + kRecording);
  EXPECT_EQ(CountFds(), fds);
}

TEST(Record, AppendsToNoFileOfOthers) {
  Folder folder;
  const std::string path = folder.Path("a");
  const std::string link = folder.Path("link");
  close(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  ASSERT_EQ(mkfifo(folder.Path("b").c_str(), 0600), 0);
  const std::string fifo = folder.Path("b");
  const auto append = [](const std::string &name) {
    MailPeer peer;
    MailRun run = Recorded({Text("record.file", name.c_str()), Number("record.append", 1)});
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_LOCAL_IO) << name;
    const std::string text = run.error.text;
    EXPECT_NE(text.find("cannot record to "), std::string::npos);
    return text;
  };
  for (const std::string &name : {link, fifo, std::string("/dev/null"), folder.Path("")}) {
    append(name);
  }
  for (const mode_t mode : {0640, 0620, 0604, 0602, 0601}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_NE(append(path).find("others can read or write it"), std::string::npos) << mode;
  }
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  if (chown(path.c_str(), 65534, static_cast<gid_t>(-1)) == 0) {  // who is root can
    EXPECT_NE(append(path).find("it belongs to somebody else"), std::string::npos);
  }
  EXPECT_EQ(ReadFile(path), "");
}

TEST(Record, HandsItsFileToNoOtherProgram) {
  Folder folder;
  const std::string path = folder.Path("a");
  TestHost host;
  ScriptedLower lower;
  const pop3_option option = Text("record.file", path.c_str());
  LayerOn record(host.get(), pop3_plugin_record(POP3_ABI)->transports[0], &lower, &option, 1);
  ASSERT_EQ(record.status(), POP3_OK) << record.error().text;
  EXPECT_EQ(DescriptorFlags(path), FD_CLOEXEC);
}

TEST(Record, FailsIfItCannotGoOn) {
  for (size_t limit = 0; limit < sizeof(kRecording) - 1; limit += 7) {
    Sink sink(limit);
    MailPeer peer;
    MailRun run = Recorded({sink.Option()});
    const pop3_status status = RunOverMemory(&run, &peer);
    EXPECT_EQ(status, POP3_ERR_LOCAL_IO) << run.error.text;
    EXPECT_NE(std::string(run.error.text).find("the recording cannot go on"), std::string::npos)
        << run.error.text;
    EXPECT_EQ(std::string(kRecording).substr(0, sink.text.size()), sink.text);
  }
}

TEST(Record, FailsIfItsFileCannotGrow) {
  const Folder folder;
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = 40;
  const auto usual = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  MailPeer peer;
  const std::string path = folder.Path("a");
  MailRun run = Recorded({Text("record.file", path.c_str())});
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_LOCAL_IO);
  EXPECT_STREQ(run.error.text, "the recording cannot go on: File too large");
  EXPECT_EQ(run.error.sys_errno, EFBIG);
  EXPECT_EQ(ReadFile(path), std::string(kRecording, 40));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, usual);
}

TEST(Record, WritesHowTheConnectionEnded) {
  for (bool fails : {false, true}) {
    Sink sink;
    MailPeer peer;
    MailRun run = Recorded({sink.Option()});
    WireFaults faults;
    (fails ? faults.fail_read_at : faults.eof_at) = 14;  // in the answer to CAPA
    EXPECT_EQ(RunOverMemory(&run, &peer, faults), fails ? POP3_ERR_IO : POP3_ERR_EOF);
    EXPECT_EQ(sink.text, std::string("pop3-record 1\nS +OK ready\\r\\n\nC CAPA\\r\\n\nS +OK\n") +
                             (fails ? "F injected failure of read\n" : "E\n"));
  }
}

TEST(Record, SurvivesEachCallThatFails) {
  for (uint64_t call = 1;; call++) {
    Sink sink;
    MailPeer peer;
    MailRun run = Recorded({sink.Option()});
    WireFaults faults;
    faults.fail_call = call;
    faults.fail_call_persists = true;
    const pop3_status status = RunOverMemory(&run, &peer, faults);
    EXPECT_EQ(sink.text.find("sesame"), std::string::npos);
    if (status == POP3_OK) break;
    ASSERT_LT(call, 1000u);
  }
}

TEST(Record, SurvivesEachAllocationThatFailsAndKeepsNoPassword) {
  ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    Sink sink;
    MailPeer peer;
    MailRun run = Recorded({sink.Option()});
    run.allocator = allocator.get();
    const pop3_status status = RunOverMemory(&run, &peer);
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << run.error.text;
  });
}

TEST(Record, RefusesOptionsThatItCannotUse) {
  Sink sink;
  Sink broken;
  broken.record.write = nullptr;
  Sink small;
  small.record.size = 8;
  const std::vector<std::vector<pop3_option>> bad = {
      {},
      {Text("record.file", "")},
      {Number("record.file", 1)},
      {Text("record.file", "/tmp/x"), sink.Option()},
      {sink.Option(), Number("record.append", 1)},
      {Text("record.file", "/tmp/x"), Number("record.append", 2)},
      {Text("record.sink", "x")},
      {broken.Option()},
      {small.Option()},
      {sink.Option(), Number("record.bodies", 1)},
  };
  for (const std::vector<pop3_option> &options : bad) {
    MailPeer peer;
    MailRun run = Recorded(options);
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(run.error.text).find("option record."), std::string::npos);
  }
}

TEST(Record, WorksOverTcp) {
  Sink sink;
  MailPeer peer;
  SocketServer server(SocketServer::kTcp, &peer);
  ASSERT_EQ(server.error(), "");
  MailRun run = Recorded({sink.Option()});
  run.transports = {"tcp", "record"};
  run.host = "127.0.0.1";
  run.port = server.port();
  EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(sink.text, kRecording);
  server.Stop();
}

// Lower is a transport below whose octets a test moves by hand.
struct Lower {
  static pop3_io Read(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *) {
    std::string &data = static_cast<Lower *>(self)->data;
    if (data.empty()) return POP3_IO_WANT_READ;
    *out_len = data.copy(reinterpret_cast<char *>(buf), cap);
    data.erase(0, *out_len);
    return POP3_IO_DONE;
  }
  static pop3_io Write(void *self, const uint8_t *, size_t len, size_t *out_len, pop3_error *) {
    const size_t most = static_cast<Lower *>(self)->takes;
    if (most == 0) return POP3_IO_WANT_WRITE;
    *out_len = len < most ? len : most;
    return POP3_IO_DONE;
  }
  std::string data;
  size_t takes = SIZE_MAX;
};

class RecordLayer : public ::testing::Test {
 protected:
  RecordLayer() : ops_(pop3_plugin_record(POP3_ABI)->transports[0]) {
    lower_ops_.read = Lower::Read;
    lower_ops_.write = Lower::Write;
    const pop3_option option = sink_.Option();
    const pop3_transport_config config = {sizeof(config), 110, "h", &option, 1};
    EXPECT_EQ(ops_->create(host_.get(), &config, &layer_, &self_, &error_), POP3_OK);
    EXPECT_EQ(ops_->connect(self_, &error_), POP3_IO_DONE);
  }
  ~RecordLayer() override { End(); }

  void End() {
    if (self_ != nullptr) ops_->destroy(self_);
    self_ = nullptr;
  }

  void Server(const std::string &data) {
    lower_.data = data;
    std::vector<uint8_t> buf(data.size());
    size_t len = 0;
    ASSERT_EQ(ops_->read(self_, buf.data(), buf.size(), &len, &error_), POP3_IO_DONE);
    EXPECT_EQ(std::string(buf.begin(), buf.begin() + static_cast<long>(len)), data);
  }

  size_t Client(const std::string &data) {
    size_t len = 0;
    ops_->write(self_, reinterpret_cast<const uint8_t *>(data.data()), data.size(), &len, &error_);
    return len;
  }

  TestHost host_;
  Sink sink_;
  Lower lower_;
  pop3_transport_ops lower_ops_ = {};
  pop3_layer layer_ = {&lower_ops_, &lower_};
  const pop3_transport_ops *ops_;
  void *self_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(RecordLayer, HidesAnExchange) {
  Client("AUTH PLAIN AHRpbQB0YW5zdGFhZg==\r\n");
  Server("+ \r\n");
  Client("c2VjcmV0\r");
  Client("\nAUTH LOGIN\r\n");  // more than a client should send: in an exchange all is hidden
  Server("-ERR no\r\n");
  Client("NOOP\r\n");
  End();
  EXPECT_EQ(sink_.text,
            "pop3-record 1\nC AUTH PLAIN \\?\\r\\n\nS + \\r\\n\nC \\?\\r\\n\nC \\?\\r\\n\n"
            "S -ERR <redacted>\\r\\n\nC NOOP\\r\\n\n");
}

// From the first response on, what the server says is as secret as what the client answers.
TEST_F(RecordLayer, HidesChallengesBehindTheFirstResponse) {
  Client("AUTH SCRAM-SHA-1\r\n");
  Server("+ \r\n");
  Client("biws\r\n");
  Server("+ cj1hYmMscz1zYWx0\r\n");
  EXPECT_FALSE(host_.Remembers("cj1hYmM")) << "it is not kept";
  Client("Yz1iaXdz\r\n");
  Server("+ dj1zaWc=\r\n+");  // in pieces
  Server("OK [AUTH] v=sig\n");
  Server("+OK open\r\n");
  End();
  EXPECT_EQ(sink_.text,
            "pop3-record 1\nC AUTH SCRAM-SHA-1\\r\\n\nS + \\r\\n\nC \\?\\r\\n\n"
            "S + PHJlZGFjdGVkPg==\\r\\n\nC \\?\\r\\n\nS + PHJlZGFjdGVkPg==\\r\\n\n"
            "S +OK [AUTH]<redacted>\\n\nS +OK open\\r\\n\n");
}

TEST_F(RecordLayer, ForgetsTheMail) {
  Client("RETR 1\r\n");
  Server("+OK\r\nSubject: between us\r\nhalf a li");
  Client("XSECRET of the cli");
  End();
  EXPECT_NE(sink_.text.find("between us"), std::string::npos);
  for (const char *text : {"between us", "half a li", "of the cli"}) {
    EXPECT_FALSE(host_.Remembers(text)) << text;
  }
}

TEST_F(RecordLayer, HidesAChallengeThatIsLongerThanItsBuffer) {
  Client("AUTH SCRAM-SHA-1 biws\r\n");
  Server("+ " + std::string(4094, 'A'));
  Server(std::string(5000, 'B') + "\r\n-ERR [SYS/TEMP] s=salt\r\n");
  End();
  EXPECT_EQ(sink_.text,
            "pop3-record 1\nC AUTH SCRAM-SHA-1 \\?\\r\\n\nS + PHJlZGFjdGVkPg==\nS \n"
            "S \\r\\n\nS -ERR [SYS/TEMP]<redacted>\\r\\n\n");
}

TEST_F(RecordLayer, WritesWhatWasTakenOnly) {
  lower_.takes = 3;
  const std::string line = "PASS tanstaaf\r\n";
  for (size_t at = 0; at < line.size();) {
    lower_.takes = 0;
    EXPECT_EQ(Client(line.substr(at)), 0u);
    lower_.takes = 3;
    at += Client(line.substr(at));
  }
  Client("NOO");
  End();
  EXPECT_EQ(sink_.text, "pop3-record 1\nC PASS \\?\\r\\n\nC \\?\n") << "who knows what comes";
}

TEST_F(RecordLayer, StopsWhereTlsBegins) {
  Client("STLS\r\n");
  Server("+OK go\r\n\x16\x03\x01 tls");
  Client("\x16\x03 tls\n");
  Server("tls\n");
  End();
  EXPECT_EQ(sink_.text, "pop3-record 1\nC STLS\\r\\n\nS +OK go\\r\\n\nT\n");
}

TEST_F(RecordLayer, KeepsTheOrder) {
  Server("+OK\r\nhalf a ");
  Client("RETR 1\r\nRETR");
  Server("line\r\n");
  Client(" 2\r\n");
  End();
  EXPECT_EQ(
      sink_.text,
      "pop3-record 1\nS +OK\\r\\n\nS half a \nC RETR 1\\r\\n\nS line\\r\\n\nC RETR 2\\r\\n\n");
}

TEST_F(RecordLayer, WritesAnyOctetsAndLongLines) {
  std::string all;
  for (int i = 0; i < 256; i++) all += static_cast<char>(i);
  std::string octets;
  for (int i = 0; i < 200; i++) octets += all;
  Server(octets);
  Server(std::string(70000, 'x') + "\r\n");
  End();
  // No line is too long to be played, and together they are what came.
  size_t start = 0;
  size_t lines = 0;
  for (size_t end; (end = sink_.text.find('\n', start)) != std::string::npos; start = end + 1) {
    EXPECT_LE(end - start, 16400u);
    for (size_t i = start; i < end; i++) ASSERT_TRUE(sink_.text[i] >= 0x20 && sink_.text[i] < 0x7F);
    lines++;
  }
  EXPECT_EQ(start, sink_.text.size());
  EXPECT_GT(lines, 200u);
}

}  // namespace
}  // namespace record_test
}  // namespace pop3_testing
