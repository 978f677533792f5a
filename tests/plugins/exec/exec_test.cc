
#include <gtest/gtest.h>
#include <pop3/plugins/exec.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/plugins/mail_run.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace exec_test {
namespace {

// A server with the message of kMail.
const char kServer[] =
    "printf '+OK ready\\r\\n'\n"
    "while IFS= read -r line; do\n"
    "  case \"$line\" in\n"
    "    CAPA*) printf '+OK\\r\\nUSER\\r\\n.\\r\\n';;\n"
    "    'USER mrose'*|'PASS sesame'*) printf '+OK\\r\\n';;\n"
    "    STAT*) printf '+OK 1 39\\r\\n';;\n"
    "    'RETR 1'*) printf '+OK\\r\\nSubject: hello\\r\\n\\r\\n..a line with a "
    "dot\\r\\n.\\r\\n';;\n"
    "    QUIT*) printf '+OK\\r\\n'; exit 0;;\n"
    "    *) printf -- '-ERR\\r\\n';;\n"
    "  esac\n"
    "done";

// What a command that ends like this makes of a session.
MailRun RunMail(const std::string &command, pop3_status expected) {
  MailRun run;
  run.transports = {"exec"};
  run.plugins = {pop3_plugin_exec(POP3_ABI)};
  run.options = {Text("exec.command", command.c_str())};
  EXPECT_EQ(run.Run(), expected) << command << ": " << run.error.text;
  run.options.clear();
  return run;
}

bool HasNote(const MailRun &run, const std::string &text) {
  for (const std::string &note : run.notes) {
    if (note.find(text) != std::string::npos) return true;
  }
  return false;
}

class Exec : public ::testing::Test {
 protected:
  Exec() : fds_(CountFds()), exec_(&host_, pop3_plugin_exec(POP3_ABI)) {}
  ~Exec() override {
    exec_.Destroy();
    // The thread that reaps a process has its descriptor open for a moment longer.
    EXPECT_EQ(SettledFds(fds_), fds_) << "descriptors leak";
  }

  // Runs |command| for a host; what it prints.
  std::string Output(const std::string &command, const std::string &host = "mail.example",
                     uint32_t port = 110) {
    EXPECT_EQ(exec_.Create(host, port, {Text("exec.command", command.c_str())}), POP3_OK)
        << exec_.error().text;
    EXPECT_EQ(exec_.ConnectAll(), POP3_IO_DONE) << exec_.error().text;
    std::string got;
    pop3_io io;
    do {
      io = exec_.ReadWhenReady(&got);
    } while (io == POP3_IO_DONE);
    EXPECT_EQ(io, POP3_IO_EOF) << exec_.error().text;
    exec_.Destroy();
    return got;
  }

  std::string Refusal(const std::string &command, const std::string &host = "mail.example") {
    EXPECT_EQ(exec_.Create(host, 110, {Text("exec.command", command.c_str())}), POP3_ERR_ARGUMENT)
        << command << " " << host;
    exec_.Destroy();
    return exec_.error().text;
  }

  int fds_;
  TestHost host_;
  Transport exec_;
};

TEST_F(Exec, DescribesItself) {
  EXPECT_STREQ(exec_.ops()->name, "exec");
  EXPECT_EQ(exec_.ops()->flags, POP3_TRANSPORT_BOTTOM);
  EXPECT_EQ(pop3_plugin_exec(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Exec, CarriesASession) {
  const MailRun run = RunMail(kServer, POP3_OK);
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(run.is_private, 0) << "who knows where the octets go";
  EXPECT_EQ(run.is_encrypted, -1);
  EXPECT_EQ(run.peer_name, "a command");
}

TEST_F(Exec, KeepsThePasswordFromAnOpenWay) {
  MailRun run;
  run.transports = {"exec"};
  run.plugins = {pop3_plugin_exec(POP3_ABI)};
  run.options = {Text("exec.command", kServer)};
  run.allow_cleartext = false;
  EXPECT_EQ(run.Run(), POP3_ERR_POLICY) << run.error.text;
  run.allow_cleartext = true;
  run.tls = POP3_TLS_REQUIRED;
  EXPECT_EQ(run.Run(), POP3_ERR_POLICY);
  EXPECT_STREQ(run.error.text,
               "the connection to mail.example must be encrypted, but the registry of this "
               "program has no transport that encrypts, such as \"tls\" (option tls can permit an "
               "unencrypted login)");
}

TEST_F(Exec, CarriesOtherLayers) {
  MailRun run;
  run.transports = {"exec", "flaky"};
  run.plugins = {pop3_plugin_exec(POP3_ABI)};
  run.options = {Text("exec.command", kServer)};
  EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
}

TEST_F(Exec, SubstitutesHostAndPort) {
  EXPECT_EQ(Output("echo %h %p '%%' \"%h\""), "mail.example 110 % mail.example\n");
  EXPECT_EQ(Output("echo %h", "fe80::1%eth0"), "fe80::1%eth0\n");
  EXPECT_EQ(Output("echo %h", "/run/pop3.sock"), "/run/pop3.sock\n");
  EXPECT_EQ(Output("echo plain", "$(a) 'b'"), "plain\n") << "a host that is not named may be any";
}

TEST_F(Exec, RefusesHostsThatAShellWouldRead) {
  for (const char *host : {"",     "-v",          "-",    "-oProxyCommand=x",
                           "a b",  "a;b",         "$(a)", "`a`",
                           "a'b",  "a\"b",        "a\\b", "a\nb",
                           "a|b",  "a&b",         "a>b",  "*",
                           "~",    "m\xC3\xA4il", "a#b",  "a=b",
                           "{a,b}"}) {
    EXPECT_NE(Refusal("echo %h", host).find("a shell could interpret"), std::string::npos);
  }
}

TEST_F(Exec, RefusesCommandsThatAreNone) {
  EXPECT_NE(Refusal("").find("there is no command"), std::string::npos);
  EXPECT_NE(Refusal(" \t\n").find("there is no command"), std::string::npos);
  EXPECT_NE(Refusal("echo %x").find("%h, %p and %%"), std::string::npos);
  EXPECT_NE(Refusal("echo %").find("%h, %p and %%"), std::string::npos);
  EXPECT_NE(Refusal(std::string(40000, 'x')).find("32768"), std::string::npos);
  const std::string longest = "exit 0; #" + std::string(32768 - 9, 'x');
  EXPECT_EQ(exec_.Create("h", 110, {Text("exec.command", longest.c_str())}), POP3_OK);
  exec_.Destroy();
  EXPECT_NE(Refusal(longest + "x").find("32768"), std::string::npos);
  std::string many;
  for (int i = 0; i < 8000; i++) many += "%h";
  EXPECT_NE(Refusal(many, std::string(255, 'x')).find("32768"), std::string::npos);
  EXPECT_EQ(exec_.Create("h", 110), POP3_ERR_ARGUMENT);
  EXPECT_EQ(exec_.Create("h", 110, {Number("exec.command", 1)}), POP3_ERR_ARGUMENT);
  EXPECT_EQ(exec_.Create("h", 110, {Text("exec.shell", "x")}), POP3_ERR_ARGUMENT);
}

TEST_F(Exec, SaysHowTheCommandFailed) {
  const struct {
    const char *command;
    const char *words;
  } cases[] = {
      {"echo 'gate: unknown host' >&2; exit 255",
       "cannot connect: the command exited with 255: gate: unknown host"},
      {"exit 3", "cannot connect: the command exited with 3"},
      {"exit 0", "cannot connect: the command exited with 0 without having said anything"},
      {"/no/such/program", "the command exited with 127 (there is no such command): "},
      {"/dev/null", "the command exited with 126 (it cannot be run): "},
      {"kill -KILL $$", "cannot connect: the command was ended by signal 9"},
      {"printf 'no line end\\033[2J\\177' >&2; exit 1", "exited with 1: no line end?[2J?"},
      {"if", "the command exited with 2"},
  };
  for (const auto &c : cases) {
    const MailRun run = RunMail(c.command, POP3_ERR_CONNECT);
    EXPECT_NE(std::string(run.error.text).find(c.words), std::string::npos) << run.error.text;
    EXPECT_STREQ(run.error.layer, "exec");
  }
}

TEST_F(Exec, SaysHowTheCommandFailedLater) {
  const MailRun run =
      RunMail("printf '+OK ready\\r\\n'; read x; echo 'line lost' >&2; exit 9", POP3_ERR_EOF);
  EXPECT_NE(std::string(run.error.text).find("the command exited with 9: line lost"),
            std::string::npos)
      << run.error.text;
  const MailRun other = RunMail("printf '+OK ready\\r\\n'; exit 0", POP3_ERR_EOF);
  EXPECT_NE(std::string(other.error.text).find("the server closed the connection"),
            std::string::npos)
      << other.error.text;
}

TEST_F(Exec, WhereTheProgramIgnoresItsChildren) {
  // Nobody learns how they end then.
  const auto usual = signal(SIGCHLD, SIG_IGN);
  const MailRun silent = RunMail("echo 'no way' >&2; exit 3", POP3_ERR_CONNECT);
  EXPECT_STREQ(silent.error.text, "cannot connect: the command has ended: no way");
  const MailRun cut = RunMail("printf '+OK ready\\r\\n'; exit 3", POP3_ERR_EOF);
  EXPECT_EQ(std::string(cut.error.text).find("the server closed the connection"), 0U)
      << cut.error.text;
  signal(SIGCHLD, usual);
}

TEST_F(Exec, ACommandThatHasGoneRaisesNoSignal) {
  ASSERT_EQ(exec_.Create("h", 110, {Text("exec.command", "exit 3")}), POP3_OK);
  ASSERT_EQ(exec_.ConnectAll(), POP3_IO_DONE);
  std::string got;
  EXPECT_EQ(exec_.ReadWhenReady(&got), POP3_IO_FAIL) << "it has ended by now";
  struct sigaction usual = {};
  struct sigaction before = {};
  usual.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &usual, &before);
  size_t len = 0;
  pop3_error error = POP3_ERROR_INIT;
  const uint8_t octet = 'x';
  EXPECT_EQ(exec_.ops()->write(exec_.self(), &octet, 1, &len, &error), POP3_IO_WANT_READ)
      << "who reads learns how it ended";
  sigaction(SIGPIPE, &before, nullptr);
}

TEST_F(Exec, DoesNotWaitForACommandThatGoesOnInSilence) {
  const MailRun run = RunMail("exec >&- <&-; exec sleep 600", POP3_ERR_CONNECT);
  EXPECT_NE(std::string(run.error.text).find("closed its output without having said anything"),
            std::string::npos)
      << run.error.text;
}

TEST_F(Exec, NotesWhatTheCommandComplainsOf) {
  const std::string chatty = std::string("echo 'first complaint' >&2\n") + kServer;
  const MailRun run = RunMail(chatty, POP3_OK);
  EXPECT_TRUE(HasNote(run, "exec: first complaint"));
  // Far more than a pipe holds: it must be read all the time, and shown in part.
  const MailRun flood =
      RunMail(std::string("i=0; while [ $i -lt 4000 ]; do i=$((i+1)); echo "
                          "\"complaint $i of those that come from a command that is "
                          "never content\" >&2; done\n") +
                  kServer,
              POP3_OK);
  EXPECT_TRUE(HasNote(flood, "exec: complaint 64 of"));
  EXPECT_FALSE(HasNote(flood, "exec: complaint 65 of"));
  EXPECT_TRUE(HasNote(flood, "the command says more"));
  EXPECT_LT(flood.notes.size(), 80u);
  const MailRun endless =
      RunMail("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1", POP3_ERR_CONNECT);
  EXPECT_NE(std::string(endless.error.text).find(": " + std::string(200, 'x')), std::string::npos);
  EXPECT_EQ(std::string(endless.error.text).find(std::string(201, 'x')), std::string::npos);
}

TEST_F(Exec, MovesMuchBothWays) {
  ASSERT_EQ(exec_.Create("h", 110, {Text("exec.command", "exec cat")}), POP3_OK);
  ASSERT_EQ(exec_.ConnectAll(), POP3_IO_DONE);
  std::string got;
  const std::string data(65536, 'x');
  for (size_t i = 1; i <= 64; i++) {
    ASSERT_EQ(exec_.Send(data), POP3_IO_DONE);
    ASSERT_EQ(exec_.Receive(i * data.size(), &got), POP3_IO_DONE);
  }
  EXPECT_EQ(exec_.Shutdown(), POP3_IO_DONE);
  EXPECT_EQ(exec_.ReadWhenReady(&got), POP3_IO_EOF) << exec_.error().text;
  EXPECT_EQ(got, std::string(64 * data.size(), 'x'));
  EXPECT_EQ(exec_.AskNumber(POP3_QUERY_IS_LOCAL), 0);
}

TEST_F(Exec, LeavesNoProcessBehind) {
  for (int turn = 0; turn < 2; turn++) {
    const char *command = turn == 0 ? "exec sleep 600" : "trap '' TERM; exec sleep 600";
    ASSERT_EQ(exec_.Create("h", 110, {Text("exec.command", command)}), POP3_OK);
    ASSERT_EQ(exec_.ConnectAll(), POP3_IO_DONE);
    const std::string note = host_.notes().back();
    const pid_t pid = std::atoi(note.substr(note.rfind(' ')).c_str());
    ASSERT_GT(pid, 1) << note;
    EXPECT_GT(exec_.AskNumber(POP3_QUERY_FD), 2);
    EXPECT_EQ(kill(pid, 0), 0);
    exec_.Destroy();
    bool gone = false;
    for (int i = 0; i < 2000 && !gone; i++) {
      gone = kill(pid, 0) != 0 && errno == ESRCH;
      if (!gone) usleep(10000);
    }
    EXPECT_TRUE(gone);
  }
}

TEST_F(Exec, MayBeDestroyedAtOnce) {
  ASSERT_EQ(exec_.Create("h", 110, {Text("exec.command", "true")}), POP3_OK);
  EXPECT_EQ(exec_.AskNumber(POP3_QUERY_IS_LOCAL), -1);
  EXPECT_NE(exec_.Interest(0).deadline_ms, POP3_NO_DEADLINE) << "wants to be called";
  exec_.Destroy();
  exec_.ops()->destroy(nullptr);
}

TEST_F(Exec, SurvivesEachAllocationThatFails) {
  ForEachAllocationFailure([](FailingAllocator &allocator) {
    MailRun run;
    run.transports = {"exec"};
    run.plugins = {pop3_plugin_exec(POP3_ABI)};
    run.options = {Text("exec.command", "printf '+OK ready\\r\\n'; exit 0")};
    run.allocator = allocator.get();
    const pop3_status status = run.Run();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_ERR_EOF) << run.error.text;
  });
}

TEST_F(Exec, SaysWhenThereIsNoDescriptorLeft) {
  ASSERT_EQ(exec_.Create("h", 110, {Text("exec.command", "true")}), POP3_OK);
  {
    NoDescriptors none;
    EXPECT_EQ(exec_.Connect(), POP3_IO_FAIL);
  }
  EXPECT_EQ(exec_.error().status, POP3_ERR_SYSTEM);
  EXPECT_EQ(exec_.error().sys_errno, EMFILE);
}

}  // namespace
}  // namespace exec_test
}  // namespace pop3_testing
