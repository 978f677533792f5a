// Prints how many messages are in a maildrop: `count URL`, with the password in the URL. The same
// program for each composition; POP3_ADD_PLUGINS is the function of its set of plugins.
#include <pop3/pop3.h>
#include <stdio.h>

pop3_status POP3_ADD_PLUGINS(pop3_registry *registry, pop3_error *err);

int main(int argc, char **argv) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_registry *plugins = NULL;
  pop3_session *session = NULL;
  uint32_t count = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: count URL\n");
    return 2;
  }
  pop3_status status = pop3_registry_new(&plugins, NULL, &err);
  if (status == POP3_OK) status = POP3_ADD_PLUGINS(plugins, &err);
  if (status == POP3_OK) status = pop3_connect_url(&session, plugins, argv[1], NULL, &err);
  if (status == POP3_OK) status = pop3_login(session, &err);
  if (status == POP3_OK) status = pop3_stat(session, &count, NULL, &err);
  if (status == POP3_OK) status = pop3_quit(session, NULL, &err);
  if (status == POP3_OK) printf("%lu\n", (unsigned long)count);
  if (status != POP3_OK) fprintf(stderr, "%s: %s\n", err.layer, err.text);
  pop3_session_free(session);
  pop3_registry_free(plugins);
  return status != POP3_OK;
}
