#include "core/session/settings.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"

namespace settings_test {
namespace {

using pop3_core_test::FakeWirePlugin;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

struct Rig {
  Rig() {
    EXPECT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry, FakeWirePlugin(), nullptr), POP3_OK);
    options.options = given;
    options.num_options = 2;
  }
  ~Rig() { pop3_registry_free(registry); }
  Rig(const Rig &) = delete;
  Rig &operator=(const Rig &) = delete;

  pop3_status Init(const pop3_allocator *allocator) {
    memset(static_cast<void *>(&settings), 0xA5, sizeof(settings));
    err = POP3_ERROR_INIT;
    return p3_settings_init(&settings, registry, &options, allocator, &err);
  }

  int object = 0;
  pop3_option given[2] = {{"fake.proxy", "me:sesame@proxy", 5, nullptr},
                          {"tls.thing", nullptr, -1, &object}};
  pop3_registry *registry = nullptr;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  p3_settings settings;
  pop3_error err = POP3_ERROR_INIT;
};

struct Fault {
  const char *text;
  void (*breakage)(Rig *);
};

const Fault kFaults[] = {
    {"connect_ms is 0: it must be positive, or POP3_NO_TIMEOUT for none",
     [](Rig *rig) { rig->options.connect_ms = 0; }},
    {"idle_ms is -2: it must be positive, or POP3_NO_TIMEOUT for none",
     [](Rig *rig) { rig->options.idle_ms = -2; }},
    {"login_ms is -9223372036854775808: it must be positive, or POP3_NO_TIMEOUT for none",
     [](Rig *rig) { rig->options.login_ms = INT64_MIN; }},
    {"total_ms is 0: it must be positive, or POP3_NO_TIMEOUT for none",
     [](Rig *rig) { rig->options.total_ms = 0; }},
    {"option \"host\" does not begin with a transport of the registry",
     [](Rig *rig) { rig->given[1].name = "host"; }},
    {"option \"fak.proxy\" does not begin with a transport of the registry",
     [](Rig *rig) { rig->given[1].name = "fak.proxy"; }},
    {"option \"fakes.proxy\" does not begin with a transport of the registry",
     [](Rig *rig) { rig->given[1].name = "fakes.proxy"; }},
    {"option \".fake\" does not begin with a transport of the registry",
     [](Rig *rig) { rig->given[1].name = ".fake"; }},
    {"option \"\" does not begin with a transport of the registry",
     [](Rig *rig) { rig->given[1].name = nullptr; }},
};

TEST(Settings, EveryFault) {
  for (const Fault &fault : kFaults) {
    SCOPED_TRACE(fault.text);
    FailingAllocator allocator;
    allocator.Forbid("sesame");
    Rig rig;
    fault.breakage(&rig);
    EXPECT_EQ(rig.Init(allocator.get()), POP3_ERR_ARGUMENT);
    EXPECT_STREQ(rig.err.text, fault.text);
    EXPECT_STREQ(rig.err.layer, "session");
    EXPECT_EQ(allocator.live_blocks(), 0U) << "there is nothing to clean up";
    EXPECT_EQ(allocator.unwiped(), 0U);
  }
}

TEST(Settings, OptionsAreCopiedAndLimitsTaken) {
  FailingAllocator allocator;
  allocator.Forbid("sesame");
  Rig rig;
  rig.options.connect_ms = 1;
  rig.options.idle_ms = 2;
  rig.options.login_ms = POP3_NO_TIMEOUT;
  rig.options.total_ms = INT64_MAX;
  ASSERT_EQ(rig.Init(allocator.get()), POP3_OK) << rig.err.text;
  const p3_settings &settings = rig.settings;
  EXPECT_EQ(settings.time_limits.connect_ms, 1);
  EXPECT_EQ(settings.time_limits.idle_ms, 2);
  EXPECT_EQ(settings.time_limits.login_ms, POP3_NO_TIMEOUT);
  EXPECT_EQ(settings.time_limits.total_ms, INT64_MAX);
  ASSERT_EQ(settings.options.count, 2U);
  EXPECT_NE(settings.options.at[0].name, rig.given[0].name);
  EXPECT_STREQ(settings.options.at[0].name, "fake.proxy");
  EXPECT_STREQ(settings.options.at[0].text, "me:sesame@proxy");
  EXPECT_EQ(settings.options.at[0].number, 5);
  EXPECT_EQ(settings.options.at[1].text, nullptr);
  EXPECT_EQ(settings.options.at[1].number, -1);
  EXPECT_EQ(settings.options.at[1].object, &rig.object);
  p3_settings_cleanup(&rig.settings);
  EXPECT_EQ(settings.options.count, 0U);
  p3_settings_cleanup(&rig.settings);  // once more does no harm
  EXPECT_EQ(allocator.live_blocks(), 0U);
  EXPECT_EQ(allocator.unwiped(), 0U);
}

TEST(Settings, EachAllocationFails) {
  const size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    Rig rig;
    const pop3_status status = rig.Init(allocator.get());
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    if (status == POP3_OK) {
      p3_settings_cleanup(&rig.settings);
    } else {
      EXPECT_STREQ(rig.err.text, "no memory for a session");
    }
  });
  EXPECT_EQ(count, 5U) << "the list, twice, two names, one text";
}

}  // namespace
}  // namespace settings_test
