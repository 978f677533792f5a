#include "tests/mailboxd/support.h"

#include <gtest/gtest.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/mailboxd/body.h"

namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string name = (fs::temp_directory_path() / "mailboxd-test.XXXXXX").string();
  root_ = mkdtemp(name.data()) == nullptr ? std::string() : name;
  EXPECT_NE("", root_);
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string TempDir::Path(std::string_view name) const { return root_ + "/" + std::string(name); }

std::string TempDir::Write(std::string_view name, std::string_view contents) const {
  std::string path = Path(name);
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

std::string TempDir::Make(std::string_view name) const {
  std::string path = Path(name);
  fs::create_directories(path);
  return path;
}

std::string ReadFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return file ? out.str() : "<unreadable>";
}

std::vector<std::string> ListDir(const std::string &path) {
  std::vector<std::string> names;
  for (const auto &entry : fs::directory_iterator(path)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string TakeAll(outq *q) {
  std::string all;
  while (q->count > 0) {
    iovec iov[16];
    uint64_t octets = 0;
    const size_t n = outq_iovec(q, iov, 16, UINT64_MAX, &octets);
    const size_t before = all.size();
    for (size_t i = 0; i < n; i++) all.append(static_cast<char *>(iov[i].iov_base), iov[i].iov_len);
    EXPECT_EQ(octets, all.size() - before);
    outq_sent(q, octets);
  }
  EXPECT_EQ(0U, q->octets);
  return all;
}

std::string Unstuffed(std::string_view wire) {
  std::string out;
  while (!wire.empty()) {
    const size_t end = wire.find("\r\n");
    if (end == std::string_view::npos) break;
    std::string_view line = wire.substr(0, end + 2);
    wire.remove_prefix(end + 2);
    if (line == ".\r\n") return wire.empty() ? out : "<text behind the final dot>";
    if (line[0] == '.') line.remove_prefix(1);
    out.append(line);
  }
  return "<no final dot>";
}

std::string Wire(maildrop *drop, uint32_t n, uint64_t lines) {
  body message;
  body_init(&message);
  const drop_status status = drop->ops->open(drop, n, lines, &message);
  if (status != DROP_OK) return "<status " + std::to_string(status) + ">";
  outq q = {};
  std::string all;
  body_result result = BODY_MORE;
  while (result == BODY_MORE) {
    result = body_fill(&message, &q);
    all += TakeAll(&q);
  }
  body_cleanup(&message);
  outq_clear(&q);
  return result == BODY_DONE ? all : "<failed>";
}

std::string Uid(const maildrop *drop, uint32_t n) {
  char uid[MAILDROP_UID_MAX];
  return std::string(uid, drop->ops->uid(drop, n, uid));
}
