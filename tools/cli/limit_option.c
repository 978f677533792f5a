#include "tools/cli/limit_option.h"

#include <stddef.h>
#include <string.h>

#include "tools/cli/option_value.h"

#define LAYER "cli"

typedef struct limit_row {
  const char *name;
  size_t offset;
  int is_64_bit;
} limit_row;

#define ROW(name, member) \
  { (name), offsetof(pop3_limits, member), sizeof(((pop3_limits *)0)->member) == 8 }

static const limit_row kRows[] = {
    ROW("recv-buffer", recv_buffer),
    ROW("send-buffer", send_buffer),
    ROW("max-command", max_command),
    ROW("max-reply-line", max_reply_line),
    ROW("max-capa-lines", max_capa_lines),
    ROW("max-capa-octets", max_capa_octets),
    ROW("max-items", max_items),
    ROW("pipeline-high", pipeline_high),
    ROW("pipeline-low", pipeline_low),
    ROW("pipeline-octets", pipeline_octets),
    ROW("max-auth-rounds", max_auth_rounds),
    ROW("max-auth-line", max_auth_line),
    ROW("max-message-octets", max_message_octets),
};
#define NUM_ROWS (sizeof(kRows) / sizeof(kRows[0]))

const char *cli_limit_name(size_t index) { return index < NUM_ROWS ? kRows[index].name : NULL; }

pop3_status cli_limit_set(pop3_limits *limits, const char *text, pop3_error *err) {
  const char *equals = strchr(text, '=');
  size_t name_len = equals == NULL ? strlen(text) : (size_t)(equals - text);
  for (size_t i = 0; i < NUM_ROWS; ++i) {
    const limit_row *row = &kRows[i];
    if (strlen(row->name) != name_len || memcmp(row->name, text, name_len) != 0) continue;
    uint64_t value = 0;
    if (equals == NULL || !cli_value_size(&value, equals + 1) || value == 0 ||
        (!row->is_64_bit && value > UINT32_MAX)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "--limit %s needs a number: %s=N, where N may end in k, M or G", text,
                            row->name);
    }
    char *member = (char *)limits + row->offset;
    uint32_t narrow = (uint32_t)value;
    memcpy(member, row->is_64_bit ? (void *)&value : (void *)&narrow, row->is_64_bit ? 8 : 4);
    return POP3_OK;
  }
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "there is no limit named \"%.*s\"",
                        (int)name_len, text);
}
