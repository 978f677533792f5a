#include "tests/testing/outcome.h"

#include <cstdlib>
#include <set>

namespace pop3_testing {

std::string ItemText(const pop3_item &item) {
  const std::string text = item.text == nullptr ? "" : std::string(item.text, item.text_len);
  switch (item.kind) {
    case POP3_ITEM_SCAN:
      return std::to_string(item.number) + " " +
             (item.octets == POP3_OCTETS_UNKNOWN ? "?" : std::to_string(item.octets));
    case POP3_ITEM_UNIQUE_ID:
      return std::to_string(item.number) + " " + text;
    default:
      return text;
  }
}

void TakeReply(const pop3_reply *reply, Outcome *out) {
  if (reply == nullptr) return;
  out->has_text = true;
  out->text.assign(reply->text, reply->text_len);
  out->code = reply->code;
}

void TakeResult(const pop3_result &result, Outcome *out) {
  out->has_result = true;
  out->status = result.status;
  if (result.error != nullptr) out->error = *result.error;
  TakeReply(result.reply, out);
  out->count = result.count;
  out->number = result.number;
  out->octets = result.octets;
  out->has_octets = true;
  out->quit = result.quit;
  if (result.text != nullptr) out->uid.assign(result.text, result.text_len);
}

namespace {

std::string Number(uint64_t value) {
  return value == POP3_OCTETS_UNKNOWN ? "?" : std::to_string(value);
}

// Fact returns a fact of |outcome| as text, or "no such fact".
std::string Fact(const std::string &key, const Outcome &outcome) {
  if (key == "text") return outcome.has_text ? outcome.text : "(no reply)";
  if (key == "code") return pop3_response_code_name(outcome.code);
  if (key == "count") return std::to_string(outcome.count);
  if (key == "octets") return Number(outcome.octets);
  if (key == "number") return std::to_string(outcome.number);
  if (key == "uid") return outcome.uid;
  if (key == "items") return std::to_string(outcome.items.size());
  if (key == "quit") {
    return outcome.quit == POP3_QUIT_COMMITTED ? "committed"
           : outcome.quit == POP3_QUIT_REFUSED ? "refused"
                                               : "unknown";
  }
  if (key == "advice") return pop3_advice_text(pop3_response_code_advice(outcome.error.code));
  return "no such fact";
}

std::string Differs(const std::string &what, const std::string &got, const std::string &want) {
  return what + " is " + Quoted(got) + ", should be " + Quoted(want);
}

std::string CheckItems(const Expectation &expect, const Outcome &outcome) {
  if (!expect.check_items) return "";
  if (expect.items.size() != outcome.items.size()) {
    return std::to_string(outcome.items.size()) + " items, should be " +
           std::to_string(expect.items.size());
  }
  for (size_t i = 0; i < expect.items.size(); i++) {
    if (expect.items[i] != outcome.items[i]) {
      return Differs("item " + std::to_string(i + 1), outcome.items[i], expect.items[i]);
    }
  }
  return "";
}

std::string CheckBody(const Expectation &expect, const Outcome &outcome) {
  if (!expect.check_body || expect.body == outcome.body) return "";
  size_t at = 0;
  while (at < expect.body.size() && at < outcome.body.size() &&
         expect.body[at] == outcome.body[at]) {
    at++;
  }
  const size_t from = at < 20 ? 0 : at - 20;
  return "body has " + std::to_string(outcome.body.size()) + " octets, should have " +
         std::to_string(expect.body.size()) + "; differs at " + std::to_string(at) + ": " +
         Quoted(outcome.body.substr(from, 60)) + ", should be " +
         Quoted(expect.body.substr(from, 60));
}

}  // namespace

std::string CheckOutcome(const Expectation &expect, const Outcome &outcome) {
  const std::string status = StatusWord(outcome.status);
  if (("|" + expect.status + "|").find("|" + status + "|") == std::string::npos) {
    std::string text = "status is " + status + ", should be " + expect.status;
    if (outcome.status != POP3_OK) text += " (" + std::string(outcome.error.text) + ")";
    return text;
  }
  if (outcome.status != POP3_OK) {
    if (outcome.error.status != outcome.status) return "error.status is not the status";
    if (outcome.error.text[0] == '\0') return "the error has no text";
    if (outcome.error.layer[0] == '\0') return "the error has no layer";
  }
  for (const auto &fact : expect.facts) {
    if (fact.first == "error") {
      const std::string text = outcome.error.text;
      if (text.find(fact.second) == std::string::npos) {
        return "error is " + Quoted(text) + ", should hold " + Quoted(fact.second);
      }
      continue;
    }
    const std::string got = Fact(fact.first, outcome);
    if (got != fact.second) return Differs(fact.first, got, fact.second);
  }
  const std::string items = CheckItems(expect, outcome);
  return items.empty() ? CheckBody(expect, outcome) : items;
}

namespace {

struct FlagName {
  const char *name;
  uint32_t flag;
};

const FlagName kFlags[] = {
    {"top", POP3_CAP_TOP},
    {"user", POP3_CAP_USER},
    {"sasl", POP3_CAP_SASL},
    {"resp-codes", POP3_CAP_RESP_CODES},
    {"auth-resp-code", POP3_CAP_AUTH_RESP_CODE},
    {"login-delay", POP3_CAP_LOGIN_DELAY},
    {"pipelining", POP3_CAP_PIPELINING},
    {"expire", POP3_CAP_EXPIRE},
    {"uidl", POP3_CAP_UIDL},
    {"implementation", POP3_CAP_IMPLEMENTATION},
    {"stls", POP3_CAP_STLS},
    {"utf8", POP3_CAP_UTF8},
    {"utf8-user", POP3_CAP_UTF8_USER},
    {"lang", POP3_CAP_LANG},
    {"login-delay-user", POP3_CAP_LOGIN_DELAY_USER},
    {"expire-user", POP3_CAP_EXPIRE_USER},
};

// CapabilityWord writes a flag of |caps| with its value, as in `caps:`.
std::string CapabilityWord(const FlagName &flag, const pop3_capabilities *caps) {
  std::string word = flag.name;
  switch (flag.flag) {
    case POP3_CAP_SASL: {
      const char *name = nullptr;
      size_t len = 0;
      for (size_t i = 0; pop3_capabilities_sasl(caps, i, &name, &len) != 0; i++) {
        word += (i == 0 ? "=" : ",") + std::string(name, len);
      }
      return word;
    }
    case POP3_CAP_LOGIN_DELAY:
      return word + "=" + std::to_string(caps->login_delay_seconds);
    case POP3_CAP_EXPIRE:
      return word + "=" +
             (caps->expire_days == POP3_EXPIRE_NEVER ? "never" : std::to_string(caps->expire_days));
    case POP3_CAP_IMPLEMENTATION:
      return word + "=" + (caps->implementation == nullptr ? "(null)" : caps->implementation);
    default:
      return word;
  }
}

}  // namespace

std::string CheckCapabilities(const std::vector<Word> &words, const pop3_capabilities *caps) {
  if (words.size() == 1 && words[0].value == "unknown") {
    return caps == nullptr ? "" : "capabilities are known, should be forgotten";
  }
  if (caps == nullptr) return "no capabilities are known";
  std::set<std::string> want;
  std::string damaged = "0";
  for (const Word &word : words) {
    if (word.key == "damaged") {
      damaged = word.value;
      continue;
    }
    if (word.key == "lines") {
      if (std::to_string(caps->num_lines) != word.value) {
        return Differs("the number of lines", std::to_string(caps->num_lines), word.value);
      }
      continue;
    }
    want.insert(word.Text());
  }
  if (std::to_string(caps->num_damaged) != damaged) {
    return Differs("the number of damaged lines", std::to_string(caps->num_damaged), damaged);
  }
  for (const FlagName &flag : kFlags) {
    const std::string word = CapabilityWord(flag, caps);
    if ((caps->flags & flag.flag) != 0) {
      if (want.erase(word) == 0) return "has " + Quoted(word);
    }
  }
  return want.empty() ? "" : "has no " + Quoted(*want.begin());
}

std::string CheckHits(const std::vector<Word> &words, const pop3_quirks &quirks) {
  std::map<std::string, std::string> want;
  for (const Word &word : words) want[word.key] = word.value;
  for (uint32_t i = 0; pop3_quirk_name(i) != nullptr; i++) {
    const std::string name = pop3_quirk_name(i);
    const std::string hits = std::to_string(quirks.hits[i]);
    const auto found = want.find(name);
    const std::string wanted = found == want.end() ? "0" : found->second;
    if (found != want.end()) want.erase(found);
    if (wanted == "some" ? hits == "0" : wanted != hits) {
      return Differs("the count of " + name, hits, wanted);
    }
  }
  return want.empty() ? "" : "no quirk " + want.begin()->first;
}

}  // namespace pop3_testing
