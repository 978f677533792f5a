#include "tools/bench/options.h"

#include <getopt.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace options_test {
namespace {

// What is understood points into |words|.
bench_options_result Parse(std::vector<std::string> *words, bench_options *out) {
  std::string program = "bench";
  std::vector<char *> argv;
  argv.reserve(words->size() + 2);
  argv.push_back(program.data());
  for (std::string &word : *words) argv.push_back(word.data());
  argv.push_back(nullptr);
  optind = 0;  // glibc: from the beginning again
  return bench_options_parse(out, static_cast<int>(words->size() + 1), argv.data());
}

TEST(Options, EverythingByDefault) {
  bench_options options;
  std::vector<std::string> words;
  ASSERT_EQ(Parse(&words, &options), BENCH_OPTIONS_RUN);
  EXPECT_EQ(options.num_workloads, 2U);
  EXPECT_TRUE(options.memory && options.sessions && options.crowd && options.tls);
  EXPECT_EQ(options.runs, 0U);
  EXPECT_EQ(options.pin, BENCH_PIN_SAME);
}

TEST(Options, WorkloadsByNameAndBySize) {
  bench_options options;
  std::vector<std::string> words = {"--workload", "a,7x1K,memory", "--workload=b"};
  ASSERT_EQ(Parse(&words, &options), BENCH_OPTIONS_RUN);
  ASSERT_EQ(options.num_workloads, 3U);
  EXPECT_EQ(options.workloads[0].count, 20000U);
  EXPECT_EQ(options.workloads[1].size, 1024U);
  EXPECT_EQ(options.workloads[2].count, 200U);
  EXPECT_TRUE(options.memory);
  EXPECT_FALSE(options.sessions || options.crowd);
}

TEST(Options, AllOthers) {
  bench_options options;
  std::vector<std::string> words = {"--runs=9",   "--pin=apart",       "--unix", "--no-pipelining",
                                    "--window=0", "--recv-buffer=64K", "--json", "--sessions=5",
                                    "--crowd=6",  "--server=/m"};
  ASSERT_EQ(Parse(&words, &options), BENCH_OPTIONS_RUN);
  EXPECT_EQ(options.runs, 9U);
  EXPECT_EQ(options.pin, BENCH_PIN_APART);
  EXPECT_TRUE(options.use_unix && options.no_pipelining && options.json);
  EXPECT_EQ(options.window, 0U);
  EXPECT_EQ(options.recv_buffer, 65536U);
  EXPECT_EQ(options.num_sessions, 5U);
  EXPECT_EQ(options.num_crowd, 6U);
  EXPECT_STREQ(options.server, "/m");
}

TEST(Options, WhatMakesNoSenseIsRefused) {
  std::vector<std::vector<std::string>> cases = {
      {"--workload", ""},
      {"--workload", "a,,b"},
      {"--workload", "c"},
      {"--workload", "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a"},
      {"--runs", "0"},
      {"--runs", "1001"},
      {"--runs", "many"},
      {"--pin", "here"},
      {"--crowd", "0"},
      {"--recv-buffer", "4096M"},
      {"--unknown"},
      {"word"},
      {"--url", "pop3://localhost", "--unix"},
      {"--url", "pop3://localhost", "--workload", "crowd"},
      {"--url", "pop3://localhost", "--workload", "tls"},
      {"--workload", "tls:"},
      {"--workload", "tls:5x"}};
  for (auto &words : cases) {
    SCOPED_TRACE(::testing::PrintToString(words));
    bench_options options;
    EXPECT_EQ(Parse(&words, &options), BENCH_OPTIONS_WRONG);
  }
}

}  // namespace
}  // namespace options_test
