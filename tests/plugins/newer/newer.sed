# The interface as it may be one day: each struct that may grow has one member more, of eight octets,
# at its end. //tests/abi:grown_test knows which those are. The initialisers know nothing of it, as it
# is to be zero; a pragma, since with clang -Wextra on the command line may stand behind any copts and
# would win.
1i\#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
s/| UINT32_C(0))$/| UINT32_C(1))/

# What plugins have of the host, and the host of plugins.
/^} pop3_host;/i\  int64_t (*later)(void *ctx);
/^} pop3_plugin;/i\  const char *later;
/^  void (\*destroy)(void \*self);/a\  int (*later)(void *self);
/^  void (\*end)(void \*self);/a\  int (*later)(void *self);
/^} pop3_auth_context;/i\  const char *(*later)(void *session);
/^} pop3_transport_config;/i\  const char *later;
/^} pop3_auth_input;/i\  int64_t later;
/^} pop3_auth_output;/i\  int64_t later;
/^} pop3_loaded;/i\  int64_t later;

# The objects of options, and what their callbacks get.
/^} pop3_record_sink;/i\  int64_t later;
/^} pop3_tls_context;/i\  int64_t later;
/^} pop3_tls_passphrase;/i\  int64_t later;
/^} pop3_tls_peer;/i\  int64_t later;
/^} pop3_tls_session_cache;/i\  int64_t later;
/^} pop3_tls_verify;/i\  int64_t later;

# In a plugin's sources: "..." would find the header of today.
s@^#include "\(transports/.*\|plugins/record/.*\)"@#include <\1>@

# What a program fills.
/^} pop3_engine_options;/i\  int64_t later;
/^} pop3_identity;/i\  int64_t later;
/^} pop3_limits;/i\  int64_t later;
/^} pop3_lines;/i\  int64_t later;
/^} pop3_loader_options;/i\  int64_t later;
/^} pop3_request;/i\  int64_t later;
/^} pop3_session_options;/i\  int64_t later;
/^} pop3_sink;/i\  int64_t later;
/^} pop3_stream;/i\  int64_t later;
/^} pop3_time_limits;/i\  int64_t later;

# What is filled for it.
/^} pop3_answer;/i\  int64_t later;
/^} pop3_candidate;/i\  int64_t later;
/^} pop3_interest;/i\  int64_t later;
/^} pop3_security;/i\  int64_t later;

# What its callbacks get.
/^} pop3_audit_event;/i\  int64_t later;
/^} pop3_capabilities;/i\  int64_t later;
/^} pop3_item;/i\  int64_t later;
/^} pop3_reply;/i\  int64_t later;
/^} pop3_result;/i\  int64_t later;
/^} pop3_trace_event;/i\  int64_t later;
