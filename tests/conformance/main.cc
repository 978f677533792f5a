// The suite as GoogleTest tests: one for each rule and case, named after them.
//
//   PLUGIN_test [--plugin=FILE.so] [--in_process] [GoogleTest's options]
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "tests/conformance/conformance.h"
#include "tests/conformance/entry.h"
#include "tests/conformance/runner.h"

namespace {

class Rule : public ::testing::Test {
 public:
  explicit Rule(const pop3_conformance::Check &check) : check_(check) {}
  void TestBody() override {
    const pop3_conformance::Findings findings = check_.run();
    EXPECT_TRUE(findings.empty()) << findings.Text();
  }

 private:
  const pop3_conformance::Check &check_;
};

}  // namespace

int main(int argc, char **argv) {
  ::testing::InitGoogleTest(&argc, argv);
  std::string plugin;
  pop3_conformance::Limits limits;
  for (int i = 1; i < argc; i++) {
    if (std::strncmp(argv[i], "--plugin=", 9) == 0) {
      plugin = argv[i] + 9;
    } else if (std::strcmp(argv[i], "--in_process") == 0) {
      limits.fork = false;
    } else {
      std::fprintf(stderr, "%s: unknown argument %s\n", argv[0], argv[i]);
      return 2;
    }
  }
  std::string words;
  const pop3_plugin_entry_fn entry = pop3_conformance::FindEntry(plugin, &words);
  if (entry == nullptr) {
    std::fprintf(stderr, "%s: %s\n", argv[0], words.c_str());
    return 2;
  }
  static pop3_conformance::Suite suite;
  pop3_conformance::Describe(&suite);
  static const std::vector<pop3_conformance::Check> checks =
      pop3_conformance::Checks(entry, suite, limits);
  for (const pop3_conformance::Check &check : checks) {
    ::testing::RegisterTest(check.subject.c_str(), check.rule.c_str(), nullptr, nullptr, __FILE__,
                            __LINE__, [&check]() -> Rule * { return new Rule(check); });
  }
  return RUN_ALL_TESTS();
}
