#include "core/engine/auth_response.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/failing_allocator.h"

namespace auth_response_test {
namespace {

using pop3_testing::FailingAllocator;

class AuthResponse : public ::testing::Test {
 protected:
  void SetUp() override { allocator_.Forbid("sesame"); }
  void TearDown() override {
    p3_auth_response_drop(&response_, allocator_.get());
    EXPECT_EQ(allocator_.live_blocks(), 0U);
    EXPECT_EQ(allocator_.unwiped(), 0U);
  }

  int Set(const std::string &line) {
    return p3_auth_response_set(&response_, allocator_.get(),
                                reinterpret_cast<const uint8_t *>(line.data()), line.size());
  }

  std::string Move(size_t room) {
    std::string out(room, '#');
    out.resize(p3_auth_response_move(&response_, reinterpret_cast<uint8_t *>(out.data()), room));
    return out;
  }

  FailingAllocator allocator_;
  p3_auth_response response_ = {nullptr, 0, 0};
};

TEST_F(AuthResponse, GoesOutInPieces) {
  EXPECT_FALSE(p3_auth_response_is_due(&response_));
  ASSERT_TRUE(Set("sesame"));
  EXPECT_TRUE(p3_auth_response_is_due(&response_));
  EXPECT_EQ(Move(5), "sesam");
  EXPECT_TRUE(p3_auth_response_is_due(&response_));
  EXPECT_EQ(Move(100), "e\r\n");
  EXPECT_FALSE(p3_auth_response_is_due(&response_));
  EXPECT_NE(response_.octets, nullptr) << "the server's next line is compared with it";
  EXPECT_EQ(response_.len, 8U);
}

TEST_F(AuthResponse, EmptyIsALineEnd) {
  ASSERT_TRUE(Set(""));
  EXPECT_EQ(Move(100), "\r\n");
}

TEST_F(AuthResponse, AnotherTakesItsPlace) {
  ASSERT_TRUE(Set("sesame"));
  EXPECT_EQ(Move(3), "ses");
  ASSERT_TRUE(Set("x"));
  EXPECT_EQ(Move(100), "x\r\n");
  EXPECT_EQ(allocator_.live_blocks(), 1U);
}

TEST_F(AuthResponse, NoMemory) {
  ASSERT_TRUE(Set("sesame"));
  allocator_.FailFrom(1);
  EXPECT_FALSE(Set("x"));
  EXPECT_EQ(Move(100), "sesame\r\n");
  p3_auth_response_drop(&response_, allocator_.get());
  EXPECT_FALSE(p3_auth_response_is_due(&response_));
}

}  // namespace
}  // namespace auth_response_test
