#define _GNU_SOURCE 1  // getloadavg
#include "tools/bench/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bench/cpu.h"

static double load_average(void) {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

static double per_second(uint64_t amount, double seconds) {
  return seconds > 0 ? (double)amount / seconds : 0;
}

void bench_report_begin(bench_report *report, const bench_options *options) {
  report->options = options;
  report->num_sections = 0;
  if (options->json) return;
  printf("libpop3 bench: %d CPUs, load %.2f, client and server %s; medians of several rounds\n",
         bench_cpu_count(), load_average(), bench_pin_name(options->pin));
}

static void print_row(const bench_section *section, size_t i) {
  const bench_entrant *entrant = &section->entrants[i];
  const bench_standing *standing = &section->standings[i];
  char range[32];
  char count[32] = "";
  char ratio[48] = "";
  snprintf(range, sizeof(range), "(%.3f..%.3f)", standing->wall_least_s, standing->wall_most_s);
  if (section->per != NULL) {
    snprintf(count, sizeof(count), "%.0f", per_second(entrant->messages, standing->wall_s));
  }
  if (i > 0) {
    snprintf(ratio, sizeof(ratio), "%.2f (%.2f..%.2f)", standing->wall_ratio,
             standing->wall_ratio_least, standing->wall_ratio_most);
  }
  printf("  %-10s %7.3f %-16s %7.3f %8.0f %9s %6.1f  %-18s", entrant->name, standing->wall_s, range,
         standing->cpu_s, per_second(entrant->octets, standing->wall_s) / 1e6, count,
         standing->rss_kib / 1024, ratio);
  if (i > 0) printf(" %5.2f", standing->cpu_ratio);
  printf("\n");
}

static void print_table(const bench_section *section) {
  printf("\n%s: %s; %u rounds\n", section->name, section->title, (unsigned)section->rounds);
  printf("  %-10s %7s %-16s %7s %8s %9s %6s  %-18s %5s\n", "", "wall s", "", "CPU s", "MB/s",
         section->per != NULL ? section->per : "", "MiB", "x wall", "x CPU");
  for (size_t i = 0; i < section->num; i++) print_row(section, i);
  (void)fflush(stdout);
}

void bench_report_add(bench_report *report, const bench_section *section) {
  if (report->num_sections < BENCH_SECTIONS_MAX) {
    report->sections[report->num_sections++] = *section;
  }
  if (!report->options->json) print_table(section);
}

// The texts are our own: nothing in them needs an escape.
static void print_json_entrant(const bench_section *section, size_t i) {
  const bench_entrant *entrant = &section->entrants[i];
  const bench_standing *s = &section->standings[i];
  printf(
      "%s\n      {\"name\": \"%s\", \"wall_s\": %.6f, \"wall_least_s\": %.6f, \"wall_most_s\": "
      "%.6f,"
      " \"cpu_s\": %.6f, \"octets\": %llu, \"count\": %llu, \"rss_kib\": %.0f,"
      " \"wall_ratio\": %.4f, \"wall_ratio_least\": %.4f, \"wall_ratio_most\": %.4f,"
      " \"cpu_ratio\": %.4f}",
      i > 0 ? "," : "", entrant->name, s->wall_s, s->wall_least_s, s->wall_most_s, s->cpu_s,
      (unsigned long long)entrant->octets, (unsigned long long)entrant->messages, s->rss_kib,
      s->wall_ratio, s->wall_ratio_least, s->wall_ratio_most, s->cpu_ratio);
}

static void print_json(const bench_report *report) {
  const bench_options *options = report->options;
  printf("{\"cpus\": %d, \"load\": %.2f, \"pin\": \"%s\", \"sections\": [", bench_cpu_count(),
         load_average(), bench_pin_name(options->pin));
  for (size_t i = 0; i < report->num_sections; i++) {
    const bench_section *section = &report->sections[i];
    printf("%s\n  {\"kind\": \"%s\", \"name\": \"%s\", \"line\": \"%s\", \"rounds\": %u,",
           i > 0 ? "," : "", section->kind, section->name, section->line,
           (unsigned)section->rounds);
    if (section->kib_each > 0) printf(" \"kib_each\": %.2f,", section->kib_each);
    printf(" \"clients\": [");
    for (size_t j = 0; j < section->num; j++) print_json_entrant(section, j);
    printf("]}");
  }
  printf("\n]}\n");
}

void bench_report_end(const bench_report *report) {
  if (report->options->json) {
    print_json(report);
    return;
  }
  printf("\nratios\n");
  for (size_t i = 0; i < report->num_sections; i++) {
    const bench_section *section = &report->sections[i];
    printf("%s %s: %s\n", section->kind, section->name, section->line);
  }
}
