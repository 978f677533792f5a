#include "tools/cli/credential_memory.h"

void cli_credential_memory_init(cli_credential_memory *memory, cli_credentials *from) {
  memory->from = from;
  pop3_secret_init(&memory->password, NULL);
}

pop3_status cli_credential_memory_fetch(void *arg, pop3_credential what, uint32_t attempt,
                                        pop3_secret *out, pop3_error *err) {
  cli_credential_memory *memory = arg;
  // What the server refused is not worth remembering, and neither is what came after a refusal.
  int is_remembered = what == POP3_CREDENTIAL_PASSWORD && attempt == 0;
  const pop3_secret *known = &memory->password;
  if (is_remembered && known->data != NULL) {
    if (pop3_secret_set(out, known->data, known->len)) return POP3_OK;
    return pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for the credentials");
  }
  pop3_status status = cli_credentials_fetch(memory->from, what, attempt, out, err);
  // Without memory for it the next session asks again.
  if (status == POP3_OK && is_remembered) {
    (void)pop3_secret_set(&memory->password, out->data, out->len);
  }
  return status;
}

void cli_credential_memory_cleanup(cli_credential_memory *memory) {
  pop3_secret_cleanup(&memory->password);
}
