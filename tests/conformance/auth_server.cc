// The scripted server of an AuthCase, and base64.
#include <algorithm>
#include <utility>

#include "tests/conformance/auth_rig.h"

namespace pop3_conformance {

namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

class ScriptServer : public AuthServer {
 public:
  explicit ScriptServer(std::vector<Turn> turns) : turns_(std::move(turns)) {}

  std::string Answer(const std::string &line) override {
    if (at_ >= turns_.size()) {
      complaint = "\"" + line + "\" is one line more than the script has";
      return "-ERR no more lines in the script";
    }
    const Turn &turn = turns_[at_++];
    if (line != turn.client) {
      complaint = "the line \"" + line + "\" should be \"" + turn.client + "\"";
    }
    over = at_ == turns_.size();
    return turn.server;
  }

 private:
  std::vector<Turn> turns_;
  size_t at_ = 0;
};

// What stands in |text| in base64, or "" if that is none.
std::string FromBase64(const std::string &text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    const size_t value = std::string(kDigits).find(c);
    if (value == std::string::npos) return "";
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return out;
}

}  // namespace

std::function<std::unique_ptr<AuthServer>()> Script(std::vector<Turn> turns) {
  return [turns] { return std::make_unique<ScriptServer>(turns); };
}

std::string Base64(const std::string &text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; i++) {
      bits = bits << 8 | (at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0U);
    }
    const size_t digits = text.size() - at >= 3 ? 4 : text.size() - at + 1;
    for (size_t i = 0; i < 4; i++) {
      out.push_back(i < digits ? kDigits[bits >> (18 - 6 * i) & 63] : '=');
    }
  }
  return out;
}

bool Shows(const std::string &text, const std::string &secret) {
  if (text.find(secret) != std::string::npos) return true;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    // A cut in the middle of base64 leaves readable what stands before it.
    if (FromBase64(text.substr(at, end - at)).find(secret) != std::string::npos) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace pop3_conformance
