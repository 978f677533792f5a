// A program that links no plugin: it loads those that it is told to, and counts messages.
//
//   load DIR URL NAME...
#include <inttypes.h>
#include <pop3/loader.h>
#include <pop3/pop3.h>

int main(int argc, char **argv) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_registry *plugins = NULL;
  pop3_loader *loader = NULL;
  pop3_session *session = NULL;
  pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
  uint32_t count = 0;
  if (argc < 4) return 2;
  const char *dir = argv[1];
  options.dirs = &dir;
  options.num_dirs = 1;
  pop3_status status = pop3_registry_new(&plugins, NULL, &err);
  if (status == POP3_OK) status = pop3_loader_new(&loader, &options, &err);
  for (int i = 3; status == POP3_OK && i < argc; i++) {
    status = pop3_loader_load(loader, plugins, argv[i], &err);
  }
  if (status == POP3_OK) status = pop3_connect_url(&session, plugins, argv[2], NULL, &err);
  if (status == POP3_OK) status = pop3_login(session, &err);
  if (status == POP3_OK) status = pop3_stat(session, &count, NULL, &err);
  if (status == POP3_OK) status = pop3_quit(session, NULL, &err);
  if (status == POP3_OK) {
    printf("%" PRIu32 " messages\n", count);
  } else {
    fprintf(stderr, "%s: %s\n", err.layer, err.text);
  }
  pop3_session_free(session);
  pop3_loader_free(loader);
  pop3_registry_free(plugins);
  return status != POP3_OK;
}
