#include "tests/testing/transcript.h"

#include <pop3/status.h>

#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace pop3_testing {

namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Unescape undoes \r \n \t \0 \\ \" and \xNN. Returns false on anything else behind a backslash.
bool Unescape(const std::string &in, std::string *out) {
  for (size_t i = 0; i < in.size(); i++) {
    if (in[i] != '\\') {
      out->push_back(in[i]);
      continue;
    }
    if (++i == in.size()) return false;
    switch (in[i]) {
      case 'r':
        out->push_back('\r');
        break;
      case 'n':
        out->push_back('\n');
        break;
      case 't':
        out->push_back('\t');
        break;
      case '0':
        out->push_back('\0');
        break;
      case '\\':
        out->push_back('\\');
        break;
      case '"':
        out->push_back('"');
        break;
      case 'x': {
        if (i + 2 >= in.size()) return false;
        const int high = HexValue(in[i + 1]);
        const int low = HexValue(in[i + 2]);
        if (high < 0 || low < 0) return false;
        out->push_back(static_cast<char>(high * 16 + low));
        i += 2;
        break;
      }
      default:
        return false;
    }
  }
  return true;
}

// SplitWords cuts a line at spaces outside quotes and undoes escapes inside quotes.
bool SplitWords(const std::string &line, std::vector<Word> *out) {
  size_t i = 0;
  while (i < line.size()) {
    if (line[i] == ' ') {
      i++;
      continue;
    }
    Word word;
    std::string part;
    while (i < line.size() && line[i] != ' ') {
      if (line[i] == '"') {
        std::string quoted;
        for (i++; i < line.size() && line[i] != '"'; i++) {
          if (line[i] == '\\' && i + 1 < line.size()) quoted.push_back(line[i++]);
          quoted.push_back(line[i]);
        }
        if (i == line.size()) return false;
        i++;
        if (!Unescape(quoted, &part)) return false;
      } else if (line[i] == '=' && word.key.empty() && !part.empty()) {
        word.key = part;
        part.clear();
        i++;
      } else {
        part.push_back(line[i++]);
      }
    }
    word.value = part;
    out->push_back(word);
  }
  return true;
}

struct LimitMember {
  const char *name;
  size_t offset;
  bool wide;
};

const LimitMember kLimits[] = {
    {"recv_buffer", offsetof(pop3_limits, recv_buffer), false},
    {"send_buffer", offsetof(pop3_limits, send_buffer), false},
    {"max_command", offsetof(pop3_limits, max_command), false},
    {"max_reply_line", offsetof(pop3_limits, max_reply_line), false},
    {"max_capa_lines", offsetof(pop3_limits, max_capa_lines), false},
    {"max_capa_octets", offsetof(pop3_limits, max_capa_octets), false},
    {"max_items", offsetof(pop3_limits, max_items), false},
    {"max_queued", offsetof(pop3_limits, max_queued), false},
    {"pipeline_high", offsetof(pop3_limits, pipeline_high), false},
    {"pipeline_low", offsetof(pop3_limits, pipeline_low), false},
    {"pipeline_octets", offsetof(pop3_limits, pipeline_octets), false},
    {"max_auth_rounds", offsetof(pop3_limits, max_auth_rounds), false},
    {"max_auth_line", offsetof(pop3_limits, max_auth_line), false},
    {"max_layers", offsetof(pop3_limits, max_layers), false},
    {"max_message_octets", offsetof(pop3_limits, max_message_octets), true},
    {"max_credential", offsetof(pop3_limits, max_credential), false},
};

bool SetLimit(pop3_limits *limits, const Word &word) {
  for (const LimitMember &member : kLimits) {
    if (word.key != member.name) continue;
    const uint64_t value = strtoull(word.value.c_str(), nullptr, 10);
    char *at = reinterpret_cast<char *>(limits) + member.offset;
    if (member.wide) {
      memcpy(at, &value, sizeof value);
    } else {
      const uint32_t narrow = static_cast<uint32_t>(value);
      memcpy(at, &narrow, sizeof narrow);
    }
    return true;
  }
  return false;
}

// Parser reads one file.
class Parser {
 public:
  Parser(const std::string &text, Transcript *out) : in_(text), out_(out) {}

  std::string Run() {
    std::string line;
    while (error_.empty() && Next(&line)) {
      if (line.empty() || line[0] == '#') continue;
      Line(line);
    }
    if (error_.empty() && out_->client.empty()) error_ = "no call";
    return error_;
  }

 private:
  bool Next(std::string *line) {
    if (!std::getline(in_, *line)) return false;
    number_++;
    return true;
  }

  void Fail(const std::string &what) {
    if (error_.empty()) error_ = "line " + std::to_string(number_) + ": " + what;
  }

  // Line splits `name: rest`, `name*N: rest` and `name<<END`.
  void Line(const std::string &line) {
    const size_t here = line.find("<<");
    const size_t colon = line.find(':');
    if (here != std::string::npos && (colon == std::string::npos || here < colon)) {
      const std::string end = line.substr(here + 2);
      std::string text;
      std::string part;
      while (Next(&part) && part != end) text += part + "\r\n";
      if (part != end) return Fail("no " + end);
      Text(line.substr(0, here), text);
      return;
    }
    if (colon == std::string::npos) return Fail("no colon");
    std::string name = line.substr(0, colon);
    std::string rest = line.substr(colon + 1);
    if (!rest.empty() && rest[0] == ' ') rest.erase(0, 1);
    uint64_t times = 1;
    const size_t star = name.find('*');
    if (star != std::string::npos) {
      times = strtoull(name.c_str() + star + 1, nullptr, 10);
      name.erase(star);
    }
    if (name == "S" || name == "S-" || name == "body" || name == "body-") {
      std::string once;
      if (!Unescape(rest, &once)) return Fail("bad escape");
      const bool bare = name.back() == '-';
      if (bare)
        name.pop_back();
      else
        once += "\r\n";
      std::string text;
      text.reserve(once.size() * static_cast<size_t>(times));
      for (uint64_t i = 0; i < times; i++) text += once;
      return Text(name, text);
    }
    if (name == "item") {
      std::string text;
      if (!Unescape(rest, &text)) return Fail("bad escape");
      Expectation *expect = LastExpectation();
      if (expect == nullptr) return;
      expect->check_items = true;
      for (uint64_t i = 0; i < times; i++) expect->items.push_back(text);
      return;
    }
    Directive(name, rest);
  }

  // Text takes the octets of S and body.
  void Text(const std::string &name, const std::string &text) {
    if (name == "S") {
      // One step for all that is sent in one go.
      if (out_->server.empty() || out_->server.back().kind != ServerStep::kSend) {
        Server(ServerStep::kSend);
      }
      out_->server.back().text += text;
    } else if (name == "body") {
      Expectation *expect = LastExpectation();
      if (expect == nullptr) return;
      expect->check_body = true;
      expect->body += text;
    } else {
      Fail("no text can follow " + name);
    }
  }

  Expectation *LastExpectation() {
    if (out_->client.empty() || out_->client.back().kind != ClientStep::kExpect) {
      Fail("not behind an expect");
      return nullptr;
    }
    return &out_->client.back().expect;
  }

  ServerStep *Server(ServerStep::Kind kind) {
    ServerStep step;
    step.kind = kind;
    step.line = number_;
    out_->server.push_back(step);
    return &out_->server.back();
  }

  void Directive(const std::string &name, const std::string &rest) {
    if (name == "C" || name == "C!") {
      ServerStep *step = Server(name == "C" ? ServerStep::kExpect : ServerStep::kAlone);
      if (!Unescape(rest, &step->text)) Fail("bad escape");
      return;
    }
    std::vector<Word> words;
    if (name == "about") {
      out_->about += rest + " ";
      return;
    }
    if (!SplitWords(rest, &words)) return Fail("bad quotes or escape");
    if (name == "batch" || name == "delay") {
      ServerStep *step = Server(name == "batch" ? ServerStep::kBatch : ServerStep::kDelay);
      step->number = strtoull(rest.c_str(), nullptr, 10);
    } else if (name == "idle") {
      Server(ServerStep::kIdle);
    } else if (name == "close") {
      Server(ServerStep::kClose);
    } else if (name == "reset") {
      Server(ServerStep::kReset);
    } else if (!Client(name, words)) {
      Setting(name, words);
    }
  }

  bool Client(const std::string &name, const std::vector<Word> &words) {
    static const std::map<std::string, ClientStep::Kind> kinds = {
        {"call", ClientStep::kCall},     {"submit", ClientStep::kSubmit},
        {"expect", ClientStep::kExpect}, {"caps", ClientStep::kCaps},
        {"hits", ClientStep::kHits},     {"timestamp", ClientStep::kTimestamp},
        {"end", ClientStep::kEnd}};
    const auto found = kinds.find(name);
    if (found == kinds.end()) return false;
    ClientStep step;
    step.kind = found->second;
    step.line = number_;
    step.words = words;
    if (step.kind == ClientStep::kExpect) {
      for (const Word &word : words) {
        if (word.key.empty()) {
          step.expect.status = word.value;
        } else {
          step.expect.facts[word.key] = word.value;
        }
      }
      if (step.expect.status.empty()) Fail("expect what?");
    } else if (words.empty() && step.kind != ClientStep::kHits && step.kind != ClientStep::kCaps) {
      Fail("empty");
    }
    out_->client.push_back(step);
    return true;
  }

  void Setting(const std::string &name, const std::vector<Word> &words) {
    for (const Word &word : words) {
      if (name == "quirks") {
        if (word.value == "all") {
          out_->quirks = POP3_QUIRKS_ALL;
          continue;
        }
        pop3_quirk quirk;
        if (!pop3_quirk_from_name(&quirk, word.value.c_str())) {
          return Fail("no quirk " + word.value);
        }
        out_->quirks |= POP3_QUIRK_BIT(quirk);
      } else if (name == "limits") {
        if (!SetLimit(&out_->limits, word)) return Fail("no limit " + word.key);
      } else if (name == "session") {
        out_->session[word.key] = word.value;
        if (word.key == "password") out_->secrets.push_back(word.value);
      } else if (name == "only") {
        out_->only.push_back(word.value);
      } else if (name == "secret") {
        out_->secrets.push_back(word.value);
      } else {
        return Fail("what is " + name + "?");
      }
    }
  }

  std::istringstream in_;
  Transcript *out_;
  int number_ = 0;
  std::string error_;
};

}  // namespace

std::string Transcript::ServerText() const {
  std::string text;
  for (const ServerStep &step : server) {
    if (step.kind == ServerStep::kSend) text += step.text;
  }
  return text;
}

std::vector<uint64_t> Transcript::ReplyStarts() const {
  std::vector<uint64_t> starts;
  uint64_t at = 0;
  for (const ServerStep &step : server) {
    if (step.kind != ServerStep::kSend) continue;
    starts.push_back(at);
    at += step.text.size();
  }
  return starts;
}

bool Transcript::Runs(const std::string &way) const {
  if (only.empty()) return true;
  for (const std::string &one : only) {
    if (one == way) return true;
  }
  return false;
}

bool Transcript::Whole() const { return !only.empty() && Runs("whole"); }

std::string ParseTranscript(const std::string &name, const std::string &text, Transcript *out) {
  out->name = name;
  return Parser(text, out).Run();
}

Transcript Spoken(const std::vector<std::string> &lines) {
  Transcript transcript;
  for (const std::string &line : lines) {
    ServerStep step;
    step.kind = line[0] == 'S' ? ServerStep::kSend : ServerStep::kExpect;
    if (line == "close") {
      step.kind = ServerStep::kClose;
    } else {
      step.text = line.substr(3) + (line[0] == 'S' ? "\r\n" : "");
    }
    transcript.server.push_back(step);
  }
  return transcript;
}

std::string StatusWord(int status) {
  std::string word = pop3_status_name(static_cast<pop3_status>(status));
  for (const char *prefix : {"POP3_ERR_", "POP3_"}) {
    if (word.compare(0, strlen(prefix), prefix) == 0) {
      word.erase(0, strlen(prefix));
      break;
    }
  }
  for (char &c : word) c = static_cast<char>(tolower(c));
  return word;
}

std::string Quoted(const std::string &text) {
  constexpr size_t kMost = 200;
  std::string out = "\"";
  for (size_t i = 0; i < text.size() && i < kMost; i++) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c > 0x7E) {
      const char *digits = "0123456789ABCDEF";
      out += "\\x";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += "\"";
  if (text.size() > kMost) out += " (" + std::to_string(text.size()) + " octets)";
  return out;
}

}  // namespace pop3_testing
