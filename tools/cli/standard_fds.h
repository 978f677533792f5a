// Standard input, output and error exist, so that nothing that is opened later is taken for them.
#ifndef POP3_TOOLS_CLI_STANDARD_FDS_H_
#define POP3_TOOLS_CLI_STANDARD_FDS_H_

#ifdef __cplusplus
extern "C" {
#endif

// cli_standard_fds_guard opens /dev/null for each of the descriptors 0 to 2 that is closed: started
// with >&-, the program would else print its listing into the connection to the server. What is
// written to such a standard output fails, as it would without. Returns 0 if that cannot be done.
int cli_standard_fds_guard(void);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_STANDARD_FDS_H_
