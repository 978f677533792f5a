// Internet addresses: reading numeric ones, lists for the race, names for people.
#ifndef POP3_TRANSPORTS_ADDRESS_H_
#define POP3_TRANSPORTS_ADDRESS_H_

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

struct addrinfo;

// p3_address is an IPv4 or IPv6 address with its port.
typedef struct p3_address {
  socklen_t len;
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } of;
} p3_address;

// P3_ADDRESS_MAX is how many addresses of a host are tried; further ones are left out.
#define P3_ADDRESS_MAX 32

// p3_address_list holds the addresses of a host, the one to try first at the front.
typedef struct p3_address_list {
  size_t count;
  p3_address at[P3_ADDRESS_MAX];
} p3_address_list;

// P3_ADDRESS_NAME_MAX holds any name that p3_address_name writes, with its NUL.
#define P3_ADDRESS_NAME_MAX 144

// p3_address_parse reads a numeric address ("192.0.2.1", "2001:db8::1", "fe80::1%eth0") without
// asking the network. Returns 1, or 0 if |text| is none.
int p3_address_parse(p3_address *out, const char *text, uint32_t port);

// p3_address_add appends |sa| if it is an internet address of |family| (AF_UNSPEC: either), is
// not there yet and there is room.
void p3_address_add(p3_address_list *list, const struct sockaddr *sa, socklen_t len, int family);

// p3_address_add_all appends what getaddrinfo found.
void p3_address_add_all(p3_address_list *list, const struct addrinfo *found, int family);

// p3_address_interleave makes the families take turns, starting with that of the first address
// and keeping the order inside each (RFC 8305 section 4; the order that getaddrinfo gives is that
// of RFC 6724 already).
void p3_address_interleave(p3_address_list *list);

// p3_address_is_local says whether octets sent to |sa| stay on this machine: 127/8, ::1, the
// same mapped into IPv6, and Unix sockets.
int p3_address_is_local(const struct sockaddr *sa, socklen_t len);

// p3_address_name writes |sa| for people: "192.0.2.1:110", "[::1]:110", "/run/pop3", "@abstract",
// "unix socket" if it has no name. |out_cap| should be P3_ADDRESS_NAME_MAX.
void p3_address_name(char *out, size_t out_cap, const struct sockaddr *sa, socklen_t len);

// p3_address_port returns the port of an internet address.
uint16_t p3_address_port(const p3_address *address);

// p3_address_set_port changes it.
void p3_address_set_port(p3_address *address, uint16_t port);

// p3_address_equal compares family, address and port.
int p3_address_equal(const struct sockaddr *a, socklen_t a_len, const struct sockaddr *b,
                     socklen_t b_len);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_ADDRESS_H_
