// A program of somebody else's: fetches all messages and says how much that was.
//
//   fetch URL [CA-FILE]
#include <inttypes.h>
#include <pop3/pop3.h>
#include <pop3/usual.h>

// A function of the program's own by the name of one of BoringSSL's: each has to get its own.
void SSL_free(void *what);
static int ours_called = 0;
void SSL_free(void *what) {
  (void)what;
  ours_called = 1;
}

static pop3_sink_verdict count_octets(void *arg, const uint8_t *data, size_t data_len) {
  (void)data;
  *(uint64_t *)arg += data_len;
  return POP3_SINK_CONTINUE;
}

static pop3_status fetch(pop3_session *session, uint32_t *out_count, uint64_t *octets,
                         pop3_error *err) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = octets;
  sink.body = count_octets;
  pop3_status status = pop3_login(session, err);
  if (status == POP3_OK) status = pop3_stat(session, out_count, NULL, err);
  for (uint32_t n = 1; status == POP3_OK && n <= *out_count; n++) {
    status = pop3_retr(session, n, &sink, err);
  }
  return status == POP3_OK ? pop3_quit(session, NULL, err) : status;
}

int main(int argc, char **argv) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_registry *plugins = NULL;
  pop3_session *session = NULL;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  const pop3_option trust = {"tls.ca_file", argc > 2 ? argv[2] : NULL, 0, NULL};
  uint32_t count = 0;
  uint64_t octets = 0;
  if (argc < 2) return 2;
  if (argc > 2) {
    options.options = &trust;
    options.num_options = 1;
  }
  if (pop3_registry_new(&plugins, NULL, &err) == POP3_OK &&
      pop3_registry_add_usual(plugins, &err) == POP3_OK &&
      pop3_connect_url(&session, plugins, argv[1], &options, &err) == POP3_OK &&
      fetch(session, &count, &octets, &err) == POP3_OK) {
    printf("%" PRIu32 " messages, %" PRIu64 " octets\n", count, octets);
  }
  if (err.status != POP3_OK) fprintf(stderr, "%s: %s\n", err.layer, err.text);
  pop3_session_free(session);
  pop3_registry_free(plugins);
  if (ours_called) fprintf(stderr, "the library has called a function of the program's\n");
  return err.status != POP3_OK || ours_called;
}
