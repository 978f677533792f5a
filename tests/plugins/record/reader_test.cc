#include "plugins/record/reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace pop3_testing {
namespace reader_test {
namespace {

// A file with |text|, unlinked already.
class File {
 public:
  explicit File(const std::string &text) {
    char name[] = "/tmp/pop3-reader-XXXXXX";
    fd_ = mkstemp(name);
    unlink(name);
    EXPECT_EQ(write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  ~File() { close(fd_); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// The lines of |text|, as "line kind text", and what is wrong at the end.
std::vector<std::string> Lines(const std::string &text) {
  File file(text);
  auto reader = std::make_unique<p3_record_reader>();
  p3_record_reader_init(reader.get(), file.fd());
  std::vector<std::string> all;
  for (;;) {
    p3_record_line line;
    int sys_errno = -1;
    const char *why = p3_record_next(reader.get(), &line, &sys_errno);
    EXPECT_EQ(sys_errno, 0);
    if (why != nullptr) {
      all.push_back(std::to_string(reader->line) + " bad: " + why);
      return all;
    }
    if (line.kind == 0) return all;
    all.push_back(std::to_string(reader->line) + " " + line.kind + " " +
                  std::string(line.text, line.end));
  }
}

TEST(Reader, ReadsLines) {
  EXPECT_EQ(Lines("pop3-record 1\n# comment\n\nS +OK\\r\\n\nC PASS \\?\\r\\n\nF why\nE\nT\nS \n"),
            (std::vector<std::string>{"1 H ", "4 S +OK\\r\\n", "5 C PASS \\?\\r\\n", "6 F why",
                                      "7 E ", "8 T ", "9 S "}));
  EXPECT_EQ(Lines(""), std::vector<std::string>());
}

TEST(Reader, ReadsMore) {
  std::string text;
  std::vector<std::string> expected;
  for (size_t i = 0; i < 3000; i++) {
    const std::string line(i * 37 % 1500, static_cast<char>('a' + i % 26));
    text += "S " + line + "\n";
    expected.push_back(std::to_string(i + 1) + " S " + line);
  }
  const std::string longest(P3_RECORD_LINE_MAX - 2, 'x');
  text += "S " + longest + "\n";
  expected.push_back("3001 S " + longest);
  EXPECT_TRUE(Lines(text) == expected);
}

TEST(Reader, RefusesWhatIsNoRecording) {
  for (const char *bad : {"X y\n", "S\n", "C\n", "SS x\n", "E \n", "T x\n", "pop3-record 2\n",
                          "S \\q\n", "S \\?\n", "F \\?\n", "S x\r\n", "S \xE4\n", " \n"}) {
    const std::vector<std::string> lines = Lines(std::string("S x\n") + bad);
    ASSERT_EQ(lines.size(), 2u) << bad;
    EXPECT_EQ(lines[1].substr(0, 7), "2 bad: ") << bad;
  }
  EXPECT_EQ(Lines("E\nS cut").back(), "2 bad: it does not end: the recording is cut");
  EXPECT_EQ(Lines("S " + std::string(P3_RECORD_LINE_MAX, 'x') + "\n").back(),
            "1 bad: it has more than 16400 octets");
  EXPECT_EQ(Lines(std::string("S a\0b\n", 6)).back().substr(0, 6), "1 bad:");
}

TEST(Reader, SaysWhenItCannotRead) {
  auto reader = std::make_unique<p3_record_reader>();
  p3_record_reader_init(reader.get(), -1);
  p3_record_line line;
  int sys_errno = 0;
  EXPECT_STREQ(p3_record_next(reader.get(), &line, &sys_errno), "cannot be read");
  EXPECT_EQ(sys_errno, EBADF);
}

}  // namespace
}  // namespace reader_test
}  // namespace pop3_testing
