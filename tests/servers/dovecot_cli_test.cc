// `pop3 fetch` from a real Dovecot: each message byte for byte.
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/servers/dovecot_fixture.h"

namespace pop3_testing {
namespace dovecot_cli_test {
namespace {

class DovecotCli : public DovecotTest {
 protected:
  void SetUp() override {
    DovecotTest::SetUp();
    const char *folder = getenv("TEST_TMPDIR");
    char path[] = "/tmp/pop3-cli-XXXXXX";
    folder_ = folder != nullptr ? folder : mkdtemp(path);
    password_file_ = folder_ + "/password";
    std::ofstream(password_file_) << "wonderland\n";
    chmod(password_file_.c_str(), 0600);
  }

  static std::string TcpUrl() { return "pop3://alice@127.0.0.1:" + Dovecot().fact("port"); }

  static std::string UnixUrl() { return "pop3+unix://alice@" + Dovecot().fact("socket"); }

  int Pop3(std::vector<std::string> arguments, std::string *output) const {
    arguments.insert(arguments.begin(), RunfilePath("tools/cli/pop3"));
    arguments.push_back("--password-file=" + password_file_);
    return RunProgram(arguments, output);
  }

  std::string folder_;
  std::string password_file_;
};

TEST_F(DovecotCli, FetchIntoADirectoryIsByteIdentical) {
  int round = 0;
  for (const std::string &url : {TcpUrl(), UnixUrl()}) {
    const std::string into = folder_ + "/fetched-" + std::to_string(round++);
    std::string output;
    ASSERT_EQ(Pop3({"fetch", url, "--dir=" + into}, &output), 0) << output;
    std::string uids;  // "NUMBER UID" lines; Dovecot's are hexadecimal digits
    ASSERT_EQ(Pop3({"uidl", url}, &uids), 0) << uids;
    std::istringstream lines(uids);
    for (uint32_t number = 1; number <= kMessages; number++) {
      std::string ignored;
      std::string uid;
      ASSERT_TRUE(lines >> ignored >> uid) << number;
      const std::string got = ReadFile(into + "/" + uid + ".eml");
      EXPECT_TRUE(got == Wire(number))
          << url << ": message " << number << " has " << got.size() << " octets";
    }
  }
}

TEST_F(DovecotCli, RetrWritesTheExactOctets) {
  for (uint32_t number = 1; number <= kMessages; number++) {
    std::string output;
    ASSERT_EQ(Pop3({"retr", UnixUrl(), std::to_string(number)}, &output), 0);
    EXPECT_TRUE(output == Wire(number)) << number;
  }
}

TEST_F(DovecotCli, StatAndListAreForScripts) {
  std::string output;
  ASSERT_EQ(Pop3({"stat", TcpUrl()}, &output), 0);
  EXPECT_EQ(output.substr(0, 3), "20 ");
  output.clear();
  ASSERT_EQ(Pop3({"list", TcpUrl()}, &output), 0);
  EXPECT_EQ(output.substr(0, output.find('\n')), "1 " + std::to_string(Wire(1).size()));
  output.clear();
  ASSERT_EQ(Pop3({"top", TcpUrl(), "2", "5"}, &output), 0);
  EXPECT_TRUE(output == TopOf(2, 5));
}

TEST_F(DovecotCli, WrongPasswordHasAnExitCodeOfItsOwn) {
  std::ofstream(password_file_) << "wrong\n";
  std::string output;
  const int wrong = Pop3({"stat", TcpUrl()}, &output);
  EXPECT_GT(wrong, 0);
  EXPECT_EQ(output, "");
  const int usage = Pop3({"no-such-command", TcpUrl()}, &output);
  EXPECT_GT(usage, 0);
  EXPECT_NE(usage, wrong);
}

}  // namespace
}  // namespace dovecot_cli_test
}  // namespace pop3_testing
