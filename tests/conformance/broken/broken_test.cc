// The suite finds what is broken, and calls it by its name; and it has nothing against what is in
// order.
#include "tests/conformance/broken/broken.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/conformance/rules.h"
#include "tests/conformance/runner.h"

namespace pop3_conformance {

namespace broken_test {
namespace {

std::vector<Broken> All() {
  std::vector<Broken> all;
  for (const auto &part :
       {BrokenLayers(), BrokenSockets(), BrokenMechanisms(), BrokenDescriptors()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class BrokenPlugin : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenPlugin, IsFound) {
  const Broken &broken = GetParam();
  Limits limits;
  // Only what will be used up in vain may be short.
  if (!broken.rule.empty()) limits.patience_ms = 1000;
  if (broken.rule == "NeverBlocks") limits.call_ms = 500;
  std::vector<Check> checks = Checks(broken.entry, broken.suite, limits);
  // The rule of that name first: mostly it is the one that finds it.
  std::stable_partition(checks.begin(), checks.end(),
                        [&](const Check &check) { return check.rule == broken.rule; });
  std::string others;
  for (const Check &check : checks) {
    const Findings findings = check.run();
    if (broken.rule.empty()) {
      EXPECT_TRUE(findings.empty()) << check.rule << "\n" << findings.Text();
    } else if (findings.Has(broken.rule)) {
      return;
    }
    others += findings.Text();
  }
  EXPECT_EQ(broken.rule, "") << "not found; what was found instead:\n" << others;
}

// Every rule stands in the manual.
TEST(Manual, HasEachRule) {
  std::ifstream file("docs/conformance.md");
  ASSERT_TRUE(file.good());
  const std::string manual((std::istreambuf_iterator<char>(file)), {});
  std::set<std::string> rules;
  for (const TransportRule &rule : TransportRules()) rules.insert(rule.name);
  for (const AuthRule &rule : AuthRules()) rules.insert(rule.name);
  for (const Broken &broken : All()) {
    if (!broken.rule.empty()) rules.insert(broken.rule);
  }
  for (const std::string &rule : rules) {
    EXPECT_NE(manual.find("`" + rule + "`"), std::string::npos) << rule;
  }
}

INSTANTIATE_TEST_SUITE_P(, BrokenPlugin, ::testing::ValuesIn(All()),
                         [](const auto &broken) { return broken.param.name; });

}  // namespace
}  // namespace broken_test
}  // namespace pop3_conformance
