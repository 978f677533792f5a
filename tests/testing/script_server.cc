#include "tests/testing/script_server.h"

#include <algorithm>

namespace pop3_testing {

ScriptServer::ScriptServer(const Transcript &transcript, bool patient)
    : steps_(transcript.server), patient_(patient) {}

void ScriptServer::Receive(const uint8_t *data, size_t len) {
  received_.append(reinterpret_cast<const char *>(data), len);
  fresh_ = true;
}

void ScriptServer::Complain(const ServerStep &step, const std::string &what) {
  complaints_.push_back("line " + std::to_string(step.line) + ": " + what);
  ended_ = true;
  end_.kind = PeerState::kClosed;
}

bool ScriptServer::Finished() const {
  return at_ == steps_.size() || steps_[at_].kind == ServerStep::kDelay;
}

std::string ScriptServer::Waiting() const {
  if (Finished()) return "the end";
  const ServerStep &step = steps_[at_];
  switch (step.kind) {
    case ServerStep::kExpect:
    case ServerStep::kAlone:
    case ServerStep::kBatch:
      return "line " + std::to_string(step.line) + ": waits for the client: " + step.text;
    default:
      return "line " + std::to_string(step.line);
  }
}

// Hear takes the client's next line, if it is there.
bool ScriptServer::Hear(const ServerStep &step) {
  const size_t end = received_.find("\r\n");
  if (end == std::string::npos) {
    if (received_.find('\n') != std::string::npos || received_.size() > 2000000) {
      Complain(step, "the client sent " + Quoted(received_));
    }
    return false;
  }
  const std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  if (line != step.text) {
    Complain(step, "expected " + Quoted(step.text) + ", the client sent " + Quoted(line));
    return false;
  }
  if (step.kind == ServerStep::kAlone && !received_.empty()) {
    Complain(step, "behind " + Quoted(line) + " came at once " + Quoted(received_));
    return false;
  }
  return true;
}

bool ScriptServer::Do(const ServerStep &step, int64_t now_ms, std::string *out, PeerState *state) {
  switch (step.kind) {
    case ServerStep::kSend:
      *out += step.text;
      return true;
    case ServerStep::kExpect:
    case ServerStep::kAlone:
      return Hear(step);
    case ServerStep::kBatch: {
      const auto lines =
          static_cast<uint64_t>(std::count(received_.begin(), received_.end(), '\n'));
      if (lines > step.number) {
        Complain(step, std::to_string(lines) + " commands at once: " + Quoted(received_));
        return false;
      }
      return lines == step.number;
    }
    case ServerStep::kDelay:
      if (!patient_) return true;  // over a socket the clock is nobody's to move
      if (delay_until_ms_ < 0) delay_until_ms_ = now_ms + static_cast<int64_t>(step.number);
      if (now_ms < delay_until_ms_) {
        state->wake_ms = delay_until_ms_;
        return false;
      }
      delay_until_ms_ = -1;
      return true;
    case ServerStep::kIdle:
      if (idles_.load() <= idles_used_) return false;
      idles_used_++;
      return true;
    case ServerStep::kClose:
    case ServerStep::kReset:
      ended_ = true;
      end_.kind = step.kind == ServerStep::kClose ? PeerState::kClosed : PeerState::kBroken;
      return true;
  }
  return false;
}

PeerState ScriptServer::Turn(int64_t now_ms, std::string *out) {
  PeerState state;
  if (ended_) return end_;
  if (patient_ && fresh_) {
    fresh_ = false;
    state.kind = PeerState::kAgain;
    return state;
  }
  while (!ended_ && at_ < steps_.size()) {
    if (!Do(steps_[at_], now_ms, out, &state)) break;
    at_++;
  }
  return ended_ ? end_ : state;
}

}  // namespace pop3_testing
