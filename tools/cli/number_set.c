#include "tools/cli/number_set.h"

#include <stdlib.h>
#include <string.h>

#define LAYER "cli"

// Reads a number at |*p|. Returns 0 if there is none or it is out of bounds.
static int take_number(const char **p, uint32_t *out) {
  uint64_t value = 0;
  const char *start = *p;
  for (; **p >= '0' && **p <= '9'; ++*p) {
    value = value * 10 + (uint64_t)(**p - '0');
    if (value > UINT32_MAX) return 0;
  }
  *out = (uint32_t)value;
  return *p != start && value > 0;
}

// Reads "N", "N-M" or "N-" at |*p|.
static int take_range(const char **p, cli_number_range *out) {
  if (!take_number(p, &out->first)) return 0;
  out->last = out->first;
  if (**p != '-') return 1;
  ++*p;
  if (**p == ',' || **p == '\0') {
    out->last = UINT32_MAX;
    return 1;
  }
  return take_number(p, &out->last) && out->last >= out->first;
}

static int compare_ranges(const void *a, const void *b) {
  const cli_number_range *left = a;
  const cli_number_range *right = b;
  return (left->first > right->first) - (left->first < right->first);
}

// Sorts |ranges| and joins those that overlap or touch. Returns how many are left.
static size_t normalise(cli_number_range *ranges, size_t num_ranges) {
  qsort(ranges, num_ranges, sizeof(*ranges), compare_ranges);
  size_t kept = 0;
  for (size_t i = 1; i < num_ranges; ++i) {
    cli_number_range *last = &ranges[kept];
    if (last->last == UINT32_MAX || ranges[i].first <= last->last + 1) {
      if (ranges[i].last > last->last) last->last = ranges[i].last;
    } else {
      ranges[++kept] = ranges[i];
    }
  }
  return kept + 1;
}

pop3_status cli_number_set_add(cli_number_set *set, const char *text, pop3_error *err) {
  size_t num_new = 1;
  for (const char *p = text; *p != '\0'; ++p) num_new += *p == ',';
  cli_number_range *ranges = calloc(set->num_ranges + num_new, sizeof(*ranges));
  if (ranges == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for message numbers");
  }
  if (set->num_ranges != 0) {
    memcpy(ranges, set->ranges, set->num_ranges * sizeof(*ranges));
  }
  const char *p = text;
  for (size_t i = 0; i < num_new; ++i) {
    int good = take_range(&p, &ranges[set->num_ranges + i]);
    good = good && (i + 1 < num_new ? *p++ == ',' : *p == '\0');
    if (!good) {
      free(ranges);
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "\"%s\" is not a list of message numbers such as 1-5,7 or 12-", text);
    }
  }
  size_t num_all = normalise(ranges, set->num_ranges + num_new);
  free(set->ranges);
  set->ranges = ranges;
  set->num_ranges = num_all;
  return POP3_OK;
}

int cli_number_set_has(const cli_number_set *set, uint32_t number) {
  size_t low = 0;
  size_t high = set->num_ranges;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (number > set->ranges[middle].last) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < set->num_ranges && number >= set->ranges[low].first;
}

uint64_t cli_number_set_count(const cli_number_set *set) {
  uint64_t count = 0;
  for (size_t i = 0; i < set->num_ranges; ++i) {
    count += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
  }
  return count;
}

void cli_number_set_cleanup(cli_number_set *set) {
  free(set->ranges);
  set->ranges = NULL;
  set->num_ranges = 0;
}
