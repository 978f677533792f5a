#include "core/base/plugin_tables.h"

static const char kNull[] = "the table is NULL";
static const char kOtherMajor[] = "built for another major version of the interface";
static const char kTooSmall[] = "the table is smaller than the interface demands";

int p3_name_is_valid(const char *name, size_t most) {
  if (name == NULL || name[0] == 0) return 0;
  for (size_t len = 0; name[len] != 0; len++) {
    const char c = name[len];
    const int is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!is_good || len >= most) return 0;
  }
  return 1;
}

const char *p3_transport_problem(const pop3_transport_ops *ops, const char **out_name) {
  const uint32_t place = POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_UPPER;
  if (out_name != NULL) *out_name = NULL;
  if (ops == NULL) return kNull;
  if (POP3_ABI_MAJOR(ops->abi) != POP3_ABI_MAJOR(POP3_ABI)) return kOtherMajor;
  if (!POP3_HAS_MEMBER(pop3_transport_ops, ops, destroy)) return kTooSmall;
  if (!p3_name_is_valid(ops->name, P3_PLUGIN_NAME_MAX)) {
    return "the name is not 1 to 15 of a-z 0-9 - _";
  }
  if (out_name != NULL) *out_name = ops->name;
  if ((ops->flags & place) == 0 || (ops->flags & place) == place) {
    return "flags say neither bottom nor upper, or both";
  }
  if (ops->create == NULL || ops->connect == NULL || ops->read == NULL || ops->write == NULL ||
      ops->interest == NULL || ops->destroy == NULL) {
    return "create, connect, read, write, interest or destroy is NULL";
  }
  return NULL;
}

const char *p3_auth_problem(const pop3_auth_ops *ops, const char **out_name) {
  if (out_name != NULL) *out_name = NULL;
  if (ops == NULL) return kNull;
  if (POP3_ABI_MAJOR(ops->abi) != POP3_ABI_MAJOR(POP3_ABI)) return kOtherMajor;
  if (!POP3_HAS_MEMBER(pop3_auth_ops, ops, end)) return kTooSmall;
  if (!p3_name_is_valid(ops->name, P3_AUTH_NAME_MAX)) {
    return "the name is not 1 to 20 of a-z 0-9 - _";
  }
  if (out_name != NULL) *out_name = ops->name;
  if (ops->score == NULL || ops->begin == NULL || ops->step == NULL || ops->end == NULL) {
    return "score, begin, step or end is NULL";
  }
  return NULL;
}
