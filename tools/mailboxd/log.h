// What the server says on standard error.
#ifndef TOOLS_MAILBOXD_LOG_H_
#define TOOLS_MAILBOXD_LOG_H_

#ifdef __cplusplus
extern "C" {
#endif

// log_level says how much is told: each level includes the ones before it.
enum log_level { LOG_LEVEL_QUIET, LOG_LEVEL_ERROR, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

// log_set_level chooses what log_write lets through. LOG_LEVEL_ERROR until it is called.
void log_set_level(enum log_level level);

// log_on says whether a message of |level| would be written, for those who must compute it first.
int log_on(enum log_level level);

// log_write writes one line. Callers never hand it a password, an APOP digest or an AUTH line.
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_LOG_H_
