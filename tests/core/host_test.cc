#include "core/session/host.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "tests/core/session_driver.h"

namespace host_test {
namespace {

using pop3_core_test::Lines;
using pop3_core_test::SessionDriver;

TEST(SessionHost, TheClockIsTheCallersOrTheMonotonicOne) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  pop3_session *session = d.session();
  d.wire.now_ms = 4711;
  EXPECT_EQ(p3_session_now(session), 4711);
  EXPECT_EQ(session->host.now_ms(session->host.ctx), 4711);
  session->config.hooks.clock_ms = nullptr;
  const int64_t before = p3_monotonic_ms();
  const int64_t now = p3_session_now(session);
  EXPECT_GE(now, before);
  EXPECT_LE(now, p3_monotonic_ms());
  session->config.hooks.clock_ms = d.options.clock_ms;
}

TEST(SessionHost, TheMemoryIsTheSessions) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_host *host = &d.session()->host;
  const size_t before = d.allocator.live_blocks();
  void *block = host->alloc(host->ctx, 3);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(d.allocator.live_blocks(), before + 1);
  block = host->resize(host->ctx, block, 300);
  void *other = host->resize(host->ctx, nullptr, 5);
  EXPECT_EQ(d.allocator.live_blocks(), before + 2);
  d.allocator.FailFrom(1);
  EXPECT_EQ(host->alloc(host->ctx, 3), nullptr);
  EXPECT_EQ(host->resize(host->ctx, block, 3000), nullptr);
  d.allocator.NeverFail();
  EXPECT_EQ(d.allocator.live_blocks(), before + 2) << "a resize that fails leaves the block";
  host->release(host->ctx, block);
  host->release(host->ctx, other);
  host->release(host->ctx, nullptr);
  EXPECT_EQ(d.allocator.live_blocks(), before);
}

TEST(SessionHost, NotesStandInTheTraceFromLevelOneOn) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  pop3_session *session = d.session();
  p3_session_note(session, "nobody hears %s", "this");
  EXPECT_EQ(d.traces, Lines());
  pop3_set_debuglevel(session, 1);
  p3_session_note(session, "%d of %s", 3, "them");
  session->host.note(session->host.ctx, "a plugin's: %c", 'x');
  EXPECT_EQ(d.traces, (Lines{"N 3 of them", "N a plugin's: x"}));
}

// However long a note is, it stays within bounds.
TEST(SessionHost, ALongNoteIsCut) {
  SessionDriver d;
  d.options.debug_level = 1;
  ASSERT_EQ(d.Start(), POP3_OK);
  const std::string text(2 * POP3_ERROR_TEXT_MAX, 'x');
  p3_session_note(d.session(), "%s", text.c_str());
  ASSERT_EQ(d.traces.size(), 1U);
  EXPECT_EQ(d.traces[0], "N " + text.substr(0, POP3_ERROR_TEXT_MAX - 1));
}

TEST(SessionHost, AFailureOfAPluginIsCleanedAndCut) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_host *host = &d.session()->host;
  const std::string text(3 * POP3_ERROR_TEXT_MAX, 'x');
  EXPECT_EQ(host->fail(host->ctx, &d.err, POP3_ERR_TLS, "tls", 3, 44, "\x1B[2J%s", text.c_str()),
            POP3_ERR_TLS);
  EXPECT_EQ(d.err.status, POP3_ERR_TLS);
  EXPECT_STREQ(d.err.layer, "tls");
  EXPECT_EQ(d.err.sys_errno, 3);
  EXPECT_EQ(d.err.lib_code, 44);
  EXPECT_EQ(strncmp(d.err.text, "\\x1B[2Jxxx", 10), 0) << d.err.text;
  EXPECT_EQ(strlen(d.err.text), static_cast<size_t>(POP3_ERROR_TEXT_MAX - 1));
  EXPECT_STREQ(d.err.text + POP3_ERROR_TEXT_MAX - 4, "...");
  EXPECT_EQ(host->fail(host->ctx, nullptr, POP3_ERR_IO, "tls", 0, 0, "nobody listens"),
            POP3_ERR_IO);
}

TEST(SessionHost, WipeOverwritesThatAndNothingElse) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_host *host = &d.session()->host;
  char text[] = "sesame!";
  host->wipe(host->ctx, text, 6);
  EXPECT_EQ(std::string(text, 7), std::string(6, '\0') + "!");
  host->wipe(host->ctx, nullptr, 0);
}

TEST(SessionHost, TraceEventsGetTheSessionsTime) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  pop3_trace_event event = {};
  event.size = sizeof(event);
  event.kind = POP3_TRACE_NOTE;
  event.time_ms = 1;
  event.data = "words";
  event.data_len = 5;
  p3_session_trace(d.session(), &event);  // the driver looks at the time
  EXPECT_EQ(d.traces, Lines{"N words"});
  EXPECT_EQ(event.time_ms, 1) << "the engine's event is left alone";
}

// Without a function of the caller's the trace goes to stderr.
TEST(SessionHost, WithoutAHookTheTraceGoesToStderr) {
  SessionDriver d;
  d.options.trace = nullptr;
  d.options.debug_level = 1;
  ASSERT_EQ(d.Start(), POP3_OK);
  ::testing::internal::CaptureStderr();
  p3_session_note(d.session(), "hello");
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("hello"), std::string::npos);
}

}  // namespace
}  // namespace host_test
