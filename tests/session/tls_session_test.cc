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
  static PlayOptions With(bool newest = true) {
    static const Pop pop;
    PlayOptions options;
    options.tls = newest ? &pop.newest : &pop.older;
    options.trusted = pop.pem;
    return options;
  }
};

TEST_P(TlsSession, Whole) {
  for (const bool newest : {false, true}) {
    PlayIt(With(newest), newest ? "with TLS 1.3" : "with TLS 1.2");
  }
}

class TlsSessionInPieces : public TlsSession {};

TEST_P(TlsSessionInPieces, InRandomPieces) {
  for (uint32_t seed = 1; seed <= 3; seed++) {
    PlayOptions options = With();
    options.faults.read = Chunking::Random(seed);
    options.faults.write = Chunking::Random(seed);
    options.faults.want_everywhere = seed == 2;
    options.pause = seed == 3;
    PlayIt(options, "with TLS in random pieces");
  }
}

TEST_P(TlsSessionInPieces, OverTheFlakyLayer) {
  PlayOptions options = With();
  options.flaky = true;
  PlayIt(options, "with TLS over the flaky layer");
}

class TlsSessionOverTcp : public TlsSession {};

TEST_P(TlsSessionOverTcp, OverTcp) {
  PlayOptions options = With();
  options.way = Way::kTcp;
  options.named = true;
  PlayIt(options, "with TLS over TCP");
}

constexpr size_t kLarge = 100000;  // the slow ways would take long

// TLS makes the channel private: where that makes a difference, something else comes out.
bool Private(const Transcript &transcript) {
  const auto found = transcript.session.find("private");
  return found == transcript.session.end() || found->second != "0";
}
bool OverMemory(const Transcript &transcript) {
  return Private(transcript) && transcript.Runs("memory");
}
bool InPieces(const Transcript &transcript) {
  return OverMemory(transcript) && !transcript.Whole() && !IsLarge(transcript, kLarge);
}
bool OverTcp(const Transcript &transcript) { return Private(transcript) && transcript.Runs("tcp"); }

INSTANTIATE_TEST_SUITE_P(All, TlsSession, testing::ValuesIn(TranscriptsThat(OverMemory)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, TlsSessionInPieces, testing::ValuesIn(TranscriptsThat(InPieces)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, TlsSessionOverTcp, testing::ValuesIn(TranscriptsThat(OverTcp)),
                         TranscriptName);

}  // namespace
}  // namespace tls_session_test
}  // namespace pop3_testing
