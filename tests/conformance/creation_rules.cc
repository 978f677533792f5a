// Rules about making, asking and ending a transport.
#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

pop3_option OptionNamed(const std::string &name) { return {name.c_str(), "1", 1, nullptr}; }

void Connects(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  if (rig.wire() != nullptr && !rig.Heard().empty()) {
    bench.findings->Add("Connects", "the far end hears \"%.40s\" before anything was written",
                        rig.Heard().c_str());
  }
}

void RefusesUnknownOptions(const Bench &bench) {
  const std::string name = bench.prefix() + "no_such_setting";
  Rig rig(bench);
  const pop3_status status = rig.Create({OptionNamed(name)});
  if (status == POP3_OK) {
    bench.findings->Add("RefusesUnknownOptions", "create takes the option %s", name.c_str());
  } else if (status != POP3_ERR_ARGUMENT) {
    bench.findings->Add("RefusesUnknownOptions", "create answers %s with status %d and not %d",
                        name.c_str(), static_cast<int>(status), POP3_ERR_ARGUMENT);
  } else if (std::string(rig.subject().error().text).find("no_such_setting") == std::string::npos) {
    bench.findings->Add("RefusesUnknownOptions", "the error does not name the option %s: %s",
                        name.c_str(), rig.subject().error().text);
  }
}

void IgnoresForeignOptions(const Bench &bench) {
  const std::string own = bench.prefix();
  const std::string longer = own.substr(0, own.size() - 1) + "x.setting";
  const std::string same = own.substr(0, own.size() - 1);
  Rig rig(bench);
  const pop3_status status = rig.Create(
      {OptionNamed("zz-other.setting"), OptionNamed(longer), OptionNamed(same), OptionNamed("")});
  if (status != POP3_OK) {
    bench.findings->Add("IgnoresForeignOptions",
                        "create fails if there are options of other plugins: %s",
                        rig.subject().error().text);
  }
}

void CheckQuestion(const Bench &bench, Rig *rig, uint32_t what, const char *when) {
  pop3_answer first, second;
  const pop3_status status = rig->subject().Query(what, &first);
  if (status != POP3_OK && status != POP3_ERR_UNSUPPORTED) {
    bench.findings->Add("QueriesFallThrough", "query %u %s returns %d: neither OK nor UNSUPPORTED",
                        what, when, static_cast<int>(status));
    return;
  }
  const bool is_known = what >= POP3_QUERY_FD && what <= POP3_QUERY_TLS_NAME_VERIFIED;
  if (status == POP3_OK && !is_known) {
    bench.findings->Add("QueriesFallThrough", "query %u, which does not exist, is answered %s",
                        what, when);
    return;
  }
  if (status != POP3_OK) return;
  if (first.data == nullptr && first.data_len > 0) {
    bench.findings->Add("AnswersLast", "query %u answers %zu octets at NULL", what, first.data_len);
    return;
  }
  const std::string text(reinterpret_cast<const char *>(first.data), first.data_len);
  const int64_t number = first.number;
  if (rig->subject().Query(what, &second) != POP3_OK || second.number != number ||
      std::string(reinterpret_cast<const char *>(second.data), second.data_len) != text) {
    bench.findings->Add("AnswersLast", "query %u is answered in two ways in a row %s", what, when);
  }
}

void AskAll(const Bench &bench, Rig *rig, const char *when) {
  for (uint32_t what = 0; what <= POP3_QUERY_TLS_NAME_VERIFIED + 3; what++) {
    CheckQuestion(bench, rig, what, when);
  }
  for (const uint32_t what : {UINT32_C(0xFFFF), UINT32_C(0x7FFFFFFF), UINT32_C(0xFFFFFFFF)}) {
    CheckQuestion(bench, rig, what, when);
  }
}

void QueriesFallThrough(const Bench &bench) {
  Rig rig(bench);
  if (rig.Create() != POP3_OK) return;
  AskAll(bench, &rig, "before connect");
  rig.Destroy();
  Rig connected(bench);
  if (!connected.Establish()) return;
  AskAll(bench, &connected, "when connected");
  connected.Finish();
  std::string got;
  connected.Read(&got);
  AskAll(bench, &connected, "at the end of the stream");
}

void MayBeDestroyedAtAnyPoint(const Bench &bench) {
  {
    Rig rig(bench);
    rig.Create();
  }
  {
    Rig rig(bench);
    if (rig.Create() == POP3_OK) rig.subject().Connect();
  }
  for (int stage = 0; stage < 4; stage++) {
    Rig rig(bench);
    if (!rig.Establish()) return;
    std::string got;
    rig.Say("+OK ready\r\n");
    if (stage >= 1) rig.ReadAll(1, &got, 1, "MovesOctets");  // the rest stays where it is
    if (stage >= 2) rig.WriteAll("CAPA\r\n", 3, "MovesOctets");
    if (stage >= 3) rig.Shutdown();
    rig.Destroy();
  }
}

void LeaksNothing(const Bench &bench) {
  for (int i = 0; i < 20; i++) {
    Rig rig(bench);
    if (!rig.Establish()) return;
    std::string got;
    rig.Say("+OK\r\n");
    rig.ReadAll(5, &got, 64, "MovesOctets");
    rig.WriteAll("QUIT\r\n", 64, "MovesOctets");
    if (i % 2 == 0) rig.Shutdown();
  }
}

// One whole connection; what fails must say that memory ran out.
void PlayWithoutMemory(const Bench &bench, int nth, bool persistently, bool *out_reached) {
  Rig rig(bench);
  rig.host().FailAllocation(nth, persistently);
  const pop3_status status = rig.Create();
  pop3_io io = status == POP3_OK ? POP3_IO_DONE : POP3_IO_FAIL;
  if (io == POP3_IO_DONE) io = rig.ConnectAll();
  if (io == POP3_IO_DONE && rig.wire() != nullptr) {
    std::string got;
    rig.Say("+OK ready\r\n");
    io = rig.Read(&got);
    size_t put = 0;
    if (io == POP3_IO_DONE) io = rig.subject().Write("CAPA\r\n", &put);
  }
  *out_reached = rig.host().has_failed();
  if (io == POP3_IO_FAIL && !rig.host().has_failed()) {
    bench.findings->Add("SurvivesWithoutMemory", "fails although no allocation did: %s",
                        rig.subject().error().text);
  }
  if (io == POP3_IO_FAIL && rig.host().has_failed() &&
      rig.subject().error().status != POP3_ERR_MEMORY) {
    bench.findings->Add("SurvivesWithoutMemory", "allocation %d fails, and the error is %d: %s",
                        nth + 1, static_cast<int>(rig.subject().error().status),
                        rig.subject().error().text);
  }
  if (io == POP3_IO_EOF || io == POP3_IO_WANT_READ || io == POP3_IO_WANT_WRITE) {
    bench.findings->Add("SurvivesWithoutMemory", "allocation %d fails, and the connection hangs",
                        nth + 1);
  }
}

void SurvivesWithoutMemory(const Bench &bench) {
  for (const bool persistently : {false, true}) {
    bool reached = true;
    for (int nth = 0; reached && nth < 2000; nth++) {
      PlayWithoutMemory(bench, nth, persistently, &reached);
    }
  }
}

void CheckApart(const Bench &bench, Rig *one, Rig *other, const std::string &a,
                const std::string &b) {
  std::string from_one, from_other;
  one->Say(a);
  other->Say(b);
  // In turns, so that each is in the middle of something while the other is called.
  for (size_t at = 0; at < a.size(); at += 5) {
    if (!one->ReadAll(at + 5, &from_one, 5, "StandsBesideAnother") ||
        !other->ReadAll(at + 5, &from_other, 5, "StandsBesideAnother") ||
        !one->WriteAll(b.substr(at, 5), 3, "StandsBesideAnother") ||
        !other->WriteAll(a.substr(at, 5), 4, "StandsBesideAnother")) {
      return;
    }
  }
  if (from_one != a || from_other != b || !one->Hears(b.size()) || !other->Hears(a.size()) ||
      one->Heard() != b || other->Heard() != a) {
    bench.findings->Add("StandsBesideAnother", "two connections at once mix their octets");
  }
}

void StandsBesideAnother(const Bench &bench) {
  const std::string a = Pattern(300, 1), b = Pattern(300, 2);
  // Each counts its descriptors: last in, first out.
  Rig one(bench);
  if (!one.Establish()) return;
  Rig other(bench);
  if (!other.Establish()) return;
  CheckApart(bench, &one, &other, a, b);
  other.Destroy();
  std::string got;
  one.Say("still here");
  if (!one.ReadAll(10, &got, 64, "StandsBesideAnother") || got != "still here") {
    bench.findings->Add("StandsBesideAnother", "the end of one connection disturbs another");
  }
}

}  // namespace

std::vector<TransportRule> CreationRules() {
  return {
      {"Connects", TransportRule::kAll, Connects},
      {"RefusesUnknownOptions", TransportRule::kAll, RefusesUnknownOptions},
      {"IgnoresForeignOptions", TransportRule::kAll, IgnoresForeignOptions},
      {"QueriesFallThrough", TransportRule::kAll, QueriesFallThrough},
      {"MayBeDestroyedAtAnyPoint", TransportRule::kAll, MayBeDestroyedAtAnyPoint},
      {"LeaksNothing", TransportRule::kAll, LeaksNothing},
      {"SurvivesWithoutMemory", TransportRule::kAll, SurvivesWithoutMemory},
      {"StandsBesideAnother", TransportRule::kAll, StandsBesideAnother},
  };
}

std::vector<TransportRule> TransportRules() {
  std::vector<TransportRule> all = CreationRules();
  for (const auto &part : {StreamRules(), BottomRules(), UpperRules()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace pop3_conformance
