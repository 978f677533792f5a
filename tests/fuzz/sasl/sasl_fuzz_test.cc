// What a server says in a login: its list of mechanisms, base64, the JSON of a refused token.
#include <pop3/spi/base64.h>

#include <vector>

#include "auth/sasl_mechanism.h"
#include "plugins/oauth/oauth_error.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

// What can be decoded is the one right form of what it stands for.
void CheckBase64(const std::vector<char> &text) {
  std::vector<uint8_t> octets(text.size() / 4 * 3);
  size_t len = 0;
  if (pop3_base64_decode(octets.data(), &len, text.data(), text.size()) != 0) {
    FUZZ_CHECK(len <= octets.size());
    FUZZ_CHECK(pop3_base64_encoded_len(len) == text.size());
    std::vector<uint8_t> again(text.size());
    pop3_base64_encode(again.data(), octets.data(), len);
    FUZZ_CHECK(text.empty() || std::memcmp(again.data(), text.data(), text.size()) == 0);
  }
}

// And all can be encoded and comes back.
void CheckBase64Back(const uint8_t *data, size_t size) {
  std::vector<uint8_t> text(pop3_base64_encoded_len(size));
  pop3_base64_encode(text.data(), data, size);
  std::vector<uint8_t> octets(text.size() / 4 * 3);
  size_t len = 0;
  FUZZ_CHECK(pop3_base64_decode(octets.data(), &len, reinterpret_cast<const char *>(text.data()),
                                text.size()) == 1);
  FUZZ_CHECK(len == size && (size == 0 || std::memcmp(octets.data(), data, size) == 0));
}

void CheckNames(const std::string &list) {
  const char *at = list.c_str();
  const char *before = at;
  char name[P3_SASL_NAME_MAX + 1];
  while (p3_sasl_name(&at, name) != 0) {
    FUZZ_CHECK(at > before && at <= list.c_str() + list.size());
    FUZZ_CHECK(std::strlen(name) >= 1 && std::strlen(name) <= P3_SASL_NAME_MAX);
    FUZZ_CHECK(std::strpbrk(name, " \r\n\"abcxyz") == nullptr);
    FUZZ_CHECK(p3_sasl_listed(list.c_str(), name) == 1);
    FUZZ_CHECK(p3_sasl_mechanism_find(name) != nullptr);
    before = at;
  }
}

void CheckJson(std::vector<char> text) {
  char status[P3_OAUTH_STATUS_MAX];
  const int found = p3_oauth_status(text.data(), text.size(), status);
  FUZZ_CHECK((found == 1) == (status[0] != '\0'));
  for (const char *c = status; *c != '\0'; c++) FUZZ_CHECK(*c >= 0x20 && *c < 0x7F && *c != '"');
  const size_t len = p3_oauth_clean(text.data(), text.size());
  FUZZ_CHECK(len <= text.size() && len <= P3_OAUTH_DETAIL_MAX);
  for (size_t i = 0; i < len; i++) FUZZ_CHECK(text[i] >= 0x20 && text[i] < 0x7F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::vector<char> text(data, data + size);  // reading behind it is seen
  CheckBase64(text);
  CheckBase64Back(data, size);
  CheckNames(std::string(text.begin(), text.end()));
  CheckJson(text);
  return 0;
}
