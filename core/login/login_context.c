#include "core/login/login_context.h"

#include <string.h>

#include "core/base/memory.h"
#include "core/login/damage.h"

// What the server says beyond its reply is kept up to this many octets.
#define DETAIL_MAX 4096

static const char *context_capability(void *arg, const char *keyword) {
  const p3_login_task *login = arg;
  if (login->facts == NULL) return NULL;
  return pop3_capabilities_find(login->facts->capabilities, keyword);
}

static pop3_status context_query(void *arg, uint32_t what, pop3_answer *out) {
  const p3_login_task *login = arg;
  const p3_login_facts *facts = login->facts;
  return facts != NULL ? facts->query(facts->query_arg, what, out) : POP3_ERR_UNSUPPORTED;
}

static pop3_status context_credential(void *arg, pop3_credential what, const uint8_t **out_data,
                                      size_t *out_len, pop3_error *err) {
  p3_login_task *login = arg;
  return p3_credentials_fetch(&login->credentials, what, out_data, out_len, err);
}

static pop3_status context_renew(void *arg, pop3_credential what, const uint8_t **out_data,
                                 size_t *out_len, pop3_error *err) {
  p3_login_task *login = arg;
  return p3_credentials_renew(&login->credentials, what, out_data, out_len, err);
}

static int context_has_credential(void *arg, pop3_credential what) {
  const p3_login_task *login = arg;
  return p3_credentials_has(&login->credentials, what);
}

static int context_is_given(void *arg, pop3_credential what) {
  const p3_login_task *login = arg;
  return p3_credentials_is_given(&login->credentials, what);
}

static void context_offer(void *arg, const char *mechanism, int strength, const char *why) {
  p3_login_task *login = arg;
  p3_candidates_offer(&login->candidates, mechanism, strength, why);
}

static void context_detail(void *arg, const char *text, size_t text_len) {
  p3_login_task *login = arg;
  p3_login_report *report = &login->report;
  if (text_len > DETAIL_MAX) text_len = DETAIL_MAX;
  p3_mem_free(login->allocator, report->detail);
  report->detail = p3_mem_strdup(login->allocator, text, text_len);
  report->detail_len = report->detail != NULL ? text_len : 0;
}

void p3_login_make_context(p3_login_task *login) {
  const p3_login_facts *facts = login->facts;
  const p3_login_config *config = login->config;
  pop3_auth_context *context = &login->context;
  memset(context, 0, sizeof(*context));
  context->size = (uint32_t)sizeof(*context);
  if (facts->is_private) context->channel |= POP3_CHANNEL_PRIVATE;
  if (config->allow_cleartext && !p3_damage_hides_mechanisms(facts->capabilities, login->asked)) {
    context->channel |= POP3_CHANNEL_CLEARTEXT_ALLOWED;
  }
  context->session = login;
  context->host = config->host;
  context->timestamp = facts->timestamp;
  context->timestamp_len = facts->timestamp_len;
  context->timestamp_problem = facts->timestamp_problem;
  context->capability = context_capability;
  context->credential = context_credential;
  context->has_credential = context_has_credential;
  context->query = context_query;
  context->offer = context_offer;
  context->renew = context_renew;
  context->detail = context_detail;
  context->prefers_two_step = config->two_step;
  context->is_given = context_is_given;
  context->channel_binding = (uint32_t)config->rules.channel_binding;
  context->knows_capabilities =
      facts->capabilities != NULL && !p3_damage_is_there(facts->capabilities) ? 1 : 0;
}
