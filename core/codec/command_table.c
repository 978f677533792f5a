#include "core/codec/command_table.h"

#include <string.h>

#include "core/base/text.h"

#define NO_NUMBER P3_NUMBER_NONE
#define NO_ARG P3_ARG_NONE

// What is part of a login, and what logs in.
#define LOGIN P3_COMMAND_LOGIN
#define LOGS_IN (P3_COMMAND_LOGIN | P3_COMMAND_LOGS_IN | P3_COMMAND_BARRIER)

static const p3_command_traits kTable[] = {
    [POP3_CMD_GREETING] = {"greeting", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, 0},
    [POP3_CMD_CAPA] = {"CAPA", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, P3_COMMAND_MULTI},
    [POP3_CMD_USER] = {"USER", NO_NUMBER, 0, P3_ARG_USER, NO_ARG, 0, LOGIN},
    [POP3_CMD_PASS] = {"PASS", NO_NUMBER, 0, P3_ARG_PASSWORD, NO_ARG, 1,
                       LOGS_IN | P3_COMMAND_READABLE},
    [POP3_CMD_APOP] = {"APOP", NO_NUMBER, 0, P3_ARG_APOP_USER, P3_ARG_DIGEST, 2, LOGS_IN},
    [POP3_CMD_RPOP] = {"RPOP", NO_NUMBER, 0, P3_ARG_USER, NO_ARG, 0, LOGS_IN},
    [POP3_CMD_AUTH] = {"AUTH", NO_NUMBER, 0, P3_ARG_MECHANISM, P3_ARG_RESPONSE, 2,
                       LOGS_IN | P3_COMMAND_READABLE},
    [POP3_CMD_STLS] = {"STLS", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, P3_COMMAND_BARRIER},
    [POP3_CMD_UTF8] = {"UTF8", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, 0},
    [POP3_CMD_LANG] = {"LANG", NO_NUMBER, 0, P3_ARG_LANGUAGE, NO_ARG, 0, P3_COMMAND_MULTI_IF_ALL},
    [POP3_CMD_STAT] = {"STAT", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, P3_COMMAND_STATUS},
    [POP3_CMD_LIST] = {"LIST", P3_NUMBER_OPTIONAL, 0, NO_ARG, NO_ARG, 0,
                       P3_COMMAND_MULTI_IF_ALL | P3_COMMAND_STATUS},
    [POP3_CMD_UIDL] = {"UIDL", P3_NUMBER_OPTIONAL, 0, NO_ARG, NO_ARG, 0,
                       P3_COMMAND_MULTI_IF_ALL | P3_COMMAND_STATUS},
    [POP3_CMD_RETR] = {"RETR", P3_NUMBER_REQUIRED, 0, NO_ARG, NO_ARG, 0,
                       P3_COMMAND_MULTI | P3_COMMAND_BODY},
    [POP3_CMD_TOP] = {"TOP", P3_NUMBER_REQUIRED, 1, NO_ARG, NO_ARG, 0,
                      P3_COMMAND_MULTI | P3_COMMAND_BODY},
    [POP3_CMD_DELE] = {"DELE", P3_NUMBER_REQUIRED, 0, NO_ARG, NO_ARG, 0, 0},
    [POP3_CMD_RSET] = {"RSET", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, 0},
    [POP3_CMD_NOOP] = {"NOOP", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, 0},
    [POP3_CMD_LAST] = {"LAST", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, P3_COMMAND_STATUS},
    [POP3_CMD_QUIT] = {"QUIT", NO_NUMBER, 0, NO_ARG, NO_ARG, 0, P3_COMMAND_BARRIER},
    [POP3_CMD_RAW] = {"raw", NO_NUMBER, 0, P3_ARG_LINE, NO_ARG, 0, P3_COMMAND_LINE},
    [POP3_CMD_RAW_MULTI] = {"raw", NO_NUMBER, 0, P3_ARG_LINE, NO_ARG, 0,
                            P3_COMMAND_LINE | P3_COMMAND_MULTI},
};

int p3_command_is_known(pop3_command command) {
  return (size_t)command < sizeof(kTable) / sizeof(kTable[0]);
}

const p3_command_traits *p3_command_traits_of(pop3_command command) { return &kTable[command]; }

int p3_command_has(pop3_command command, unsigned flags) {
  return (kTable[command].flags & flags) != 0;
}

const char *pop3_command_name(pop3_command command) {
  return p3_command_is_known(command) ? kTable[command].name : "?";
}

pop3_command p3_command_of_line(const char *line, size_t line_len) {
  const char *space = memchr(line, ' ', line_len);
  const size_t verb_len = space == NULL ? line_len : (size_t)(space - line);
  for (size_t i = POP3_CMD_CAPA; i < sizeof(kTable) / sizeof(kTable[0]); i++) {
    if ((kTable[i].flags & P3_COMMAND_LINE) == 0 &&
        p3_ascii_equal(line, verb_len, kTable[i].name)) {
      return (pop3_command)i;
    }
  }
  return POP3_CMD_RAW;
}
