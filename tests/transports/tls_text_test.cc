#include "transports/tls_text.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "tests/testing/certificates.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace tls_text_test {
namespace {

class TlsText : public ::testing::Test {
 protected:
  TlsText() { pop3_tls_text_init(&text_, host_.get()); }
  ~TlsText() override { pop3_tls_text_free(&text_); }

  std::string Contents() const {
    if (text_.data == nullptr) return "";
    EXPECT_EQ(text_.data[text_.len], '\0');
    return std::string(text_.data, text_.len);
  }

  TestHost host_;
  pop3_tls_text text_;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(TlsText, Grows) {
  std::string expected;
  for (int i = 0; i < 1000; i++) {
    pop3_tls_text_say(&text_, "word ");
    pop3_tls_text_add(&text_, "\0", 1);
    expected += std::string("word \0", 6);
  }
  EXPECT_EQ(Contents(), expected);
  pop3_tls_text_add(&text_, nullptr, 0);
  EXPECT_EQ(Contents(), expected);
}

TEST_F(TlsText, WipesWhereItWas) {
  pop3_tls_text_say(&text_, "my secret");
  ASSERT_NE(pop3_tls_text_room(&text_, 100000), nullptr);
  EXPECT_EQ(Contents(), "my secret");
  pop3_tls_text_reset(&text_);
  EXPECT_EQ(Contents(), "");
  pop3_tls_text_say(&text_, "other secret");
  pop3_tls_text_free(&text_);
  EXPECT_FALSE(host_.Remembers("my secret"));
  EXPECT_FALSE(host_.Remembers("other secret"));
}

TEST_F(TlsText, ShowsWhatCannotBePrinted) {
  pop3_tls_text_clean(&text_, "a b\x1b\n\0\x7f\xc3\xa9", 9);
  EXPECT_EQ(Contents(), "a b\\x1B\\x0A\\x00\\x7F\\xC3\\xA9");
}

TEST_F(TlsText, AddsNothingMoreOnceItHasFailed) {
  pop3_tls_text_say(&text_, "a");
  host_.FailAllocation(0);
  pop3_tls_text_say(&text_, std::string(300, 'b').c_str());
  EXPECT_EQ(text_.failed, 1);
  pop3_tls_text_say(&text_, "c");
  EXPECT_EQ(Contents(), "a");
  EXPECT_EQ(pop3_tls_text_room(&text_, SIZE_MAX), nullptr);
  pop3_tls_text_reset(&text_);
  EXPECT_EQ(pop3_tls_text_room(&text_, SIZE_MAX), nullptr) << "no overflow";
  pop3_tls_text_reset(&text_);
  pop3_tls_text_say(&text_, "d");
  EXPECT_EQ(Contents(), "d");
}

TEST_F(TlsText, ReadsFiles) {
  const std::string contents(100000, 'x');
  const TempFile file(contents);
  pop3_tls_text_say(&text_, ">");
  ASSERT_EQ(pop3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_OK);
  EXPECT_EQ(Contents(), ">" + contents);
  const TempFile empty("");
  pop3_tls_text_reset(&text_);
  ASSERT_EQ(pop3_tls_text_file(&text_, empty.path(), "option o", 0, &error_), POP3_OK);
  EXPECT_EQ(Contents(), "");
  EXPECT_NE(text_.data, nullptr);
  EXPECT_EQ(pop3_tls_text_file(&text_, "/proc/self/cmdline", "option o", 0, &error_), POP3_OK)
      << "a file that does not know its length";
  EXPECT_NE(Contents().find(program_invocation_name), std::string::npos);
}

TEST_F(TlsText, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(pop3_tls_text_file(&text_, "/nowhere/a", "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(std::string(error_.text), "option o: /nowhere/a: No such file or directory");
  EXPECT_EQ(error_.sys_errno, ENOENT);
  EXPECT_EQ(pop3_tls_text_file(&text_, "/tmp", "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error_.sys_errno, EISDIR);
}

TEST_F(TlsText, ReadsNoFileThatIsTooLarge) {
  const TempFile file(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(pop3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error_.sys_errno, EFBIG);
  pop3_tls_text_reset(&text_);
  EXPECT_EQ(pop3_tls_text_file(&text_, file.path(), "option o", 1, &error_), POP3_OK);
  pop3_tls_text_reset(&text_);
  EXPECT_EQ(pop3_tls_text_file(&text_, "/dev/zero", "option o", 0, &error_), POP3_ERR_LOCAL_IO)
      << "one without an end";
}

TEST_F(TlsText, SaysThatMemoryRanOut) {
  const TempFile file("x");
  host_.FailAllocation(0);
  EXPECT_EQ(pop3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_ERR_MEMORY);
  EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
}

}  // namespace
}  // namespace tls_text_test
}  // namespace pop3_testing
