// Each transcript with real TLS: POP3 over TLS, or STLS where the transcript has it. The same comes
// out as without.
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace tls_session_test {
namespace {

// Pop is a server "pop.example.org" that signed its certificate itself.
struct Pop {
  static CertificateSpec Certificate() {
    CertificateSpec spec;
    spec.dns = {"pop.example.org"};
    return spec;
  }
  static TlsServerSpec Spec(const Identity *identity, uint16_t version) {
    TlsServerSpec spec;
    spec.identity = identity;
    spec.max_version = version;
    return spec;
  }

  Identity identity{Certificate()};
  std::string pem = identity.Pem();
  TlsServer newest{Spec(&identity, TLS1_3_VERSION)};
  TlsServer older{Spec(&identity, TLS1_2_VERSION)};
};

class TlsSession : public TranscriptTest {
 protected:
  // Runs says whether TLS makes no difference: it makes the channel private.
  bool Runs(const char *way) const {
    if (!transcript().Runs(way)) return false;
    const auto found = transcript().session.find("private");
    return found == transcript().session.end() || found->second != "0";
  }
  // Small says that it has not so much text that the slow ways take long.
  bool Small() const { return transcript().ServerText().size() < 100000; }

  static PlayOptions With(bool newest = true) {
    static const Pop pop;
    PlayOptions options;
    options.tls = newest ? &pop.newest : &pop.older;
    options.trusted = pop.pem;
    return options;
  }
};

TEST_P(TlsSession, Whole) {
  if (!Runs("memory")) return;
  for (const bool newest : {false, true}) {
    PlayIt(With(newest), newest ? "with TLS 1.3" : "with TLS 1.2");
  }
}

TEST_P(TlsSession, InRandomPieces) {
  if (!Runs("memory") || transcript().Whole() || !Small()) return;
  for (uint32_t seed = 1; seed <= 3; seed++) {
    PlayOptions options = With();
    options.faults.read = Chunking::Random(seed);
    options.faults.write = Chunking::Random(seed);
    options.faults.want_everywhere = seed == 2;
    options.pause = seed == 3;
    PlayIt(options, "with TLS in random pieces");
  }
}

TEST_P(TlsSession, OverTheFlakyLayer) {
  if (!Runs("memory") || transcript().Whole() || !Small()) return;
  PlayOptions options = With();
  options.flaky = true;
  PlayIt(options, "with TLS over the flaky layer");
}

TEST_P(TlsSession, OverTcp) {
  if (!Runs("tcp")) return;
  PlayOptions options = With();
  options.way = Way::kTcp;
  options.named = true;
  PlayIt(options, "with TLS over TCP");
}

INSTANTIATE_TEST_SUITE_P(All, TlsSession, testing::ValuesIn(LoadTranscripts()), TranscriptName);

}  // namespace
}  // namespace tls_session_test
}  // namespace pop3_testing
