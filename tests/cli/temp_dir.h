// A directory for one test, and short ways to make and read files.
#ifndef POP3_TESTS_CLI_TEMP_DIR_H_
#define POP3_TESTS_CLI_TEMP_DIR_H_

#include <string>
#include <string_view>
#include <vector>

// TempDir is removed with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir &) = delete;
  TempDir &operator=(const TempDir &) = delete;

  // Path returns |name| inside of it.
  std::string Path(std::string_view name = "") const;

 private:
  std::string root_;
};

// WriteFile makes |path| with |contents| and |mode|.
void WriteFile(const std::string &path, std::string_view contents, unsigned mode = 0600);

// ReadFile returns what is in |path|, or "<unreadable>".
std::string ReadFile(const std::string &path);

// ListDir returns the sorted names in |path| but . and .., hidden ones too.
std::vector<std::string> ListDir(const std::string &path);

#endif  // POP3_TESTS_CLI_TEMP_DIR_H_
