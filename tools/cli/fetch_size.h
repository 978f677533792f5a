// Whether a message came as large as the server had said: a promise that is looked at before the
// message is deleted on the server's word.
//
// More than promised is usual. Dovecot does not count a line end that it adds; mailutils adds a
// header line X-UIDL; Courier puts a wrapper around mail that it may not hand out; popa3d adds a
// blank line and ">From "; who counts a line end as one octet is short by one for each line.
//
// Less is usual only by little, for two reasons: header lines that a server keeps in its mailbox
// and does not hand out (Status, X-Status, X-UIDL: about 100 octets), and line ends that it counts
// as two although they are two in its files already, which makes one octet for each line. So a
// message counts as cut if it is short by more than 128 octets and one for each line that came; or
// by more than a half; or if nothing at all came. When in doubt it stays on the server.
#ifndef POP3_TOOLS_CLI_FETCH_SIZE_H_
#define POP3_TOOLS_CLI_FETCH_SIZE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_size is what came of a promise.
typedef enum cli_fetch_size {
  CLI_FETCH_SIZE_KEPT = 0,  // or nothing was promised
  CLI_FETCH_SIZE_OTHER,     // as servers do
  CLI_FETCH_SIZE_CUT
} cli_fetch_size;

// cli_fetch_size_judge compares |promised|, as LIST tells or POP3_OCTETS_UNKNOWN, with what |came|:
// octets, in |lines|.
cli_fetch_size cli_fetch_size_judge(uint64_t promised, uint64_t came, uint64_t lines);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_SIZE_H_
