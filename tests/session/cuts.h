// At which octets of a server's text to do something.
#ifndef POP3_TESTS_SESSION_CUTS_H_
#define POP3_TESTS_SESSION_CUTS_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "tests/testing/transcript.h"

namespace pop3_testing {

// Cuts returns all octets of what the server says, or if that were too much work, those around the
// beginning and the end of each reply and some in between, always the same.
inline std::set<uint64_t> Cuts(const Transcript &transcript) {
  constexpr uint64_t kAll = 3000;
  constexpr uint64_t kAround = 20;
  constexpr int kSome = 40;
  const uint64_t total = transcript.ServerText().size();
  std::set<uint64_t> cuts;
  if (total <= kAll) {
    for (uint64_t at = 0; at < total; at++) cuts.insert(at);
    return cuts;
  }
  std::vector<uint64_t> places = transcript.ReplyStarts();
  places.push_back(total);
  for (const uint64_t place : places) {
    const uint64_t from = place < kAround ? 0 : place - kAround;
    for (uint64_t at = from; at < std::min(total, place + kAround); at++) cuts.insert(at);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < kSome; i++) cuts.insert(random() % total);
  return cuts;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_SESSION_CUTS_H_
