// URLs: what can be read is harmless, and what is written of it reads as the same.
#include <pop3/url.h>

#include <vector>

#include "tests/fuzz/fuzz_input.h"

namespace {

bool Same(const char *a, const char *b) {
  return a == nullptr || b == nullptr ? a == b : std::strcmp(a, b) == 0;
}

void CheckNoControls(const char *text) {
  for (; text != nullptr && *text != '\0'; text++) {
    unsigned char c = static_cast<unsigned char>(*text);
    FUZZ_CHECK(c >= 0x20 && c != 0x7F);
  }
}

void CheckParts(const pop3_url &url) {
  FUZZ_CHECK((url.scheme == POP3_URL_UNIX) == (url.host == nullptr));
  FUZZ_CHECK((url.scheme == POP3_URL_UNIX) == (url.path != nullptr));
  FUZZ_CHECK((url.scheme == POP3_URL_UNIX) == (url.port == 0));
  FUZZ_CHECK(url.user != nullptr || (url.auth == nullptr && url.password.data == nullptr));
  FUZZ_CHECK(url.user == nullptr || *url.user != '\0');
  CheckNoControls(url.host);
  CheckNoControls(url.path);
  CheckNoControls(url.user);
  CheckNoControls(url.auth);
  for (size_t i = 0; i < url.password.len; i++) {
    uint8_t c = url.password.data[i];
    FUZZ_CHECK(c != '\r' && c != '\n' && c != '\0');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<char> text(data, data + size);  // reading behind it is seen
  pop3_url url;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = pop3_url_parse(&url, text.data(), text.size(), nullptr, &err);
  pop3_fuzz::CheckError(err, status);
  if (status != POP3_OK) {
    FUZZ_CHECK(status == POP3_ERR_URL && url.password.data == nullptr && url.user == nullptr);
    return 0;
  }
  CheckParts(url);

  std::vector<char> out(pop3_url_format(nullptr, 0, &url) + 1);
  FUZZ_CHECK(pop3_url_format(out.data(), out.size(), &url) + 1 == out.size());
  pop3_url again;
  FUZZ_CHECK(pop3_url_parse(&again, out.data(), out.size() - 1, nullptr, nullptr) == POP3_OK);
  FUZZ_CHECK(again.scheme == url.scheme && again.port == url.port);
  FUZZ_CHECK(Same(again.host, url.host) && Same(again.path, url.path));
  FUZZ_CHECK(Same(again.user, url.user) && Same(again.auth, url.auth));
  FUZZ_CHECK(again.password.data == nullptr);
  pop3_url_cleanup(&again);
  pop3_url_cleanup(&url);
  return 0;
}
