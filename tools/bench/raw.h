// A POP3 dialogue with a bare socket, for the clients that libpop3 is compared with.
#ifndef POP3_TOOLS_BENCH_RAW_H_
#define POP3_TOOLS_BENCH_RAW_H_

#include <pop3/url.h>
#include <stddef.h>
#include <stdint.h>

// BENCH_RAW_BUFFER is how much the recv loop asks for at a time.
#define BENCH_RAW_BUFFER ((size_t)256 << 10)

// BENCH_RAW_LINE is enough for a status line.
#define BENCH_RAW_LINE 512

// All of these say on standard error what is wrong.

// bench_raw_connect connects a blocking socket to |url|'s server. Returns it, or -1.
int bench_raw_connect(const pop3_url *url);

// bench_raw_send sends everything, reading nothing. Returns 1 or 0.
int bench_raw_send(int fd, const void *data, size_t len);

// bench_raw_recv receives up to |cap| octets. Returns how many, or 0 if there are none any more.
size_t bench_raw_recv(int fd, uint8_t *buf, size_t cap);

// bench_raw_line reads a line, behind which nothing may follow yet, into |line| without its CRLF.
// Returns 1 if it begins with "+OK".
int bench_raw_line(int fd, char line[BENCH_RAW_LINE]);

// bench_raw_command sends |command| (with its CRLF) and reads one line.
int bench_raw_command(int fd, const char *command, char line[BENCH_RAW_LINE]);

// bench_raw_login writes the two lines that log |url|'s user in to |out|. Returns their length, 0
// if there is no room.
size_t bench_raw_login(char *out, size_t cap, const pop3_url *url);

// bench_raw_open connects, reads the greeting and logs in. Returns the socket, or -1.
int bench_raw_open(const pop3_url *url);

// bench_raw_quit sends QUIT, reads the answer and closes the socket. Returns 1 or 0.
int bench_raw_quit(int fd);

#endif  // POP3_TOOLS_BENCH_RAW_H_
