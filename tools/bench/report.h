// What is printed: a table for each contest, and at the end the ratios, one line each.
#ifndef POP3_TOOLS_BENCH_REPORT_H_
#define POP3_TOOLS_BENCH_REPORT_H_

#include "tools/bench/contest.h"

// BENCH_SECTIONS_MAX is how many contests one run can have.
#define BENCH_SECTIONS_MAX (BENCH_WORKLOADS_MAX + 3)

// bench_section is one contest.
typedef struct bench_section {
  char name[BENCH_NAME_MAX];  // "200x5M"
  char title[120];            // what was done, for people
  char line[120];             // the ratio in words, without the name
  const char *kind;           // "bulk", "small", "memory", "sessions", "crowd"
  const char *per;            // what is counted besides octets: "msg/s"; NULL: nothing
  uint32_t rounds;
  double kib_each;  // memory of one session; 0: not measured
  size_t num;       // entrants
  bench_entrant entrants[BENCH_ENTRANTS_MAX];
  bench_standing standings[BENCH_ENTRANTS_MAX];
} bench_section;

// bench_report is all of it.
typedef struct bench_report {
  const bench_options *options;
  size_t num_sections;
  bench_section sections[BENCH_SECTIONS_MAX];
} bench_report;

// bench_report_begin prints what the conditions are.
void bench_report_begin(bench_report *report, const bench_options *options);

// bench_report_add copies |section| and prints its table.
void bench_report_add(bench_report *report, const bench_section *section);

// bench_report_end prints the ratios, or everything if JSON is wanted.
void bench_report_end(const bench_report *report);

#endif  // POP3_TOOLS_BENCH_REPORT_H_
