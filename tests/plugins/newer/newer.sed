# The next minor version of the plugin interface, as it may be one day: each struct has one member
# more at its end.
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
