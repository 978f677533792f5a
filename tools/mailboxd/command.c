#include "tools/mailboxd/command.h"

#include <string.h>
#include <strings.h>

// How many arguments a command takes; ARGS_TEXT is one that may hold spaces.
enum args { ARGS_NONE, ARGS_ONE, ARGS_MAY_ONE, ARGS_TWO, ARGS_MAY_TWO, ARGS_TEXT };

static const struct {
  const char *name;
  enum args args;
  uint32_t states;
} kCommands[COMMAND_COUNT] = {
    [COMMAND_USER] = {"USER", ARGS_TEXT, STATE_AUTHORIZATION},
    [COMMAND_PASS] = {"PASS", ARGS_TEXT, STATE_AUTHORIZATION},
    [COMMAND_APOP] = {"APOP", ARGS_TWO, STATE_AUTHORIZATION},
    [COMMAND_RPOP] = {"RPOP", ARGS_TEXT, STATE_AUTHORIZATION},
    [COMMAND_AUTH] = {"AUTH", ARGS_MAY_TWO, STATE_AUTHORIZATION},
    [COMMAND_QUIT] = {"QUIT", ARGS_NONE, STATE_AUTHORIZATION | STATE_TRANSACTION},
    [COMMAND_STAT] = {"STAT", ARGS_NONE, STATE_TRANSACTION},
    [COMMAND_LIST] = {"LIST", ARGS_MAY_ONE, STATE_TRANSACTION},
    [COMMAND_RETR] = {"RETR", ARGS_ONE, STATE_TRANSACTION},
    [COMMAND_DELE] = {"DELE", ARGS_ONE, STATE_TRANSACTION},
    [COMMAND_NOOP] = {"NOOP", ARGS_NONE, STATE_TRANSACTION},
    [COMMAND_RSET] = {"RSET", ARGS_NONE, STATE_TRANSACTION},
    [COMMAND_TOP] = {"TOP", ARGS_TWO, STATE_TRANSACTION},
    [COMMAND_UIDL] = {"UIDL", ARGS_MAY_ONE, STATE_TRANSACTION},
    [COMMAND_LAST] = {"LAST", ARGS_NONE, STATE_TRANSACTION},
    [COMMAND_CAPA] = {"CAPA", ARGS_NONE, STATE_AUTHORIZATION | STATE_TRANSACTION},
    [COMMAND_UTF8] = {"UTF8", ARGS_NONE, STATE_AUTHORIZATION},
    [COMMAND_LANG] = {"LANG", ARGS_MAY_ONE, STATE_AUTHORIZATION | STATE_TRANSACTION},
    [COMMAND_STLS] = {"STLS", ARGS_NONE, STATE_AUTHORIZATION},
};

int command_find(const char *name, size_t name_len, enum command *out) {
  if (name_len == 0) {
    return 0;
  }
  char first = (char)(name[0] & ~0x20);
  for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
    if (kCommands[i].name[0] == first && strlen(kCommands[i].name) == name_len &&
        strncasecmp(kCommands[i].name, name, name_len) == 0) {
      *out = (enum command)i;
      return 1;
    }
  }
  return 0;
}

const char *command_name(enum command command) { return kCommands[command].name; }

uint32_t command_states(enum command command) { return kCommands[command].states; }

// Splits at single spaces; 0 if an argument is empty or there are more than fit.
static int split(const char *at, const char *end, struct command_line *out) {
  for (;;) {
    const char *space = memchr(at, ' ', (size_t)(end - at));
    const char *stop = space == NULL ? end : space;
    if (stop == at || out->num_args == 2) {
      return 0;
    }
    out->arg[out->num_args] = at;
    out->arg_len[out->num_args++] = (size_t)(stop - at);
    if (space == NULL) {
      return 1;
    }
    at = space + 1;
  }
}

enum command_result command_parse(const char *line, size_t line_len, struct command_line *out) {
  *out = (struct command_line){.num_args = 0};
  const char *end = line + line_len;
  const char *space = memchr(line, ' ', line_len);
  size_t name_len = space == NULL ? line_len : (size_t)(space - line);
  if (!command_find(line, name_len, &out->command)) {
    return COMMAND_UNKNOWN;
  }
  enum args args = kCommands[out->command].args;
  if (space != NULL && args == ARGS_TEXT) {
    out->arg[0] = space + 1;
    out->arg_len[0] = (size_t)(end - (space + 1));
    out->num_args = 1;
    return out->arg_len[0] > 0 ? COMMAND_OK : COMMAND_BAD_ARGUMENTS;
  }
  if (space != NULL && !split(space + 1, end, out)) {
    return COMMAND_BAD_ARGUMENTS;
  }
  static const struct {
    uint32_t min, max;
  } kLimits[] = {
      [ARGS_NONE] = {0, 0}, [ARGS_ONE] = {1, 1},     [ARGS_MAY_ONE] = {0, 1},
      [ARGS_TWO] = {2, 2},  [ARGS_MAY_TWO] = {0, 2}, [ARGS_TEXT] = {1, 1},
  };
  int good = out->num_args >= kLimits[args].min && out->num_args <= kLimits[args].max;
  return good ? COMMAND_OK : COMMAND_BAD_ARGUMENTS;
}

int command_number(const struct command_line *line, uint32_t i, uint32_t min, uint32_t *out) {
  uint64_t value = 0;
  if (line->arg_len[i] > 10) {
    return 0;
  }
  for (size_t at = 0; at < line->arg_len[i]; at++) {
    char c = line->arg[i][at];
    if (c < '0' || c > '9') {
      return 0;
    }
    value = value * 10 + (uint64_t)(c - '0');
  }
  if (value < min || value > UINT32_MAX) {
    return 0;
  }
  *out = (uint32_t)value;
  return 1;
}
