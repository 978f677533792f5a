// Counts messages: count HOST PORT USER PASSWORD
#include <inttypes.h>
#include <pop3/pop3.h>
#include <stdlib.h>

#include "tests/docs/birds/birds_plugins.h"

int main(int argc, char **argv) {
  static const char *const kWay[] = {"tcp", "pigeon"};
  // An ordinary server reads letters as they are.
  static const pop3_option kStraight = {"pigeon.turn", NULL, 0, NULL};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  pop3_error err = POP3_ERROR_INIT;
  pop3_registry *plugins = NULL;
  pop3_session *session = NULL;
  uint32_t count = 0;
  if (argc != 5) return 2;
  options.transports = kWay;
  options.num_transports = 2;
  options.options = &kStraight;
  options.num_options = 1;
  options.host = argv[1];
  options.port = (uint32_t)strtoul(argv[2], NULL, 10);
  options.user = argv[3];
  options.password = argv[4];
  options.mechanism = "owl";
  if (pop3_registry_new(&plugins, NULL, &err) == POP3_OK &&
      pop3_registry_add_birds(plugins, &err) == POP3_OK &&
      pop3_session_new(&session, plugins, &options, &err) == POP3_OK &&
      pop3_login(session, &err) == POP3_OK && pop3_stat(session, &count, NULL, &err) == POP3_OK &&
      pop3_quit(session, NULL, &err) == POP3_OK) {
    printf("%" PRIu32 " messages\n", count);
  }
  if (err.status != POP3_OK) fprintf(stderr, "%s: %s\n", err.layer, err.text);
  pop3_session_free(session);
  pop3_registry_free(plugins);
  return err.status != POP3_OK;
}
