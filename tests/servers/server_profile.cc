#include "tests/servers/server_profile.h"

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace pop3_testing {

namespace {

uint32_t Number(const std::string &text) {
  return static_cast<uint32_t>(strtoul(text.c_str(), nullptr, 10));
}

}  // namespace

const ServerProcess &Server() {
  static const ServerProcess server(Profile().script);
  return server;
}

std::string TestName(std::string text) {
  for (char &c : text) {
    if (!isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

Address RealServerTest::Clear() { return {"tcp", "127.0.0.1", Number(Server().fact("port")), ""}; }

Address RealServerTest::At(const std::string &fact, bool tls) {
  const std::string where = Server().fact(fact);
  const size_t colon = where.find(':');
  EXPECT_NE(colon, std::string::npos) << "the server has no " << fact;
  if (colon == std::string::npos) return {};
  return {tls ? "tls" : "tcp", where.substr(0, colon), Number(where.substr(colon + 1)), ""};
}

std::string RealServerTest::TlsFile(const std::string &name) {
  return Server().fact("dir") + "/tls/" + name;
}

Plan RealServerTest::Login(const Address &address, const std::string &mechanism) {
  Plan plan;
  plan.address = address;
  plan.mechanism = mechanism;
  plan.options = {{"tls.ca_file", TlsFile("ca.pem")}, {"tls.server_name", "localhost"}};
  if (mechanism == "EXTERNAL") {
    plan.options["tls.cert_file"] = TlsFile("client.pem");
    plan.options["tls.key_file"] = TlsFile("client.key");
  } else if (mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER") {
    plan.user = "alice";
    plan.token = ReadFile(Server().fact("dir") + "/token");
  } else if (mechanism != "ANONYMOUS") {
    plan.user = "alice";
    plan.password = "wonderland";
  }
  return plan;
}

std::unique_ptr<RealSession> RealServerTest::LoggedIn(
    const Plan &plan, const std::function<pop3_status(RealSession *)> &prepare) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    auto session = std::make_unique<RealSession>(plan);
    pop3_status status = prepare ? prepare(session.get()) : POP3_OK;
    if (status == POP3_OK) status = session->Login();
    if (status == POP3_OK) return session;
    if (session->error().code != POP3_CODE_IN_USE || std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << plan.mechanism << ": " << session->error().layer << ": "
                    << session->error().text;
      return nullptr;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void RealServerTest::ExpectMail(RealSession *session) {
  uint32_t count = 0;
  ASSERT_EQ(session->Stat(&count, nullptr), POP3_OK) << session->error().text;
  EXPECT_GE(count, 1U);
  std::string body;
  ASSERT_EQ(session->Retr(1, &body), POP3_OK) << session->error().text;
  EXPECT_NE(body.find("\r\nSubject: plain\r\n"), std::string::npos) << body;
  EXPECT_EQ(session->Quit(nullptr), POP3_OK) << session->error().text;
}

std::string RealServerTest::Wire(uint32_t number) {
  return ReadFile(Server().fact("dir") + "/wire/" + std::to_string(number) + ".eml");
}

}  // namespace pop3_testing
