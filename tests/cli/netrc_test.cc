#include "tools/cli/netrc.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/cli/temp_dir.h"

namespace netrc_test {
namespace {

std::string Text(const pop3_secret &secret) {
  return secret.data == nullptr ? "-" : reinterpret_cast<const char *>(secret.data);
}

// "login/password" of the entry that is found, "none", or "line N".
std::string Find(const std::string &text, const char *host, const char *login = nullptr) {
  cli_netrc_entry entry;
  cli_netrc_entry_init(&entry);
  pop3_error err = POP3_ERROR_INIT;
  std::string out;
  if (cli_netrc_find(&entry, text.data(), text.size(), host, login, "netrc", &err) != POP3_OK) {
    out = std::string(err.text);
  } else {
    out = entry.found != 0 ? Text(entry.login) + "/" + Text(entry.password) : "none";
  }
  cli_netrc_entry_cleanup(&entry);
  return out;
}

TEST(Netrc, FindsTheMachine) {
  const std::string text =
      "machine a.example login alice password one\n"
      "machine b.example\n  login bob\n  password two\n"
      "default login anyone password three\n";
  EXPECT_EQ("alice/one", Find(text, "a.example"));
  EXPECT_EQ("alice/one", Find(text, "A.Example"));
  EXPECT_EQ("bob/two", Find(text, "b.example"));
  EXPECT_EQ("anyone/three", Find(text, "c.example"));
  EXPECT_EQ("none", Find("machine a.example login x password y", "b.example"));
  EXPECT_EQ("none", Find("", "a"));
}

TEST(Netrc, FindsTheLogin) {
  const std::string text =
      "machine a login alice password one\n"
      "machine a login bob password two\n"
      "machine a password three\n";
  EXPECT_EQ("alice/one", Find(text, "a"));
  EXPECT_EQ("bob/two", Find(text, "a", "bob"));
  EXPECT_EQ("-/three", Find(text, "a", "carol"));
  EXPECT_EQ("none", Find("default login alice password one", "a", "bob"));
}

TEST(Netrc, ReadsQuotesCommentsAndCrLf) {
  EXPECT_EQ("al ice/p\"a\\s\ns#", Find(R"(machine a login "al ice" password "p\"a\\s\ns#")", "a"));
  EXPECT_EQ("x/#hash", Find("# machine a\nmachine a login x password #hash", "a"));
  EXPECT_EQ("x/y", Find("machine a # the mail host: login z\nlogin x password y", "a"));
  EXPECT_EQ("x/y", Find("machine a\r\n\tlogin x\r\n\tpassword y\r\n", "a"));
  EXPECT_EQ("x/", Find(R"(machine a login x password "")", "a"));
  EXPECT_EQ("x/p\\n\\", Find(R"(machine a login x password p\n\)", "a")) << "outside of quotes";
}

TEST(Netrc, SkipsAccountsAndMacros) {
  EXPECT_EQ("x/y", Find("machine a login x account z password y", "a"));
  EXPECT_EQ("x/y", Find("macdef init\nmachine a login wrong\npassword wrong\n\n"
                        "machine a login x password y\n",
                        "a"));
  EXPECT_EQ("x/y", Find("machine a login x password y\nmacdef m\n\tcd /\r\n\r\nmachine b\n", "a"));
  EXPECT_EQ("none", Find("macdef endless\nmachine a login x password y", "a"));
}

TEST(Netrc, SaysWhereItIsWrong) {
  EXPECT_EQ("netrc, line 2: not one of machine, default, login, password, account, macdef",
            Find("machine a\nuser x", "a"));
  EXPECT_EQ("netrc, line 1: a value is missing at the end", Find("machine a password", "a"));
  EXPECT_EQ("netrc, line 1: a quote is not closed", Find("machine a password \"x", "a"));
  EXPECT_EQ("netrc, line 1: a word is too long",
            Find("machine a password " + std::string(5000, 'x'), "a"));
  EXPECT_EQ("netrc, line 4: a quote is not closed",
            Find("machine a\nlogin \"x\ny\"\npassword \"z", "a"));
  EXPECT_EQ("netrc, line 5: a value is missing at the end",
            Find("macdef m\ncd /\nput x\n\nmachine a password", "a"));
}

TEST(NetrcLoad, RefusesAPasswordThatOthersCanRead) {
  TempDir dir;
  const std::string path = dir.Path("netrc");
  const cli_patience patience = {};
  pop3_error err = POP3_ERROR_INIT;
  cli_netrc_entry entry;
  cli_netrc_entry_init(&entry);
  WriteFile(path, "machine a login x password y\nmachine b login z", 0644);
  EXPECT_EQ(POP3_ERR_POLICY, cli_netrc_load(&entry, path.c_str(), "a", nullptr, &patience, &err));
  EXPECT_NE(nullptr, strstr(err.text, "can be read by others")) << err.text;
  EXPECT_EQ(nullptr, entry.password.data);
  EXPECT_EQ(POP3_OK, cli_netrc_load(&entry, path.c_str(), "b", nullptr, &patience, &err))
      << "there is no secret in this entry";
  EXPECT_EQ("z", Text(entry.login));
  cli_netrc_entry_cleanup(&entry);

  WriteFile(path, "machine a login x password y", 0600);
  EXPECT_EQ(POP3_OK, cli_netrc_load(&entry, path.c_str(), "a", nullptr, &patience, &err));
  EXPECT_EQ("y", Text(entry.password));
  cli_netrc_entry_cleanup(&entry);

  EXPECT_EQ(POP3_ERR_NOT_FOUND,
            cli_netrc_load(&entry, dir.Path("none").c_str(), "a", nullptr, &patience, &err));
}

TEST(Netrc, AWordHasALimit) {
  const std::string longest(4095, 'x');
  EXPECT_EQ("-/" + longest, Find("machine a password " + longest, "a"));
  EXPECT_EQ("netrc, line 1: a word is too long", Find("machine a password x" + longest, "a"));
}

}  // namespace
}  // namespace netrc_test
