#include "core/login/login_stls.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/core/login_rig.h"

namespace login_stls_test {
namespace {

using pop3_core_test::Capabilities;
using pop3_core_test::LoginRig;

enum Capa { kUnknown, kOffered, kMissing, kDamaged };

struct Case {
  const char *what;
  pop3_tls_policy policy;
  Capa capa;
  bool has_tls;
  p3_stls_need need;
  const char *text;  // what the error, or else the note, says
  bool stls_done = false;
  bool is_encrypted = false;
  bool is_private = false;
};

constexpr p3_stls_need kNone = P3_STLS_NEED_NONE;
constexpr p3_stls_need kFirst = P3_STLS_NEED_FIRST;
constexpr p3_stls_need kUnmet = P3_STLS_NEED_UNMET;

const Case kCases[] = {
    {"never means never", POP3_TLS_NEVER, kOffered, true, kNone, ""},
    {"not even where CAPA is damaged", POP3_TLS_NEVER, kDamaged, true, kNone, ""},
    {"encrypted is encrypted", POP3_TLS_REQUIRED, kUnknown, true, kNone, "", true, true},
    {"also from the start", POP3_TLS_REQUIRED, kOffered, true, kNone, "", false, true},
    {"required and offered", POP3_TLS_REQUIRED, kOffered, true, kFirst, ""},
    {"if offered, and it is", POP3_TLS_IF_OFFERED, kOffered, true, kFirst, ""},
    {"a local server, too", POP3_TLS_IF_OFFERED, kOffered, true, kFirst, "", false, false, true},
    {"once is enough", POP3_TLS_IF_OFFERED, kOffered, true, kUnmet,
     "STLS succeeded, but the transport does not report the connection to mail.example as "
     "encrypted and verified",
     true},
    {"even if nobody offers it again", POP3_TLS_IF_OFFERED, kMissing, true, kUnmet,
     "STLS succeeded, but the transport does not report the connection to mail.example as "
     "encrypted and verified",
     true},
    {"required without a transport", POP3_TLS_REQUIRED, kOffered, false, kUnmet,
     "the registry of this program has no transport that encrypts, such as \"tls\""},
    {"required and not offered", POP3_TLS_REQUIRED, kMissing, true, kUnmet,
     "the connection to mail.example must be encrypted, but the server does not offer STLS"},
    {"required and nothing known", POP3_TLS_REQUIRED, kUnknown, true, kUnmet,
     "but the server does not tell its capabilities"},
    {"required and perhaps damaged", POP3_TLS_REQUIRED, kDamaged, true, kUnmet,
     "CAPA is damaged and its valid lines do not offer STLS: line 2"},
    {"required, also of a local server", POP3_TLS_REQUIRED, kMissing, true, kUnmet,
     "must be encrypted", false, false, true},
    {"if offered, and it is not", POP3_TLS_IF_OFFERED, kMissing, true, kNone,
     "not encrypted: the server does not offer STLS"},
    {"if offered, and nothing known", POP3_TLS_IF_OFFERED, kUnknown, true, kNone,
     "not encrypted: the server does not offer STLS"},
    {"if offered, without a transport", POP3_TLS_IF_OFFERED, kOffered, false, kNone,
     "not encrypted: there is no transport tls"},
    {"if offered, and perhaps damaged", POP3_TLS_IF_OFFERED, kDamaged, true, kUnmet,
     "the connection is not encrypted, and a damaged line of CAPA may be STLS: line 2"},
    {"a local one may be damaged", POP3_TLS_IF_OFFERED, kDamaged, true, kNone,
     "not encrypted: the server does not offer STLS", false, false, true},
    {"damage does not matter who cannot encrypt", POP3_TLS_IF_OFFERED, kDamaged, false, kNone,
     "not encrypted: there is no transport tls"},
};

TEST(LoginStls, Table) {
  const Capabilities offered = {"USER", "STLS"};
  const Capabilities missing = {"USER"};
  const Capabilities damaged = {"USER", "STLS "};
  const pop3_capabilities *const capas[] = {nullptr, offered.get(), missing.get(), damaged.get()};
  for (const Case &c : kCases) {
    SCOPED_TRACE(c.what);
    LoginRig rig;
    rig.facts.policy = c.policy;
    rig.facts.capabilities = capas[c.capa];
    rig.facts.has_tls = c.has_tls;
    rig.facts.stls_done = c.stls_done;
    rig.facts.is_encrypted = c.is_encrypted;
    rig.facts.is_private = c.is_private || c.is_encrypted;
    rig.login.facts = &rig.facts;
    EXPECT_EQ(p3_login_needs_stls(&rig.login, &rig.err), c.need);
    EXPECT_EQ(rig.err.status, c.need == kUnmet ? POP3_ERR_POLICY : POP3_OK) << rig.err.text;
    std::string said = rig.err.text;
    for (const std::string &note : rig.host.notes()) said += note;
    EXPECT_NE(said.find(c.text), std::string::npos) << said;
    EXPECT_EQ(said.empty(), c.text[0] == 0) << said;
    EXPECT_EQ(rig.host.notes().empty(), c.need != kNone || c.text[0] == 0);
  }
}

// CAPA is sent where its answer makes a difference.
TEST(LoginStls, WhenTheCapabilitiesAreNeeded) {
  const pop3_core_test::FakeAuth digest("digest", POP3_AUTH_NO_CAPABILITIES, 100);
  const pop3_core_test::FakeAuth other("other", 0, 100);
  const Capabilities known = {"USER"};
  LoginRig rig;
  rig.Add(digest);
  rig.Add(other);
  rig.facts.auths = rig.auths();
  const auto needs = [&rig](const char *names, bool is_survey = false) {
    EXPECT_EQ(rig.Begin(names, is_survey), POP3_OK);
    const int result = p3_login_needs_capabilities(&rig.login, &rig.facts);
    p3_login_end(&rig.login, POP3_OK);
    return result != 0;
  };
  EXPECT_FALSE(needs("digest"));
  EXPECT_TRUE(needs(nullptr)) << "there is a choice";
  EXPECT_TRUE(needs("other"));
  EXPECT_TRUE(needs("digest,other"));
  EXPECT_TRUE(needs("digest,digest")) << "of several a damaged CAPA may hide one";
  EXPECT_TRUE(needs("digest", true)) << "a survey is for that";
  rig.config.mechanism = "digest";
  EXPECT_TRUE(needs(nullptr)) << "PIPELINING is worth asking for, unless the call names one";
  rig.config.mechanism = nullptr;
  for (const pop3_tls_policy policy : {POP3_TLS_DEFAULT, POP3_TLS_IF_OFFERED, POP3_TLS_REQUIRED}) {
    rig.facts.policy = policy;
    rig.facts.is_encrypted = 0;
    EXPECT_TRUE(needs("digest")) << "STLS may be offered";
    rig.facts.is_greeted = 0;
    EXPECT_FALSE(needs("digest")) << "that is seen later";
    rig.facts.is_greeted = 1;
    rig.facts.is_encrypted = 1;
    EXPECT_FALSE(needs("digest"));
  }
  rig.facts.stls_done = 1;
  EXPECT_TRUE(needs("digest")) << "is it what was said in the clear?";
  rig.facts.refused_capa = 1;
  EXPECT_FALSE(needs(nullptr));
  rig.facts.refused_capa = 0;
  rig.facts.capabilities = known.get();
  EXPECT_FALSE(needs(nullptr));
}

// A family plays whatever has no plugin of its own.
TEST(LoginStls, AFamilyNeedsTheCapabilities) {
  const pop3_core_test::FakeAuth family("family", POP3_AUTH_FAMILY | POP3_AUTH_NO_CAPABILITIES, 9);
  LoginRig rig;
  rig.Add(family);
  rig.facts.auths = rig.auths();
  ASSERT_EQ(rig.Begin("plain"), POP3_OK);
  EXPECT_TRUE(p3_login_needs_capabilities(&rig.login, &rig.facts));
  p3_login_end(&rig.login, POP3_OK);
}

// A server whose name nobody gave is not called "".
TEST(LoginStls, AServerWithoutAName) {
  LoginRig rig;
  rig.config.host = "";
  rig.facts.policy = POP3_TLS_REQUIRED;
  rig.login.facts = &rig.facts;
  EXPECT_EQ(p3_login_needs_stls(&rig.login, &rig.err), kUnmet);
  EXPECT_NE(std::string(rig.err.text).find("connection to the server must"), std::string::npos)
      << rig.err.text;
}

// Who reads leniently already is not told to.
TEST(LoginStls, DamageThatNoQuirkReads) {
  const Capabilities damaged = {"USER", "STLS\x01"};
  LoginRig rig;
  rig.facts.policy = POP3_TLS_IF_OFFERED;
  rig.facts.has_tls = 1;
  rig.facts.is_private = 0;
  rig.facts.capabilities = damaged.get();
  rig.login.facts = &rig.facts;
  for (const int is_lenient : {0, 1}) {
    rig.facts.is_lenient = is_lenient;
    EXPECT_EQ(p3_login_needs_stls(&rig.login, &rig.err), kUnmet);
    const bool says =
        std::string(rig.err.text).find("quirk capa-damage does not help") != std::string::npos;
    EXPECT_EQ(says, is_lenient != 0) << rig.err.text;
  }
}

}  // namespace
}  // namespace login_stls_test
