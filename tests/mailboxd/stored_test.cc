#include "tools/mailboxd/stored.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/mailboxd/support.h"

namespace stored_test {
namespace {

// The ways in which a message is sent: `kCached` from memory, `kMapped` from a mapping of the file,
// `kStreamed` converted on the way.
enum Way { kCached, kMapped, kStreamed };

class Stored : public testing::Test {
 protected:
  ~Stored() override {
    if (fd_ >= 0) close(fd_);
    cache_free(cache_);
  }

  // Opens a file with |text|, which lies behind |offset| other octets.
  void Open(const std::string &text, size_t offset = 0) {
    path_ = dir_.Write("file", std::string(offset, 'o') + text + "behind");
    fd_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(0, fstat(fd_, &file_));
    message_ = {};
    message_.offset = offset;
    message_.len = text.size();
    ASSERT_EQ(DROP_OK, stored_scan(fd_, false, &message_, nullptr));
  }

  drop_status Begin(uint64_t lines, Way expected) {
    body_init(&body_);
    const drop_status status = stored_open(fd_, &file_, false, &message_, lines, cache_, &body_);
    if (status == DROP_OK) {
      EXPECT_EQ(expected == kStreamed, body_.streaming);
      if (message_.len > 0) {
        EXPECT_EQ(expected == kMapped, body_.num_parts > 0 && body_.parts[0].blob->map != nullptr);
      }
    }
    return status;
  }

  // What is sent, taken to a file by the kernel as it would be by a socket: this process may not
  // read a mapping itself.
  std::string Send(body_result expected = BODY_DONE) {
    const std::string name = dir_.Path("sent");
    const int out = open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    outq q = {};
    body_result result = BODY_MORE;
    while (result == BODY_MORE) {
      result = body_fill(&body_, &q);
      iovec iov[64];
      uint64_t octets = 0;
      while (q.count > 0) {
        const size_t n = outq_iovec(&q, iov, 64, UINT64_MAX, &octets);
        const ssize_t sent = writev(out, iov, static_cast<int>(n));
        EXPECT_GT(sent, 0);
        outq_sent(&q, sent > 0 ? static_cast<uint64_t>(sent) : octets);
      }
    }
    EXPECT_EQ(expected, result);
    close(out);
    body_cleanup(&body_);
    outq_clear(&q);
    return ReadFile(name);
  }

  TempDir dir_;
  std::string path_;
  int fd_ = -1;
  struct stat file_ = {};
  stored_message message_ = {};
  cache *cache_ = cache_new(1 << 20);
  body body_;
};

std::string Lines(const std::string &line, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; i++) text += line;
  return text;
}

TEST_F(Stored, SmallOnesComeFromTheCache) {
  Open("H: 1\n\n.\nlast", 10);
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kCached));
  EXPECT_EQ("H: 1\r\n\r\n..\r\nlast\r\n.\r\n", Send());
  // A second client gets the same memory, even if the file is gone by now.
  ASSERT_EQ(0, truncate(path_.c_str(), 0));
  ASSERT_EQ(DROP_OK, Begin(1, kCached));
  EXPECT_EQ("H: 1\r\n\r\n..\r\n.\r\n", Send());
}

TEST_F(Stored, LargeOnesOfWireFormAreMapped) {
  const std::string text = "H: 1\r\n\r\n" + Lines(std::string(70, 'x') + "\r\n", 10000);
  for (size_t offset : {0, 1, 4096, 5000}) {
    Open(text, offset);
    ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kMapped));
    ASSERT_EQ(text + ".\r\n", Send());
    ASSERT_EQ(DROP_OK, Begin(3, kMapped));
    ASSERT_EQ(text.substr(0, 8 + 3 * 72) + ".\r\n", Send());
    close(fd_);
    Open(text + "no end", offset);
    ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kMapped));
    ASSERT_EQ(text + "no end\r\n.\r\n", Send());
    close(fd_);
  }
  fd_ = -1;
}

TEST_F(Stored, LargeOnesThatMustBeConvertedAreStreamed) {
  const std::string line = "." + std::string(70, 'x');
  Open("H: 1\n\n" + Lines(line + "\n", 10000) + "end", 3);
  EXPECT_EQ(10000U, message_.dots);
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kStreamed));
  const std::string sent = Send();
  ASSERT_EQ("H: 1\r\n\r\n" + Lines("." + line + "\r\n", 10000) + "end\r\n.\r\n", sent);
  EXPECT_EQ(message_.octets + message_.dots + 3, sent.size());
  ASSERT_EQ(DROP_OK, Begin(9000, kStreamed));
  ASSERT_EQ("H: 1\r\n\r\n" + Lines("." + line + "\r\n", 9000) + ".\r\n", Send());
}

TEST_F(Stored, AStreamKeepsLittleInMemory) {
  Open(Lines("\n", 1 << 20));
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kStreamed));
  outq q = {};
  EXPECT_EQ(BODY_MORE, body_fill(&body_, &q));
  EXPECT_LT(q.octets, 1U << 19);
  EXPECT_EQ(BODY_MORE, body_fill(&body_, &q));
  EXPECT_LT(q.octets, 1U << 19);
  outq_clear(&q);
  body_cleanup(&body_);
}

TEST_F(Stored, TruncatedStreamsFailWithoutAFinalDot) {
  Open(Lines("x\n", 1 << 19));
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kStreamed));
  ASSERT_EQ(0, truncate(path_.c_str(), 100001));
  const std::string sent = Send(BODY_FAILED);
  EXPECT_LT(sent.size(), 200000U);
  EXPECT_EQ(std::string::npos, sent.find("\r\n.\r\n"));
}

TEST_F(Stored, TruncatedMappingsFailInTheKernel) {
  const std::string text = Lines(std::string(70, 'x') + "\r\n", 10000);
  Open(text);
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kMapped));
  ASSERT_EQ(0, truncate(path_.c_str(), 4096));
  outq q = {};
  ASSERT_EQ(BODY_DONE, body_fill(&body_, &q));
  iovec iov[4];
  uint64_t octets = 0;
  const size_t n = outq_iovec(&q, iov, 4, UINT64_MAX, &octets);
  const int out = open(dir_.Path("sent").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  // What is still there may be written; nothing behind it, and this process lives.
  const ssize_t sent = writev(out, iov, static_cast<int>(n));
  EXPECT_LE(sent, 4096);
  outq_sent(&q, sent > 0 ? static_cast<uint64_t>(sent) : 0);
  (void)outq_iovec(&q, iov, 4, UINT64_MAX, &octets);
  EXPECT_EQ(-1, writev(out, iov, 1));
  EXPECT_EQ(EFAULT, errno);
  close(out);
  outq_clear(&q);
  body_cleanup(&body_);
}

TEST_F(Stored, AFileThatChangedInPlaceIsRefused) {
  Open("a\nb\nc\n");
  // The same length, but other line ends: its size in wire form is another.
  const int out = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(6, write(out, "abcdef", 6));
  close(out);
  EXPECT_EQ(DROP_TEMP, Begin(MAILDROP_ALL, kCached));
}

TEST_F(Stored, EmptyMessages) {
  Open("");
  ASSERT_EQ(DROP_OK, Begin(MAILDROP_ALL, kCached));
  EXPECT_EQ(".\r\n", Send());
  ASSERT_EQ(DROP_OK, Begin(0, kCached));
  EXPECT_EQ(".\r\n", Send());
  EXPECT_EQ(0U, message_.octets);
}

}  // namespace
}  // namespace stored_test
