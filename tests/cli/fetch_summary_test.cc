#include "tools/cli/fetch_summary.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace fetch_summary_test {
namespace {

class FetchSummary : public testing::Test {
 protected:
  FetchSummary() {
    options_.verbose = 1;
    connection_.options = &options_;
    connection_.report.command = "fetch";
    run_.connection = &connection_;
    run_.plan = &plan_;
    summary_ = {&run_, 1000, 3000, 1, POP3_QUIT_COMMITTED};
  }

  std::string Told() {
    testing::internal::CaptureStderr();
    cli_fetch_summary_tell(&summary_);
    return testing::internal::GetCapturedStderr();
  }

  std::string Json() {
    char *data = nullptr;
    size_t len = 0;
    FILE *out = open_memstream(&data, &len);
    cli_fetch_summary_json(&summary_, out);
    fclose(out);
    std::string text(data, len);
    free(data);
    return text;
  }

  cli_options options_ = {};
  cli_connection connection_ = {};
  cli_fetch_plan plan_ = {};
  cli_fetch_run run_ = {};
  cli_fetch_summary summary_ = {};
};

TEST_F(FetchSummary, IsALine) {
  EXPECT_EQ("pop3: fetch: 0 messages, 0 B in 2.0 s (0 B/s)\n", Told());
  run_.stored = 1;
  run_.received_octets = 5000000;
  EXPECT_EQ("pop3: fetch: 1 message, 5.0 MB in 2.0 s (2.5 MB/s)\n", Told());
  summary_.end_ms = summary_.start_ms;
  run_.received_octets = 5;
  EXPECT_EQ("pop3: fetch: 1 message, 5 B in 0.0 s (5.0 kB/s)\n", Told()) << "a millisecond";
  run_.stored = 2;
  run_.refused = 3;
  run_.cut = 4;
  run_.committed = 5;
  plan_.skipped = 6;
  plan_.gone = 7;
  EXPECT_EQ(
      "pop3: fetch: 2 messages, 5 B in 0.0 s (5.0 kB/s), 6 too large, 3 refused, 4 not whole, 7 "
      "not there any more, 5 deleted on the server\n",
      Told());
}

TEST_F(FetchSummary, IsForPeople) {
  options_.verbose = 0;
  EXPECT_EQ("", Told());
}

TEST_F(FetchSummary, EachNumberHasItsName) {
  plan_.listed = 1;
  plan_.num_entries = 2;
  plan_.gone = 3;
  plan_.skipped = 4;
  plan_.doubles = 5;
  run_.stored = 6;
  run_.received_octets = 7;
  run_.refused = 8;
  run_.differences = 9;
  run_.cut = 10;
  run_.marked = 11;
  run_.committed = 12;
  run_.mark_refused = 13;
  EXPECT_EQ(
      "{\"listed\":1,\"selected\":5,\"too_large\":4,\"stored\":6,\"octets\":7,\"refused\":8,"
      "\"gone\":3,\"size_differences\":9,\"not_whole\":10,\"listed_twice\":5,"
      "\"marked_for_deletion\":11,\"deleted\":12,\"quit\":\"committed\",\"milliseconds\":2000}\n",
      Json());
  summary_.quit_was_sent = 0;
  EXPECT_NE(std::string::npos, Json().find("\"quit\":null"));
}

}  // namespace
}  // namespace fetch_summary_test
