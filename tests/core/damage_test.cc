// What a damaged CAPA does to a login.
#include <gtest/gtest.h>
#include <pop3/plugins/user_pass.h>
#include <pop3/pop3.h>

#include <cstring>
#include <string>

#include "core/login/damage.h"
#include "tests/core/session_driver.h"

namespace damage_test {
namespace {

using pop3_core_test::Lines;
using pop3_core_test::SessionDriver;

constexpr uint32_t kQuirk = POP3_QUIRK_BIT(POP3_QUIRK_CAPA_DAMAGE);

struct Login {
  const char *what;
  const char *capa;  // its lines
  bool local = false;
  pop3_tls_policy tls = POP3_TLS_DEFAULT;
  bool cleartext = true;
  const char *mechanism = nullptr;
  uint32_t quirks = 0;
  pop3_status status = POP3_ERR_POLICY;
  Lines sent = {"CAPA"};
};

const Lines kLoggedIn = {"CAPA", "USER jane", "PASS sesame"};
const Lines kUnasked = {"USER jane", "PASS sesame"};
const Lines kEncrypted = {"CAPA", "STLS", "CAPA", "USER jane", "PASS sesame"};

const Login kLogins[] = {
    {"STLS may be damaged", "USER\r\nSTLS \r\n", false, POP3_TLS_IF_OFFERED},
    {"so may any line have been", "USER\r\nEXPIRE SOON\r\n", false, POP3_TLS_IF_OFFERED},
    {"also for one who names a mechanism", "USER\r\nSTLS \r\n", false, POP3_TLS_IF_OFFERED, true,
     "user"},
    {"also where it is required", "USER\r\nSTLS \r\n", false, POP3_TLS_REQUIRED},
    {"also by default", "USER\r\nSTLS \r\n"},
    {"a mechanism may be damaged", "USER\r\nSASL  SCRAM-SHA-1\r\n", false, POP3_TLS_NEVER},
    {"one of several named, too", "USER\r\nSASL  SCRAM-SHA-1\r\n", false, POP3_TLS_NEVER, true,
     "user,user"},
    {"not the only one that was named", "USER\r\nSASL  SCRAM-SHA-1\r\n", false, POP3_TLS_NEVER,
     true, "user", 0, POP3_OK, kUnasked},
    {"nothing is damaged", "USER\r\n", false, POP3_TLS_IF_OFFERED, true, nullptr, 0, POP3_OK,
     kLoggedIn},
    {"STLS is among the good lines", "USER\r\nSTLS\r\nEXPIRE SOON\r\n", false, POP3_TLS_IF_OFFERED,
     true, nullptr, 0, POP3_OK, kEncrypted},
    {"the quirk reads it", "USER\r\nSTLS \r\n", false, POP3_TLS_IF_OFFERED, true, nullptr, kQuirk,
     POP3_OK, kEncrypted},
    {"the quirk allows it", "USER\r\nEXPIRE SOON\r\n", false, POP3_TLS_IF_OFFERED, true, nullptr,
     kQuirk, POP3_OK, kLoggedIn},
    {"the quirk cannot read that", "USER\r\nSTLS\x01\r\n", false, POP3_TLS_IF_OFFERED, true,
     nullptr, kQuirk},
    {"nor that", "USER\r\nSTLS.\r\n", false, POP3_TLS_IF_OFFERED, true, nullptr, kQuirk},
    {"nor that either", "USER\r\nSTLS\xA0\r\n", false, POP3_TLS_IF_OFFERED, true, nullptr, kQuirk},
    {"nobody else reads it", "USER\r\nSTLS \r\n", true, POP3_TLS_IF_OFFERED, false, nullptr, 0,
     POP3_OK, kLoggedIn},
    {"USER itself is damaged", "USER \r\nSASL X\r\n", true, POP3_TLS_DEFAULT, false, nullptr, 0,
     POP3_OK, kLoggedIn},
    {"nothing but damage", " \r\n", true, POP3_TLS_DEFAULT, false, nullptr, 0, POP3_OK, kLoggedIn},
    {"readable is not allowed at all", "USER\r\nTOP \r\n", false, POP3_TLS_NEVER, false},
};

TEST(SessionDamage, NeverLeadsToALoginInTheClear) {
  for (const Login &login : kLogins) {
    SCOPED_TRACE(login.what);
    SessionDriver d;
    int capas = 0;
    d.wire.server = [&](const std::string &line) -> std::string {
      if (line != "CAPA") return "+OK\r\n";
      return "+OK\r\n" + std::string(capas++ == 0 ? login.capa : "USER\r\n") + ".\r\n";
    };
    d.wire.local = login.local;
    d.plugins.push_back(pop3_plugin_user_pass(POP3_ABI));
    d.options.user = "jane";
    d.options.password = "sesame";
    d.options.tls = login.tls;
    d.options.allow_cleartext = login.cleartext ? 1 : 0;
    d.options.quirks = login.quirks;
    d.StartReady();
    EXPECT_EQ(pop3_auth(d.session(), login.mechanism, &d.err), login.status) << d.err.text;
    EXPECT_EQ(d.wire.lines, login.sent);
    const bool is_told = std::string(d.err.text).find("CAPA") != std::string::npos;
    EXPECT_EQ(is_told, login.status != POP3_OK && login.cleartext) << d.err.text;
  }
}

TEST(SessionDamage, IsTold) {
  SessionDriver d;
  d.wire.replies = {{"CAPA", "+OK\r\nUSER\r\nSASL  X\r\n\r\n.\r\n"}};
  d.wire.server = [](const std::string &) { return "+OK\r\n"; };
  d.plugins.push_back(pop3_plugin_user_pass(POP3_ABI));
  d.options.user = "jane";
  d.options.password = "sesame";
  d.options.debug_level = 1;
  d.StartReady();
  EXPECT_EQ(pop3_login(d.session(), &d.err), POP3_OK) << d.err.text;
  const std::string note =
      "N CAPA is damaged: line 2 (\"SASL  X\"): a space too many; and 1 more (quirk capa-damage "
      "reads it)";
  EXPECT_NE(d.Seen().find(note), std::string::npos) << d.Seen();
}

// --- By itself

TEST(Damage, WhatIsSaidOfIt) {
  pop3_capabilities caps = {};
  char out[P3_DAMAGE_MAX] = "left over";
  EXPECT_FALSE(p3_damage_is_there(nullptr));
  EXPECT_FALSE(p3_damage_is_there(&caps));
  EXPECT_STREQ(p3_damage_describe(nullptr, 0, out), "");
  memcpy(out, "left over", 10);
  EXPECT_STREQ(p3_damage_describe(&caps, 0, out), "");
  caps.num_damaged = 1;
  caps.damage = "line 3: a space too many";
  EXPECT_TRUE(p3_damage_is_there(&caps));
  EXPECT_STREQ(p3_damage_describe(&caps, 0, out),
               "line 3: a space too many (quirk capa-damage reads it)");
  EXPECT_STREQ(p3_damage_describe(&caps, 1, out),
               "line 3: a space too many (quirk capa-damage does not help)");
  const std::string much(2 * P3_DAMAGE_MAX, 'x');
  caps.damage = much.c_str();
  EXPECT_EQ(strlen(p3_damage_describe(&caps, 0, out)), static_cast<size_t>(P3_DAMAGE_MAX - 1));
}

TEST(Damage, OneMechanismThatIsNamedIsNotChosenFromTheList) {
  pop3_capabilities caps = {};
  EXPECT_FALSE(p3_damage_hides_mechanisms(nullptr, nullptr));
  EXPECT_FALSE(p3_damage_hides_mechanisms(&caps, nullptr));
  caps.num_damaged = 1;
  EXPECT_TRUE(p3_damage_hides_mechanisms(&caps, nullptr));
  EXPECT_TRUE(p3_damage_hides_mechanisms(&caps, "USER,APOP"));
  EXPECT_FALSE(p3_damage_hides_mechanisms(&caps, "USER"));
}

}  // namespace
}  // namespace damage_test
