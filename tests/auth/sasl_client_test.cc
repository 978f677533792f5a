// libsasl2 from many threads at once: set-up, exchanges, and what mechanisms share.
#include "auth/sasl_client.h"

#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "auth/sasl_conn.h"
#include "tests/auth/base64.h"
#include "tests/auth/cyrus_server.h"
#include "tests/auth/exchange.h"
#include "tests/auth/sasl_memory.h"
#include "tests/auth/sasl_probe.h"
#include "tests/auth/scram_server.h"
#include "tests/testing/alone.h"

namespace pop3_testing {
namespace sasl_client_test {
namespace {

constexpr char kPassword[] = "correct horse battery";
constexpr int kThreads = 8;

// GoogleTest's macros may be used from any thread; what is counted here is cheaper to read.
bool Plain(Exchange *exchange) {
  exchange->mechanism = "PLAIN";
  return exchange->Begin() == POP3_OK && exchange->Step(POP3_AUTH_START) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_POSITIVE) == POP3_AUTH_DONE;
}

bool Scram(Exchange *exchange) {
  ScramServer server(EVP_sha256(), kPassword);
  exchange->mechanism = "SCRAM-SHA-256";
  if (exchange->Begin() != POP3_OK || exchange->Step(POP3_AUTH_START) != POP3_AUTH_SEND) {
    return false;
  }
  const std::string first = Unbase64(exchange->line().substr(sizeof("AUTH SCRAM-SHA-256")));
  if (exchange->Step(POP3_AUTH_CHALLENGE, Base64(server.First(first))) != POP3_AUTH_SEND) {
    return false;
  }
  const std::string last = server.Final(Unbase64(exchange->line()));
  return exchange->Step(POP3_AUTH_CHALLENGE, Base64(last)) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_POSITIVE) == POP3_AUTH_DONE;
}

// Up to where the server would have to prove itself. All connections share a cache here.
bool Digest(Exchange *exchange) {
  exchange->mechanism = "DIGEST-MD5";
  return exchange->Begin() == POP3_OK && exchange->Step(POP3_AUTH_START) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_CHALLENGE,
                        Base64("realm=\"r\",nonce=\"0123456789\",qop=\"auth\",charset=utf-8,"
                               "algorithm=md5-sess")) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_CHALLENGE, Base64("rspauth=00000000000000000000000000000000")) ==
             POP3_AUTH_FAIL;
}

bool Cram(Exchange *exchange) {
  exchange->mechanism = "CRAM-MD5";
  return exchange->Begin() == POP3_OK && exchange->Step(POP3_AUTH_START) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_CHALLENGE, Base64("<1.2@host>")) == POP3_AUTH_SEND &&
         exchange->Step(POP3_AUTH_POSITIVE) == POP3_AUTH_DONE;
}

TEST(SaslClient, ManyThreadsAtOnce) {
  std::atomic<int> ready(0);
  std::atomic<int> good(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) {
    threads.emplace_back([&ready, &good, i] {
      TestHost host;
      Exchange exchange(&host, pop3_plugin_sasl(POP3_ABI));
      exchange.credentials[POP3_CREDENTIAL_USER] = "alice";
      exchange.credentials[POP3_CREDENTIAL_PASSWORD] = kPassword;
      // All set the library up at the same time.
      ready++;
      while (ready < kThreads) std::this_thread::yield();
      for (int round = 0; round < 4; round++) {
        bool (*const plays[])(Exchange *) = {Plain, Scram, Digest, Cram};
        if (plays[(i + round) % 4](&exchange)) good++;
        exchange.End();
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(good, 4 * kThreads);
}

TEST(SaslClient, IsSetUpOnce) {
  EXPECT_EQ(p3_sasl_set_up(), SASL_OK);
  const char **before = sasl_global_listmech();
  EXPECT_EQ(p3_sasl_set_up(), SASL_OK);
  EXPECT_EQ(sasl_global_listmech(), before);
}

TEST(SaslClient, CountsAsOneUserOfTheLibrary) {
  Alone([] {
    for (int i = 0; i < 3; i++) EXPECT_EQ(p3_sasl_set_up(), SASL_OK);
    EXPECT_EQ(sasl_client_done(), SASL_OK);  // SASL_CONTINUE: somebody else is left
  });
}

TEST(SaslClient, GivesTheLibraryMutexesThatLock) {
  Alone([] {
    const SaslProbe::Mutexes mutexes = SaslProbe::mutexes();
    void *mutex = mutexes.alloc();
    ASSERT_NE(mutex, nullptr);
    EXPECT_EQ(mutexes.lock(mutex), SASL_OK);
    auto *native = static_cast<pthread_mutex_t *>(mutex);
    EXPECT_EQ(pthread_mutex_trylock(native), EBUSY);
    EXPECT_EQ(mutexes.unlock(mutex), SASL_OK);
    EXPECT_EQ(pthread_mutex_trylock(native), 0);
    EXPECT_EQ(pthread_mutex_unlock(native), 0);
    mutexes.free(mutex);
    mutexes.free(nullptr);
    EXPECT_NE(mutexes.lock(nullptr), SASL_OK);
    EXPECT_NE(mutexes.unlock(nullptr), SASL_OK);
  });
}

// What was made with the old mutexes cannot be locked with new ones.
TEST(SaslClient, LeavesTheMutexesOfAProgramThatWasFirst) {
  Alone([] {
    CyrusServer server;
    TestHost host;
    Exchange exchange(&host, pop3_plugin_sasl(POP3_ABI));
    exchange.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange.credentials[POP3_CREDENTIAL_PASSWORD] = kPassword;
    const int before = SaslProbe::mutexes_told;
    EXPECT_TRUE(Plain(&exchange));
    EXPECT_EQ(SaslProbe::mutexes_told, before);
  });
}

TEST(SaslClient, SaysThatTheLibraryCannotBeSetUp) {
  Alone([] {
    TestHost host;
    p3_sasl_conn *conn = nullptr;
    pop3_error error = POP3_ERROR_INIT;
    SaslMemory::FailAllocation(0, true);
    EXPECT_EQ(p3_sasl_conn_new(&conn, host.get(), "mail.example", &error), POP3_ERR_SYSTEM);
    SaslMemory::FailAllocation(-1);
    EXPECT_EQ(conn, nullptr);
    EXPECT_EQ(std::string(error.text).find("libsasl2 cannot be set up: "), 0U) << error.text;
  });
}

// A program that uses libsasl2 itself may come and go.
TEST(SaslClient, LeavesTheLibraryToOthers) {
  TestHost host;
  Exchange exchange(&host, pop3_plugin_sasl(POP3_ABI));
  exchange.credentials[POP3_CREDENTIAL_USER] = "alice";
  exchange.credentials[POP3_CREDENTIAL_PASSWORD] = kPassword;
  ASSERT_TRUE(Plain(&exchange));
  exchange.End();
  ASSERT_EQ(sasl_client_init(nullptr), SASL_OK);
  sasl_client_done();
  EXPECT_TRUE(Plain(&exchange)) << "somebody else's end is not ours";
}

TEST(SaslClient, KeepsSilent) {
  Alone([] {
    EXPECT_EQ(p3_sasl_set_up(), SASL_OK);
    EXPECT_TRUE(SaslProbe::takes_the_log) << "libsasl2 would write to the system's log";
  });
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(p3_sasl_quiet(nullptr, SASL_LOG_PASS, "the password"), SASL_OK);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace sasl_client_test
}  // namespace pop3_testing
