// The transport "exec": runs a command, whose standard input and output are the connection to the
// server, at the bottom of a chain: "ssh gate.example nc %h %p".
//
// Options (the member of pop3_option that counts in parentheses):
//
//   exec.command  (text)  what /bin/sh -c is to run; required. In it %h stands for the session's
//                         host, %p for its port, and %% for '%'; no other octet may follow a '%'
//
// The host is put into the command as it is, and a shell, or a second one on another machine, would
// make what it likes of quotes around it. So a host is refused unless all its octets mean nothing
// to any shell (letters, digits and any of . - _ : / @ %) and it does not begin with '-', which
// would be an option. A host that the command does not name is not looked at.
//
// The command gets the connection, one socket, as its descriptors 0 and 1; all others but
// standard error, which is read here, are closed (with a C library older than glibc 2.34 only those
// with FD_CLOEXEC are, as are all that libpop3 opens). It stays in the process group and session
// of the caller, so that it can ask for a password on the terminal. Its lines on standard error, up
// to 64 of 200 octets, become notes in the trace; the last one is told in the error if the command
// fails. A command that ends before it has said anything, or otherwise than with exit status 0, is
// an error; with 0 it is the end of the connection.
//
// When the session ends, the connection is closed and, if the command still runs, its process gets
// SIGTERM. A thread of its own then waits for it, and sends SIGKILL after two seconds: nothing
// blocks, and no zombie stays. (Where no thread can be had, SIGKILL is sent at once.) If the
// program ignores SIGCHLD, or waits for children that are not its own, exit statuses are not known.
//
// POP3_QUERY_IS_LOCAL is answered with 0: the octets go where the command takes them. A mail
// password crosses only if the caller allows it, or with TLS on top.
#ifndef POP3_PLUGINS_EXEC_EXEC_H_
#define POP3_PLUGINS_EXEC_EXEC_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_exec returns the plugin with the transport "exec", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_exec(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_EXEC_EXEC_H_
