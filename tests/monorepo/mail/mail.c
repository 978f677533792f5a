#include "mail/mail.h"

#include <pop3/pop3.h>

#include "mail/company_plugins.h"

pop3_status mail_count(uint32_t *out_count, const char *path, const char *user,
                       const char *password, int64_t quota, pop3_error *err) {
  static const char *const kTransports[] = {"unix", "quota"};
  const pop3_option limit = {.name = "quota.octets", .number = quota};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.transports = kTransports;
  options.num_transports = 2;
  options.host = path;
  options.options = &limit;
  options.num_options = 1;
  options.user = user;
  options.password = password;
  pop3_registry *plugins = NULL;
  pop3_session *session = NULL;
  pop3_status status = pop3_registry_new(&plugins, NULL, err);
  if (status == POP3_OK) status = pop3_registry_add_company(plugins, err);
  if (status == POP3_OK) status = pop3_session_new(&session, plugins, &options, err);
  if (status == POP3_OK) status = pop3_login(session, err);
  if (status == POP3_OK) status = pop3_stat(session, out_count, NULL, err);
  if (status == POP3_OK) status = pop3_quit(session, NULL, err);
  pop3_session_free(session);
  pop3_registry_free(plugins);
  return status;
}
