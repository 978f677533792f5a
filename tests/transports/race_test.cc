#include "transports/race.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace pop3_testing {
namespace race_test {
namespace {

// What an address does, told from when it is tried.
struct Plan {
  enum Kind { kNever, kConnects, kFails } kind;
  int64_t after_ms;  // 0: at once
};

// A table of connect functions over a clock that the test moves. Descriptors are 100 + index.
class FakeNet {
 public:
  explicit FakeNet(std::vector<Plan> plans) : plans_(std::move(plans)) {}
  ~FakeNet() { EXPECT_TRUE(open_.empty()) << "the race leaks descriptors"; }

  int64_t now = 0;
  std::map<size_t, int64_t> started;
  size_t most_open = 0;

  const std::set<int> &open() const { return open_; }
  void CloseWinner(int fd) { EXPECT_EQ(open_.erase(fd), 1u); }

  static const p3_race_ops *ops() {
    static const p3_race_ops ops = {Start, Check, Close};
    return &ops;
  }

 private:
  p3_attempt Look(size_t index, p3_attempt_failure *out) {
    const Plan &plan = plans_.at(index);
    if (plan.kind == Plan::kNever || now < started.at(index) + plan.after_ms) {
      return P3_ATTEMPT_PENDING;
    }
    if (plan.kind == Plan::kConnects) return P3_ATTEMPT_CONNECTED;
    out->sys_errno = ECONNREFUSED;
    return P3_ATTEMPT_FAILED;
  }

  static p3_attempt Start(void *arg, size_t index, int *out_fd, p3_attempt_failure *out) {
    auto *self = static_cast<FakeNet *>(arg);
    EXPECT_EQ(self->started.count(index), 0u) << "tried twice";
    self->started[index] = self->now;
    const p3_attempt how = self->Look(index, out);
    if (how == P3_ATTEMPT_FAILED) return how;
    *out_fd = 100 + static_cast<int>(index);
    self->open_.insert(*out_fd);
    if (self->open_.size() > self->most_open) self->most_open = self->open_.size();
    return how;
  }

  static p3_attempt Check(void *arg, size_t index, int fd, p3_attempt_failure *out) {
    auto *self = static_cast<FakeNet *>(arg);
    EXPECT_EQ(self->open_.count(fd), 1u);
    EXPECT_EQ(fd, 100 + static_cast<int>(index));
    return self->Look(index, out);
  }

  static void Close(void *arg, int fd) {
    EXPECT_EQ(static_cast<FakeNet *>(arg)->open_.erase(fd), 1u) << "closed what is not open";
  }

  std::vector<Plan> plans_;
  std::set<int> open_;
};

// Runs the race as a host does: a step at each deadline, and at each millisecond at which a
// descriptor could have become ready.
p3_attempt RunUntil(p3_race *race, FakeNet *net, int *out_fd, int64_t until = 1000000) {
  for (; net->now <= until; net->now++) {
    const p3_attempt how = p3_race_step(race, FakeNet::ops(), net, net->now, out_fd);
    if (how != P3_ATTEMPT_PENDING) return how;
    pop3_interest io = POP3_INTEREST_INIT;
    p3_race_interest(race, &io);
    EXPECT_EQ(io.num_fds, net->open().size());
    for (uint32_t i = 0; i < io.num_fds; i++) EXPECT_EQ(io.fds[i].events, POP3_WAIT_WRITE);
    if (io.deadline_ms == POP3_NO_DEADLINE) {
      EXPECT_EQ(race->next, race->count);
    } else {
      EXPECT_GT(io.deadline_ms, net->now) << "would spin";
    }
  }
  return P3_ATTEMPT_PENDING;
}

struct Outcome {
  p3_attempt how;
  int64_t at;
  int winner;
};

Outcome RunAll(FakeNet *net, size_t count, int64_t delay = 250) {
  p3_race race;
  p3_race_init(&race, count, delay);
  int fd = -1;
  const p3_attempt how = RunUntil(&race, net, &fd);
  Outcome outcome = {how, net->now, fd - 100};
  if (how == P3_ATTEMPT_CONNECTED) {
    EXPECT_EQ(race.winner, static_cast<size_t>(fd - 100));
    net->CloseWinner(fd);
  }
  EXPECT_TRUE(net->open().empty()) << "losers are left open";
  return outcome;
}

TEST(Race, FirstThatAnswersWins) {
  FakeNet net({{Plan::kConnects, 30}, {Plan::kConnects, 0}});
  const Outcome outcome = RunAll(&net, 2);
  EXPECT_EQ(outcome.winner, 0);
  EXPECT_EQ(outcome.at, 30);
  EXPECT_EQ(net.started.count(1), 0u) << "nobody else was bothered";
}

TEST(Race, ConnectsAtOnceWithoutWaiting) {
  FakeNet net({{Plan::kConnects, 0}});
  const Outcome outcome = RunAll(&net, 1);
  EXPECT_EQ(outcome.winner, 0);
  EXPECT_EQ(outcome.at, 0);
}

TEST(Race, TriesTheNextAfterTheDelay) {
  FakeNet net({{Plan::kNever, 0}, {Plan::kNever, 0}, {Plan::kConnects, 20}});
  const Outcome outcome = RunAll(&net, 3);
  EXPECT_EQ(outcome.winner, 2);
  EXPECT_EQ(net.started[1], 250);
  EXPECT_EQ(net.started[2], 500);
  EXPECT_EQ(outcome.at, 520);
}

TEST(Race, KeepsTheDelayItIsTold) {
  FakeNet net({{Plan::kNever, 0}, {Plan::kConnects, 0}});
  EXPECT_EQ(RunAll(&net, 2, 40).at, 40);
}

TEST(Race, AnEarlierOneMayStillWin) {
  FakeNet net({{Plan::kConnects, 300}, {Plan::kConnects, 100}});
  const Outcome outcome = RunAll(&net, 2);
  EXPECT_EQ(outcome.winner, 0);
  EXPECT_EQ(outcome.at, 300);
}

TEST(Race, TriesTheNextAtOnceWhenOneFails) {
  FakeNet net({{Plan::kFails, 0}, {Plan::kFails, 70}, {Plan::kConnects, 5}});
  const Outcome outcome = RunAll(&net, 3);
  EXPECT_EQ(net.started[1], 0);
  EXPECT_EQ(net.started[2], 70);
  EXPECT_EQ(outcome.at, 75);
}

TEST(Race, AFailureOfAnyMakesRoomForTheNext) {
  FakeNet net({{Plan::kFails, 300}, {Plan::kNever, 0}, {Plan::kConnects, 0}});
  EXPECT_EQ(RunAll(&net, 3).at, 300);
}

TEST(Race, FailsWhenAllHaveFailed) {
  FakeNet net({{Plan::kFails, 400}, {Plan::kFails, 0}, {Plan::kFails, 10}});
  p3_race race;
  p3_race_init(&race, 3, 250);
  int fd = -1;
  EXPECT_EQ(RunUntil(&race, &net, &fd), P3_ATTEMPT_FAILED);
  EXPECT_EQ(net.now, 400);
  for (int i = 0; i < 3; i++) EXPECT_EQ(race.failures[i].sys_errno, ECONNREFUSED);
  EXPECT_EQ(fd, -1);
}

TEST(Race, HasAtMostAsManyAsCanBeWaitedFor) {
  std::vector<Plan> plans(20, {Plan::kNever, 0});
  plans.push_back({Plan::kConnects, 0});
  FakeNet net(plans);
  const Outcome outcome = RunAll(&net, plans.size());
  EXPECT_EQ(outcome.winner, 20);
  EXPECT_EQ(net.most_open, static_cast<size_t>(POP3_INTEREST_FDS));
  EXPECT_EQ(net.started[7], 7 * 250);
  // The ninth waits until the first has had its time; then one a delay.
  EXPECT_EQ(net.started[8], P3_RACE_PATIENCE_MS);
  EXPECT_EQ(net.started[9], P3_RACE_PATIENCE_MS + 250);
}

TEST(Race, TellsOfThoseThatHadToMakeRoom) {
  std::vector<Plan> plans(POP3_INTEREST_FDS, {Plan::kNever, 0});
  plans.push_back({Plan::kConnects, 0});
  FakeNet net(plans);
  p3_race race;
  p3_race_init(&race, plans.size(), 250);
  int fd = -1;
  ASSERT_EQ(RunUntil(&race, &net, &fd), P3_ATTEMPT_CONNECTED);
  EXPECT_EQ(race.failures[0].sys_errno, ETIMEDOUT);
  net.CloseWinner(fd);
}

TEST(Race, StaysPendingWhenNobodyAnswers) {
  FakeNet net({{Plan::kNever, 0}, {Plan::kNever, 0}});
  p3_race race;
  p3_race_init(&race, 2, 250);
  int fd = -1;
  EXPECT_EQ(RunUntil(&race, &net, &fd, 3000), P3_ATTEMPT_PENDING);
  EXPECT_EQ(net.open().size(), 2u);
  p3_race_cancel(&race, FakeNet::ops(), &net);
  EXPECT_TRUE(net.open().empty());
  EXPECT_EQ(p3_race_step(&race, FakeNet::ops(), &net, 4000, &fd), P3_ATTEMPT_FAILED);
}

TEST(Race, CopesWithAHostThatComesLate) {
  FakeNet net({{Plan::kNever, 0}, {Plan::kNever, 0}, {Plan::kConnects, 0}});
  p3_race race;
  p3_race_init(&race, 3, 250);
  int fd = -1;
  EXPECT_EQ(p3_race_step(&race, FakeNet::ops(), &net, net.now, &fd), P3_ATTEMPT_PENDING);
  net.now = 100000;  // one more then, not all that were missed
  EXPECT_EQ(p3_race_step(&race, FakeNet::ops(), &net, net.now, &fd), P3_ATTEMPT_PENDING);
  EXPECT_EQ(net.started.size(), 2u);
  net.now += 250;
  EXPECT_EQ(p3_race_step(&race, FakeNet::ops(), &net, net.now, &fd), P3_ATTEMPT_CONNECTED);
  net.CloseWinner(fd);
}

TEST(Race, BoundsTheNumberOfAttempts) {
  FakeNet net(std::vector<Plan>(P3_RACE_MAX, {Plan::kFails, 0}));
  EXPECT_EQ(RunAll(&net, P3_RACE_MAX + 5).how, P3_ATTEMPT_FAILED);
  FakeNet none({});
  EXPECT_EQ(RunAll(&none, 0).how, P3_ATTEMPT_FAILED);
}

}  // namespace
}  // namespace race_test
}  // namespace pop3_testing
