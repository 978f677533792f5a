#include "tests/cli/temp_dir.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

TempDir::TempDir() {
  const char *base = std::getenv("TEST_TMPDIR");
  root_ = std::string(base != nullptr ? base : "/tmp") + "/cli.XXXXXX";
  if (mkdtemp(root_.data()) == nullptr) std::abort();
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string TempDir::Path(std::string_view name) const {
  return name.empty() ? root_ : root_ + "/" + std::string(name);
}

void WriteFile(const std::string &path, std::string_view contents, unsigned mode) {
  std::ofstream(path, std::ios::binary) << contents;
  if (chmod(path.c_str(), mode) != 0) std::abort();
}

std::string ReadFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return "<unreadable>";
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> ListDir(const std::string &path) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator(path, error)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}
