#include "core/session/deadlines.h"

#include <gtest/gtest.h>
#include <pop3/interest.h>
#include <pop3/session.h>

#include <cstdint>

namespace deadlines_test {
namespace {

constexpr int64_t kNone = POP3_NO_TIMEOUT;

// Each limit counts from a moment of its own: session 1000, connection 2000, progress 3000, login
// 4000.
const p3_deadlines kSince = {1000, 2000, 3000, 4000};

// Limits is pop3_time_limits without what goes before them.
struct Limits {
  int64_t connect, idle, login, total;

  pop3_time_limits All() const {
    pop3_time_limits all = POP3_TIME_LIMITS_INIT;
    all.connect_ms = connect;
    all.idle_ms = idle;
    all.login_ms = login;
    all.total_ms = total;
    return all;
  }
};

struct Case {
  const char *what;
  Limits limits;
  p3_deadline_phase phase;  // greeted, waiting, logging in
  int64_t at;
  p3_deadline which;
};

const Case kCases[] = {
    {"no limits at all", {kNone, kNone, kNone, kNone}, {1, 1, 1}, -1, P3_DEADLINE_NONE},
    {"the whole session", {kNone, kNone, kNone, 70}, {1, 0, 0}, 1070, P3_DEADLINE_TOTAL},
    {"also before the greeting", {kNone, kNone, kNone, 70}, {0, 0, 0}, 1070, P3_DEADLINE_TOTAL},
    {"connecting", {70, kNone, kNone, kNone}, {0, 0, 0}, 2070, P3_DEADLINE_CONNECT},
    {"greeted", {70, kNone, kNone, kNone}, {1, 1, 1}, -1, P3_DEADLINE_NONE},
    {"a reply is due", {kNone, 70, kNone, kNone}, {1, 1, 0}, 3070, P3_DEADLINE_IDLE},
    {"nothing is due", {kNone, 70, kNone, kNone}, {1, 0, 1}, -1, P3_DEADLINE_NONE},
    {"silence while connecting is connecting",
     {kNone, 70, kNone, kNone},
     {0, 1, 0},
     -1,
     P3_DEADLINE_NONE},
    {"a login", {kNone, kNone, 70, kNone}, {1, 0, 1}, 4070, P3_DEADLINE_LOGIN},
    {"a login that waits for the greeting",
     {kNone, kNone, 70, kNone},
     {0, 0, 1},
     4070,
     P3_DEADLINE_LOGIN},
    {"no login", {kNone, kNone, 70, kNone}, {1, 1, 0}, -1, P3_DEADLINE_NONE},
    {"the earliest: total", {9, 9, 9, 8}, {1, 1, 1}, 1008, P3_DEADLINE_TOTAL},
    {"the earliest: connect", {9, 9, 9, 5000}, {0, 1, 1}, 2009, P3_DEADLINE_CONNECT},
    {"the earliest: idle", {9, 9, 9, 5000}, {1, 1, 1}, 3009, P3_DEADLINE_IDLE},
    {"the earliest: login", {9, 5000, 9, 5000}, {1, 1, 1}, 4009, P3_DEADLINE_LOGIN},
    {"of two at once the greater one",
     {1000, 5000, 5000, 2000},
     {0, 0, 0},
     3000,
     P3_DEADLINE_TOTAL},
    {"of two at once the greater one",
     {5000, 2000, 1000, 5000},
     {1, 1, 1},
     5000,
     P3_DEADLINE_LOGIN},
    {"a limit without end does not wrap",
     {kNone, INT64_MAX, kNone, kNone},
     {1, 1, 0},
     INT64_MAX,
     P3_DEADLINE_IDLE},
    {"nor hides a shorter one",
     {INT64_MAX, 70, INT64_MAX, INT64_MAX},
     {1, 1, 1},
     3070,
     P3_DEADLINE_IDLE},
};

TEST(DeadlinesNext, Table) {
  for (const Case &c : kCases) {
    SCOPED_TRACE(c.what);
    p3_deadline which = c.which == P3_DEADLINE_NONE ? P3_DEADLINE_IDLE : P3_DEADLINE_NONE;
    const pop3_time_limits limits = c.limits.All();
    EXPECT_EQ(p3_deadlines_next(&kSince, &limits, &c.phase, &which), c.at);
    EXPECT_EQ(which, c.which);
  }
}

// A clock may begin anywhere, also in the past of zero.
TEST(DeadlinesNext, AClockBelowZero) {
  const p3_deadlines since = {-5000, -5000, -5000, -5000};
  const pop3_time_limits limits = Limits{kNone, 2000, kNone, 3000}.All();
  const p3_deadline_phase phase = {1, 1, 0};
  p3_deadline which;
  EXPECT_EQ(p3_deadlines_next(&since, &limits, &phase, &which), -3000);
  EXPECT_EQ(which, P3_DEADLINE_IDLE);
}

TEST(DeadlineAfter, Table) {
  EXPECT_EQ(p3_deadline_after(1000, 0), 1000);
  EXPECT_EQ(p3_deadline_after(1000, 70), 1070);
  EXPECT_EQ(p3_deadline_after(-1000, 70), -930);
  EXPECT_EQ(p3_deadline_after(0, INT64_MAX), INT64_MAX);
  EXPECT_EQ(p3_deadline_after(1, INT64_MAX - 1), INT64_MAX);
  EXPECT_EQ(p3_deadline_after(1, INT64_MAX - 2), INT64_MAX - 1);
  EXPECT_EQ(p3_deadline_after(2, INT64_MAX - 1), INT64_MAX);
  EXPECT_EQ(p3_deadline_after(INT64_MAX, INT64_MAX), INT64_MAX);
}

}  // namespace
}  // namespace deadlines_test
