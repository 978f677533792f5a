// The same mailbox from every server, byte for byte.
#include <algorithm>
#include <deque>

#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace every_server_fetch_test {
namespace {

// WithoutFields leaves out the header fields that the server has put in.
std::string WithoutFields(const std::string &message, const std::vector<std::string> &fields) {
  if (fields.empty()) return message;
  std::string kept;
  size_t at = 0;
  bool header = true;
  while (header && at < message.size()) {
    const size_t end = message.find("\r\n", at) + 2;
    const std::string line = message.substr(at, end - at);
    header = line != "\r\n";
    const bool added = std::any_of(fields.begin(), fields.end(), [&](const std::string &field) {
      return line.compare(0, field.size(), field) == 0;
    });
    if (!added) kept += line;
    at = end;
  }
  return kept + message.substr(at);
}

struct Fetched {
  std::string body;
  pop3_status status = POP3_ERR_SYSTEM;
};

class EveryServerFetch : public RealServerTest, public testing::WithParamInterface<std::string> {
 protected:
  static std::unique_ptr<RealSession> LoggedInAs(const std::string &user,
                                                 const std::string &password) {
    Plan plan = Login(GetParam() == "pop3s" ? Tls() : Clear(), "user");
    plan.user = user;
    plan.password = password;
    plan.tls = GetParam() == "stls" ? POP3_TLS_REQUIRED : POP3_TLS_NEVER;
    return LoggedIn(plan, [](RealSession *session) {
      if (!Profile().wants_utf8) return POP3_OK;
      // Before UTF8 comes STLS, which pop3_login would do otherwise.
      const bool stls = GetParam() == "stls";
      const pop3_status status = stls ? pop3_stls(session->get(), session->err()) : POP3_OK;
      return status == POP3_OK ? pop3_utf8(session->get(), session->err()) : status;
    });
  }
};

std::vector<std::string> Ways() {
  if (Profile().over_tls.empty()) return {"clear"};
  return {"clear", "stls", "pop3s"};
}

INSTANTIATE_TEST_SUITE_P(Way, EveryServerFetch, testing::ValuesIn(Ways()),
                         [](const auto &way) { return way.param; });

TEST_P(EveryServerFetch, AllMessagesAtOnceAreByteIdentical) {
  const auto session = LoggedInAs("alice", "wonderland");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->IsEncrypted(), GetParam() != "clear");
  uint32_t count = 0;
  ASSERT_EQ(session->Stat(&count, nullptr), POP3_OK) << session->error().text;
  ASSERT_EQ(count, kAliceMessages);
  std::vector<std::string> list;
  ASSERT_EQ(session->List(&list), POP3_OK) << session->error().text;
  ASSERT_EQ(list.size(), kAliceMessages);
  std::deque<Fetched> fetched(kAliceMessages);
  for (uint32_t number = 1; number <= kAliceMessages; number++) {
    pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
    request.number = number;
    pop3_sink sink = POP3_SINK_INIT;
    sink.arg = &fetched[number - 1];
    sink.body = [](void *arg, const uint8_t *data, size_t len) {
      static_cast<Fetched *>(arg)->body.append(reinterpret_cast<const char *>(data), len);
      return POP3_SINK_CONTINUE;
    };
    sink.done = [](void *arg, const pop3_result *result) {
      static_cast<Fetched *>(arg)->status = result->status;
    };
    ASSERT_EQ(pop3_submit(session->get(), &request, &sink, nullptr, session->err()), POP3_OK);
  }
  ASSERT_EQ(pop3_wait(session->get(), 0, POP3_NO_TIMEOUT, session->err()), POP3_OK)
      << session->error().text;
  const std::vector<uint32_t> &altered = Profile().altered;
  for (uint32_t number = 1; number <= kAliceMessages; number++) {
    const Fetched &message = fetched[number - 1];
    EXPECT_EQ(message.status, POP3_OK) << number;
    if (std::find(altered.begin(), altered.end(), number) != altered.end()) {
      EXPECT_EQ(list[number - 1],
                std::to_string(number) + " " + std::to_string(message.body.size()));
      continue;
    }
    EXPECT_TRUE(WithoutFields(message.body, Profile().added) == Wire(number))
        << "message " << number << " has " << message.body.size() << " octets";
  }
  EXPECT_EQ(session->Quit(nullptr), POP3_OK) << session->error().text;
}

TEST_P(EveryServerFetch, AnEmptyMailboxIsEmpty) {
  const auto session = LoggedInAs("bob", "builder");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->IsEncrypted(), GetParam() != "clear");
  uint32_t count = 1;
  uint64_t octets = 1;
  ASSERT_EQ(session->Stat(&count, &octets), POP3_OK) << session->error().text;
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(octets, 0U);
  std::vector<std::string> list;
  EXPECT_EQ(session->List(&list), POP3_OK) << session->error().text;
  EXPECT_EQ(session->Uidl(&list), POP3_OK) << session->error().text;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(session->Quit(nullptr), POP3_OK) << session->error().text;
}

}  // namespace
}  // namespace every_server_fetch_test
}  // namespace pop3_testing
