// The transport "quota", to put on any other: it counts the octets of a connection, both ways, and
// ends it with POP3_ERR_LIMIT at a number of them.
//
//   quota.octets  (number)  how many there may be; default: any number
#ifndef MONOREPO_QUOTA_QUOTA_H_
#define MONOREPO_QUOTA_QUOTA_H_

#include <pop3/spi/plugin.h>

// QUOTA_QUERY_USED asks for the octets so far: the answer's number.
#define QUOTA_QUERY_USED (POP3_QUERY_PLUGIN + 0x714F)

#endif  // MONOREPO_QUOTA_QUOTA_H_
