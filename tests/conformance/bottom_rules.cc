// Rules for transports at the bottom of a chain.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

void SaysWhyItCannotConnect(const Bench &bench) {
  if (!bench.what->nowhere) return;
  for (int i = 0; i < 3; i++) {
    Rig rig(bench, bench.what->nowhere());
    if (rig.Create() != POP3_OK) return;  // has said so with its err filled, which is as good
    const pop3_io io = rig.ConnectAll();
    if (io != POP3_IO_FAIL && io != POP3_IO_EOF) {
      bench.findings->Add("SaysWhyItCannotConnect", "nobody is there, and connect answers %s",
                          IoName(io));
    }
  }
}

// The limit on descriptors is lowered to what is open while one of these lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    // Up to the first free number there may be none.
    const int probe = dup(0);
    struct rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(probe);
    close(probe);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors &) = delete;
  NoDescriptors &operator=(const NoDescriptors &) = delete;

 private:
  struct rlimit before_ = {};
};

void SurvivesWithoutDescriptors(const Bench &bench) {
  Rig rig(bench);
  if (rig.Create() != POP3_OK) return;
  const NoDescriptors none;
  pop3_io io = POP3_IO_WANT_READ;
  for (int turn = 0; turn < 1000 && IsWant(io); turn++) {
    io = rig.subject().Connect();
    if (IsWant(io) && !rig.Wait(io)) break;
  }
  if (IsWant(io)) {
    bench.findings->Add("SurvivesWithoutDescriptors",
                        "no descriptor is left, and connect neither fails nor goes on");
  }
}

void SurvivesAReset(const Bench &bench) {
  {
    Rig rig(bench);
    if (!rig.Establish()) return;
    rig.WriteAll("CAPA\r\n", 64, "MovesOctets");
    if (!rig.far_end()->Reset()) return;
    std::string got;
    const pop3_io io = rig.Read(&got);
    if (io != POP3_IO_EOF && io != POP3_IO_FAIL) {
      bench.findings->Add("SurvivesAReset", "the connection is reset, and read answers %s",
                          IoName(io));
    }
  }
  // Writing must come to a failure too, and not to a signal.
  Rig rig(bench);
  if (!rig.Establish()) return;
  rig.far_end()->Reset();
  pop3_io io = POP3_IO_DONE;
  size_t put = 0;
  for (int turn = 0; turn < 1000 && (io == POP3_IO_DONE || IsWant(io)); turn++) {
    io = rig.subject().Write(Pattern(10000), &put);
    if (IsWant(io) && !rig.Wait(io)) break;
  }
  if (io != POP3_IO_EOF && io != POP3_IO_FAIL) {
    bench.findings->Add("SurvivesAReset", "the connection is reset, and write answers %s",
                        IoName(io));
  }
}

void DescriptorsStayHere(const Bench &bench) {
  Rig rig(bench);
  if (!rig.Establish()) return;
  const pop3_interest io = rig.subject().Interest(POP3_WAIT_READ);
  for (uint32_t i = 0; i < io.num_fds; i++) {
    if ((fcntl(io.fds[i].fd, F_GETFD) & FD_CLOEXEC) == 0) {
      bench.findings->Add("DescriptorsStayHere", "a descriptor is not closed on exec");
    }
    if ((io.fds[i].events & (POP3_WAIT_READ | POP3_WAIT_WRITE)) != POP3_WAIT_READ) {
      bench.findings->Add("SaysWhatToWaitFor",
                          "the host wants to read; interest asks for the events %u",
                          io.fds[i].events);
    }
  }
}

}  // namespace

std::vector<TransportRule> BottomRules() {
  return {
      {"SaysWhyItCannotConnect", TransportRule::kBottom, SaysWhyItCannotConnect},
      {"SurvivesWithoutDescriptors", TransportRule::kBottom, SurvivesWithoutDescriptors},
      {"SurvivesAReset", TransportRule::kBottom, SurvivesAReset},
      {"DescriptorsStayHere", TransportRule::kBottom, DescriptorsStayHere},
  };
}

}  // namespace pop3_conformance
