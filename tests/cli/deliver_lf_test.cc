#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"

namespace deliver_lf_test {
namespace {

class DeliverLf : public testing::Test {
 protected:
  // What |text| becomes when it comes in pieces of |step| octets.
  std::string Converted(std::string_view text, size_t step) {
    const std::string path = dir_.Path("out");
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    Place inner;
    EXPECT_EQ(POP3_OK, cli_deliver_fd_open(inner.out(), fd, "out", nullptr));
    Place place;
    EXPECT_EQ(POP3_OK, cli_deliver_lf_open(place.out(), inner.Release(), nullptr));
    EXPECT_EQ(POP3_OK, place.Put(1, text, step));
    EXPECT_EQ(POP3_OK, place.Flush());
    EXPECT_EQ(1U, place.stored());
    close(fd);
    return ReadFile(path);
  }

  TempDir dir_;
};

TEST_F(DeliverLf, TurnsCrLfIntoLfWhereverItIsCut) {
  const std::string text = "a\r\nb\r\r\n\r\n\n\rc\r\r\rd\r\n\r";
  const std::string expected = "a\nb\r\n\n\n\rc\r\r\rd\n\r";
  for (size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(expected, Converted(text, step)) << step;
  }
}

TEST_F(DeliverLf, LeavesTheRestAlone) {
  for (std::string_view text : {"", "a", "\n", "\r", "a\rb\nc", "\n\r"}) {
    EXPECT_EQ(text, Converted(text, 1));
    EXPECT_EQ(text, Converted(text, 100));
  }
}

TEST_F(DeliverLf, AMessageDoesNotLeakIntoTheNext) {
  TempDir dir;
  Place inner;
  ASSERT_EQ(POP3_OK, cli_deliver_dir_open(inner.out(), dir.Path("d").c_str(), 0, nullptr));
  Place place;
  ASSERT_EQ(POP3_OK, cli_deliver_lf_open(place.out(), inner.Release(), nullptr));
  ASSERT_EQ(POP3_OK, place.Begin(1));
  ASSERT_EQ(POP3_OK, place.Write("cut\r"));
  place.Abort();
  ASSERT_EQ(POP3_OK, place.Put(2, "\nnext\r\n"));
  ASSERT_EQ(POP3_OK, place.Flush());
  EXPECT_EQ("\nnext\n", ReadFile(dir.Path("d/2.eml")));
  ASSERT_EQ(POP3_OK, place.Begin(3));
  ASSERT_EQ(POP3_OK, place.Write("cut\r"));
  place.Abort();
  ASSERT_EQ(POP3_OK, place.Put(4, "last\r\n"));
  ASSERT_EQ(POP3_OK, place.Flush());
  EXPECT_EQ("last\n", ReadFile(dir.Path("d/4.eml")));
  EXPECT_EQ((std::vector<std::string>{"2.eml", "4.eml"}), ListDir(dir.Path("d")));
}

TEST_F(DeliverLf, LetsThePlaceBehindItRest) {
  TempDir dir;
  Place inner;
  ASSERT_EQ(POP3_OK,
            cli_deliver_mbox_open(inner.out(), dir.Path("mbox").c_str(), 0, nullptr, nullptr));
  Place place;
  ASSERT_EQ(POP3_OK, cli_deliver_lf_open(place.out(), inner.Release(), nullptr));
  ASSERT_EQ(POP3_OK, place.Put(1, "x\r\n"));
  ASSERT_EQ(POP3_OK, place.Flush());
  EXPECT_EQ((std::vector<std::string>{"mbox", "mbox.lock"}), ListDir(dir.Path()));
  place.Rest();
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir.Path()));
}

}  // namespace
}  // namespace deliver_lf_test
