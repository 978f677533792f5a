#include "core/channel/layers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"
#include "tests/testing/test_host.h"

namespace layers_test {
namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;
using pop3_core_test::ShiftLayer;
using Calls = std::vector<std::string>;

class Layers : public ::testing::Test {
 protected:
  void TearDown() override {
    p3_layers_destroy(&layers_);
    EXPECT_EQ(wire_.complaints, Calls());
    EXPECT_EQ(host_.live(), 0);
  }

  const pop3_transport_ops *Ops(size_t index) { return FakeWirePlugin()->transports[index]; }
  const pop3_transport_ops *Bottom() { return Ops(0); }
  const pop3_transport_ops *Tls() { return Ops(1); }

  pop3_status Push(const pop3_transport_ops *ops, size_t max_layers = 8) {
    const pop3_option option = {"fake.wire", nullptr, 0, &wire_};
    const pop3_transport_config config = {sizeof(config), 110, "host", &option, 1};
    err_ = POP3_ERROR_INIT;
    return p3_layers_push(&layers_, ops, host_.get(), &config, max_layers, &err_);
  }
  void PushConnected(const pop3_transport_ops *ops) {
    ASSERT_EQ(Push(ops), POP3_OK) << err_.text;
    ASSERT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_DONE);
  }
  std::string Read(size_t cap = 100) {
    std::vector<uint8_t> buf(cap);
    size_t len = 999;
    if (p3_layers_read(&layers_, buf.data(), cap, &len, &err_) != POP3_IO_DONE) return "";
    return std::string(buf.begin(), buf.begin() + static_cast<std::ptrdiff_t>(len));
  }
  pop3_io Write(const std::string &text, size_t *out_len) {
    return p3_layers_write(&layers_, reinterpret_cast<const uint8_t *>(text.data()), text.size(),
                           out_len, &err_);
  }

  FakeWire wire_;
  pop3_testing::TestHost host_;
  p3_layers layers_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(Layers, CreatedFromTheBottomUpAndDestroyedFromTheTop) {
  PushConnected(Bottom());
  PushConnected(Tls());
  PushConnected(ShiftLayer());
  p3_layers_shutdown(&layers_);
  p3_layers_destroy(&layers_);
  EXPECT_EQ(wire_.calls, (Calls{"fake.create", "fake.connect", "tls.create", "tls.connect",
                                "shift.create", "shift.connect", "tls.shutdown", "fake.shutdown",
                                "shift.destroy", "tls.destroy", "fake.destroy"}));
  EXPECT_EQ(layers_.count, 0U);
  p3_layers_destroy(&layers_);
  EXPECT_EQ(wire_.calls.size(), 11U) << "once is enough";
}

TEST_F(Layers, OctetsGoThroughAllOfThem) {
  wire_.greeting = "+OK hello\r\n";
  PushConnected(Bottom());
  EXPECT_EQ(Read(), "+OK hello\r\n");
  PushConnected(Tls());
  PushConnected(ShiftLayer());
  wire_.Say("secret answer");
  EXPECT_EQ(Read(6), "secret");
  EXPECT_EQ(Read(), " answer");
  size_t len = 0;
  EXPECT_EQ(Write("NOOP\r\n", &len), POP3_IO_DONE);
  EXPECT_EQ(len, 6U);
  EXPECT_EQ(wire_.lines, Calls{"NOOP"});
  EXPECT_EQ(wire_.raw_sent, "`aab\x1F\x1C") << "13 and 5 were added to each octet";
}

TEST_F(Layers, WantAndEofAndFailComeUp) {
  PushConnected(Bottom());
  PushConnected(ShiftLayer());
  (void)Read();
  uint8_t buf[8];
  size_t len = 7;
  EXPECT_EQ(p3_layers_read(&layers_, buf, 8, &len, &err_), POP3_IO_WANT_READ);
  EXPECT_EQ(len, 0U);
  wire_.read_wants_write = true;
  EXPECT_EQ(p3_layers_read(&layers_, buf, 8, &len, &err_), POP3_IO_WANT_WRITE);
  wire_.write_room = 3;
  EXPECT_EQ(Write("NOOP\r\n", &len), POP3_IO_DONE);
  EXPECT_EQ(len, 3U);
  EXPECT_EQ(Write("P\r\n", &len), POP3_IO_WANT_WRITE);
  EXPECT_EQ(len, 0U);
  wire_.eof = true;
  EXPECT_EQ(p3_layers_read(&layers_, buf, 8, &len, &err_), POP3_IO_EOF);
  wire_.read_fails = true;
  EXPECT_EQ(p3_layers_read(&layers_, buf, 8, &len, &err_), POP3_IO_FAIL);
  EXPECT_EQ(err_.status, POP3_ERR_IO);
  EXPECT_STREQ(err_.text, "read fails");
}

TEST_F(Layers, ConnectIsAskedUntilDone) {
  wire_.connects = {POP3_IO_WANT_READ, POP3_IO_WANT_WRITE};
  ASSERT_EQ(Push(Bottom()), POP3_OK);
  EXPECT_EQ(layers_.connecting, 1);
  EXPECT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_WANT_READ);
  EXPECT_EQ(layers_.connecting, 1);
  EXPECT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_WANT_WRITE);
  EXPECT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_DONE);
  EXPECT_EQ(layers_.connecting, 0);
}

TEST_F(Layers, HangUpWhileConnectingIsAFailureInWords) {
  PushConnected(Bottom());
  wire_.connect_eof = "tls";
  ASSERT_EQ(Push(Tls()), POP3_OK);
  EXPECT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_FAIL);
  EXPECT_EQ(err_.status, POP3_ERR_EOF);
  EXPECT_STREQ(err_.layer, "tls");
  EXPECT_STREQ(err_.text, "the server closed the connection while tls was connecting");
}

TEST_F(Layers, AFailedConnectIsTheTransportsOwnError) {
  wire_.connect_fails = "fake";
  ASSERT_EQ(Push(Bottom()), POP3_OK);
  EXPECT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_FAIL);
  EXPECT_EQ(err_.status, POP3_ERR_IO);
  EXPECT_EQ(err_.sys_errno, 5);
  EXPECT_EQ(err_.lib_code, 77);
}

TEST_F(Layers, BottomAndUpperStandWhereTheyBelong) {
  EXPECT_EQ(Push(Tls()), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err_.text, "transport tls needs another one below it");
  PushConnected(Bottom());
  EXPECT_EQ(Push(Bottom()), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err_.text, "transport fake cannot stand on another one");
  EXPECT_EQ(layers_.count, 1U);
  EXPECT_EQ(wire_.Count("tls.create"), 0);
}

TEST_F(Layers, AFailedCreateAddsNothing) {
  PushConnected(Bottom());
  wire_.create_fails = "tls";
  EXPECT_EQ(Push(Tls()), POP3_ERR_ARGUMENT);
  EXPECT_EQ(layers_.count, 1U);
  EXPECT_EQ(layers_.connecting, 0);
  host_.FailAllocation(0);
  wire_.create_fails = "";
  EXPECT_EQ(Push(Tls()), POP3_ERR_MEMORY);
  EXPECT_EQ(layers_.count, 1U);
  EXPECT_EQ(Read(), "+OK ready\r\n") << "the chain still works";
}

TEST_F(Layers, TheLimitExactlyAndOnePast) {
  PushConnected(Bottom());
  ASSERT_EQ(Push(ShiftLayer(), 2), POP3_OK);
  ASSERT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_DONE);
  EXPECT_EQ(Push(ShiftLayer(), 2), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err_.text, "more than 2 transports on each other (limit max_layers)");
  while (layers_.count < P3_LAYERS_MAX) {
    ASSERT_EQ(Push(ShiftLayer(), 99), POP3_OK);
    ASSERT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_DONE);
  }
  EXPECT_EQ(Push(ShiftLayer(), 99), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err_.text, "more than 16 transports on each other (limit max_layers)");
}

TEST_F(Layers, QueriesFallThrough) {
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_IS_LOCAL, &answer), POP3_ERR_UNSUPPORTED);
  PushConnected(Bottom());
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_IS_ENCRYPTED, &answer), POP3_ERR_UNSUPPORTED);
  PushConnected(Tls());
  PushConnected(ShiftLayer());  // which answers nothing
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_IS_ENCRYPTED, &answer), POP3_OK);
  EXPECT_EQ(answer.number, 1);
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PEER_NAME, &answer), POP3_OK);
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(answer.data), answer.data_len),
            "192.0.2.1:110");
  EXPECT_EQ(answer.number, 0) << "nothing is left of an earlier answer";
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PLUGIN, &answer), POP3_ERR_UNSUPPORTED);
}

TEST_F(Layers, AFailureIsAnAnswerToAQuery) {
  PushConnected(Bottom());
  static pop3_transport_ops broken = *Tls();  // outlives the test
  broken.query = [](void *, uint32_t, pop3_answer *) { return POP3_ERR_MEMORY; };
  PushConnected(&broken);
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PEER_NAME, &answer), POP3_ERR_MEMORY)
      << "the layer below is not asked";
}

TEST_F(Layers, OfAFailedQueryNothingIsLeftInTheAnswer) {
  PushConnected(Bottom());
  static pop3_transport_ops broken = *Tls();  // outlives the test
  broken.query = [](void *, uint32_t, pop3_answer *out) {
    out->number = 7;
    return POP3_ERR_MEMORY;
  };
  PushConnected(&broken);
  pop3_answer answer = POP3_ANSWER_INIT;
  answer.number = 1;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PEER_NAME, &answer), POP3_ERR_MEMORY);
  EXPECT_EQ(answer.number, 0);
}

TEST_F(Layers, WhatALayerWroteThatHasNoAnswerIsNotInThatOfAnother) {
  PushConnected(Bottom());
  static pop3_transport_ops talkative = *Tls();  // outlives the test
  talkative.query = [](void *, uint32_t, pop3_answer *out) {
    out->number = 7;
    return POP3_ERR_UNSUPPORTED;
  };
  PushConnected(&talkative);
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PEER_NAME, &answer), POP3_OK);
  EXPECT_EQ(answer.number, 0);
}

TEST_F(Layers, AnAnswerIsFilledAsFarAsItsOwnerKnowsIt) {
  PushConnected(Bottom());
  pop3_answer answer = POP3_ANSWER_INIT;
  answer.size = offsetof(pop3_answer, data_len);
  answer.data_len = 4711;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PEER_NAME, &answer), POP3_OK);
  EXPECT_NE(answer.data, nullptr);
  EXPECT_EQ(answer.data_len, 4711U);
  EXPECT_EQ(answer.size, offsetof(pop3_answer, data_len));
  answer.size = 0;
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_IS_LOCAL, &answer), POP3_ERR_ARGUMENT);
  EXPECT_EQ(answer.number, 0);
  EXPECT_EQ(p3_layers_query(&layers_, POP3_QUERY_PLUGIN, &answer), POP3_ERR_ARGUMENT);
}

TEST_F(Layers, FlagsOfALaterDayAreNoFault) {
  static pop3_transport_ops bottom = *Bottom();  // outlives the test
  bottom.flags = POP3_TRANSPORT_BOTTOM | UINT32_C(0x10);
  PushConnected(&bottom);
  static pop3_transport_ops upper = *Tls();
  upper.flags = POP3_TRANSPORT_UPPER | UINT32_C(0x10);
  PushConnected(&upper);
  upper.flags = POP3_TRANSPORT_UPPER | POP3_TRANSPORT_BOTTOM;
  EXPECT_EQ(Push(&upper), POP3_ERR_ARGUMENT);
  upper.flags = 0;
  EXPECT_EQ(Push(&upper), POP3_ERR_ARGUMENT);
}

TEST_F(Layers, NothingIsConnectingOnceAllAreDestroyed) {
  ASSERT_EQ(Push(Bottom()), POP3_OK);
  EXPECT_EQ(layers_.connecting, 1);
  p3_layers_destroy(&layers_);
  EXPECT_EQ(layers_.connecting, 0);
  EXPECT_EQ(layers_.count, 0U);
}

TEST_F(Layers, PendingAsksEachThatHasTheFunction) {
  EXPECT_EQ(p3_layers_pending(&layers_), 0);
  PushConnected(Bottom());
  PushConnected(ShiftLayer());
  EXPECT_EQ(p3_layers_pending(&layers_), 1) << "the greeting";
  (void)Read();
  EXPECT_EQ(p3_layers_pending(&layers_), 0);
}

TEST_F(Layers, InterestComesFromTheTopAndReachesTheBottom) {
  wire_.real_time = true;
  pop3_interest interest = POP3_INTEREST_INIT;
  p3_layers_interest(&layers_, &interest);
  EXPECT_EQ(interest.num_fds, 0U);
  PushConnected(Bottom());
  PushConnected(ShiftLayer());
  interest.events = POP3_WAIT_WRITE;
  p3_layers_interest(&layers_, &interest);
  EXPECT_EQ(wire_.last_events, POP3_WAIT_WRITE);
}

TEST_F(Layers, ShutdownLeavesOutWhatIsNotConnected) {
  PushConnected(Bottom());
  wire_.connects = {POP3_IO_WANT_READ};
  ASSERT_EQ(Push(Tls()), POP3_OK);
  ASSERT_EQ(p3_layers_connect(&layers_, &err_), POP3_IO_WANT_READ);
  p3_layers_shutdown(&layers_);
  EXPECT_EQ(wire_.Count("tls.shutdown"), 0);
  EXPECT_EQ(wire_.Count("fake.shutdown"), 1);
}

}  // namespace
}  // namespace layers_test
