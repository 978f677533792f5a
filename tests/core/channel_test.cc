#include "core/channel/channel.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"

namespace channel_test {
namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;
using pop3_core_test::ShiftLayer;
using pop3_testing::FailingAllocator;
using Calls = std::vector<std::string>;

// What was given back: the options and their number, for each call.
struct Released {
  const pop3_option *options;
  size_t num_options;
};
std::vector<Released> released;

void Release(const pop3_option *options, size_t num_options) {
  released.push_back({options, num_options});
}

class Channel : public ::testing::Test {
 protected:
  void SetUp() override {
    released.clear();
    p3_option_list_init(&list_, allocator_.get());
    for (const pop3_option &option : options_) ASSERT_TRUE(p3_option_list_add(&list_, &option));
    Init(1);
  }
  void TearDown() override {
    p3_channel_cleanup(&channel_);
    p3_option_list_cleanup(&list_);
    EXPECT_EQ(wire_.complaints, Calls());
    for (const char *name : {"fake", "tls", "shift"}) {
      const std::string prefix = name;
      EXPECT_EQ(wire_.Count(prefix + ".create"), wire_.Count(prefix + ".destroy"));
    }
    EXPECT_EQ(host_.live(), 0);
    EXPECT_EQ(allocator_.live_blocks(), 0U);
  }

  // Plans "fake", and "tls" on it if |num_transports| is 2.
  void Init(size_t num_transports) {
    const p3_channel_plan plan = {
        allocator_.get(), host_.get(), "mail.example", 110, 4, FakeWirePlugin()->transports,
        num_transports,   &list_};
    p3_channel_init(&channel_, &plan);
  }
  pop3_io Connect() {
    err_ = POP3_ERROR_INIT;
    pushed_ = -1;
    return p3_channel_connect(&channel_, &pushed_, &err_);
  }
  void Connected() {
    while (!p3_channel_is_connected(&channel_)) ASSERT_EQ(Connect(), POP3_IO_DONE) << err_.text;
    // The greeting is not what these tests are about.
    wire_.incoming.clear();
  }
  pop3_io Read(std::string *out = nullptr) {
    uint8_t buf[100];
    size_t len = 0;
    err_ = POP3_ERROR_INIT;
    const pop3_io io = p3_channel_read(&channel_, buf, sizeof(buf), &len, &err_);
    if (out != nullptr) out->assign(reinterpret_cast<const char *>(buf), len);
    return io;
  }
  pop3_io Write(const std::string &text) {
    size_t len = 0;
    return p3_channel_write(&channel_, reinterpret_cast<const uint8_t *>(text.data()), text.size(),
                            &len);
  }
  uint32_t Events() {
    pop3_interest interest = POP3_INTEREST_INIT;
    wire_.real_time = true;
    wire_.last_events = 99;
    p3_channel_interest(&channel_, &interest);
    EXPECT_TRUE(wire_.last_events == 99 || wire_.last_events == interest.events);
    return wire_.last_events;
  }
  p3_security_layer Layer(const pop3_transport_ops *ops) {
    return {ops, layer_options_, 1, Release};
  }
  bool PushLayer(const p3_security_layer &layer) {
    return p3_channel_push_layer(&channel_, &layer) != 0;
  }
  const pop3_transport_ops *Tls() { return FakeWirePlugin()->transports[1]; }

  FakeWire wire_;
  pop3_testing::TestHost host_;
  FailingAllocator allocator_;
  p3_option_list list_ = {};
  pop3_option options_[2] = {{"other.thing", "x", 0, nullptr}, {"fake.wire", nullptr, 0, &wire_}};
  pop3_option layer_options_[1] = {{"fake.wire", nullptr, 0, &wire_}};
  p3_channel channel_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
  int pushed_ = -1;
};

// --- Making the chain

TEST_F(Channel, ThePlanIsMadeFromTheBottomUp) {
  Init(2);
  EXPECT_TRUE(p3_channel_is_planned(&channel_));
  EXPECT_FALSE(p3_channel_is_open(&channel_));
  EXPECT_EQ(wire_.calls, Calls()) << "nothing happens before it is asked for";
  wire_.connects = {POP3_IO_WANT_READ};
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_EQ(pushed_, 1);
  EXPECT_TRUE(p3_channel_is_planned(&channel_));
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_is_planned(&channel_)) << "tls is still to come";
  EXPECT_FALSE(p3_channel_is_connected(&channel_));
  wire_.connects = {POP3_IO_WANT_READ};
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_TRUE(p3_channel_is_planned(&channel_)) << "all are pushed, but not connected";
  EXPECT_FALSE(p3_channel_is_open(&channel_));
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_FALSE(p3_channel_is_planned(&channel_));
  EXPECT_TRUE(p3_channel_is_connected(&channel_));
  EXPECT_TRUE(p3_channel_is_open(&channel_));
  EXPECT_EQ(wire_.calls, (Calls{"fake.create", "fake.connect", "fake.connect", "tls.create",
                                "tls.connect", "tls.connect"}));
}

TEST_F(Channel, OneOnTop) {
  Connected();
  p3_channel_push(&channel_, Tls());
  EXPECT_FALSE(p3_channel_is_connected(&channel_));
  EXPECT_FALSE(p3_channel_is_planned(&channel_)) << "it was not in the plan";
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_is_connected(&channel_));
  EXPECT_EQ(channel_.layers.count, 2U);
  EXPECT_EQ(wire_.Count("tls.create"), 1);
}

TEST_F(Channel, AFailedCreateSaysThatNothingWasPushed) {
  wire_.create_fails = "fake";
  EXPECT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(pushed_, 0);
  EXPECT_EQ(err_.status, POP3_ERR_ARGUMENT);
  EXPECT_FALSE(p3_channel_is_open(&channel_));
}

TEST_F(Channel, AFailedConnectSaysThatItWas) {
  wire_.connect_fails = "fake";
  EXPECT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(pushed_, 1);
  EXPECT_EQ(err_.status, POP3_ERR_IO);
  EXPECT_FALSE(p3_channel_is_open(&channel_));
}

// A transport that returns a failure without an error of its own still gives one.
TEST_F(Channel, AFailureWithoutAnErrorHasItsStatus) {
  static pop3_transport_ops silent = *FakeWirePlugin()->transports[0];  // outlives the test
  silent.create = [](const pop3_host *, const pop3_transport_config *, const pop3_layer *, void **,
                     pop3_error *) { return POP3_ERR_SYSTEM; };
  const pop3_transport_ops *transports[] = {&silent};
  channel_.plan.transports = transports;
  EXPECT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(err_.status, POP3_ERR_SYSTEM);
}

TEST_F(Channel, NoMoreLayersThanThePlanAllows) {
  channel_.plan.max_layers = 1;
  Connected();
  p3_channel_push(&channel_, Tls());
  EXPECT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(pushed_, 0);
  EXPECT_STREQ(err_.text, "more than 1 transports on each other (limit max_layers)");
}

// --- Security layers

TEST_F(Channel, ASecurityLayerHasItsOwnOptionsAndGivesThemBack) {
  Connected();
  pop3_transport_ops ops = *ShiftLayer();
  ASSERT_TRUE(PushLayer(Layer(&ops)));
  memset(&ops, 0xA5, sizeof(ops));  // the table was copied
  EXPECT_FALSE(p3_channel_is_connected(&channel_));
  EXPECT_EQ(released.size(), 0U);
  wire_.connects = {POP3_IO_WANT_READ};
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  ASSERT_EQ(released.size(), 1U) << "behind create";
  EXPECT_EQ(released[0].options, layer_options_);
  EXPECT_EQ(released[0].num_options, 1U);
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_is_connected(&channel_));
  EXPECT_EQ(Write("a"), POP3_IO_DONE);
  EXPECT_EQ(wire_.raw_sent, "f");
  p3_channel_cleanup(&channel_);
  EXPECT_EQ(released.size(), 1U);
}

TEST_F(Channel, AfterAFailedCreateTheOptionsAreGivenBack) {
  Connected();
  ASSERT_TRUE(PushLayer(Layer(ShiftLayer())));
  wire_.create_fails = "shift";
  EXPECT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(released.size(), 1U);
  p3_channel_cleanup(&channel_);
  EXPECT_EQ(released.size(), 1U);
}

TEST_F(Channel, ALayerThatIsNotMadeAnyMoreGivesThemBackToo) {
  Connected();
  ASSERT_TRUE(PushLayer(Layer(ShiftLayer())));
  p3_channel_drop(&channel_);
  EXPECT_EQ(released.size(), 0U);
  p3_channel_cleanup(&channel_);
  ASSERT_EQ(released.size(), 1U);
  EXPECT_EQ(released[0].options, layer_options_);
}

TEST_F(Channel, ATableThatIsNoneIsRefusedAndGivesThemBack) {
  Connected();
  pop3_transport_ops ops = *ShiftLayer();
  ops.write = nullptr;
  EXPECT_FALSE(PushLayer(Layer(&ops)));
  EXPECT_TRUE(p3_channel_is_connected(&channel_)) << "nothing is to be pushed";
  p3_channel_cleanup(&channel_);
  EXPECT_EQ(released.size(), 1U);
  EXPECT_FALSE(PushLayer(Layer(nullptr)));
  p3_channel_cleanup(&channel_);
  EXPECT_EQ(released.size(), 2U);
}

TEST_F(Channel, ALayerWithoutReleaseKeepsItsOptions) {
  Connected();
  p3_security_layer layer = Layer(ShiftLayer());
  layer.release = nullptr;
  ASSERT_TRUE(PushLayer(layer));
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_EQ(channel_.layers.count, 2U);
}

// What the author of a later day has written behind the members that we know is not ours to copy.
TEST_F(Channel, OfALargerTableWhatIsKnownIsKept) {
  Connected();
  pop3_transport_ops ops = *ShiftLayer();
  ops.size = sizeof(ops) + 64;
  ASSERT_TRUE(PushLayer(Layer(&ops)));
  EXPECT_EQ(channel_.layer.ops->size, sizeof(ops));
  EXPECT_EQ(channel_.layer.ops->destroy, ops.destroy);
}

// --- Once more

TEST_F(Channel, BeginsAgainWithTheOptionThatMayHelp) {
  Init(2);
  wire_.connect_fails = "tls";
  wire_.again = "tls.no_alpn";
  ASSERT_EQ(Connect(), POP3_IO_DONE);
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_STREQ(p3_channel_begin_again(&channel_), "tls.no_alpn");
  EXPECT_EQ(channel_.layers.count, 0U);
  EXPECT_EQ(wire_.Count("fake.destroy"), 1);
  EXPECT_EQ(wire_.Count("tls.destroy"), 1);
  EXPECT_TRUE(p3_channel_is_planned(&channel_));
  ASSERT_EQ(list_.count, 3U);
  EXPECT_STREQ(list_.at[0].name, options_[0].name) << "those of the plan stay";
  EXPECT_STREQ(list_.at[2].name, "tls.no_alpn");
  EXPECT_EQ(list_.at[2].number, 7);
  Connected();
  EXPECT_EQ(channel_.layers.count, 2U);
  EXPECT_EQ(wire_.Count("tls.create"), 2);
}

TEST_F(Channel, BeginsAgainOnlyOnce) {
  wire_.again = "fake.other";
  wire_.connects = {POP3_IO_FAIL, POP3_IO_FAIL};
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  ASSERT_NE(p3_channel_begin_again(&channel_), nullptr);
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(p3_channel_begin_again(&channel_), nullptr);
  EXPECT_EQ(channel_.layers.count, 1U);
}

TEST_F(Channel, WhatWasToStandOnTheOldConnectionIsForgotten) {
  wire_.connect_fails = "fake";
  wire_.again = "fake.other";
  p3_channel_push(&channel_, Tls());
  ASSERT_EQ(Connect(), POP3_IO_FAIL) << "the plan comes first";
  ASSERT_STREQ(p3_channel_begin_again(&channel_), "fake.other");
  Connected();
  EXPECT_EQ(channel_.layers.count, 1U);
}

// What stood on top of the old connection does not stand on the new one by itself.
TEST_F(Channel, BeginsAgainFromTheBottom) {
  Connected();
  p3_channel_push(&channel_, Tls());
  wire_.connect_fails = "tls";
  wire_.again = "tls.no_alpn";
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  ASSERT_STREQ(p3_channel_begin_again(&channel_), "tls.no_alpn");
  Connected();
  EXPECT_EQ(channel_.layers.count, 1U);
  p3_channel_push(&channel_, Tls());
  EXPECT_EQ(Connect(), POP3_IO_DONE) << "the option is there for those on top as well";
}

TEST_F(Channel, DoesNotBeginAgain) {
  EXPECT_EQ(p3_channel_begin_again(&channel_), nullptr) << "without a connection";
  wire_.connect_fails = "fake";
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_EQ(p3_channel_begin_again(&channel_), nullptr) << "without an answer";
  wire_.again = "fake.other";
  wire_.only_once = true;
  EXPECT_EQ(p3_channel_begin_again(&channel_), nullptr) << "with a caller's descriptor";
  wire_.only_once = false;
  const size_t live = allocator_.live_blocks();
  for (const size_t nth : {1U, 2U, 3U}) {
    allocator_.FailAt(allocator_.calls() + nth);
    EXPECT_EQ(p3_channel_begin_again(&channel_), nullptr) << "without memory";
    EXPECT_EQ(allocator_.live_blocks(), live);
    EXPECT_EQ(list_.count, 2U);
    EXPECT_EQ(channel_.layers.count, 1U) << "nothing has changed";
  }
  EXPECT_STREQ(p3_channel_begin_again(&channel_), "fake.other");
}

// --- Moving octets

TEST_F(Channel, ReadsAndWritesSayWhatTheyWaitFor) {
  Connected();
  EXPECT_EQ(Events(), 99U) << "nothing was asked for: the transports are not asked either";
  EXPECT_EQ(Read(), POP3_IO_WANT_READ);
  EXPECT_EQ(Events(), POP3_WAIT_READ);
  wire_.read_wants_write = true;
  EXPECT_EQ(Read(), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Events(), POP3_WAIT_WRITE);
  wire_.read_wants_write = false;
  wire_.write_room = 0;
  EXPECT_EQ(Write("NOOP\r\n"), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Read(), POP3_IO_WANT_READ);
  EXPECT_EQ(Events(), POP3_WAIT_READ | POP3_WAIT_WRITE);
  wire_.write_room = SIZE_MAX;
  EXPECT_EQ(Write("NOOP\r\n"), POP3_IO_DONE);
  wire_.Say("+OK\r\n");
  std::string got;
  EXPECT_EQ(Read(&got), POP3_IO_DONE);
  EXPECT_EQ(got, "+OK\r\n");
  EXPECT_EQ(Events(), POP3_WAIT_READ) << "a read that gave something has emptied the transport";
}

TEST_F(Channel, WhileConnectingTheTransportsAreAsked) {
  wire_.connects = {POP3_IO_WANT_WRITE, POP3_IO_WANT_READ, POP3_IO_DONE};
  EXPECT_EQ(Connect(), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Events(), POP3_WAIT_WRITE);
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_EQ(Events(), POP3_WAIT_READ);
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_EQ(Events(), 99U);
}

TEST_F(Channel, AHandshakeWaitsForWhatItWantsAndNothingElse) {
  Connected();
  EXPECT_EQ(Read(), POP3_IO_WANT_READ);
  p3_channel_push(&channel_, Tls());
  wire_.connects = {POP3_IO_WANT_WRITE};
  EXPECT_EQ(Connect(), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Events(), POP3_WAIT_WRITE);
}

TEST_F(Channel, AFailedWriteIsToldBehindTheLastWords) {
  Connected();
  wire_.write_fails = true;
  wire_.Say("-ERR too many of you\r\n");
  EXPECT_EQ(Write("NOOP\r\n"), POP3_IO_FAIL);
  EXPECT_TRUE(channel_.write_failed);
  std::string got;
  EXPECT_EQ(Read(&got), POP3_IO_DONE);
  EXPECT_EQ(got, "-ERR too many of you\r\n");
  EXPECT_EQ(Read(), POP3_IO_FAIL);
  EXPECT_STREQ(err_.text, "write fails");
  EXPECT_EQ(err_.status, POP3_ERR_IO);
  wire_.read_wants_write = true;
  EXPECT_EQ(Read(), POP3_IO_FAIL) << "it will not come to write";
  wire_.eof = true;
  EXPECT_EQ(Read(), POP3_IO_EOF) << "an end in order is the server's own word";
}

TEST_F(Channel, AWriteThatMeetsTheEnd) {
  Connected();
  wire_.write_eof = true;
  EXPECT_EQ(Write("NOOP\r\n"), POP3_IO_EOF);
  EXPECT_EQ(Read(), POP3_IO_FAIL);
  EXPECT_EQ(err_.status, POP3_ERR_EOF);
  EXPECT_STREQ(err_.text, "the server closed the connection");
}

TEST_F(Channel, PendingOnlyOnceItIsConnected) {
  Connected();
  wire_.Say("+OK\r\n");
  EXPECT_TRUE(p3_channel_pending(&channel_));
  p3_channel_push(&channel_, Tls());
  wire_.connects = {POP3_IO_WANT_READ};
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_FALSE(p3_channel_pending(&channel_)) << "they are the handshake's";
}

// --- What is known of it

TEST_F(Channel, WhatIsKnownHoldsOnlyWhileItIsOpen) {
  EXPECT_FALSE(p3_channel_is_local(&channel_));
  EXPECT_FALSE(p3_channel_is_private(&channel_));
  Connected();
  EXPECT_TRUE(p3_channel_is_local(&channel_));
  EXPECT_TRUE(p3_channel_is_private(&channel_));
  EXPECT_FALSE(p3_channel_is_encrypted(&channel_));
  wire_.local = false;
  EXPECT_FALSE(p3_channel_is_private(&channel_));
  p3_channel_push(&channel_, Tls());
  wire_.connects = {POP3_IO_WANT_READ};
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_FALSE(p3_channel_is_encrypted(&channel_)) << "not before the handshake is over";
  EXPECT_FALSE(p3_channel_is_verified(&channel_));
  EXPECT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_is_encrypted(&channel_));
  EXPECT_TRUE(p3_channel_is_private(&channel_));
  EXPECT_TRUE(p3_channel_is_verified(&channel_));
  wire_.verified = false;
  EXPECT_FALSE(p3_channel_is_verified(&channel_));
  EXPECT_TRUE(p3_channel_is_encrypted(&channel_));
  wire_.encrypted = false;
  EXPECT_FALSE(p3_channel_is_encrypted(&channel_)) << "the transport does not vouch for it";
  EXPECT_FALSE(p3_channel_is_private(&channel_));
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(p3_channel_query(&channel_, POP3_QUERY_TLS_VERSION, &answer), POP3_OK);
  EXPECT_EQ(answer.data_len, 7U);
}

// --- The end

TEST_F(Channel, CloseSaysGoodbyeAndDropDoesNot) {
  Connected();
  p3_channel_drop(&channel_);
  EXPECT_EQ(wire_.Count("fake.shutdown"), 0);
  EXPECT_FALSE(p3_channel_is_open(&channel_));
  Init(1);
  Connected();
  p3_channel_close(&channel_);
  EXPECT_EQ(wire_.Count("fake.shutdown"), 1);
  EXPECT_EQ(wire_.Count("fake.destroy"), 2);
  EXPECT_EQ(channel_.layers.count, 0U);
}

TEST_F(Channel, NoGoodbyeWhereNothingCanBeWritten) {
  Connected();
  wire_.write_fails = true;
  EXPECT_EQ(Write("NOOP\r\n"), POP3_IO_FAIL);
  p3_channel_close(&channel_);
  EXPECT_EQ(wire_.Count("fake.shutdown"), 0);
  EXPECT_EQ(wire_.Count("fake.destroy"), 1);
}

}  // namespace
}  // namespace channel_test
