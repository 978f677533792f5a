// Rules about the stream of octets that hold for every transport.
#include <algorithm>

#include "tests/conformance/rules.h"
#include "tests/conformance/watch.h"
#include "tests/testing/flaky_layer.h"

namespace pop3_conformance {

namespace {

const char *const kGreeting = "+OK POP3 ready <1896.697170952@dbc.mtview.ca.us>\r\n";

void CheckHeard(const Bench &bench, Rig *rig, const std::string &sent, const char *rule) {
  if (rig->Hears(sent.size()) && rig->Heard() == sent) return;
  const std::string &heard = rig->Heard();
  const auto differ = std::mismatch(
      heard.begin(),
      heard.begin() + static_cast<std::ptrdiff_t>(std::min(heard.size(), sent.size())),
      sent.begin());
  bench.findings->Add(rule,
                      "%zu octets were written; the far end heard %zu, the first %zu of them "
                      "right",
                      sent.size(), heard.size(), static_cast<size_t>(differ.first - heard.begin()));
}

void CheckGot(const Bench &bench, const std::string &got, const std::string &said,
              const char *rule) {
  if (got == said) return;
  bench.findings->Add(rule, "the far end said %zu octets; read gives %zu others", said.size(),
                      got.size());
}

void MoveBothWays(const Bench &bench, Rig *rig, size_t len, size_t read_cap, size_t write_piece,
                  const char *rule) {
  const std::string said = kGreeting + Pattern(len, 3);
  std::string got;
  rig->Say(said);
  rig->ReadAll(said.size(), &got, read_cap, rule);
  CheckGot(bench, got, said, rule);
  const std::string sent = "CAPA\r\n" + Pattern(len, 4);
  if (rig->WriteAll(sent, write_piece, rule)) CheckHeard(bench, rig, sent, rule);
}

void MovesOctets(const Bench &bench) {
  Rig rig(bench);
  if (rig.Establish()) MoveBothWays(bench, &rig, 3000, 4096, 4096, "MovesOctets");
}

void MovesOctetsOneByOne(const Bench &bench) {
  Rig rig(bench);
  if (rig.Establish()) MoveBothWays(bench, &rig, 300, 1, 1, "MovesOctetsOneByOne");
}

// Octets that are there before anybody connects, as behind a handshake, are not lost.
void KeepsWhatComesEarly(const Bench &bench) {
  Rig rig(bench);
  if (rig.wire() != nullptr) rig.Say(kGreeting);
  if (!rig.Establish()) return;
  if (rig.wire() == nullptr) rig.Say(kGreeting);
  std::string got;
  rig.ReadAll(std::string(kGreeting).size(), &got, 4096, "KeepsWhatComesEarly");
  CheckGot(bench, got, kGreeting, "KeepsWhatComesEarly");
}

// A transport on top that moves one octet at a time and wants before each of them.
void WorksUnderAFlakyLayer(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  const pop3_layer below = rig.subject().layer();
  Subject flaky(&rig.host(), bench.findings, pop3_testing::FlakyPlugin()->transports[0]);
  if (flaky.Create({sizeof(pop3_transport_config), 0, "", nullptr, 0}, &below) != POP3_OK) return;
  const std::string said = kGreeting, sent = "USER mrose\r\n";
  std::string got;
  size_t at = 0;
  rig.Say(said);
  for (int turn = 0; turn < 100000 && (got.size() < said.size() || at < sent.size()); turn++) {
    size_t put = 0;
    const pop3_io io = at < sent.size() ? flaky.Write(sent.substr(at), &put) : flaky.Read(&got, 1);
    at += put;
    if (io == POP3_IO_DONE) continue;
    if (io == POP3_IO_EOF || io == POP3_IO_FAIL) break;
    if (rig.wire() != nullptr) rig.wire()->ForgetInterest();
    const uint32_t events = io == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE;
    if (!rig.WaitFor(flaky.Interest(events), io)) break;
  }
  flaky.Destroy();
  CheckGot(bench, got, said, "WorksUnderAFlakyLayer");
  CheckHeard(bench, &rig, sent, "WorksUnderAFlakyLayer");
}

void EndsWithEof(const Bench &bench) {
  for (const size_t len : {size_t{0}, size_t{1}, size_t{5000}}) {
    Rig rig(bench);
    if (!rig.Establish()) return;
    const std::string said = Pattern(len, 5);
    if (len > 0) rig.Say(said);
    rig.Finish();
    std::string got;
    if (len > 0 && !rig.ReadAll(len, &got, 1000, "EndsWithEof")) return;
    CheckGot(bench, got, said, "EndsWithEof");
    for (int again = 0; again < 2; again++) {
      const pop3_io io = rig.Read(&got);
      if (io == POP3_IO_EOF) continue;
      if (io == POP3_IO_FAIL && again == 1) break;
      bench.findings->Add("EndsWithEof", "the far end has ended the stream; read answers %s %s",
                          IoName(io), again == 0 ? "and not EOF" : "after EOF");
      return;
    }
  }
}

// Writes until the transport takes no more, and returns what it took.
std::string FillUp(const Bench &bench, Rig *rig) {
  const std::string block = Pattern(60000, 6);
  std::string sent;
  if (rig->wire() != nullptr) rig->wire()->jammed = true;
  for (int i = 0; i < 2000; i++) {
    const std::string rest = block.substr(sent.size() % block.size());
    size_t put = 0;
    const pop3_io io = rig->subject().Write(rest, &put);
    if (io == POP3_IO_WANT_READ || io == POP3_IO_WANT_WRITE) return sent;
    if (io != POP3_IO_DONE) {
      bench.findings->Add("LosesNothingWhenFull", "write answers %s: %s", IoName(io),
                          rig->subject().error().text);
      return sent;
    }
    sent += rest.substr(0, put);
  }
  return sent;  // takes everything: nothing to be seen here
}

void LosesNothingWhenFull(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  std::string sent = FillUp(bench, &rig);
  if (rig.wire() != nullptr) {
    rig.wire()->jammed = false;
    rig.wire()->faults.write_most = 7;
  }
  // What was offered before comes first; more may stand behind it.
  const std::string block = Pattern(60000, 6);
  std::string rest = block.substr(sent.size() % block.size()) + Pattern(1000, 7);
  if (rig.WriteAll(rest, rest.size(), "LosesNothingWhenFull")) {
    CheckHeard(bench, &rig, sent + rest, "LosesNothingWhenFull");
  }
}

void PendingIsHonest(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  std::string got;
  if (rig.subject().Pending() != 0 && rig.subject().Read(&got, 1) != POP3_IO_DONE) {
    bench.findings->Add("PendingIsHonest", "pending says 1 when nothing has come");
    return;
  }
  const std::string said = Pattern(100, 8);
  rig.Say(said);
  // Taken in by the first read, the rest can be read without the descriptor: pending has to say so.
  for (int i = 0; i < 1000 && got.size() < said.size(); i++) {
    const bool is_below = rig.wire() == nullptr || !rig.wire()->empty();
    const int pending = i == 0 ? 0 : rig.subject().Pending();
    const pop3_io io = i == 0 ? rig.Read(&got, 1) : rig.subject().Read(&got, 1);
    if (io == POP3_IO_DONE && pending == 0 && !is_below) {
      bench.findings->Add("PendingIsHonest",
                          "pending says 0 while read has octets and the layer below has none: the "
                          "host would wait for ever");
      return;
    }
    if (io != POP3_IO_DONE && pending == 1) {
      bench.findings->Add("PendingIsHonest", "pending says 1, but read answers %s", IoName(io));
      return;
    }
    if (io != POP3_IO_DONE && !rig.Wait(io)) break;
  }
  if (rig.subject().Pending() != 0) {
    bench.findings->Add("PendingIsHonest", "pending says 1 when all has been read");
  }
}

void ShutsDown(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  rig.WriteAll("QUIT\r\n", 64, "ShutsDown");
  const pop3_io io = rig.Shutdown();
  if (io == POP3_IO_WANT_READ || io == POP3_IO_WANT_WRITE) {
    bench.findings->Add("ShutsDown", "shutdown never comes to an end");
  }
  if (io == POP3_IO_FAIL) {
    bench.findings->Add("ShutsDown", "shutdown fails: %s", rig.subject().error().text);
  }
  CheckHeard(bench, &rig, "QUIT\r\n", "ShutsDown");
}

// Calls |call| when it has nothing to do; if it sleeps each time, it waits where it may not.
template <class Call>
void CheckSleeps(const Bench &bench, const char *what, Call call) {
  constexpr int kCalls = 60;
  const long before = Sleeps();
  for (int i = 0; i < kCalls; i++) call();
  const long slept = Sleeps() - before;
  if (slept > kCalls / 2) {
    bench.findings->Add("NeverBlocks", "%d calls of %s with nothing to do slept %ld times", kCalls,
                        what, slept);
  }
}

void NeverBlocks(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  std::string got;
  CheckSleeps(bench, "read", [&] { rig.subject().Read(&got, 10); });
  CheckSleeps(bench, "pending", [&] { rig.subject().Pending(); });
  CheckSleeps(bench, "interest", [&] { rig.subject().Interest(POP3_WAIT_READ); });
  FillUp(bench, &rig);
  size_t put = 0;
  if (!rig.subject().failed()) {
    CheckSleeps(bench, "write", [&] { rig.subject().Write(Pattern(60000, 6), &put); });
  }
}

}  // namespace

std::vector<TransportRule> StreamRules() {
  return {
      {"MovesOctets", TransportRule::kAll, MovesOctets},
      {"MovesOctetsOneByOne", TransportRule::kAll, MovesOctetsOneByOne},
      {"KeepsWhatComesEarly", TransportRule::kAll, KeepsWhatComesEarly},
      {"WorksUnderAFlakyLayer", TransportRule::kAll, WorksUnderAFlakyLayer},
      {"EndsWithEof", TransportRule::kAll, EndsWithEof},
      {"LosesNothingWhenFull", TransportRule::kAll, LosesNothingWhenFull},
      {"PendingIsHonest", TransportRule::kAll, PendingIsHonest},
      {"ShutsDown", TransportRule::kAll, ShutsDown},
      {"NeverBlocks", TransportRule::kAll, NeverBlocks},
  };
}

}  // namespace pop3_conformance
