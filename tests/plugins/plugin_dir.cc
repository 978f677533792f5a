#include "tests/plugins/plugin_dir.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace pop3_testing {
namespace {

// All directories of this process, removed at its end.
class Folders {
 public:
  ~Folders() {
    for (const std::string &folder : folders_) {
      std::error_code ignored;
      std::filesystem::remove_all(folder, ignored);
    }
  }
  std::string Make() {
    std::string name = "/tmp/pop3-plugins.XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr) << name;
    folders_.push_back(name);
    return name;
  }

 private:
  std::vector<std::string> folders_;
};

}  // namespace

std::string ReadAll(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream data;
  data << in.rdbuf();
  return data.str();
}

PluginDir::PluginDir() {
  static Folders folders;
  root_ = folders.Make();
  marker_ = root_ + "/marker";
  setenv("POP3_TEST_MARKER", marker_.c_str(), 1);
  EXPECT_EQ(pop3_registry_new(&registry_, nullptr, nullptr), POP3_OK);
}

PluginDir::~PluginDir() {
  pop3_loader_free(loader_);
  pop3_registry_free(registry_);
}

std::string PluginDir::Write(const std::string &name, const std::string &data,
                             unsigned mode) const {
  const std::string path = Path(name);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << data;
  EXPECT_EQ(chmod(path.c_str(), mode), 0) << path;
  return path;
}

std::string PluginDir::CopyFile(const std::string &runfile, const std::string &name,
                                unsigned mode) const {
  return Write(name, ReadAll(runfile), mode);
}

std::string PluginDir::Copy(const std::string &variant, const std::string &name,
                            unsigned mode) const {
  return CopyFile("tests/plugins/pop3_" + variant + ".so", name, mode);
}

bool PluginDir::has_run() { return unlink(marker_.c_str()) == 0; }

pop3_status PluginDir::Load(const std::string &name, const std::string &dir) {
  pop3_loader_free(loader_);
  loader_ = nullptr;
  const char *dirs[] = {dir.empty() ? root_.c_str() : dir.c_str()};
  pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
  options.dirs = dirs;
  options.num_dirs = 1;
  error_ = POP3_ERROR_INIT;
  pop3_status status = pop3_loader_new(&loader_, &options, &error_);
  if (status == POP3_OK) status = pop3_loader_load(loader_, registry_, name.c_str(), &error_);
  return status;
}

void PluginDir::ExpectRefused(const std::string &name, pop3_status status, const std::string &words,
                              bool runs, const std::string &dir) {
  EXPECT_EQ(Load(name, dir), status) << name << ": " << error();
  EXPECT_EQ(error_.status, status);
  EXPECT_NE(error().find(words), std::string::npos) << name << ": " << error();
  EXPECT_EQ(has_run(), runs) << name << ": " << error();
  EXPECT_EQ(pop3_registry_plugin_at(registry_, 0), nullptr) << name;
  if (loader_ != nullptr) {
    EXPECT_EQ(pop3_loader_at(loader_, 0), nullptr) << name;
  }
}

}  // namespace pop3_testing
