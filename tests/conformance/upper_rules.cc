// Rules for transports that stand on another one.
#include <algorithm>

#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

const char *const kSaid = "+OK POP3 ready\r\n+OK 2 320\r\n";
const char *const kSent = "STAT\r\n";

void CreateTouchesNoNetwork(const Bench &bench) {
  Rig rig(bench);
  rig.Create();
  if (rig.wire()->calls() > 0) {
    bench.findings->Add("CreateTouchesNoNetwork", "create reads from or writes to the layer below");
  }
}

void Exchange(const Bench &bench, const WireFaults &faults, size_t len, const char *rule) {
  Rig rig(bench, faults);
  if (!rig.Establish()) return;
  const std::string said = Pattern(len, 11), sent = Pattern(len, 12);
  std::string got;
  rig.Say(said);
  if (rig.WriteAll(sent, 4096, rule) && rig.Heard() != sent) {
    bench.findings->Add(rule, "%zu octets were written; the far end heard %zu, or other ones",
                        sent.size(), rig.Heard().size());
  }
  if (rig.ReadAll(said.size(), &got, 4096, rule) && got != said) {
    bench.findings->Add(rule, "the far end said %zu octets; read gives others", said.size());
  }
  const pop3_io io = rig.Shutdown();
  if (IsWant(io) || io == POP3_IO_FAIL) {
    bench.findings->Add(rule, "shutdown ends with %s", IoName(io));
  }
}

void WorksOnAFlakyLayer(const Bench &bench) {
  WireFaults faults;
  faults.read_most = faults.write_most = 1;
  faults.stutter = true;
  Exchange(bench, faults, 400, "WorksOnAFlakyLayer");
}

void LosesNothingOnPartialWrites(const Bench &bench) {
  WireFaults faults;
  faults.write_most = 13;
  Exchange(bench, faults, 20000, "LosesNothingOnPartialWrites");
  faults.write_most = 1000;
  faults.read_most = 3;
  Exchange(bench, faults, 20000, "LosesNothingOnPartialWrites");
}

// What became of a session in which the layer below breaks off somewhere.
struct BrokenOff {
  pop3_io how = POP3_IO_DONE;
  bool broke = false;  // the fault was reached
  std::string got;
};

BrokenOff PlayBrokenOff(const Bench &bench, const WireFaults &faults) {
  BrokenOff result;
  Rig rig(bench, faults);
  rig.Say(kSaid);
  if (rig.Create() != POP3_OK) return result;
  result.how = rig.ConnectAll();
  bool is_writing = false;
  if (result.how == POP3_IO_DONE) {
    const std::string sent = kSent;
    for (size_t at = 0, put = 0; at < sent.size(); at += put) {
      is_writing = true;
      result.how = rig.subject().Write(sent.substr(at), &put);
      if (result.how == POP3_IO_DONE && put > 0) continue;
      if (!IsWant(result.how) || !rig.Wait(result.how)) break;
    }
  }
  if (result.how == POP3_IO_DONE) {
    is_writing = false;
    rig.Finish();
    while (result.how == POP3_IO_DONE) result.how = rig.Read(&result.got);
  }
  if (result.how == POP3_IO_EOF) {
    // A failure behind the end may stay unseen; not so before it.
    const pop3_io io = rig.Shutdown();
    if (rig.wire()->dead() && io == POP3_IO_FAIL) result.how = io;
  } else if (is_writing && result.how == POP3_IO_FAIL) {
    // The one call that is allowed: to hear the peer's last words.
    std::string last_words;
    rig.subject().Read(&last_words, 100);
  }
  result.broke = rig.wire()->faulted();
  return result;
}

// Calls |play| with 0, 1, 2, ... until it says that this was beyond the end; not with all of them
// if there are many.
template <class Play>
void ForEachPlace(uint64_t end, Play play) {
  constexpr uint64_t kMost = 120;
  const uint64_t step = end > 2 * kMost ? (end - kMost) / kMost + 1 : 1;
  for (uint64_t at = 0; at < end; at += at < kMost / 2 || at + kMost / 2 > end ? 1 : step) play(at);
}

struct Lengths {
  uint64_t read = 0, written = 0, calls = 0;
};

// Measures the session without faults.
Lengths Measure(const Bench &bench) {
  Lengths lengths;
  Rig rig(bench);
  rig.Say(kSaid);
  if (!rig.Establish()) return lengths;
  rig.WriteAll(kSent, 64, "MovesOctets");
  rig.Finish();
  std::string got;
  while (rig.Read(&got) == POP3_IO_DONE) continue;
  lengths.read = rig.wire()->octets_read();
  lengths.written = rig.wire()->octets_written();
  lengths.calls = rig.wire()->calls();
  return lengths;
}

void CheckPrefix(const Bench &bench, const BrokenOff &result, const char *rule, uint64_t at) {
  const std::string said = kSaid;
  if (said.compare(0, result.got.size(), result.got) == 0) return;
  bench.findings->Add(rule, "broken off at %lu, it delivers octets that nobody said",
                      static_cast<unsigned long>(at));
}

void ToldTheEndAtEachOctet(const Bench &bench) {
  ForEachPlace(Measure(bench).read, [&](uint64_t at) {
    WireFaults faults;
    faults.eof_at = at;
    const BrokenOff result = PlayBrokenOff(bench, faults);
    CheckPrefix(bench, result, "ToldTheEndAtEachOctet", at);
    if (!result.broke || result.how == POP3_IO_EOF || result.how == POP3_IO_FAIL) return;
    bench.findings->Add("ToldTheEndAtEachOctet",
                        "the layer below ends after %lu octets, and nobody is told: %s",
                        static_cast<unsigned long>(at), IoName(result.how));
  });
}

void CheckTold(const Bench &bench, const BrokenOff &result, const char *what, uint64_t at) {
  CheckPrefix(bench, result, "TellsFailures", at);
  if (!result.broke || result.how == POP3_IO_FAIL) return;
  bench.findings->Add("TellsFailures",
                      "the layer below fails %s %lu, and nobody is told: it ends with %s", what,
                      static_cast<unsigned long>(at), IoName(result.how));
}

void TellsFailures(const Bench &bench) {
  const Lengths lengths = Measure(bench);
  ForEachPlace(lengths.read, [&](uint64_t at) {
    WireFaults faults;
    faults.fail_read_at = at;
    CheckTold(bench, PlayBrokenOff(bench, faults), "reading octet", at);
  });
  ForEachPlace(lengths.written, [&](uint64_t at) {
    WireFaults faults;
    faults.fail_write_at = at;
    CheckTold(bench, PlayBrokenOff(bench, faults), "writing octet", at);
  });
  ForEachPlace(lengths.calls, [&](uint64_t at) {
    WireFaults faults;
    faults.fail_call = at + 1;
    CheckTold(bench, PlayBrokenOff(bench, faults), "at call", at + 1);
  });
}

// Behind a WANT, interest has to lead down to what the layer below wanted.
void CheckInterest(const Bench &bench, Rig *rig, const char *what, pop3_io io) {
  const uint32_t below = rig->wire()->last_want();
  if (!IsWant(io) || below == 0) return;
  rig->wire()->ForgetInterest();
  rig->subject().Interest(io == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE);
  if ((rig->wire()->events() & below) != 0) return;
  bench.findings->Add("PassesInterestOn",
                      "%s answers %s because the layer below wants to %s; interest does not ask it "
                      "for that",
                      what, IoName(io), below == POP3_WAIT_READ ? "read" : "write");
}

void PassesInterestOn(const Bench &bench) {
  WireFaults faults;
  faults.stutter = true;
  Rig rig(bench, faults);
  if (rig.Create() != POP3_OK) return;
  pop3_io io = POP3_IO_WANT_READ;
  for (int turn = 0; turn < 10000 && IsWant(io); turn++) {
    io = rig.subject().Connect();
    CheckInterest(bench, &rig, "connect", io);
    if (IsWant(io) && !rig.Wait(io)) break;
  }
  std::string got;
  rig.Say(kSaid);
  for (int turn = 0; turn < 1000 && io != POP3_IO_FAIL && io != POP3_IO_EOF; turn++) {
    io = rig.subject().Read(&got, 5);
    CheckInterest(bench, &rig, "read", io);
    if (IsWant(io) && !rig.Wait(io)) break;
  }
  size_t put = 0;
  if (rig.subject().failed()) return;
  rig.wire()->jammed = true;
  for (int turn = 0; turn < 1000 && !rig.subject().failed(); turn++) {
    io = rig.subject().Write(Pattern(30000, 13), &put);
    CheckInterest(bench, &rig, "write", io);
    if (IsWant(io)) break;
  }
}

// Destroyed after each call of a handshake, wherever that stands.
void MayBeDestroyedInTheHandshake(const Bench &bench) {
  WireFaults faults;
  faults.stutter = true;
  for (int calls = 1; calls < 3000; calls = calls < 40 ? calls + 1 : calls * 2) {
    Rig rig(bench, faults);
    if (rig.Create() != POP3_OK) return;
    pop3_io io = POP3_IO_WANT_READ;
    for (int i = 0; i < calls && IsWant(io); i++) {
      io = rig.subject().Connect();
      if (IsWant(io) && !rig.Wait(io)) break;
    }
    rig.Destroy();
    if (!IsWant(io)) return;
  }
}

}  // namespace

std::vector<TransportRule> UpperRules() {
  return {
      {"CreateTouchesNoNetwork", TransportRule::kUpper, CreateTouchesNoNetwork},
      {"WorksOnAFlakyLayer", TransportRule::kUpper, WorksOnAFlakyLayer},
      {"LosesNothingOnPartialWrites", TransportRule::kUpper, LosesNothingOnPartialWrites},
      {"ToldTheEndAtEachOctet", TransportRule::kUpper, ToldTheEndAtEachOctet},
      {"TellsFailures", TransportRule::kUpper, TellsFailures},
      {"PassesInterestOn", TransportRule::kUpper, PassesInterestOn},
      {"MayBeDestroyedInTheHandshake", TransportRule::kUpper, MayBeDestroyedInTheHandshake},
  };
}

}  // namespace pop3_conformance
