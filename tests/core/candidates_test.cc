#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/login/candidates.h"
#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"

namespace candidates_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;

using SessionChoice = LoginFixture;

TEST_F(SessionChoice, AnUnknownName) {
  Ready();
  EXPECT_EQ(Login("nobody"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.wire.sent, "");
}

TEST_F(SessionChoice, NothingUsableSaysWhy) {
  weak_.strength = 0;
  weak_.why = "no user name";
  strong_.strength = -1;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_MECHANISM);
  EXPECT_STREQ(d_.err.text, "no mechanism is usable (weak: no user name; strong: not today)");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK);
}

TEST_F(SessionChoice, OnlyIfAsked) {
  FakeAuth shy("shy", POP3_AUTH_ONLY_IF_ASKED, 1000);
  shy.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("SHY") : FakeAuth::Done();
  };
  d_.plugins.push_back(shy.plugin());
  weak_.strength = strong_.strength = 0;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(d_.err.text).find("shy: only if asked for"), std::string::npos);
  EXPECT_EQ(Login("shy"), POP3_OK);
  d_.Free();
}

TEST_F(SessionChoice, ReadableCredentialsNeedAPrivateChannel) {
  for (const bool allowed : {false, true}) {
    SessionDriver d;
    d.wire.local = false;
    d.options.tls = POP3_TLS_NEVER;
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    d.wire.replies["CAPA"] = "-ERR\r\n";
    d.options.allow_cleartext = allowed ? 1 : 0;
    FakeAuth plain("clear", POP3_AUTH_CLEARTEXT, 500);
    plain.on_step = [](const std::string &words) {
      return words == "start" ? FakeAuth::Command("PASS sesame", 5) : FakeAuth::Done();
    };
    d.plugins.push_back(plain.plugin());
    d.StartReady();
    EXPECT_EQ(pop3_login(d.session(), &d.err), allowed ? POP3_OK : POP3_ERR_POLICY);
    if (!allowed) {
      EXPECT_NE(std::string(d.err.text).find("set allow_cleartext"), std::string::npos);
      EXPECT_EQ(d.wire.lines, Lines{"CAPA"});
    }
    EXPECT_EQ(d.Seen().find("sesame"), std::string::npos);
  }
}

TEST_F(SessionChoice, OnAnOpenChannelOneThatHidesThePasswordIsChosen) {
  FakeAuth plain("clear", POP3_AUTH_CLEARTEXT, 500);
  d_.plugins.push_back(plain.plugin());
  d_.wire.local = false;
  d_.options.tls = POP3_TLS_NEVER;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
  EXPECT_EQ(plain.begins, 0);
  d_.Free();
}

TEST_F(SessionChoice, AFamilyPlaysUnderManyNames) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 50);
  std::string asked;
  family.on_score = [&](const pop3_auth_context *context) {
    asked = context->mechanism != nullptr ? context->mechanism : "any";
    return 50;
  };
  family.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH MEMBER") : FakeAuth::Done();
  };
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(Login("member-1"), POP3_OK) << d_.err.text;
  EXPECT_EQ(asked, "MEMBER-1");
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "MEMBER-1");
  EXPECT_EQ(weak_.begins + strong_.begins, 0);
  d_.Free();
}

TEST_F(SessionChoice, AFamilyOffersItsMembers) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 0);
  family.on_score = [](const pop3_auth_context *context) {
    EXPECT_EQ(context->mechanism, nullptr);
    context->offer(context->session, "BIG", 400, "");
    context->offer(context->session, "SMALL", 50, "");
    context->offer(context->session, "GONE", 0, "not installed here");
    return 400;
  };
  std::string begun;
  family.on_begin = [&](const pop3_auth_context *context, pop3_error *) {
    begun = context->mechanism;
    return POP3_OK;
  };
  family.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH BIG") : FakeAuth::Done();
  };
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun, "BIG");
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "BIG");
  EXPECT_EQ(Candidates(), (Lines{"family/BIG 400 chosen ", "family/SMALL 50 usable ",
                                 "family/GONE 0 unusable not installed here",
                                 "weak/weak 100 usable ", "strong/strong 300 usable "}));
  d_.Free();
}

TEST_F(SessionChoice, NobodySlipsToAWeakerOneAfterARefusal) {
  d_.wire.replies["AUTH X"] = "-ERR no\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(weak_.begins, 0);
  EXPECT_EQ(Candidates(), (Lines{"weak/weak 100 usable ", "strong/strong 300 refused no"}));
}

TEST_F(SessionChoice, UnlessTheCallerNamedIt) {
  int refusals = 0;
  d_.wire.server = [&](const std::string &line) {
    return line == "AUTH X" && ++refusals == 1 ? "-ERR no\r\n" : "+OK\r\n";
  };
  Ready();
  EXPECT_EQ(Login("weak,STRONG"), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "weak");
  EXPECT_EQ(Candidates(), (Lines{"weak/weak 100 chosen ", "strong/strong 300 refused no"}));
}

TEST_F(SessionChoice, AllThatWereNamedAreRefused) {
  d_.wire.replies["AUTH X"] = "-ERR [AUTH] no\r\n";
  Ready();
  EXPECT_EQ(Login("strong,weak"), POP3_REFUSED);
  EXPECT_EQ(d_.err.code, POP3_CODE_AUTH);
  EXPECT_EQ(strong_.begins + weak_.begins, 2);
}

TEST_F(SessionChoice, NamesThatAreNone) {
  Ready();
  for (const char *names : {"", ",", "weak,", "weak,,strong", "a b",
                            "a-name-that-is-longer-than-any-mechanism-can-be"}) {
    EXPECT_EQ(Login(names), POP3_ERR_ARGUMENT) << names;
  }
  EXPECT_EQ(Login("weak,nobody"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.wire.sent, "");
}

// Servers that keep passwords hashed offer digests of a shared secret and cannot check them.
TEST_F(SessionChoice, OnVerifiedTlsAReadablePasswordGoesBeforeADigest) {
  d_.transports = {"fake", "tls"};
  strong_.strength = 210;
  weak_.strength = 110;
  for (const bool verified : {true, false}) {
    SessionDriver d;
    d.wire.replies = d_.wire.replies;
    d.wire.verified = verified;
    d.transports = {"fake", "tls"};
    d.plugins.push_back(weak_.plugin());
    d.plugins.push_back(strong_.plugin());
    d.StartReady();
    EXPECT_EQ(pop3_survey(d.session(), &d.err), POP3_OK) << d.err.text;
    pop3_security report = POP3_SECURITY_INIT;
    pop3_session_security(d.session(), &report);
    EXPECT_STREQ(report.mechanism, verified ? "weak" : "strong");
    EXPECT_EQ(report.strength, verified ? 110U : 210U) << "the strength is what it is";
  }
}

// Who names several gets them all in turn.
TEST_F(SessionChoice, OnVerifiedTlsNamedOnesGoByTheirStrength) {
  d_.transports = {"fake", "tls"};
  strong_.strength = 210;
  weak_.strength = 110;
  Ready();
  EXPECT_EQ(Login("weak,strong"), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
}

TEST_F(SessionChoice, WhatIsSaltedGoesBeforeAReadablePassword) {
  d_.transports = {"fake", "tls"};
  strong_.strength = 300;
  weak_.strength = 199;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
}

// The order does not loosen the floor.
TEST_F(SessionChoice, AFloorAboveReadablePasswordsHoldsOnVerifiedTls) {
  d_.transports = {"fake", "tls"};
  d_.options.auth_floor = 200;
  strong_.strength = 200;
  weak_.strength = 110;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
}

TEST_F(SessionChoice, ABindingThatIsRequired) {
  d_.transports = {"fake", "tls"};
  d_.options.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  strong_.strength = 399;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_MECHANISM);
  EXPECT_STREQ(d_.err.text,
               "no mechanism is usable (weak: does not bind the channel (option channel_binding); "
               "strong: does not bind the channel (option channel_binding))");
  strong_.strength = 400;
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
}

TEST_F(SessionChoice, ABindingThatIsSwitchedOff) {
  d_.transports = {"fake", "tls"};
  d_.options.channel_binding = POP3_CHANNEL_BINDING_NEVER;
  strong_.strength = 400;
  weak_.on_begin = [](const pop3_auth_context *context, pop3_error *) {
    EXPECT_EQ(context->channel_binding, static_cast<uint32_t>(POP3_CHANNEL_BINDING_NEVER));
    return POP3_OK;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "weak");
  EXPECT_EQ(Candidates()[1],
            "strong/strong 400 unusable binds the channel, which is switched off (option "
            "channel_binding)");
}

TEST_F(SessionChoice, TheFloor) {
  d_.options.auth_floor = 200;
  Ready();
  EXPECT_EQ(Login("weak"), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(d_.err.text).find("auth_floor"), std::string::npos) << d_.err.text;
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
}

TEST_F(SessionChoice, ASurveyChoosesAndSendsNothing) {
  Ready();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
  EXPECT_EQ(strong_.begins, 0);
  EXPECT_EQ(Candidates(), (Lines{"weak/weak 100 usable ", "strong/strong 300 chosen "}));
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &report);
  EXPECT_STREQ(report.mechanism, "strong");
  EXPECT_EQ(report.strength, 300U);
  EXPECT_EQ(report.num_candidates, 2U);
  EXPECT_EQ(Login(), POP3_OK) << "a login may follow";
}

TEST_F(SessionChoice, MoreMechanismsThanAnybodyHas) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 0);
  family.on_score = [](const pop3_auth_context *context) {
    for (int i = 0; i < 100000; i++) context->offer(context->session, "MANY", 0, "one of many");
    return 0;
  };
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_LE(Candidates().size(), 200U);
  d_.Free();
}

TEST_F(SessionChoice, AFamilyLeavesToOthersWhatIsTheirs) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 0);
  family.on_score = [](const pop3_auth_context *context) {
    context->offer(context->session, "STRONG", 900, "");
    context->offer(context->session, "OWN", 50, "");
    return 900;
  };
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(Candidates(),
            (Lines{"family/OWN 50 usable ", "weak/weak 100 usable ", "strong/strong 300 chosen "}));
  d_.Free();
}

TEST_F(SessionChoice, OffersOutOfPlaceAreIgnored) {
  strong_.on_begin = [](const pop3_auth_context *context, pop3_error *) {
    context->offer(context->session, "LATE", 900, "");
    return POP3_OK;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_EQ(Candidates().size(), 2U);
}

TEST_F(SessionChoice, OfEqualsTheFirstIsTaken) {
  weak_.strength = strong_.strength;
  Ready();
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "weak");
}

TEST_F(SessionChoice, ANameOfMoreThan31Octets) {
  Ready();
  EXPECT_EQ(Login(std::string(31, 'x').c_str()), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(Login(std::string(32, 'x').c_str()), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Login(("weak," + std::string(32, 'x')).c_str()), POP3_ERR_ARGUMENT);
}

TEST_F(SessionChoice, NoMoreThan256AreLookedAt) {
  strong_.strength = 0;
  Ready();
  std::string names = "strong";
  for (int i = 0; i < 300; i++) names += ",strong";
  EXPECT_EQ(Login(names.c_str()), POP3_ERR_NO_MECHANISM);
  EXPECT_EQ(Candidates().size(), 256U);
}

TEST_F(SessionChoice, AFamilyDoesNotPlayByNameWhatIsAnothers) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 900);
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(Login("weak"), POP3_OK);
  EXPECT_EQ(Candidates(), Lines{"weak/weak 100 chosen "});
  d_.Free();
}

int ScoreWithoutANul(const pop3_host *, const pop3_auth_context *, char *why, size_t why_cap) {
  std::memset(why, 'x', why_cap);
  return 0;
}

TEST_F(SessionChoice, AReasonWithoutANul) {
  static const pop3_auth_ops kOps = {POP3_ABI,
                                     sizeof(pop3_auth_ops),
                                     "endless",
                                     0,
                                     0,
                                     ScoreWithoutANul,
                                     [](const pop3_host *, const pop3_auth_context *, void **,
                                        pop3_error *) { return POP3_ERR_AUTH; },
                                     [](void *, const pop3_auth_input *, pop3_auth_output *,
                                        pop3_error *) { return POP3_AUTH_FAIL; },
                                     [](void *) {}};
  static const pop3_auth_ops *const kAuths[] = {&kOps};
  static const pop3_plugin kPlugin = {
      POP3_ABI, sizeof(pop3_plugin), "endless", "1", nullptr, 0, kAuths, 1};
  d_.plugins.push_back(&kPlugin);
  Ready();
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_EQ(Candidates()[0], "endless/endless 0 unusable " + std::string(127, 'x'));
}

// --- By itself

TEST(MechanismName, Table) {
  const struct {
    const char *names;
    size_t index;
    int got;
    const char *name;
  } cases[] = {
      {"A", 0, 1, "A"},
      {"A", 1, 0, ""},
      {"A,BC", 1, 1, "BC"},
      {"A,BC", 2, 0, ""},
      {"", 0, -1, ""},
      {"A,", 1, -1, ""},
      {",A", 0, -1, ""},
      {"A,,B", 1, -1, ""},
      {"A B", 0, -1, ""},
      {"A, B", 1, -1, ""},
      {"A,,B", 2, 1, "B"},
      {"0123456789012345678901234567890", 0, 1, "0123456789012345678901234567890"},
      {"01234567890123456789012345678901", 0, -1, ""},
  };
  for (const auto &c : cases) {
    char out[P3_MECHANISM_MAX] = "";
    EXPECT_EQ(p3_mechanism_name(c.names, c.index, out), c.got) << c.names << " " << c.index;
    EXPECT_STREQ(out, c.name);
  }
}

TEST(MechanismIsPlus, Table) {
  for (const char *name : {"X-PLUS", "SCRAM-SHA-256-PLUS"}) {
    p3_mechanism mechanism = {};
    (void)snprintf(mechanism.name, sizeof(mechanism.name), "%s", name);
    EXPECT_TRUE(p3_mechanism_is_plus(&mechanism)) << name;
  }
  for (const char *name : {"", "X", "-PLUS", "X-PLUS-", "XPLUS", "X-plus"}) {
    p3_mechanism mechanism = {};
    (void)snprintf(mechanism.name, sizeof(mechanism.name), "%s", name);
    EXPECT_FALSE(p3_mechanism_is_plus(&mechanism)) << name;
  }
}

// Of mechanisms with these strengths (0: unusable), which is taken?
size_t Best(std::vector<int> strengths, bool prefers_readable) {
  std::vector<p3_mechanism> list(strengths.size());
  for (size_t i = 0; i < list.size(); i++) {
    list[i] = {};
    list[i].strength = strengths[i];
    list[i].state = strengths[i] > 0 ? POP3_CANDIDATE_USABLE : POP3_CANDIDATE_UNUSABLE;
  }
  p3_candidates candidates = {};
  candidates.list = list.data();
  candidates.count = list.size();
  return p3_candidates_best(&candidates, prefers_readable ? 1 : 0);
}

TEST(CandidatesBest, Table) {
  EXPECT_EQ(Best({}, false), SIZE_MAX);
  EXPECT_EQ(Best({0, 0}, true), SIZE_MAX);
  EXPECT_EQ(Best({0, 1}, false), 1U);
  EXPECT_EQ(Best({100, 200, 199}, false), 1U);
  EXPECT_EQ(Best({300, 300}, false), 0U);
  EXPECT_EQ(Best({199, 200}, true), 0U) << "readable goes before a digest";
  EXPECT_EQ(Best({100, 299}, true), 0U);
  EXPECT_EQ(Best({100, 101}, true), 1U) << "among themselves they keep their order";
  EXPECT_EQ(Best({200, 299}, true), 1U);
  EXPECT_EQ(Best({199, 300}, true), 1U) << "but not before what is salted";
  EXPECT_EQ(Best({99, 200}, true), 1U) << "and what is less than readable is that";
}

TEST(CandidatesJudge, EachAllocationFails) {
  FakeAuth one("one", 0, 100);
  const pop3_auth_ops *at[20];
  for (const pop3_auth_ops *&ops : at) ops = one.plugin()->auths[0];
  const p3_auth_list auths = {at, 20};
  const p3_candidate_rules rules = {};
  pop3_testing::TestHost host;
  const size_t count = pop3_testing::ForEachAllocationFailure([&](auto &allocator) {
    pop3_auth_context context = {};
    context.has_credential = [](void *, pop3_credential) { return 0; };
    p3_candidates candidates;
    pop3_error err = POP3_ERROR_INIT;
    p3_candidates_init(&candidates, allocator.get());
    const pop3_status status =
        p3_candidates_judge(&candidates, &auths, host.get(), &context, &rules, nullptr, &err);
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    if (status == POP3_OK) {
      EXPECT_EQ(candidates.count, 20U);
    } else {
      EXPECT_STREQ(err.text, "no memory to compare mechanisms");
    }
    p3_candidates_cleanup(&candidates);
    EXPECT_EQ(candidates.count, 0U);
  });
  EXPECT_EQ(count, 2U);
}

// What does not fit is cut, and nothing is written behind it.
TEST(CandidatesReasons, AreCut) {
  p3_mechanism list[2] = {};
  for (p3_mechanism &mechanism : list) {
    (void)snprintf(mechanism.name, sizeof(mechanism.name), "x");
    (void)snprintf(mechanism.why, sizeof(mechanism.why), "because");
  }
  list[1].policy = 1;
  p3_candidates candidates = {};
  candidates.list = list;
  candidates.count = 2;
  char out[64];
  int policy = 7;
  p3_candidates_reasons(&candidates, out, sizeof(out), &policy);
  EXPECT_STREQ(out, "x: because; x: because");
  EXPECT_EQ(policy, 1);
  memset(out, '#', sizeof(out));
  p3_candidates_reasons(&candidates, out, 5, &policy);
  EXPECT_STREQ(out, "x: b");
  EXPECT_EQ(out[5], '#');
  list[0].state = list[1].state = POP3_CANDIDATE_USABLE;
  p3_candidates_reasons(&candidates, out, sizeof(out), &policy);
  EXPECT_STREQ(out, "");
  EXPECT_EQ(policy, 0);
}

}  // namespace
}  // namespace candidates_test
