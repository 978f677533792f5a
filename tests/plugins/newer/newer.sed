# The next minor version of the plugin interface, as it may be one day: each struct has one member
# more at its end. The initialisers know nothing of it, as it is to be zero; a pragma, since with clang
# -Wextra on the command line may stand behind any copts and would win.
1i\#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
s/| UINT32_C(0))$/| UINT32_C(1))/
/^} pop3_host;/i\  int64_t (*later)(void *ctx);
/^} pop3_answer;/i\  int64_t later;
/^} pop3_plugin;/i\  const char *later;
/^} pop3_transport_config;/i\  const char *later;
/^} pop3_auth_context;/i\  const char *(*later)(void *session);
/^} pop3_auth_input;/i\  int64_t later;
/^} pop3_auth_output;/i\  int64_t later;
/^  void (\*destroy)(void \*self);/a\  int (*later)(void *self);
/^  void (\*end)(void \*self);/a\  int (*later)(void *self);
