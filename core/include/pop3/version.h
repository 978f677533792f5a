// The version of libpop3: the one place where it stands.
#ifndef POP3_VERSION_H_
#define POP3_VERSION_H_

#ifdef __cplusplus
extern "C" {
#endif

// POP3_VERSION is that of the headers that a program is compiled with: "MAJOR.MINOR.PATCH".
#define POP3_VERSION "0.1.0"

// POP3_VERSION_NUMBER is the same as a number that can be compared: MAJOR << 16 | MINOR << 8 |
// PATCH.
#define POP3_VERSION_NUMBER 0x000100

// pop3_version returns POP3_VERSION of the library that a program runs with. Static.
const char *pop3_version(void);

#ifdef __cplusplus
}
#endif

#endif  // POP3_VERSION_H_
