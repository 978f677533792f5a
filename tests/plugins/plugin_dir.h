// A directory with copies of plugins, and the marker that tells whether one of them has run.
#ifndef POP3_TESTS_PLUGINS_PLUGIN_DIR_H_
#define POP3_TESTS_PLUGINS_PLUGIN_DIR_H_

#include <gtest/gtest.h>
#include <pop3/loader.h>

#include <string>

namespace pop3_testing {

// PluginDir is a directory that only its owner can write to, below /tmp. It is removed when the
// process ends and not before: the dynamic linker knows files by their inodes, and would take the
// next test's file for one that it has loaded already.
class PluginDir : public ::testing::Test {
 protected:
  PluginDir();
  ~PluginDir() override;

  // Path returns |name| in the directory.
  std::string Path(const std::string &name) const { return root_ + "/" + name; }
  const std::string &root() const { return root_; }

  // Copy puts the test's plugin pop3_|variant|.so there as |name| ("pop3_marked.so").
  std::string Copy(const std::string &variant, const std::string &name = "pop3_marked.so",
                   unsigned mode = 0644) const;
  // CopyFile puts any file of the runfiles there.
  std::string CopyFile(const std::string &runfile, const std::string &name,
                       unsigned mode = 0644) const;
  // Write makes a file of |data|.
  std::string Write(const std::string &name, const std::string &data, unsigned mode = 0644) const;

  // has_run says whether the constructor of a marked plugin has run since the last call.
  bool has_run();

  // Load loads |name| with the directory |dir| ("": Path()) as the search path.
  pop3_status Load(const std::string &name, const std::string &dir = "");
  // error is what Load said.
  std::string error() const { return error_.text; }

  // ExpectRefused loads |name|, which must fail with |status| and |words|, add nothing, and run
  // nothing unless |runs|.
  void ExpectRefused(const std::string &name, pop3_status status, const std::string &words,
                     bool runs = false, const std::string &dir = "");

  pop3_registry *registry_ = nullptr;
  pop3_loader *loader_ = nullptr;  // of the last Load
  pop3_error error_ = POP3_ERROR_INIT;

 private:
  std::string root_;
  std::string marker_;
};

// ReadAll returns the contents of a file.
std::string ReadAll(const std::string &path);

}  // namespace pop3_testing

#endif  // POP3_TESTS_PLUGINS_PLUGIN_DIR_H_
