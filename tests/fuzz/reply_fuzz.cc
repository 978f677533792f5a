// Every parser of the codec on every line of the input. The first two octets choose the quirks.
#include <memory>
#include <string_view>

#include "core/base/memory.h"
#include "core/base/text.h"
#include "core/codec/capability_parse.h"
#include "core/codec/codec.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using pop3_fuzz::CheckError;

// Exact is a copy of a line on the heap without an octet more, so that reading behind it is seen.
struct Exact {
  explicit Exact(const std::string &line) : data(new char[line.size()]), len(line.size()) {
    std::memcpy(data.get(), line.data(), len);
  }
  bool Holds(const char *text, size_t text_len) const {
    return text >= data.get() && text + text_len <= data.get() + len;
  }
  std::unique_ptr<char[]> data;
  size_t len;
};

uint64_t TotalHits(const pop3_quirks &quirks) {
  uint64_t total = 0;
  for (uint64_t hits : quirks.hits) total += hits;
  return total;
}

bool SameItem(const pop3_item &a, const pop3_item &b) {
  return a.kind == b.kind && a.number == b.number && a.octets == b.octets && a.text == b.text &&
         a.text_len == b.text_len && a.line == b.line && a.line_len == b.line_len;
}

// BothWays runs |parse|(out, quirks, err) strictly and with |enabled|, and checks that what is fine
// strictly is taken the same way, without a hit, when more is allowed.
template <class Out, class Parse, class Same>
bool BothWays(uint32_t enabled, Out *out, Parse parse, Same same) {
  Out strict_out{};
  pop3_error strict_err = POP3_ERROR_INIT;
  pop3_error err = POP3_ERROR_INIT;
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = enabled;
  pop3_status strict = parse(&strict_out, nullptr, &strict_err);
  pop3_status status = parse(out, &quirks, &err);
  CheckError(strict_err, strict);
  CheckError(err, status);
  for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
    FUZZ_CHECK(quirks.hits[i] == 0 || (enabled & POP3_QUIRK_BIT(i)) != 0);
  }
  if (strict == POP3_OK) {
    FUZZ_CHECK(status == POP3_OK && TotalHits(quirks) == 0 && same(strict_out, *out));
  } else {
    FUZZ_CHECK(status == strict || (status == POP3_OK && TotalHits(quirks) > 0));
  }
  return status == POP3_OK;
}

void Replies(const Exact &e, uint32_t enabled) {
  pop3_reply reply{};
  if (BothWays(
          enabled, &reply,
          [&](pop3_reply *out, pop3_quirks *quirks, pop3_error *err) {
            return p3_reply_parse(out, e.data.get(), e.len, quirks, err);
          },
          [](const pop3_reply &a, const pop3_reply &b) {
            return a.positive == b.positive && a.code == b.code && a.text == b.text &&
                   a.text_len == b.text_len;
          })) {
    FUZZ_CHECK(reply.text + reply.text_len == e.data.get() + e.len);
    FUZZ_CHECK(e.Holds(reply.text, reply.text_len));
    FUZZ_CHECK(reply.positive == (e.data[0] == '+' && e.len >= 1 &&
                                          !(e.len >= 4 && p3_ascii_equal(e.data.get(), 4, "+ERR") &&
                                            (e.len == 4 || e.data[4] == ' '))
                                      ? 1U
                                      : 0U));
  }
  size_t code_len = 0;
  if (p3_response_code_parse(e.data.get(), e.len, &code_len) != POP3_CODE_NONE) {
    FUZZ_CHECK(code_len >= 3 && code_len <= e.len && e.data[code_len - 1] == ']');
  } else {
    FUZZ_CHECK(code_len == 0);
  }
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = enabled;
  for (int in_exchange = 0; in_exchange <= 1; in_exchange++) {
    const char *text = nullptr;
    size_t len = 0;
    if (p3_challenge_parse(e.data.get(), e.len, in_exchange, &quirks, &text, &len)) {
      FUZZ_CHECK(e.Holds(text, len) && text + len == e.data.get() + e.len && e.data[0] == '+');
    }
  }
}

void Listings(const Exact &e, uint32_t enabled, uint32_t asked) {
  pop3_item item{};
  if (BothWays(
          enabled, &item,
          [&](pop3_item *out, pop3_quirks *quirks, pop3_error *err) {
            return p3_scan_parse(out, e.data.get(), e.len, quirks, err);
          },
          SameItem)) {
    FUZZ_CHECK(item.number >= 1);
    FUZZ_CHECK(item.octets != POP3_OCTETS_UNKNOWN ||
               (enabled & POP3_QUIRK_BIT(POP3_QUIRK_ODD_SIZE)) != 0);
  }
  if (BothWays(
          enabled, &item,
          [&](pop3_item *out, pop3_quirks *quirks, pop3_error *err) {
            return p3_unique_id_parse(out, e.data.get(), e.len, asked, quirks, err);
          },
          SameItem)) {
    bool lenient = (enabled & POP3_QUIRK_BIT(POP3_QUIRK_UID_LENIENT)) != 0;
    FUZZ_CHECK(item.number >= 1 && e.Holds(item.text, item.text_len));
    FUZZ_CHECK(item.text_len >= 1 && item.text_len <= (lenient ? 512U : 70U));
    for (size_t i = 0; i < item.text_len; i++) {
      unsigned char c = static_cast<unsigned char>(item.text[i]);
      FUZZ_CHECK(lenient ? c >= 0x20 && c != 0x7F : c >= 0x21 && c <= 0x7E);
    }
  }
  struct Stat {
    uint32_t count;
    uint64_t octets;
  } stat{};
  BothWays(
      enabled, &stat,
      [&](Stat *out, pop3_quirks *quirks, pop3_error *err) {
        return p3_stat_parse(&out->count, &out->octets, e.data.get(), e.len, quirks, err);
      },
      [](const Stat &a, const Stat &b) { return a.count == b.count && a.octets == b.octets; });
  pop3_error err = POP3_ERROR_INIT;
  uint32_t last = 0;
  CheckError(err, p3_last_parse(&last, e.data.get(), e.len, &err));
}

void Others(const Exact &e) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_item item{};
  pop3_status status = p3_language_parse(&item, e.data.get(), e.len, &err);
  CheckError(err, status);
  if (status == POP3_OK) {
    FUZZ_CHECK(item.text_len >= 1 && item.text_len <= 64 && e.Holds(item.text, item.text_len));
  }
  const char *stamp = nullptr;
  size_t stamp_len = 0;
  if (p3_timestamp_find(e.data.get(), e.len, nullptr, &stamp, &stamp_len)) {
    FUZZ_CHECK(e.Holds(stamp, stamp_len) && stamp_len >= 5 && stamp_len <= 255);
    FUZZ_CHECK(stamp[0] == '<' && stamp[stamp_len - 1] == '>');
    for (size_t i = 0; i < stamp_len; i++) FUZZ_CHECK(stamp[i] > 0x20 && stamp[i] < 0x7F);
  }
  if (e.len > 0) {
    err = POP3_ERROR_INIT;
    CheckError(err, p3_greeting_diagnose(reinterpret_cast<uint8_t *>(e.data.get()), e.len, &err));
  }
}

void CheckCapabilities(const pop3_capabilities &caps) {
  for (size_t i = 0; i < caps.num_lines; i++) {
    const pop3_capability &line = caps.lines[i];
    FUZZ_CHECK(line.keyword[0] != '\0');
    FUZZ_CHECK(pop3_capabilities_find(&caps, line.keyword) != nullptr);
  }
  const char *name = nullptr;
  size_t len = 0;
  for (size_t i = 0; pop3_capabilities_sasl(&caps, i, &name, &len); i++) {
    FUZZ_CHECK(pop3_capabilities_has_sasl(&caps, std::string(name, len).c_str()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pop3_fuzz::Input input(data, size);
  uint32_t enabled = (static_cast<uint32_t>(input.Octet()) << 8 | input.Octet()) & POP3_QUIRKS_ALL;

  pop3_limits limits;
  FUZZ_CHECK(p3_limits_resolve(&limits, nullptr, nullptr) == POP3_OK);
  pop3_allocator allocator;
  p3_allocator_resolve(&allocator, nullptr);
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = enabled;
  pop3_capabilities caps;
  p3_capabilities_init(&caps, &allocator);

  for (uint32_t number = 0; !input.empty(); number++) {
    Exact line(input.Line());
    Replies(line, enabled);
    Listings(line, enabled, number);
    Others(line);
    pop3_error err = POP3_ERROR_INIT;
    CheckError(err, p3_capabilities_add(&caps, line.data.get(), line.len, &limits, &quirks, &err));
  }
  FUZZ_CHECK(p3_capabilities_finish(&caps, nullptr) == POP3_OK);
  CheckCapabilities(caps);
  p3_capabilities_cleanup(&caps);
  return 0;
}
