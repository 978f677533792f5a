#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace init_test {
namespace {

constexpr uint8_t kGuard = 0xA5;

// What |init| makes of a caller's memory must be |preset| as far as the caller knows it, zeros as
// far as he knows more, and nothing behind.
template <typename T, typename Init>
void Check(const T &preset, Init init) {
  for (size_t size = 0; size <= sizeof(T) + 16; size++) {
    std::vector<uint64_t> memory(sizeof(T) / 8 + 4);
    memset(memory.data(), kGuard, memory.size() * 8);
    init(reinterpret_cast<T *>(memory.data()), size);
    const auto *out = reinterpret_cast<const uint8_t *>(memory.data());
    const auto *want = reinterpret_cast<const uint8_t *>(&preset);
    size_t at = 0;
    if (size >= sizeof(uint32_t)) {
      uint32_t told;
      memcpy(&told, out, sizeof(told));
      ASSERT_EQ(told, size);
      for (at = sizeof(told); at < size; at++) {
        ASSERT_EQ(out[at], at < sizeof(T) ? want[at] : 0) << at << " of " << size;
      }
    }
    for (; at < memory.size() * 8; at++) ASSERT_EQ(out[at], kGuard) << at << " of " << size;
  }
}

TEST(Init, OfWhatTheCallerFills) {
  static const pop3_limits limits = POP3_LIMITS_INIT;
  Check(limits, pop3_limits_init);
  static const pop3_engine_options engine = POP3_ENGINE_OPTIONS_INIT;
  Check(engine, pop3_engine_options_init);
  static const pop3_session_options session = POP3_SESSION_OPTIONS_INIT;
  Check(session, pop3_session_options_init);
  static const pop3_time_limits times = POP3_TIME_LIMITS_INIT;
  Check(times, pop3_time_limits_init);
  static const pop3_sink sink = POP3_SINK_INIT;
  Check(sink, pop3_sink_init);
  static const pop3_identity identity = POP3_IDENTITY_INIT;
  Check(identity, pop3_identity_init);
}

TEST(Init, OfWhatTheCallerFillsWithAnArgument) {
  static const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_TOP);
  Check(request,
        [](pop3_request *out, size_t size) { pop3_request_init(out, size, POP3_CMD_TOP); });
  static const pop3_stream stream = POP3_STREAM_INIT(stdout);
  Check(stream, [](pop3_stream *out, size_t size) { pop3_stream_init(out, size, stdout); });
  const auto on_line = [](void *, const uint8_t *, size_t) { return POP3_SINK_CONTINUE; };
  static int argument = 0;
  static const pop3_lines lines = POP3_LINES_INIT(on_line, &argument);
  Check(lines,
        [](pop3_lines *out, size_t size) { pop3_lines_init(out, size, lines.line, &argument); });
}

TEST(Init, OfWhatTheLibraryFills) {
  static const pop3_security security = POP3_SECURITY_INIT;
  Check(security, pop3_security_init);
  static const pop3_candidate candidate = POP3_CANDIDATE_INIT;
  Check(candidate, pop3_candidate_init);
  static const pop3_interest interest = POP3_INTEREST_INIT;
  Check(interest, pop3_interest_init);
  static const pop3_answer answer = POP3_ANSWER_INIT;
  Check(answer, pop3_answer_init);
}

}  // namespace
}  // namespace init_test
