// Requests of all kinds: no command line ever has a line end but its own, and nothing that is
// refused leaves a trace.
#include <pop3/request.h>

#include <vector>

#include "core/codec/command_table.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

void CheckLine(const std::vector<uint8_t> &out, size_t len, size_t secret,
               const pop3_request &request) {
  FUZZ_CHECK(len >= 3 && len <= out.size() && secret <= len);
  FUZZ_CHECK(out[len - 2] == '\r' && out[len - 1] == '\n');
  for (size_t i = 0; i < len - 2; i++) {
    FUZZ_CHECK(out[i] != '\r' && out[i] != '\n' && out[i] != '\0');
  }
  const char *line = reinterpret_cast<const char *>(out.data());
  pop3_command command = p3_command_of_line(line, len - 2);
  bool raw = request.command == POP3_CMD_RAW || request.command == POP3_CMD_RAW_MULTI;
  FUZZ_CHECK(raw || command == request.command);
  FUZZ_CHECK(!raw || command != POP3_CMD_STLS);
  FUZZ_CHECK(!raw || command != POP3_CMD_AUTH || len == 6);
  if (command == POP3_CMD_PASS && len > 6) FUZZ_CHECK(secret == 5);
  if (command == POP3_CMD_APOP && len > 6) FUZZ_CHECK(secret < len);
  if (request.command == POP3_CMD_AUTH) {
    FUZZ_CHECK((secret < len) ==
               (request.arg2 != nullptr || (request.flags & POP3_REQUEST_SECRET) != 0));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pop3_fuzz::Input input(data, size);
  pop3_request request = POP3_REQUEST_INIT(static_cast<pop3_command>(input.Octet() % 32));
  uint8_t shape = input.Octet();
  request.flags = shape & 3U;
  request.number = (shape & 4U) != 0 ? input.Word() : 0;
  request.lines = (shape & 8U) != 0 ? input.Word() : 0;
  pop3_limits limits = POP3_LIMITS_INIT;
  limits.max_command = (shape & 16U) != 0 ? input.Octet() : 0;
  std::vector<uint8_t> out((shape & 32U) != 0 ? input.Octet() : 4096U);
  // The first argument ends at a LF, which it holds if bit 7 is set.
  std::string arg = input.Line();
  if ((shape & 128U) != 0) arg += '\n';
  std::string arg2 = input.Rest();
  std::vector<char> exact(arg.begin(), arg.end());
  std::vector<char> exact2(arg2.begin(), arg2.end());
  if (!arg.empty()) {
    request.arg = exact.data();
    request.arg_len = exact.size();
  }
  if ((shape & 64U) != 0 && !arg2.empty()) {
    request.arg2 = exact2.data();
    request.arg2_len = exact2.size();
  }

  size_t len = 0;
  size_t secret = 0;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status =
      pop3_command_build(out.data(), out.size(), &len, &secret, &request, &limits, &err);
  pop3_fuzz::CheckError(err, status);
  if (status == POP3_OK) {
    size_t most = limits.max_command == 0 ? 255U : limits.max_command;
    // A password may be longer: the default of max_credential.
    const bool is_pass =
        p3_command_of_line(reinterpret_cast<const char *>(out.data()), len - 2) == POP3_CMD_PASS;
    if (is_pass && most < 4096) most = 4096;
    FUZZ_CHECK(len <= most);
    CheckLine(out, len, secret, request);
  } else {
    FUZZ_CHECK(status == POP3_ERR_ARGUMENT && len == 0 && secret == 0);
    for (uint8_t octet : out) FUZZ_CHECK(octet == 0);
  }
  return 0;
}
