#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pop3/loader.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>
#include <pop3/usual.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/plugins/plugin_dir.h"
#include "tests/plugins/system_calls.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace loader_test {
namespace {

class Loader : public PluginDir {
 protected:
  ~Loader() override { SystemCalls::Reset(); }

  // LoadFrom loads with several directories and the environment.
  pop3_status LoadFrom(const std::vector<std::string> &dirs, const std::string &name,
                       const char *env = nullptr) {
    pop3_loader_free(loader_);
    loader_ = nullptr;
    std::vector<const char *> list;
    for (const std::string &dir : dirs) list.push_back(dir.c_str());
    pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
    options.dirs = list.data();
    options.num_dirs = list.size();
    options.env = env;
    error_ = POP3_ERROR_INIT;
    pop3_status status = pop3_loader_new(&loader_, &options, &error_);
    if (status == POP3_OK) status = pop3_loader_load(loader_, registry_, name.c_str(), &error_);
    return status;
  }

  std::string MakeDir(const std::string &name) {
    EXPECT_EQ(mkdir(Path(name).c_str(), 0755), 0) << name;
    return Path(name);
  }
};

TEST_F(Loader, ByName) {
  const std::string path = Copy("marked");
  ASSERT_EQ(Load("marked"), POP3_OK) << error();
  const pop3_loaded *loaded = pop3_loader_at(loader_, 0);
  ASSERT_NE(loaded, nullptr);
  EXPECT_STREQ(loaded->name, "marked");
  EXPECT_STREQ(loaded->version, "1.2.3");
  EXPECT_EQ(loaded->path, path);
  EXPECT_EQ(loaded->abi, POP3_ABI);
  EXPECT_EQ(loaded->kinds, POP3_LOADED_AUTHS);
  EXPECT_EQ(loaded->size, sizeof(pop3_loaded));
  EXPECT_EQ(loaded->plugin, pop3_registry_plugin_at(registry_, 0));
  EXPECT_EQ(pop3_loader_at(loader_, 1), nullptr);
  EXPECT_NE(pop3_registry_auth(registry_, "x-marked"), nullptr);
}

TEST_F(Loader, OptionsOfAnySizeOfTheCallers) {
  alignas(pop3_loader_options) uint8_t room[sizeof(pop3_loader_options) + 16];
  for (size_t size = 0; size <= sizeof(room); size++) {
    memset(room, 0xA5, sizeof(room));
    auto *options = reinterpret_cast<pop3_loader_options *>(room);
    pop3_loader_options_init(options, size);
    const size_t written = size < sizeof(options->size) ? 0 : size;
    EXPECT_TRUE(written == 0 || options->size == size) << size;
    for (size_t i = written > 0 ? 4 : 0; i < sizeof(room); i++) {
      ASSERT_EQ(room[i], i < written ? 0 : 0xA5) << i << " of " << size;
    }
  }
}

TEST_F(Loader, ByPath) {
  // A file may be called anything; only pop3_NAME.so promises a name.
  const std::string path = Copy("other_name", "anything");
  ASSERT_EQ(Load(path), POP3_OK) << error();
  EXPECT_STREQ(pop3_loader_at(loader_, 0)->name, "masked");
  EXPECT_EQ(pop3_loader_at(loader_, 0)->path, path);
}

TEST_F(Loader, OnlyOneFormOfFileNamePromisesAName) {
  for (const char *file : {"lib3_marked.so", "pop3_marked.o", "pop3_marked", "pop3_marked.so.1",
                           "pop3-marked.so", "pop3_.so", "pop3_Marked.so"}) {
    pop3_registry_free(registry_);
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, nullptr), POP3_OK);
    EXPECT_EQ(Load(Copy("other_name", file)), POP3_OK) << file << ": " << error();
  }
  EXPECT_EQ(Load(Copy("other_name", "pop3_marked.so")), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("has the plugin \"masked\" in it, not \"marked\""), std::string::npos)
      << error();
}

TEST_F(Loader, KeepsItsSymbolsToItself) {
  Copy("marked");
  ASSERT_EQ(Load("marked"), POP3_OK) << error();
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "pop3_plugin_entry"), nullptr) << "the next plugin's, too";
}

TEST_F(Loader, WithoutAVersion) {
  Copy("no_version");
  ASSERT_EQ(Load("marked"), POP3_OK) << error();
  EXPECT_STREQ(pop3_loader_at(loader_, 0)->version, "");
}

TEST_F(Loader, TheFirstDirectoryThatHasIt) {
  const std::string first = MakeDir("first"), second = MakeDir("second");
  Copy("marked", "second/pop3_marked.so");
  ASSERT_EQ(LoadFrom({Path("none"), first + "/", second}, "marked"), POP3_OK) << error();
  EXPECT_EQ(pop3_loader_at(loader_, 0)->path, second + "/pop3_marked.so");
}

TEST_F(Loader, FoundButBadIsNotPassedOver) {
  const std::string first = MakeDir("first"), second = MakeDir("second");
  Copy("marked", "first/pop3_marked.so", 0666);
  Copy("marked", "second/pop3_marked.so");
  EXPECT_EQ(LoadFrom({first, second}, "marked"), POP3_ERR_POLICY);
  Write("first/pop3_marked.so", "text");
  EXPECT_EQ(LoadFrom({first, second}, "marked"), POP3_ERR_ARGUMENT);
  ASSERT_EQ(unlink(Path("first/pop3_marked.so").c_str()), 0);
  ASSERT_EQ(chmod(first.c_str(), 0777), 0);
  EXPECT_EQ(LoadFrom({first, second}, "marked"), POP3_ERR_POLICY) << "somebody could put one there";
  ASSERT_EQ(chmod(first.c_str(), 0755), 0);
  EXPECT_FALSE(has_run());
  EXPECT_EQ(LoadFrom({first, second}, "marked"), POP3_OK) << error();
}

TEST_F(Loader, NotFound) {
  EXPECT_EQ(LoadFrom({root(), Path("none")}, "marked"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), "there is no pop3_marked.so in " + root() + ", " + Path("none"));
  EXPECT_EQ(LoadFrom({}, "marked"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), "there is no pop3_marked.so in the search path, which is empty");
  EXPECT_EQ(Load(Path("pop3_marked.so")), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), Path("pop3_marked.so") + " is not there");
  EXPECT_EQ(LoadFrom(std::vector<std::string>(50, root()), "marked"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(LoadFrom({"/"}, "nobody-has-this"), POP3_ERR_NOT_FOUND) << "15 octets";
  EXPECT_EQ(error(), "there is no pop3_nobody-has-this.so in /");
  EXPECT_EQ(LoadFrom({"//"}, "nobody-has-this"), POP3_ERR_NOT_FOUND) << error();
  EXPECT_EQ(LoadFrom({"/"}, "nobody-has-this-"), POP3_ERR_ARGUMENT) << "16";
  EXPECT_EQ(Load("/nobody-has-this"), POP3_ERR_NOT_FOUND) << error();
  EXPECT_EQ(error(), "/nobody-has-this is not there");
}

TEST_F(Loader, TheLongestDirectory) {
  const std::string file = "/pop3_marked.so";
  std::string dir;
  while (dir.size() + file.size() < PATH_MAX - 1) {
    const size_t room = PATH_MAX - 1 - dir.size() - file.size();
    dir += "/" + std::string(room > 200 ? 100 : room - 1, 'x');
  }
  ASSERT_EQ(dir.size() + file.size() + 1, size_t{PATH_MAX}) << "with the NUL";
  EXPECT_EQ(Load("marked", dir), POP3_ERR_NOT_FOUND) << error();
  EXPECT_EQ(Load("marked", dir + "x"), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("is too long for a directory of plugins"), std::string::npos) << error();
}

// Whoever started the program chooses neither where plugins are nor whose they may be.
TEST_F(Loader, InAProgramWithMorePrivilegesThanItsCaller) {
  Copy("marked");
  setenv("POP3_TEST_PATH", root().c_str(), 1);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(root().c_str(), 4711, 4711), 0);
    ASSERT_EQ(chown(Path("pop3_marked.so").c_str(), 4711, 4711), 0);
    ASSERT_EQ(seteuid(4711), 0);
  }
  SystemCalls::is_privileged = true;
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_PATH"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), "there is no pop3_marked.so in the search path, which is empty");
  EXPECT_EQ(Load("marked"), POP3_ERR_POLICY);
  EXPECT_NE(error().find(", not to root"), std::string::npos) << error();
  EXPECT_FALSE(has_run());
  SystemCalls::is_privileged = false;
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_PATH"), POP3_OK) << error();
  if (getuid() == 0) {
    EXPECT_EQ(seteuid(0), 0);
  }
  unsetenv("POP3_TEST_PATH");
}

TEST_F(Loader, TheEnvironmentIfAskedFor) {
  const std::string dir = MakeDir("lib");
  Copy("marked", "lib/pop3_marked.so");
  setenv("POP3_TEST_PATH", (Path("none") + "::" + dir).c_str(), 1);
  EXPECT_EQ(LoadFrom({}, "marked"), POP3_ERR_NOT_FOUND) << "nobody asked for it";
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_NONE"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_PATH"), POP3_ERR_ARGUMENT) << "\"\" is no directory";
  EXPECT_NE(error().find("environment variable POP3_TEST_PATH: \"\": "), std::string::npos)
      << error();
  setenv("POP3_TEST_PATH", "lib", 1);
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_PATH"), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("\"lib\": lib is no absolute path"), std::string::npos) << error();
  setenv("POP3_TEST_PATH", (Path("none") + ":" + dir).c_str(), 1);
  EXPECT_EQ(LoadFrom({}, "marked", "POP3_TEST_PATH"), POP3_OK) << error();
  unsetenv("POP3_TEST_PATH");
}

TEST_F(Loader, SeveralAndTwice) {
  Copy("marked");
  CopyFile("transports/pop3_unix.so", "pop3_unix.so");
  ASSERT_EQ(Load("marked"), POP3_OK) << error();
  ASSERT_EQ(pop3_loader_load(loader_, registry_, "unix", &error_), POP3_OK) << error();
  EXPECT_EQ(pop3_loader_at(loader_, 1)->kinds, POP3_LOADED_TRANSPORTS);
  EXPECT_EQ(pop3_loader_load(loader_, registry_, "marked", &error_), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("x-marked: the name is taken"), std::string::npos) << error();
  EXPECT_EQ(pop3_loader_at(loader_, 2), nullptr);

  // One loader may fill several registries, and what it loaded outlives it.
  pop3_registry *other = nullptr;
  ASSERT_EQ(pop3_registry_new(&other, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_loader_load(loader_, other, "marked", &error_), POP3_OK) << error();
  ASSERT_NE(pop3_loader_at(loader_, 2), nullptr);
  pop3_loader_free(loader_);
  loader_ = nullptr;
  EXPECT_STREQ(pop3_registry_auth(other, "x-marked")->name, "x-marked");
  pop3_registry_free(other);
}

TEST_F(Loader, TellsWhenTheFileIsReplacedMeanwhile) {
  // Its constructor is somebody who acts between the check and the end of the loading.
  const std::string path = Copy("vanishes");
  setenv("POP3_TEST_VANISH", path.c_str(), 1);
  EXPECT_EQ(Load("marked"), POP3_ERR_POLICY);
  EXPECT_EQ(error(), path + " was replaced while it was loaded");
  EXPECT_EQ(pop3_registry_plugin_at(registry_, 0), nullptr);
  unsetenv("POP3_TEST_VANISH");
}

TEST_F(Loader, LeavesNothingOpen) {
  Copy("marked");
  Copy("no_entry", "pop3_no_entry.so");
  const int before = CountFds();
  EXPECT_EQ(Load("marked"), POP3_OK) << error();
  EXPECT_EQ(Load("no_entry"), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Load("none"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(LoadFrom({Path("none"), root()}, "none"), POP3_ERR_NOT_FOUND);
  ASSERT_EQ(mkdir(Path("empty").c_str(), 0755), 0);
  EXPECT_EQ(LoadFrom({Path("empty"), root()}, "none"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(CountFds(), before);
}

TEST_F(Loader, Options) {
  pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
  options.size = 8;
  pop3_loader *loader = reinterpret_cast<pop3_loader *>(this);  // anything
  EXPECT_EQ(pop3_loader_new(&loader, &options, &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(loader, nullptr);
  options.size = offsetof(pop3_loader_options, allocator);
  EXPECT_EQ(pop3_loader_new(&loader, &options, &error_), POP3_ERR_ARGUMENT);
  const char *dirs[] = {nullptr};
  options = POP3_LOADER_OPTIONS_INIT;
  options.dirs = dirs;
  options.num_dirs = 1;
  EXPECT_EQ(pop3_loader_new(&loader, &options, &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(loader, nullptr);
  const pop3_allocator empty = {};
  options = POP3_LOADER_OPTIONS_INIT;
  options.allocator = &empty;
  ASSERT_EQ(pop3_loader_new(&loader, &options, &error_), POP3_OK) << "as if there were none";
  pop3_loader_free(loader);
  ASSERT_EQ(pop3_loader_new(&loader, nullptr, &error_), POP3_OK);
  EXPECT_EQ(pop3_loader_load(loader, registry_, nullptr, &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_loader_load(loader, registry_, "marked", nullptr), POP3_ERR_NOT_FOUND);
  pop3_loader_free(loader);
  const char *bad[] = {"/dev/null"};
  options = POP3_LOADER_OPTIONS_INIT;
  options.dirs = bad;
  options.num_dirs = 1;
  ASSERT_EQ(pop3_loader_new(&loader, &options, &error_), POP3_OK);
  EXPECT_EQ(pop3_loader_load(loader, registry_, "marked", nullptr), POP3_ERR_POLICY);
  pop3_loader_free(loader);
  pop3_loader_free(nullptr);
}

TEST_F(Loader, WithoutMemory) {
  Copy("marked");
  const std::string none = Path("none");
  const size_t calls = ForEachAllocationFailure([&](FailingAllocator &allocator) {
    const char *dirs[] = {none.c_str(), root().c_str()};
    pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
    options.dirs = dirs;
    options.num_dirs = 2;
    options.allocator = allocator.get();
    pop3_registry *registry = nullptr;
    pop3_loader *loader = nullptr;
    pop3_error err = POP3_ERROR_INIT;
    pop3_status status = pop3_registry_new(&registry, allocator.get(), &err);
    if (status == POP3_OK) status = pop3_loader_new(&loader, &options, &err);
    if (status == POP3_OK) status = pop3_loader_load(loader, registry, "marked", &err);
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << err.text;
    if (loader != nullptr && status != POP3_OK) {
      EXPECT_EQ(pop3_loader_at(loader, 0), nullptr);
    }
    pop3_loader_free(loader);
    pop3_registry_free(registry);
  });
  EXPECT_GT(calls, 8U);
}

// --- The built-in plugins, and their static twins

// FileOf returns where the build has put a plugin's loadable form.
std::string FileOf(const std::string &name) {
  for (const char *folder : {"transports", "auth", "plugins/"}) {
    std::string base = folder;
    if (base.back() == '/') base += name;
    const std::string file = base + "/pop3_" + name + ".so";
    if (access(file.c_str(), R_OK) == 0) return file;
  }
  return "";
}

void ExpectSame(const pop3_transport_ops *a, const pop3_transport_ops *b) {
  ASSERT_NE(b, nullptr) << a->name;
  EXPECT_EQ(a->flags, b->flags);
  EXPECT_EQ(a->shutdown != nullptr, b->shutdown != nullptr);
  EXPECT_EQ(a->pending != nullptr, b->pending != nullptr);
  EXPECT_EQ(a->query != nullptr, b->query != nullptr);
  EXPECT_NE(a->create, b->create) << "the same code, not loaded at all";
}

void ExpectSame(const pop3_auth_ops *a, const pop3_auth_ops *b) {
  ASSERT_NE(b, nullptr) << a->name;
  EXPECT_EQ(a->flags, b->flags);
  EXPECT_NE(a->begin, b->begin) << "the same code, not loaded at all";
}

TEST_F(Loader, LoadsWhatTheUsualSetLinks) {
  pop3_registry *linked = nullptr;
  ASSERT_EQ(pop3_registry_new(&linked, nullptr, nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add_usual(linked, nullptr), POP3_OK);
  size_t count = 0;
  for (const pop3_plugin *plugin; (plugin = pop3_registry_plugin_at(linked, count)) != nullptr;
       count++) {
    const std::string name = plugin->name;
    const std::string file = FileOf(name);
    ASSERT_NE(file, "") << "add pop3_" << name << ".so to the data of this test";
    CopyFile(file, "pop3_" + name + ".so");
    ASSERT_EQ(Load(name), POP3_OK) << error();
    const pop3_loaded *loaded = pop3_loader_at(loader_, 0);
    EXPECT_STREQ(loaded->name, plugin->name);
    EXPECT_STREQ(loaded->version, plugin->version);
    EXPECT_EQ(loaded->plugin->num_transports, plugin->num_transports);
    EXPECT_EQ(loaded->plugin->num_auths, plugin->num_auths);
    EXPECT_NE(loaded->plugin, plugin);
  }
  EXPECT_GE(count, 5U);
  for (size_t i = 0; pop3_registry_transport_at(linked, i) != nullptr; i++) {
    const pop3_transport_ops *ops = pop3_registry_transport_at(linked, i);
    ExpectSame(ops, pop3_registry_transport(registry_, ops->name));
  }
  for (size_t i = 0; pop3_registry_auth_at(linked, i) != nullptr; i++) {
    const pop3_auth_ops *ops = pop3_registry_auth_at(linked, i);
    ExpectSame(ops, pop3_registry_auth(registry_, ops->name));
  }
  pop3_registry_free(linked);
}

}  // namespace
}  // namespace loader_test
}  // namespace pop3_testing
