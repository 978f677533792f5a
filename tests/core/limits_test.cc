#include <gtest/gtest.h>
#include <pop3/limits.h>

#include <cstddef>
#include <string>

#include "core/codec/codec.h"

namespace limits_test {
namespace {

void ExpectDefaults(const pop3_limits &limits) {
  EXPECT_EQ(limits.size, sizeof(limits));
  EXPECT_EQ(limits.recv_buffer, 262144U);
  EXPECT_EQ(limits.send_buffer, 8192U);
  EXPECT_EQ(limits.max_command, 255U);
  EXPECT_EQ(limits.max_reply_line, 8192U);
  EXPECT_EQ(limits.max_capa_lines, 256U);
  EXPECT_EQ(limits.max_capa_octets, 65536U);
  EXPECT_EQ(limits.max_items, 100000000U);
  EXPECT_EQ(limits.max_queued, 1048576U);
  EXPECT_EQ(limits.pipeline_high, 256U);
  EXPECT_EQ(limits.pipeline_low, 128U);
  EXPECT_EQ(limits.pipeline_octets, 8192U);
  EXPECT_EQ(limits.max_auth_rounds, 64U);
  EXPECT_EQ(limits.max_auth_line, 1048576U);
  EXPECT_EQ(limits.max_layers, 8U);
  EXPECT_EQ(limits.max_message_octets, uint64_t{1} << 40);
  EXPECT_EQ(limits.max_credential, 4096U);
}

TEST(LimitsResolve, Defaults) {
  pop3_limits out;
  EXPECT_EQ(p3_limits_resolve(&out, nullptr, nullptr), POP3_OK);
  ExpectDefaults(out);
  pop3_limits in = POP3_LIMITS_INIT;
  EXPECT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  ExpectDefaults(out);
  // What is resolved stays as it is.
  pop3_limits again;
  EXPECT_EQ(p3_limits_resolve(&again, &out, nullptr), POP3_OK);
  ExpectDefaults(again);
  EXPECT_EQ(p3_limits_resolve(&again, &again, nullptr), POP3_OK);
  ExpectDefaults(again);
}

TEST(LimitsResolve, KeepsWhatTheCallerChose) {
  pop3_limits in = POP3_LIMITS_INIT;
  in.recv_buffer = 512;
  in.send_buffer = 40000;
  in.max_command = 32;
  in.max_reply_line = 64;
  in.max_capa_lines = 1;
  in.max_capa_octets = 2;
  in.max_items = 3;
  in.max_queued = 4;
  in.pipeline_high = 6;
  in.pipeline_low = 5;
  in.pipeline_octets = 7;
  in.max_auth_rounds = 8;
  in.max_auth_line = 9;
  in.max_layers = 16;
  in.max_message_octets = 10;
  in.max_credential = 300;
  pop3_limits out;
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.recv_buffer, 512U);
  EXPECT_EQ(out.send_buffer, 40000U);
  EXPECT_EQ(out.max_command, 32U);
  EXPECT_EQ(out.max_reply_line, 64U);
  EXPECT_EQ(out.max_capa_lines, 1U);
  EXPECT_EQ(out.max_capa_octets, 2U);
  EXPECT_EQ(out.max_items, 3U);
  EXPECT_EQ(out.max_queued, 4U);
  EXPECT_EQ(out.pipeline_high, 6U);
  EXPECT_EQ(out.pipeline_low, 5U);
  EXPECT_EQ(out.pipeline_octets, 7U);
  EXPECT_EQ(out.max_auth_rounds, 8U);
  EXPECT_EQ(out.max_auth_line, 9U);
  EXPECT_EQ(out.max_layers, 16U);
  EXPECT_EQ(out.max_message_octets, 10U);
  EXPECT_EQ(out.max_credential, 300U);
}

TEST(LimitsResolve, OnlyAPasswordMayBeLonger) {
  pop3_limits limits;
  ASSERT_EQ(p3_limits_resolve(&limits, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(p3_limits_line(&limits, POP3_CMD_PASS), 4096U);
  EXPECT_EQ(p3_limits_line(&limits, POP3_CMD_USER), 255U);
  EXPECT_EQ(p3_limits_line(&limits, POP3_CMD_AUTH), 255U);
  limits.max_command = 5000;
  EXPECT_EQ(p3_limits_line(&limits, POP3_CMD_PASS), 5000U);
}

TEST(LimitsResolve, ADefaultGivesWayToAChoice) {
  pop3_limits in = POP3_LIMITS_INIT;
  in.send_buffer = 600;
  pop3_limits small;
  ASSERT_EQ(p3_limits_resolve(&small, &in, nullptr), POP3_OK);
  EXPECT_EQ(small.max_credential, 600U);
  in.send_buffer = 0;
  in.recv_buffer = 1000;
  in.pipeline_high = 1;
  pop3_limits out;
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.max_reply_line, 1000U);
  EXPECT_EQ(out.pipeline_low, 0U);
  in.pipeline_high = 100;
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.pipeline_low, 50U);
}

TEST(LimitsResolve, ReadsOnlyWhatAnOlderCallerHas) {
  pop3_limits in = POP3_LIMITS_INIT;
  in.recv_buffer = 4096;
  in.send_buffer = 1;  // would be refused
  in.max_message_octets = 1;
  in.max_credential = 100;
  in.size = offsetof(pop3_limits, send_buffer) + 3;  // not quite all of send_buffer
  pop3_limits out;
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.recv_buffer, 4096U);
  EXPECT_EQ(out.send_buffer, 8192U);
  EXPECT_EQ(out.max_message_octets, uint64_t{1} << 40);
  EXPECT_EQ(out.max_credential, 4096U);
  in.send_buffer = 0;
  in.size = offsetof(pop3_limits, max_credential);
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.max_message_octets, 1U);
  EXPECT_EQ(out.max_credential, 4096U);
  in.size = sizeof(in) + 1000;  // a newer caller
  ASSERT_EQ(p3_limits_resolve(&out, &in, nullptr), POP3_OK);
  EXPECT_EQ(out.max_credential, 100U);
  EXPECT_EQ(out.size, sizeof(out));
}

struct BadCase {
  void (*change)(pop3_limits &);
  const char *text;
};

TEST(LimitsResolve, RefusesWhatCannotWork) {
  const BadCase cases[] = {
      {[](pop3_limits &l) { l.size = 0; }, "limits.size is 0: start from POP3_LIMITS_INIT"},
      {[](pop3_limits &l) { l.size = 3; }, "limits.size is 3: start from POP3_LIMITS_INIT"},
      {[](pop3_limits &l) { l.recv_buffer = 511; },
       "limits.recv_buffer is 511, which is less than 512"},
      {[](pop3_limits &l) { l.send_buffer = 511; },
       "limits.send_buffer is 511, which is less than 512"},
      {[](pop3_limits &l) { l.max_command = 31; },
       "limits.max_command is 31, which is less than 32"},
      {[](pop3_limits &l) { l.max_reply_line = 63; },
       "limits.max_reply_line is 63, which is less than 64"},
      {[](pop3_limits &l) { l.max_layers = 17; }, "limits.max_layers is 17, which is more than 16"},
      {[](pop3_limits &l) { l.max_command = 8193; },
       "limits.max_command (8193) is larger than limits.send_buffer (8192)"},
      {[](pop3_limits &l) { l.max_credential = 8193; },
       "limits.max_credential (8193) is larger than limits.send_buffer (8192)"},
      {[](pop3_limits &l) {
         l.recv_buffer = 1024;
         l.max_reply_line = 1025;
       },
       "limits.max_reply_line (1025) is larger than limits.recv_buffer (1024)"},
      {[](pop3_limits &l) { l.pipeline_low = 257; },
       "limits.pipeline_low (257) is larger than limits.pipeline_high (256)"},
  };
  for (const BadCase &c : cases) {
    pop3_limits in = POP3_LIMITS_INIT;
    c.change(in);
    pop3_limits out = POP3_LIMITS_INIT;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_limits_resolve(&out, &in, &err), POP3_ERR_ARGUMENT) << c.text;
    EXPECT_STREQ(err.text, c.text);
    EXPECT_EQ(err.status, POP3_ERR_ARGUMENT);
    EXPECT_EQ(out.recv_buffer, 0U) << "written though it failed";
  }
}

}  // namespace
}  // namespace limits_test
