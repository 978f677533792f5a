#include "tests/conformance/findings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace pop3_conformance {

namespace {

constexpr int kMostOfARule = 3;

}  // namespace

bool Findings::Keep(const std::string &rule, const std::string &words) {
  const auto same = std::count_if(list_.begin(), list_.end(),
                                  [&](const Finding &finding) { return finding.rule == rule; });
  if (same >= kMostOfARule) return false;
  list_.push_back({rule, words});
  return true;
}

// NOLINTNEXTLINE(cert-dcl50-cpp): checked like printf
void Findings::Add(const char *rule, const char *format, ...) {
  char words[600];
  va_list args;
  va_start(args, format);
  std::vsnprintf(words, sizeof(words), format, args);
  va_end(args);
  for (char *c = words; *c != '\0'; c++) {
    if (*c == '\n' || *c == '\t') *c = ' ';
  }
  if (!Keep(rule, words) || fd_ < 0) return;
  const std::string line = std::string(rule) + "\t" + words + "\n";
  // A pipe: a line this short goes in whole or the reader is gone.
  if (write(fd_, line.data(), line.size()) < 0) fd_ = -1;
}

void Findings::Parse(const std::string &lines) {
  for (size_t at = 0; at < lines.size();) {
    const size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string line = lines.substr(at, end - at);
    const size_t tab = line.find('\t');
    if (tab != std::string::npos) Keep(line.substr(0, tab), line.substr(tab + 1));
    at = end + 1;
  }
}

bool Findings::Has(const std::string &rule) const {
  return std::any_of(list_.begin(), list_.end(),
                     [&](const Finding &finding) { return finding.rule == rule; });
}

std::string Findings::Text() const {
  std::string text;
  for (const Finding &finding : list_) text += finding.rule + ": " + finding.words + "\n";
  return text;
}

}  // namespace pop3_conformance
