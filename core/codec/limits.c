#include <inttypes.h>
#include <string.h>

#include "core/codec/codec.h"

#define LAYER "limits"

#define KIB UINT32_C(1024)
#define MIB (KIB * KIB)

// A member of pop3_limits with 32 bits: its name, where it is, its default and its bounds.
typedef struct member {
  const char *name;
  size_t offset;
  uint32_t preset;
  uint32_t least;
  uint32_t most;
} member;

#define MEMBER(name_, preset_, least_, most_) \
  { #name_, offsetof(pop3_limits, name_), (preset_), (least_), (most_) }

static const member kMembers[] = {
    MEMBER(recv_buffer, 256 * KIB, 512, UINT32_MAX),
    MEMBER(send_buffer, 8 * KIB, 512, UINT32_MAX),
    MEMBER(max_command, 255, 32, UINT32_MAX),
    MEMBER(max_reply_line, 8 * KIB, 64, UINT32_MAX),
    MEMBER(max_capa_lines, 256, 1, UINT32_MAX),
    MEMBER(max_capa_octets, 64 * KIB, 1, UINT32_MAX),
    MEMBER(max_items, UINT32_C(100000000), 1, UINT32_MAX),
    MEMBER(max_queued, MIB, 1, UINT32_MAX),
    MEMBER(pipeline_high, 256, 1, UINT32_MAX),
    MEMBER(pipeline_low, 128, 0, UINT32_MAX),
    MEMBER(pipeline_octets, 8 * KIB, 1, UINT32_MAX),
    MEMBER(max_auth_rounds, 64, 1, UINT32_MAX),
    MEMBER(max_auth_line, MIB, 1, UINT32_MAX),
    MEMBER(max_layers, 8, 1, 16),
    MEMBER(max_credential, 4 * KIB, 32, UINT32_MAX),
};

static uint32_t *at(pop3_limits *limits, const member *m) {
  return (uint32_t *)(void *)((char *)limits + m->offset);
}

// copy_known copies the members that |in|, whose author may have known fewer of them, really has.
static void copy_known(pop3_limits *out, const pop3_limits *in) {
  const char *from = (const char *)in;
  for (size_t i = 0; i < sizeof(kMembers) / sizeof(kMembers[0]); i++) {
    if (in->size >= kMembers[i].offset + sizeof(uint32_t)) {
      memcpy(at(out, &kMembers[i]), from + kMembers[i].offset, sizeof(uint32_t));
    }
  }
  if (in->size >= offsetof(pop3_limits, max_message_octets) + sizeof(uint64_t)) {
    out->max_message_octets = in->max_message_octets;
  }
}

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

// fill_defaults replaces zeros. A default gives way to what the caller did choose.
static void fill_defaults(pop3_limits *out) {
  int line_by_default = out->max_reply_line == 0;
  int low_by_default = out->pipeline_low == 0;
  int credential_by_default = out->max_credential == 0;
  for (size_t i = 0; i < sizeof(kMembers) / sizeof(kMembers[0]); i++) {
    uint32_t *value = at(out, &kMembers[i]);
    if (*value == 0) {
      *value = kMembers[i].preset;
    }
  }
  if (line_by_default) {
    out->max_reply_line = lesser(out->max_reply_line, out->recv_buffer);
  }
  if (credential_by_default) {
    out->max_credential = lesser(out->max_credential, out->send_buffer);
  }
  if (low_by_default) {
    out->pipeline_low = lesser(out->pipeline_low, out->pipeline_high / 2);
  }
  if (out->max_message_octets == 0) {
    out->max_message_octets = UINT64_C(1) << 40U;
  }
}

static pop3_status too_large(pop3_error *err, const char *name, uint32_t value, const char *bound,
                             uint32_t bound_value) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                        "limits.%s (%" PRIu32 ") is larger than limits.%s (%" PRIu32 ")", name,
                        value, bound, bound_value);
}

pop3_status p3_limits_resolve(pop3_limits *out, const pop3_limits *in, pop3_error *err) {
  pop3_limits result = POP3_LIMITS_INIT;
  if (in != NULL) {
    if (in->size < sizeof(in->size)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "limits.size is %" PRIu32 ": start from POP3_LIMITS_INIT", in->size);
    }
    copy_known(&result, in);
  }
  fill_defaults(&result);
  for (size_t i = 0; i < sizeof(kMembers) / sizeof(kMembers[0]); i++) {
    const member *m = &kMembers[i];
    uint32_t value = *at(&result, m);
    if (value < m->least || value > m->most) {
      int small = value < m->least;
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "limits.%s is %" PRIu32 ", which is %s than %" PRIu32, m->name, value,
                            small ? "less" : "more", small ? m->least : m->most);
    }
  }
  if (result.max_command > result.send_buffer) {
    return too_large(err, "max_command", result.max_command, "send_buffer", result.send_buffer);
  }
  if (result.max_credential > result.send_buffer) {
    return too_large(err, "max_credential", result.max_credential, "send_buffer",
                     result.send_buffer);
  }
  if (result.max_reply_line > result.recv_buffer) {
    return too_large(err, "max_reply_line", result.max_reply_line, "recv_buffer",
                     result.recv_buffer);
  }
  if (result.pipeline_low > result.pipeline_high) {
    return too_large(err, "pipeline_low", result.pipeline_low, "pipeline_high",
                     result.pipeline_high);
  }
  *out = result;
  return POP3_OK;
}

uint32_t p3_limits_line(const pop3_limits *limits, pop3_command command) {
  const int is_longer = command == POP3_CMD_PASS && limits->max_credential > limits->max_command;
  return is_longer ? limits->max_credential : limits->max_command;
}
