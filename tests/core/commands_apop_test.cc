// pop3_apop.
#include <gtest/gtest.h>
#include <pop3/commands.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/core/commands_rig.h"
#include "tests/core/fake_wire.h"

namespace commands_apop_test {
namespace {

using pop3_core_test::FakeWire;
using Lines = std::vector<std::string>;
using Rig = pop3_core_test::CommandsRig;

TEST(CommandsApop, Apop) {  // the example of RFC 1939 section 7
  Rig rig;
  rig.wire.greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies["CAPA"] = "-ERR\r\n";
  rig.wire.replies["APOP mrose c4c9334bac560ecc979e58001b3e22fb"] = "+OK in\r\n";
  rig.wire.server = [](const std::string &) { return "-ERR [AUTH] no\r\n"; };
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "wrong", &rig.err), POP3_REFUSED);
  EXPECT_EQ(rig.err.code, POP3_CODE_AUTH);
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_OK) << rig.text();
  EXPECT_STREQ(pop3_session_mechanism(rig.session), "apop");
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", nullptr), POP3_ERR_STATE);  // once
}

// What it was given is for this call alone.
TEST(CommandsApop, ALoginBehindApopHasCredentialsOfItsOwn) {
  Rig rig;
  rig.wire.greeting = "+OK <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies = {{"CAPA", "-ERR\r\n"}, {"USER jane", "+OK\r\n"}, {"PASS own", "+OK\r\n"}};
  rig.wire.server = [](const std::string &) { return "-ERR [AUTH] no\r\n"; };
  rig.options.user = "jane";
  rig.options.password = "own";
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_REFUSED);
  EXPECT_EQ(pop3_auth(rig.session, "user", &rig.err), POP3_OK) << rig.text();
}

TEST(CommandsApop, ApopOfASessionThatACallbackFrees) {
  Rig rig;
  rig.wire.greeting = "+OK <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies["CAPA"] = "-ERR\r\n";
  rig.options.audit_arg = &rig;
  rig.options.audit = [](void *arg, const pop3_audit_event *event) {
    if (event->kind == POP3_AUDIT_PUTLINE) pop3_session_free(static_cast<Rig *>(arg)->session);
    return 0;
  };
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_ERR_CANCELLED);
  rig.session = nullptr;
}

TEST(CommandsApop, ApopAsksNothingThatChangesNothing) {
  for (const bool connects : {false, true}) {
    Rig rig;
    rig.wire.greeting = "+OK <1896.697170952@dbc.mtview.ca.us>\r\n";
    rig.wire.replies["APOP mrose c4c9334bac560ecc979e58001b3e22fb"] = "+OK in\r\n";
    rig.options.user = "mrose";
    rig.options.password = "tanstaaf";
    rig.Start();
    ASSERT_EQ(connects ? pop3_connect(rig.session, nullptr) : POP3_OK, POP3_OK);
    EXPECT_EQ(pop3_auth(rig.session, "apop", &rig.err), POP3_OK) << rig.text();
    EXPECT_EQ(rig.wire.lines.size(), 1U);
    EXPECT_EQ(pop3_session_capabilities(rig.session), nullptr);
    pop3_security security = POP3_SECURITY_INIT;
    pop3_session_security(rig.session, &security);
    EXPECT_EQ(security.stls, POP3_STLS_UNKNOWN);
  }
}

TEST(CommandsApop, ApopWithoutATimestamp) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_ERR_UNSUPPORTED);
  EXPECT_EQ(rig.text(), "APOP: the server's greeting has no timestamp for APOP");
  EXPECT_EQ(rig.wire.lines, Lines());
}

}  // namespace
}  // namespace commands_apop_test
