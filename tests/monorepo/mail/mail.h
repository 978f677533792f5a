// How many messages are in a maildrop?
#ifndef MONOREPO_MAIL_MAIL_H_
#define MONOREPO_MAIL_MAIL_H_

#include <pop3/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// mail_count asks the server at the socket |path|, moving |quota| octets at most.
pop3_status mail_count(uint32_t *out_count, const char *path, const char *user,
                       const char *password, int64_t quota, pop3_error *err);

// loading_mail_count does so with the mechanism of the plugin file |plugin|, an absolute path.
pop3_status loading_mail_count(uint32_t *out_count, const char *path, const char *user,
                               const char *password, const char *plugin, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // MONOREPO_MAIL_MAIL_H_
