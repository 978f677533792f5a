#include <gtest/gtest.h>
#include <pop3/registry.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>

#include "core/registry/registry.h"
#include "tests/testing/failing_allocator.h"

namespace registry_test {
namespace {

using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

pop3_status Create(const pop3_host *, const pop3_transport_config *, const pop3_layer *, void **,
                   pop3_error *) {
  return POP3_OK;
}
pop3_io Connect(void *, pop3_error *) { return POP3_IO_DONE; }
pop3_io Read(void *, uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_EOF; }
pop3_io Write(void *, const uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_EOF; }
pop3_io Shutdown(void *, pop3_error *) { return POP3_IO_DONE; }
void Interest(void *, pop3_interest *) {}
int Pending(void *) { return 0; }
pop3_status Query(void *, uint32_t, pop3_answer *) { return POP3_ERR_UNSUPPORTED; }
void Destroy(void *) {}
int Score(const pop3_host *, const pop3_auth_context *, char *, size_t) { return 1; }
pop3_status Begin(const pop3_host *, const pop3_auth_context *, void **, pop3_error *) {
  return POP3_OK;
}
pop3_auth_verdict Step(void *, const pop3_auth_input *, pop3_auth_output *, pop3_error *) {
  return POP3_AUTH_FAIL;
}
void End(void *) {}

pop3_transport_ops Transport(const char *name) {
  return {POP3_ABI, sizeof(pop3_transport_ops),
          name,     POP3_TRANSPORT_BOTTOM,
          0,        Create,
          Connect,  Read,
          Write,    Shutdown,
          Interest, Pending,
          Query,    Destroy};
}

pop3_auth_ops Auth(const char *name) {
  return {POP3_ABI, sizeof(pop3_auth_ops), name, 0, 0, Score, Begin, Step, End};
}

// Plugin has two transports, "one" and "two", and two mechanisms, "first" and "second".
struct Plugin {
  pop3_transport_ops one = Transport("one");
  pop3_transport_ops two = Transport("two");
  pop3_auth_ops first = Auth("first");
  pop3_auth_ops second = Auth("second");
  const pop3_transport_ops *transports[2] = {&one, &two};
  const pop3_auth_ops *auths[2] = {&first, &second};
  pop3_plugin plugin = {POP3_ABI, sizeof(pop3_plugin), "sample", "1", transports, 2, auths, 2};

  Plugin() = default;
  Plugin(const Plugin &) = delete;
  Plugin &operator=(const Plugin &) = delete;
};

class Registry : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pop3_registry_new(&registry_, allocator_.get(), nullptr), POP3_OK);
  }
  void TearDown() override {
    pop3_registry_free(registry_);
    EXPECT_EQ(allocator_.live_blocks(), 0U);
  }

  void ExpectEmpty() {
    EXPECT_EQ(pop3_registry_transport_at(registry_, 0), nullptr);
    EXPECT_EQ(pop3_registry_auth_at(registry_, 0), nullptr);
    EXPECT_EQ(pop3_registry_plugin_at(registry_, 0), nullptr);
    EXPECT_EQ(pop3_registry_transport(registry_, "one"), nullptr);
    EXPECT_EQ(pop3_registry_auth(registry_, "first"), nullptr);
  }

  FailingAllocator allocator_;
  pop3_registry *registry_ = nullptr;
};

TEST_F(Registry, FindsWhatWasAdded) {
  Plugin p;
  ExpectEmpty();
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  const pop3_transport_ops *two = pop3_registry_transport(registry_, "two");
  ASSERT_NE(two, nullptr);
  EXPECT_STREQ(two->name, "two");
  EXPECT_EQ(two->create, Create);
  EXPECT_EQ(two->destroy, Destroy);
  EXPECT_EQ(pop3_registry_transport_at(registry_, 1), two);
  EXPECT_EQ(pop3_registry_transport_at(registry_, 2), nullptr);
  EXPECT_EQ(pop3_registry_transport(registry_, "TWO"), nullptr) << "transports have one spelling";
  EXPECT_EQ(pop3_registry_transport(registry_, "three"), nullptr);
  EXPECT_EQ(pop3_registry_transport(registry_, ""), nullptr);
  const pop3_auth_ops *second = pop3_registry_auth(registry_, "SecOND");
  ASSERT_NE(second, nullptr);
  EXPECT_STREQ(second->name, "second");
  EXPECT_EQ(pop3_registry_auth_at(registry_, 1), second);
  EXPECT_EQ(pop3_registry_auth_at(registry_, 2), nullptr);
  EXPECT_EQ(pop3_registry_plugin_at(registry_, 0), &p.plugin);
  EXPECT_EQ(pop3_registry_plugin_at(registry_, 1), nullptr);
}

// A plugin that was built later may have larger tables: what we know of them is kept.
TEST_F(Registry, LargerTables) {
  Plugin p;
  p.two.size += 8;
  p.second.size += 8;
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  EXPECT_EQ(pop3_registry_transport(registry_, "two")->size, sizeof(pop3_transport_ops));
  EXPECT_EQ(pop3_registry_auth(registry_, "second")->size, sizeof(pop3_auth_ops));
}

TEST_F(Registry, OrderOfAddingIsKept) {
  Plugin p;
  pop3_auth_ops third = Auth("third");
  const pop3_auth_ops *auths[] = {&third};
  const pop3_plugin other = {POP3_ABI, sizeof(pop3_plugin), "other", "1", nullptr, 0, auths, 1};
  ASSERT_EQ(pop3_registry_add(registry_, &other, nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  EXPECT_STREQ(pop3_registry_auth_at(registry_, 0)->name, "third");
  EXPECT_STREQ(pop3_registry_auth_at(registry_, 1)->name, "first");
  EXPECT_STREQ(pop3_registry_plugin_at(registry_, 1)->name, "sample");
}

// The transport of STLS: the first that encrypts and stands on another one.
TEST_F(Registry, TheOneThatEncrypts) {
  Plugin p;
  p.one.flags = POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_ENCRYPTS;
  p.two.flags = POP3_TRANSPORT_UPPER;
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  EXPECT_EQ(p3_registry_encrypting(registry_), nullptr);
  pop3_transport_ops three = Transport("three");
  three.flags = POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS;
  const pop3_transport_ops *list[] = {&three};
  const pop3_plugin other = {POP3_ABI, sizeof(pop3_plugin), "other", "1", list, 1, nullptr, 0};
  ASSERT_EQ(pop3_registry_add(registry_, &other, nullptr), POP3_OK);
  EXPECT_EQ(p3_registry_encrypting(registry_), pop3_registry_transport(registry_, "three"));
}

// Each rule, broken in turn: the text says which, and nothing is added.
TEST_F(Registry, EachRule) {
  const uint32_t kOther = POP3_ABI + (UINT32_C(1) << 16);
  const auto kSmall = static_cast<uint32_t>(offsetof(pop3_transport_ops, destroy));
  const auto kSmallAuth = static_cast<uint32_t>(offsetof(pop3_auth_ops, end));
  const auto kSmallPlugin = static_cast<uint32_t>(offsetof(pop3_plugin, num_auths));
  const struct {
    const char *text;
    std::function<void(Plugin *)> breakage;
  } rules[] = {
      {"version 2 of the interface", [&](Plugin *p) { p->plugin.abi = kOther; }},
      {"version 0 of the interface", [](Plugin *p) { p->plugin.abi = 0; }},
      {"descriptor is smaller", [&](Plugin *p) { p->plugin.size = kSmallPlugin; }},
      {"name is not", [](Plugin *p) { p->plugin.name = nullptr; }},
      {"name is not", [](Plugin *p) { p->plugin.name = ""; }},
      {"name is not", [](Plugin *p) { p->plugin.name = "Sample"; }},
      {"a list is NULL", [](Plugin *p) { p->plugin.transports = nullptr; }},
      {"a list is NULL", [](Plugin *p) { p->plugin.auths = nullptr; }},
      {"offers nothing", [](Plugin *p) { p->plugin.num_transports = p->plugin.num_auths = 0; }},
      {"table is NULL", [](Plugin *p) { p->transports[1] = nullptr; }},
      {"another major version", [&](Plugin *p) { p->two.abi = kOther; }},
      {"smaller than", [&](Plugin *p) { p->two.size = kSmall; }},
      {"smaller than", [](Plugin *p) { p->two.size = 0; }},
      {"name is not", [](Plugin *p) { p->two.name = nullptr; }},
      {"name is not", [](Plugin *p) { p->two.name = ""; }},
      {"name is not", [](Plugin *p) { p->two.name = "tw.o"; }},
      {"name is not", [](Plugin *p) { p->two.name = "tw o"; }},
      {"name is not", [](Plugin *p) { p->two.name = "TWO"; }},
      {"name is not", [](Plugin *p) { p->two.name = "tw\xC3\xB6"; }},
      {"name is not", [](Plugin *p) { p->two.name = "sixteen-octets-x"; }},
      {"neither bottom nor upper", [](Plugin *p) { p->two.flags = 0; }},
      {"neither bottom nor upper", [](Plugin *p) { p->two.flags = 3; }},
      {"destroy is NULL", [](Plugin *p) { p->two.create = nullptr; }},
      {"destroy is NULL", [](Plugin *p) { p->two.connect = nullptr; }},
      {"destroy is NULL", [](Plugin *p) { p->two.read = nullptr; }},
      {"destroy is NULL", [](Plugin *p) { p->two.write = nullptr; }},
      {"destroy is NULL", [](Plugin *p) { p->two.interest = nullptr; }},
      {"destroy is NULL", [](Plugin *p) { p->two.destroy = nullptr; }},
      {"same name twice", [](Plugin *p) { p->two.name = "one"; }},
      {"table is NULL", [](Plugin *p) { p->auths[1] = nullptr; }},
      {"another major version", [&](Plugin *p) { p->second.abi = kOther; }},
      {"smaller than", [&](Plugin *p) { p->second.size = kSmallAuth; }},
      {"name is not", [](Plugin *p) { p->second.name = nullptr; }},
      {"name is not", [](Plugin *p) { p->second.name = "twenty-one-octets-xxx"; }},
      {"name is not", [](Plugin *p) { p->second.name = "PLAIN"; }},
      {"end is NULL", [](Plugin *p) { p->second.score = nullptr; }},
      {"end is NULL", [](Plugin *p) { p->second.begin = nullptr; }},
      {"end is NULL", [](Plugin *p) { p->second.step = nullptr; }},
      {"end is NULL", [](Plugin *p) { p->second.end = nullptr; }},
      {"same name twice", [](Plugin *p) { p->second.name = "first"; }},
  };
  for (const auto &rule : rules) {
    Plugin p;
    rule.breakage(&p);
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(pop3_registry_add(registry_, &p.plugin, &err), POP3_ERR_ARGUMENT) << rule.text;
    EXPECT_EQ(err.status, POP3_ERR_ARGUMENT);
    EXPECT_STREQ(err.layer, "registry");
    EXPECT_NE(std::string(err.text).find(rule.text), std::string::npos) << err.text;
    ExpectEmpty();
  }
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_registry_add(registry_, nullptr, &err), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(err.text).find("NULL"), std::string::npos) << err.text;
}

TEST_F(Registry, FlagsOfALaterDayAreNoFault) {
  Plugin p;
  p.one.flags = POP3_TRANSPORT_BOTTOM | UINT32_C(0x100);
  p.two.flags = POP3_TRANSPORT_UPPER | UINT32_C(0x100);
  p.first.flags = UINT32_C(0x100);
  pop3_error err = POP3_ERROR_INIT;
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, &err), POP3_OK) << err.text;
  EXPECT_EQ(pop3_registry_transport(registry_, "two")->flags,
            POP3_TRANSPORT_UPPER | UINT32_C(0x100));
}

TEST_F(Registry, ATakenNameIsRefused) {
  Plugin p;
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_registry_add(registry_, &p.plugin, &err), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(err.text).find("transport one: the name is taken"), std::string::npos)
      << err.text;
  Plugin other;
  other.plugin.name = "other";
  other.one.name = "three";
  other.two.name = "four";
  EXPECT_EQ(pop3_registry_add(registry_, &other.plugin, &err), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(err.text).find("mechanism first: the name is taken"), std::string::npos)
      << err.text;
  EXPECT_EQ(pop3_registry_transport(registry_, "three"), nullptr) << "all or nothing";
  EXPECT_EQ(pop3_registry_plugin_at(registry_, 1), nullptr);
}

TEST_F(Registry, OptionalMembersMayBeMissing) {
  Plugin p;
  p.one.shutdown = nullptr;
  p.one.pending = nullptr;
  p.one.query = nullptr;
  EXPECT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
}

// SASL names have up to 20 octets.
TEST_F(Registry, TheLongestNamesFit) {
  Plugin p;
  p.one.name = "fifteen-octets_";
  p.first.name = "scram-sha-256-plus";
  p.second.name = "twenty-octets-longer";
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_registry_add(registry_, &p.plugin, &err), POP3_OK) << err.text;
  EXPECT_NE(pop3_registry_auth(registry_, "SCRAM-SHA-256-PLUS"), nullptr);
}

// A plugin of a later minor version has larger tables, which nobody reads beyond what is known.
TEST_F(Registry, LargerTablesOfALaterMinorVersion) {
  struct {
    pop3_transport_ops ops;
    void *more[8];
  } later;
  memset(&later, 0xEE, sizeof(later));
  later.ops = Transport("later");
  later.ops.abi = POP3_ABI + 5;
  later.ops.size = sizeof(later);
  const pop3_transport_ops *transports[] = {&later.ops};
  const pop3_plugin plugin = {
      POP3_ABI + 5, sizeof(pop3_plugin) + 64, "later", "9", transports, 1, nullptr, 0};
  ASSERT_EQ(pop3_registry_add(registry_, &plugin, nullptr), POP3_OK);
  const pop3_transport_ops *found = pop3_registry_transport(registry_, "later");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->size, sizeof(pop3_transport_ops));
  EXPECT_EQ(found->destroy, Destroy);
}

// The tables are copied: what becomes of the plugin's does not matter, and a table that is exactly
// as large as it says is not read beyond its end.
TEST_F(Registry, TablesAreCopied) {
  Plugin p;
  ASSERT_EQ(pop3_registry_add(registry_, &p.plugin, nullptr), POP3_OK);
  EXPECT_NE(pop3_registry_transport(registry_, "one"), &p.one);
  p.one.read = nullptr;
  EXPECT_EQ(pop3_registry_transport(registry_, "one")->read, Read);
}

TEST(RegistryMemory, FreeOfNothing) {
  const auto free_nothing = [] {
    pop3_registry_free(nullptr);
    _exit(0);
  };
  EXPECT_EXIT(free_nothing(), ::testing::ExitedWithCode(0), "^$");
}

TEST(RegistryMemory, WithoutAnAllocator) {
  pop3_registry *registry = nullptr;
  ASSERT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
  Plugin p;
  EXPECT_EQ(pop3_registry_add(registry, &p.plugin, nullptr), POP3_OK);
  pop3_registry_free(registry);
}

TEST(RegistryMemory, EachAllocationFailing) {
  const size_t calls = ForEachAllocationFailure([](FailingAllocator &allocator) {
    pop3_registry *registry = nullptr;
    pop3_error err = POP3_ERROR_INIT;
    pop3_status status = pop3_registry_new(&registry, allocator.get(), &err);
    if (status != POP3_OK) {
      EXPECT_EQ(registry, nullptr);
    }
    Plugin p;
    Plugin other;
    other.plugin.name = "other";
    other.one.name = "three";
    other.two.name = "four";
    other.first.name = "third";
    other.second.name = "fourth";
    for (const pop3_plugin *plugin : {&p.plugin, &other.plugin}) {
      if (status == POP3_OK) status = pop3_registry_add(registry, plugin, &err);
    }
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(err.status, status);
    if (registry != nullptr && status != POP3_OK) {
      // Nothing of the plugin that failed is there, and it can be added once there is memory.
      allocator.NeverFail();
      const bool first_failed = pop3_registry_transport(registry, "one") == nullptr;
      EXPECT_EQ(pop3_registry_auth(registry, first_failed ? "second" : "fourth"), nullptr);
      EXPECT_EQ(pop3_registry_add(registry, first_failed ? &p.plugin : &other.plugin, nullptr),
                POP3_OK);
    }
    pop3_registry_free(registry);
  });
  EXPECT_GE(calls, 10U);
}

}  // namespace
}  // namespace registry_test
