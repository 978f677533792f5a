#include "transports/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace resolve_test {
namespace {

// A resolver that answers when the test lets it.
struct FakeResolver {
  sem_t go;
  std::atomic<int> running{0};
  std::atomic<int> freed{0};
  std::atomic<int> signals_open{0};
  std::atomic<int> joinable{0};
  int code = 0;
  int sys_errno = 0;
};
FakeResolver *fake;

int SlowLookUp(const char *node, const char *service, const struct addrinfo *hints,
               struct addrinfo **out) {
  FakeResolver *mine = fake;
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  if (!sigismember(&blocked, SIGALRM)) mine->signals_open++;
  pthread_attr_t attributes;
  int how = PTHREAD_CREATE_JOINABLE;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getdetachstate(&attributes, &how);
    pthread_attr_destroy(&attributes);
  }
  if (how != PTHREAD_CREATE_DETACHED) mine->joinable++;
  mine->running++;
  sem_wait(&mine->go);
  int code = mine->code;
  if (code == 0) {
    struct addrinfo numeric = *hints;
    numeric.ai_flags |= AI_NUMERICHOST;
    code = getaddrinfo(std::strcmp(node, "two.example") == 0 ? "127.0.0.2" : "::1", service,
                       &numeric, out);
  }
  mine->running--;
  errno = mine->sys_errno;
  return code;
}

void Free(struct addrinfo *found) {
  fake->freed++;
  freeaddrinfo(found);
}

constexpr p3_lookup_fns kFake = {SlowLookUp, Free};

class Resolve : public ::testing::Test {
 protected:
  Resolve() : fds_(CountFds()) {
    fake = &resolver_;
    sem_init(&resolver_.go, 0, 0);
  }
  ~Resolve() override {
    EXPECT_EQ(CountFds(), fds_);
    EXPECT_EQ(resolver_.signals_open, 0) << "the thread takes the program's signals";
    EXPECT_EQ(resolver_.joinable, 0) << "nobody will join the thread";
  }

  p3_lookup *Start(const char *name, int family = AF_UNSPEC) {
    p3_lookup *lookup = nullptr;
    EXPECT_EQ(p3_lookup_start(&lookup, host_.get(), name, 110, family, &kFake, &error_), POP3_OK)
        << error_.text;
    return lookup;
  }

  void AwaitStart() {
    while (resolver_.running == 0) usleep(100);
  }

  pop3_io Await(p3_lookup *lookup) {
    for (;;) {
      const pop3_io io = p3_lookup_step(lookup, &found_, &error_);
      if (io != POP3_IO_WANT_READ) return io;
      pop3_interest interest = POP3_INTEREST_INIT;
      p3_lookup_interest(lookup, &interest);
      EXPECT_EQ(interest.num_fds, 1u);
      EXPECT_EQ(interest.fds[0].events, POP3_WAIT_READ);
      struct pollfd ready = {interest.fds[0].fd, POLLIN, 0};
      if (poll(&ready, 1, 60000) != 1) return io;
    }
  }

  int fds_;
  FakeResolver resolver_;
  TestHost host_;
  p3_address_list found_;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(Resolve, DoesNotBlock) {
  p3_lookup *lookup = Start("two.example");
  EXPECT_EQ(p3_lookup_step(lookup, &found_, &error_), POP3_IO_WANT_READ);
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE);
  ASSERT_EQ(found_.count, 1u);
  char name[P3_ADDRESS_NAME_MAX];
  p3_address_name(name, sizeof(name), &found_.at[0].of.any, found_.at[0].len);
  EXPECT_STREQ(name, "127.0.0.2:110");
  p3_lookup_drop(lookup);
  EXPECT_EQ(resolver_.freed, 1);
}

TEST_F(Resolve, HandsItsDescriptorToNoOtherProgram) {
  p3_lookup *lookup = Start("two.example");
  pop3_interest interest = POP3_INTEREST_INIT;
  p3_lookup_interest(lookup, &interest);
  ASSERT_EQ(interest.num_fds, 1u);
  EXPECT_EQ(fcntl(interest.fds[0].fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(fcntl(interest.fds[0].fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE);
  p3_lookup_drop(lookup);
}

TEST_F(Resolve, LeavesTheProgramsSignalsAsTheyAre) {
  sigset_t usr1, before, after;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_SETMASK, &usr1, &before);
  p3_lookup *lookup = Start("two.example");
  pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_EQ(sigismember(&after, SIGUSR1), 1);
  EXPECT_EQ(sigismember(&after, SIGALRM), 0);
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE);
  p3_lookup_drop(lookup);
}

TEST_F(Resolve, MayBeDroppedBeforeTheAnswer) {
  p3_lookup *lookup = Start("two.example");
  AwaitStart();
  p3_lookup_drop(lookup);
  EXPECT_EQ(CountFds(), fds_) << "the descriptor is closed at once";
  EXPECT_EQ(host_.live(), 0) << "and the session's memory given back";
  EXPECT_EQ(resolver_.freed, 0);
  sem_post(&resolver_.go);
  while (resolver_.freed == 0) usleep(100);
}

TEST_F(Resolve, MayBeDroppedAfterTheAnswer) {
  p3_lookup *lookup = Start("two.example");
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE);
  p3_lookup_drop(lookup);
  EXPECT_EQ(resolver_.freed, 1);
  p3_lookup_drop(nullptr);
}

TEST_F(Resolve, MayBeDroppedAtTheVeryMoment) {
  for (int i = 0; i < 200; i++) {
    p3_lookup *lookup = Start("two.example");
    sem_post(&resolver_.go);
    if (i % 2 == 0) p3_lookup_step(lookup, &found_, &error_);
    p3_lookup_drop(lookup);
  }
  while (resolver_.freed < 200) usleep(100);
  EXPECT_EQ(resolver_.running, 0);
  EXPECT_EQ(host_.live(), 0);
}

TEST_F(Resolve, RunsManyAtOnce) {
  p3_lookup *lookups[16];
  for (p3_lookup *&lookup : lookups) lookup = Start("two.example");
  for (int i = 0; i < 16; i++) sem_post(&resolver_.go);
  for (p3_lookup *lookup : lookups) {
    EXPECT_EQ(Await(lookup), POP3_IO_DONE);
    p3_lookup_drop(lookup);
  }
}

struct Failure {
  int code;
  int sys_errno;
  pop3_status status;
  const char *words;
};

TEST_F(Resolve, SaysWhyNot) {
  const Failure failures[] = {
      {EAI_NONAME, 0, POP3_ERR_RESOLVE, "there is no such name, or it has no address"},
      {EAI_AGAIN, 0, POP3_ERR_RESOLVE, "the name servers gave no answer; it may work later"},
      {EAI_SYSTEM, EMFILE, POP3_ERR_RESOLVE, "too many open files"},
      {EAI_MEMORY, 0, POP3_ERR_MEMORY, "Memory allocation failure"},
      {EAI_FAIL, 0, POP3_ERR_RESOLVE, "Non-recoverable failure in name resolution"},
  };
  for (const Failure &failure : failures) {
    resolver_.code = failure.code;
    resolver_.sys_errno = failure.sys_errno;
    p3_lookup *lookup = Start("mail.example");
    sem_post(&resolver_.go);
    EXPECT_EQ(Await(lookup), POP3_IO_FAIL);
    EXPECT_EQ(error_.status, failure.status);
    EXPECT_EQ(error_.lib_code, failure.code);
    EXPECT_EQ(error_.sys_errno, failure.sys_errno);
    EXPECT_STREQ(error_.layer, "tcp");
    EXPECT_EQ(std::string(error_.text),
              std::string("cannot look up \"mail.example\": ") + failure.words);
    p3_lookup_drop(lookup);
  }
  EXPECT_EQ(resolver_.freed, 0);
}

TEST_F(Resolve, KeepsToTheFamily) {
  p3_lookup *lookup = Start("six.example", AF_INET6);
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE);
  EXPECT_EQ(found_.at[0].of.any.sa_family, AF_INET6);
  p3_lookup_drop(lookup);
  lookup = Start("six.example", AF_INET);
  sem_post(&resolver_.go);
  EXPECT_EQ(Await(lookup), POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_RESOLVE);
  p3_lookup_drop(lookup);
}

TEST_F(Resolve, AsksTheCLibraryIfNotToldOtherwise) {
  p3_lookup *lookup = nullptr;
  ASSERT_EQ(p3_lookup_start(&lookup, host_.get(), "localhost", 110, AF_INET, nullptr, &error_),
            POP3_OK);
  EXPECT_EQ(Await(lookup), POP3_IO_DONE) << error_.text;
  p3_lookup_drop(lookup);
}

TEST_F(Resolve, SurvivesAFailedAllocation) {
  p3_lookup *lookup = nullptr;
  host_.FailAllocation(0);
  EXPECT_EQ(p3_lookup_start(&lookup, host_.get(), "mail.example", 110, AF_UNSPEC, &kFake, &error_),
            POP3_ERR_MEMORY);
  EXPECT_EQ(lookup, nullptr);
  EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
}

TEST_F(Resolve, SaysWhenThereIsNoDescriptorLeft) {
  {
    NoDescriptors none;
    p3_lookup *lookup = nullptr;
    EXPECT_EQ(
        p3_lookup_start(&lookup, host_.get(), "mail.example", 110, AF_UNSPEC, &kFake, &error_),
        POP3_ERR_SYSTEM);
  }
  EXPECT_EQ(error_.sys_errno, EMFILE);
  EXPECT_NE(std::string(error_.text).find("too many open files"), std::string::npos);
}

}  // namespace
}  // namespace resolve_test
}  // namespace pop3_testing
