// Files that must not be loaded: each is refused in words, and nothing of it runs, unless the rule
// can only be checked when it has been loaded.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace loader_attack_test {
namespace {

using LoaderAttack = PluginDir;

TEST_F(LoaderAttack, WithoutOneItLoads) {
  Copy("marked");
  EXPECT_EQ(Load("marked"), POP3_OK) << error();
  EXPECT_TRUE(has_run()) << "the marker does not work";
}

// --- Permissions: the file is not run

TEST_F(LoaderAttack, FileThatOthersCanWrite) {
  Copy("marked", "pop3_marked.so", 0664);
  ExpectRefused("marked", POP3_ERR_POLICY,
                "/pop3_marked.so can be written to by its group (mode 0664)");
  Copy("marked", "pop3_marked.so", 0646);
  ExpectRefused("marked", POP3_ERR_POLICY, "/pop3_marked.so can be written to by everybody");
  ExpectRefused(Path("pop3_marked.so"), POP3_ERR_POLICY, "written to by everybody");
}

TEST_F(LoaderAttack, DirectoryThatOthersCanWrite) {
  Copy("marked");
  for (unsigned mode : {0777U, 0775U, 0722U}) {
    ASSERT_EQ(chmod(root().c_str(), mode), 0);
    ExpectRefused("marked", POP3_ERR_POLICY, root() + " can be written to by ");
    ExpectRefused(Path("pop3_marked.so"), POP3_ERR_POLICY, root() + " can be written to by ");
  }
  ASSERT_EQ(chmod(root().c_str(), 0755), 0);
  EXPECT_EQ(Load("marked"), POP3_OK) << error();
}

TEST_F(LoaderAttack, DirectoryAboveThatOthersCanWrite) {
  ASSERT_EQ(mkdir(Path("lib").c_str(), 0755), 0);
  Copy("marked", "lib/pop3_marked.so");
  ASSERT_EQ(chmod(root().c_str(), 0777), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, root() + " can be written to by everybody", false,
                Path("lib"));
  // The sticky bit helps in a directory of root's only.
  ASSERT_EQ(chmod(root().c_str(), 01777), 0);
  if (geteuid() == 0) {
    EXPECT_EQ(Load("marked", Path("lib")), POP3_OK) << error();
  } else {
    ExpectRefused("marked", POP3_ERR_POLICY, "can be written to by everybody", false, Path("lib"));
  }
}

TEST_F(LoaderAttack, ForeignOwner) {
  // For others, trusted_path_test takes them for the stranger.
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  Copy("marked");
  ASSERT_EQ(chown(Path("pop3_marked.so").c_str(), 12345, 0), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, "/pop3_marked.so belongs to user 12345, not to root");
  ASSERT_EQ(chown(Path("pop3_marked.so").c_str(), 0, 0), 0);
  ASSERT_EQ(chown(root().c_str(), 12345, 0), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, root() + " belongs to user 12345, not to root");
  ASSERT_EQ(chown(root().c_str(), 0, 0), 0);
  EXPECT_EQ(Load("marked"), POP3_OK) << error();
}

// --- Links and other things that are no files: not run

TEST_F(LoaderAttack, LinkInTheFilesPlace) {
  Copy("marked", "real.so");
  ASSERT_EQ(symlink(Path("real.so").c_str(), Path("pop3_marked.so").c_str()), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, "/pop3_marked.so is a symbolic link");
  ASSERT_EQ(unlink(Path("pop3_marked.so").c_str()), 0);
  ASSERT_EQ(symlink("nowhere", Path("pop3_marked.so").c_str()), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, "/pop3_marked.so is a symbolic link");
}

TEST_F(LoaderAttack, LinkInADirectorysPlace) {
  ASSERT_EQ(mkdir(Path("lib").c_str(), 0755), 0);
  Copy("marked", "lib/pop3_marked.so");
  ASSERT_EQ(symlink("lib", Path("link").c_str()), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, "/link is a symbolic link", false, Path("link"));
  ExpectRefused("marked", POP3_ERR_POLICY, "/link is a symbolic link", false, Path("link/"));
  ExpectRefused(Path("link/pop3_marked.so"), POP3_ERR_POLICY, "/link is a symbolic link");
  ASSERT_EQ(symlink(".", Path("here").c_str()), 0);
  ExpectRefused("marked", POP3_ERR_POLICY, "/here is a symbolic link", false, Path("here/lib"));
}

TEST_F(LoaderAttack, NoRegularFile) {
  ASSERT_EQ(mkfifo(Path("pop3_fifo.so").c_str(), 0600), 0);
  ExpectRefused("fifo", POP3_ERR_POLICY, "/pop3_fifo.so is no regular file");  // and does not wait
  ASSERT_EQ(mkdir(Path("pop3_dir.so").c_str(), 0700), 0);
  ExpectRefused("dir", POP3_ERR_POLICY, "/pop3_dir.so is no regular file");
  ExpectRefused("/dev/null", POP3_ERR_POLICY, "/dev/null is no regular file");
  Write("file", "");
  ExpectRefused("marked", POP3_ERR_POLICY, "/file is no directory", false, Path("file"));
}

// --- Names

TEST_F(LoaderAttack, NamesThatLeaveTheDirectory) {
  ASSERT_EQ(mkdir(Path("lib").c_str(), 0755), 0);
  Copy("marked");
  Copy("marked", "lib/pop3_marked.so");
  for (const char *name : {"../pop3_marked", "../marked", "..", ".", "", "lib/marked", "marked.so",
                           "Marked", "a b", "marked\n", "sixteen-letters-", "pop3_marked.so",
                           "./pop3_marked.so", "~/x", "%s%n", "\xc3\xa4"}) {
    ExpectRefused(name, POP3_ERR_ARGUMENT, "is no plugin: give a name", false, Path("lib"));
  }
  ExpectRefused(Path("lib/../pop3_marked.so"), POP3_ERR_ARGUMENT, "has . or .. in it");
  ExpectRefused(Path("./pop3_marked.so"), POP3_ERR_ARGUMENT, "has . or .. in it");
  ExpectRefused(Path("pop3_marked.so/"), POP3_ERR_ARGUMENT, "ends in a slash");
  ExpectRefused("/", POP3_ERR_ARGUMENT, "ends in a slash");
  ExpectRefused("/" + std::string(5000, 'x'), POP3_ERR_ARGUMENT, "longer than a path may be");
  ExpectRefused("/" + std::string(300, 'x'), POP3_ERR_ARGUMENT, "longer than names may be");
  for (const char *dir : {"lib", "./lib", "../lib"}) {
    ExpectRefused("marked", POP3_ERR_ARGUMENT, "is no absolute path", false, dir);
  }
  ExpectRefused("marked", POP3_ERR_ARGUMENT, "has . or .. in it", false, Path("lib/.."));
}

// --- What is in the file, as far as it can be read: not run

TEST_F(LoaderAttack, NoElfFile) {
  Write("pop3_text.so", "#!/bin/sh\ntouch \"$POP3_TEST_MARKER\"\n");
  ExpectRefused("text", POP3_ERR_ARGUMENT, "/pop3_text.so is no ELF file");
  Write("pop3_empty.so", "");
  ExpectRefused("empty", POP3_ERR_ARGUMENT, "/pop3_empty.so is no ELF file");
}

TEST_F(LoaderAttack, OtherMachines) {
  const std::string good = ReadAll("tests/plugins/pop3_marked.so");
  std::string other_class = good;
  other_class[4] = static_cast<char>(3 - good[4]);
  Write("pop3_class.so", other_class);
  ExpectRefused("class", POP3_ERR_ARGUMENT,
                good[4] == 2 ? "is for programs of 32 bits, and this one has 64"
                             : "is for programs of 64 bits, and this one has 32");
  std::string order = good;
  order[5] = static_cast<char>(3 - good[5]);
  Write("pop3_order.so", order);
  ExpectRefused("order", POP3_ERR_ARGUMENT, "is for the other byte order");
  std::string machine = good;
  machine[18] = 8;  // e_machine: EM_MIPS in little-endian
  machine[19] = 0;
  Write("pop3_machine.so", machine);
  ExpectRefused("machine", POP3_ERR_ARGUMENT, "is built for MIPS (8), this program for ");
}

TEST_F(LoaderAttack, NoSharedObject) {
  std::string file = ReadAll("tests/plugins/pop3_marked.so");
  file[16] = 2;  // e_type: ET_EXEC
  Write("pop3_program.so", file);
  ExpectRefused("program", POP3_ERR_ARGUMENT, "is a program, no shared object");
  file[16] = 1;  // ET_REL
  Write("pop3_object.so", file);
  ExpectRefused("object", POP3_ERR_ARGUMENT, "is an object file, no shared object");
}

TEST_F(LoaderAttack, CutOff) {
  const std::string good = ReadAll("tests/plugins/pop3_marked.so");
  for (size_t len : {size_t{20}, size_t{100}, size_t{1000}, good.size() / 2, good.size() - 1}) {
    Write("pop3_cut.so", good.substr(0, len));
    ExpectRefused("cut", POP3_ERR_ARGUMENT,
                  "is truncated: it has " + std::to_string(len) + " octets, and needs at least ");
  }
}

TEST_F(LoaderAttack, NoEntry) {
  Copy("no_entry");
  ExpectRefused("marked", POP3_ERR_ARGUMENT, "does not export the function pop3_plugin_entry");
  Copy("data_entry");
  ExpectRefused("marked", POP3_ERR_ARGUMENT, "does not export the function pop3_plugin_entry");
}

// --- What only the loaded plugin can say: its constructors have run

TEST_F(LoaderAttack, WhatTheLinkerRefuses) {
  // Seen by the linker before it runs anything.
  Copy("unresolved");
  ExpectRefused("marked", POP3_ERR_SYSTEM,
                "/pop3_marked.so is refused by the dynamic linker: undefined symbol: "
                "pop3_nobody_has_this");
}

// The linker would look for it when it is called.
TEST_F(LoaderAttack, AFunctionThatNobodyHas) {
  Copy("lazy");
  ExpectRefused("marked", POP3_ERR_SYSTEM,
                "/pop3_marked.so is refused by the dynamic linker: undefined symbol: "
                "pop3_nobody_has_this");
}

TEST_F(LoaderAttack, WhatTheDescriptorSays) {
  struct {
    const char *variant;
    const char *words;
  } static const cases[] = {
      {"refuses", "does not work here: its entry refuses version 1.0 of the interface"},
      {"major", "plugin built for version 2 of the interface, this is 1"},
      // Its name is another, but what a name would be in that version nobody knows.
      {"major_name", "plugin built for version 2 of the interface, this is 1"},
      {"small", "the plugin's descriptor is smaller than the interface demands"},
      {"tiny", "the plugin's descriptor is smaller than the interface demands"},
      {"nameless", "a plugin's name is not 1 to 15 of a-z 0-9 - _"},
      {"ops_major", "built for another major version of the interface"},
      {"ops_small", "the table is smaller than the interface demands"},
      {"null_step", "score, begin, step or end is NULL"},
      {"null_table", "the table is NULL"},
      {"other_name", "has the plugin \"masked\" in it, not \"marked\""},
  };
  for (const auto &c : cases) {
    const std::string dir = "dir_" + std::string(c.variant);
    ASSERT_EQ(mkdir(Path(dir).c_str(), 0755), 0);
    Copy(c.variant, dir + "/pop3_marked.so");
    ExpectRefused("marked", POP3_ERR_ARGUMENT, c.words, true, Path(dir));
    EXPECT_NE(error().find("/pop3_marked.so "), std::string::npos) << error();
  }
}

TEST_F(LoaderAttack, TheRuleIsReadableHoweverLongThePath) {
  std::string dir = root();
  for (int i = 0; i < 12; i++) {
    dir += "/" + std::string(60, 'x');
    ASSERT_EQ(mkdir(dir.c_str(), 0755), 0);
  }
  CopyFile("tests/plugins/pop3_marked.so", dir.substr(root().size() + 1) + "/pop3_marked.so", 0666);
  ExpectRefused("marked", POP3_ERR_POLICY,
                "/pop3_marked.so can be written to by everybody (mode 0666)", false, dir);
}

}  // namespace
}  // namespace loader_attack_test
}  // namespace pop3_testing
