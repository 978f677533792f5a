#include <gtest/gtest.h>
#include <pop3/trace.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace trace_file_test {
namespace {

using namespace std::string_view_literals;

std::string Trace(pop3_trace_kind kind, std::string_view data) {
  char *text = nullptr;
  size_t len = 0;
  FILE *file = open_memstream(&text, &len);
  pop3_trace_event event{};
  event.size = sizeof(event);
  event.kind = kind;
  event.level = 1;
  event.data = data.data();
  event.data_len = data.size();
  pop3_trace_to_file(file, &event);
  std::fclose(file);
  std::string result(text, len);
  std::free(text);
  return result;
}

TEST(TraceToFile, Table) {
  struct {
    pop3_trace_kind kind;
    std::string_view data;
    const char *line;
  } cases[] = {
      {POP3_TRACE_NOTE, "connecting to h", "-- connecting to h\n"},
      {POP3_TRACE_COMMAND, "PASS <redacted>", "-> PASS <redacted>\n"},
      {POP3_TRACE_REPLY, "+OK", "<- +OK\n"},
      {POP3_TRACE_REPLY, "", "<- \n"},
      {POP3_TRACE_LINE, "1 120", "<- 1 120\n"},
      {POP3_TRACE_BODY, "From: a", "<- (7 octets of a body)\n"},
      {POP3_TRACE_BODY, "", "<- (0 octets of a body)\n"},
      {POP3_TRACE_REPLY, "a\0\r\n\x1B[2J\x7F\xC3\xBC\\x"sv,
       "<- a\\x00\\x0D\\x0A\\x1B[2J\\x7F\\xC3\\xBC\\\\x\n"},
      {static_cast<pop3_trace_kind>(7), "x", "-- x\n"},
  };
  for (const auto &c : cases) EXPECT_EQ(Trace(c.kind, c.data), c.line);
}

TEST(TraceToFile, CutsLongLines) {
  EXPECT_EQ(Trace(POP3_TRACE_LINE, std::string(1024, 'x')), "<- " + std::string(1024, 'x') + "\n");
  EXPECT_EQ(Trace(POP3_TRACE_LINE, std::string(1025, 'x')),
            "<- " + std::string(1024, 'x') + "... (1025 octets)\n");
  std::string escaped;
  for (int i = 0; i < 1024; i++) escaped += "\\xFF";
  EXPECT_EQ(Trace(POP3_TRACE_LINE, std::string(1000000, '\xFF')),
            "<- " + escaped + "... (1000000 octets)\n");
}

}  // namespace
}  // namespace trace_file_test
