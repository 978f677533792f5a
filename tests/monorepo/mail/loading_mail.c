#include <pop3/loader.h>
#include <pop3/plugins/unix.h>
#include <pop3/pop3.h>

#include "mail/mail.h"

pop3_status loading_mail_count(uint32_t *out_count, const char *path, const char *user,
                               const char *password, const char *plugin, pop3_error *err) {
  static const char *const kTransports[] = {"unix"};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.transports = kTransports;
  options.num_transports = 1;
  options.host = path;
  options.user = user;
  options.password = password;
  pop3_loader *loader = NULL;
  pop3_registry *plugins = NULL;
  pop3_session *session = NULL;
  pop3_status status = pop3_registry_new(&plugins, NULL, err);
  if (status == POP3_OK) status = pop3_registry_add(plugins, pop3_plugin_unix(POP3_ABI), err);
  if (status == POP3_OK) status = pop3_loader_new(&loader, NULL, err);
  if (status == POP3_OK) status = pop3_loader_load(loader, plugins, plugin, err);
  if (status == POP3_OK) status = pop3_session_new(&session, plugins, &options, err);
  if (status == POP3_OK) status = pop3_login(session, err);
  if (status == POP3_OK) status = pop3_stat(session, out_count, NULL, err);
  if (status == POP3_OK) status = pop3_quit(session, NULL, err);
  pop3_session_free(session);
  pop3_registry_free(plugins);
  pop3_loader_free(loader);
  return status;
}
