#define _DEFAULT_SOURCE 1  // struct winsize, TIOCGWINSZ
#include "tools/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/cli/fd_writer.h"
#include "tools/cli/text_format.h"

#define DRAW_MS 100    // at the least between two drawings
#define FIRST_MS 200   // nothing is shown for a fetch that is over before that
#define SAMPLE_MS 500  // at the least between two samples of the rate
#define BAR_MAX 40     // characters of the bar between its brackets
#define BAR_MIN 8      // below that there is none
#define DEFAULT_WIDTH 80

// Draws the bar itself: "[=====>    ]".
static void draw_bar(char *out, size_t width, double share) {
  size_t full = (size_t)(share * (double)width);
  if (full > width) full = width;
  *out++ = '[';
  memset(out, ' ', width);
  memset(out, '=', full);
  if (full > 0 && full < width) out[full - 1] = '>';
  out[width] = ']';
  out[width + 1] = '\0';
}

static double share_of(const cli_progress_facts *facts) {
  double share = 0;
  if (facts->all_octets > 0) {
    share = (double)facts->octets / (double)facts->all_octets;
  } else if (facts->all_messages > 0) {
    share = (double)facts->messages / (double)facts->all_messages;
  }
  // Sizes are promises: the end is reached when the last message is.
  if (share > 0.999 && facts->messages < facts->all_messages) share = 0.999;
  return share > 1 ? 1 : share;
}

// Appends |text| behind two spaces if it fits. Returns 1 if it did.
static int append(char *out, size_t room, const char *text) {
  size_t len = strlen(out);
  size_t gap = len == 0 ? 0 : 2;
  if (len + gap + strlen(text) > room) return 0;
  memset(out + len, ' ', gap);
  memcpy(out + len + gap, text, strlen(text) + 1);
  return 1;
}

void cli_progress_format(char out[CLI_PROGRESS_MAX], int columns, const cli_progress_facts *facts) {
  size_t room = columns > 1 ? (size_t)columns - 1 : 0;
  if (room > CLI_PROGRESS_MAX - 1) room = CLI_PROGRESS_MAX - 1;
  double share = share_of(facts);
  char count[64];
  char percent[16];
  char octets[2 * CLI_TEXT_MAX + 8];
  char rate[CLI_TEXT_MAX + 4] = "";
  char left[CLI_TEXT_MAX + 8] = "";
  char done[CLI_TEXT_MAX];
  char all[CLI_TEXT_MAX];
  (void)snprintf(count, sizeof(count), "%" PRIu64 "/%" PRIu64, facts->messages,
                 facts->all_messages);
  (void)snprintf(percent, sizeof(percent), "%3d%%", (int)(share * 100));
  cli_format_octets(done, facts->octets);
  cli_format_octets(all, facts->all_octets);
  (void)snprintf(octets, sizeof(octets), "%s of %s", done, all);
  if (facts->all_octets == 0) (void)snprintf(octets, sizeof(octets), "%s", done);
  if (facts->rate > 0) {
    char speed[CLI_TEXT_MAX];
    cli_format_octets(speed, (uint64_t)facts->rate);
    (void)snprintf(rate, sizeof(rate), "%s/s", speed);
    if (facts->all_octets > facts->octets) {
      double ms = (double)(facts->all_octets - facts->octets) / facts->rate * 1000;
      cli_format_duration(speed, ms > 3.6e11 ? INT64_C(360000000000) : (int64_t)ms);
      (void)snprintf(left, sizeof(left), "%s left", speed);
    }
  }
  // The parts in the order in which they are drawn; the bar gets what the others leave.
  size_t gaps = 3 + (rate[0] != '\0' ? 1U : 0U) + (left[0] != '\0' ? 1U : 0U);
  size_t others = strlen(count) + strlen(percent) + strlen(octets) + strlen(rate) + strlen(left) +
                  2 * gaps + strlen("[]");
  char bar[BAR_MAX + 3] = "";
  if (others + BAR_MIN <= room) {
    draw_bar(bar, room - others > BAR_MAX ? BAR_MAX : room - others, share);
  }
  out[0] = '\0';
  if (!append(out, room, count) || !append(out, room, percent)) return;
  if (bar[0] != '\0') (void)append(out, room, bar);
  // Without room for all, what is most asked for comes first: how long, how fast, how much.
  int all_fit = others <= room;
  if (all_fit) (void)append(out, room, octets);
  if (all_fit && rate[0] != '\0') (void)append(out, room, rate);
  if (left[0] != '\0' && !append(out, room, left)) return;
  if (!all_fit && rate[0] != '\0' && !append(out, room, rate)) return;
  if (!all_fit) (void)append(out, room, octets);
}

static int width_of(int fd) {
  struct winsize size;
  memset(&size, 0, sizeof(size));
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return DEFAULT_WIDTH;
}

void cli_progress_init(cli_progress *progress, int fd, int64_t now_ms) {
  memset(progress, 0, sizeof(*progress));
  const char *terminal = getenv("TERM");
  int dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
  progress->fd = fd >= 0 && isatty(fd) && !dumb ? fd : -1;
  progress->last_ms = now_ms + FIRST_MS - DRAW_MS;
  progress->sample_ms = now_ms;
}

// Keeps a rate that follows changes but does not flicker.
static void sample(cli_progress *progress, uint64_t octets, int64_t now_ms) {
  int64_t span = now_ms - progress->sample_ms;
  if (span < SAMPLE_MS && (progress->rate > 0 || span < DRAW_MS)) return;
  double rate = (double)(octets - progress->sample_octets) * 1000 / (double)span;
  // A weight of a third each half second: what is older than three seconds hardly counts.
  progress->rate = progress->rate > 0 ? progress->rate + (rate - progress->rate) / 3 : rate;
  progress->sample_ms = now_ms;
  progress->sample_octets = octets;
}

void cli_progress_update(cli_progress *progress, cli_progress_facts *facts, int64_t now_ms) {
  if (progress->fd < 0 || now_ms - progress->last_ms < DRAW_MS) return;
  sample(progress, facts->octets, now_ms);
  facts->rate = progress->rate;
  progress->last_ms = now_ms;
  char text[CLI_PROGRESS_MAX];
  cli_progress_format(text, width_of(progress->fd), facts);
  char line[CLI_PROGRESS_MAX + 8];
  (void)snprintf(line, sizeof(line), "\r%s\033[K", text);  // the end erases what was longer
  (void)cli_write_all(progress->fd, (const uint8_t *)line, strlen(line));
  progress->shown = 1;
}

void cli_progress_clear(cli_progress *progress) {
  if (!progress->shown) return;
  (void)cli_write_all(progress->fd, (const uint8_t *)"\r\033[K", 4);
  progress->shown = 0;
}
