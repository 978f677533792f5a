#define _POSIX_C_SOURCE 200809L
#include "transports/address.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

int p3_address_parse(p3_address *out, const char *text, uint32_t port) {
  struct addrinfo hints;
  memset(&hints, 0, sizeof(hints));
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  struct addrinfo *found = NULL;
  if (port > UINT16_MAX || getaddrinfo(text, NULL, &hints, &found) != 0) return 0;
  p3_address_list list;
  list.count = 0;
  p3_address_add_all(&list, found, AF_UNSPEC);
  freeaddrinfo(found);
  if (list.count == 0) return 0;
  *out = list.at[0];
  p3_address_set_port(out, (uint16_t)port);
  return 1;
}

void p3_address_add(p3_address_list *list, const struct sockaddr *sa, socklen_t len, int family) {
  if (list->count == P3_ADDRESS_MAX) return;
  if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6) return;
  if (family != AF_UNSPEC && sa->sa_family != family) return;
  p3_address *slot = &list->at[list->count];
  if (len > (socklen_t)sizeof(slot->of)) return;
  for (size_t i = 0; i < list->count; i++) {
    if (p3_address_equal(sa, len, &list->at[i].of.any, list->at[i].len)) return;
  }
  memset(slot, 0, sizeof(*slot));
  memcpy(&slot->of, sa, len);
  slot->len = len;
  list->count++;
}

void p3_address_add_all(p3_address_list *list, const struct addrinfo *found, int family) {
  for (; found != NULL; found = found->ai_next) {
    p3_address_add(list, found->ai_addr, found->ai_addrlen, family);
  }
}

void p3_address_interleave(p3_address_list *list) {
  p3_address_list in = *list;
  size_t next[2] = {0, 0};  // where to look on: first's family, the other one
  for (size_t i = 0, turn = 0; i < in.count; turn = 1 - turn) {
    size_t at = next[turn];
    while (at < in.count &&
           (in.at[at].of.any.sa_family == in.at[0].of.any.sa_family) != (turn == 0)) {
      at++;
    }
    next[turn] = at + 1;
    if (at < in.count) list->at[i++] = in.at[at];
  }
}

int p3_address_is_local(const struct sockaddr *sa, socklen_t len) {
  if (len < (socklen_t)sizeof(sa->sa_family)) return 0;
  if (sa->sa_family == AF_UNIX) return 1;
  if (sa->sa_family == AF_INET && len >= (socklen_t)sizeof(struct sockaddr_in)) {
    struct sockaddr_in v4;
    memcpy(&v4, sa, sizeof(v4));
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  if (sa->sa_family == AF_INET6 && len >= (socklen_t)sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 v6;
    memcpy(&v6, sa, sizeof(v6));
    if (IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)) return 1;
    return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == 127;
  }
  return 0;
}

static void unix_name(char *out, size_t out_cap, const struct sockaddr *sa, socklen_t len) {
  struct sockaddr_un un;
  memset(&un, 0, sizeof(un));
  if (len > (socklen_t)sizeof(un)) len = (socklen_t)sizeof(un);
  memcpy(&un, sa, len);
  size_t offset = offsetof(struct sockaddr_un, sun_path);
  size_t path_len = len > offset ? len - offset : 0;
  if (path_len > 1 && un.sun_path[0] == '\0') {
    snprintf(out, out_cap, "@%.*s", (int)(path_len - 1), un.sun_path + 1);
  } else if (path_len > 0 && un.sun_path[0]) {
    snprintf(out, out_cap, "%.*s", (int)path_len, un.sun_path);
  } else {
    snprintf(out, out_cap, "unix socket");
  }
}

void p3_address_name(char *out, size_t out_cap, const struct sockaddr *sa, socklen_t len) {
  if (sa->sa_family == AF_UNIX) {
    unix_name(out, out_cap, sa, len);
    return;
  }
  char host[INET6_ADDRSTRLEN + 32];  // with a scope: "%eth0"
  char port[8];
  if (getnameinfo(sa, len, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV)) {
    snprintf(out, out_cap, "socket of family %d", (int)sa->sa_family);
  } else if (sa->sa_family == AF_INET6) {
    snprintf(out, out_cap, "[%s]:%s", host, port);
  } else {
    snprintf(out, out_cap, "%s:%s", host, port);
  }
}

uint16_t p3_address_port(const p3_address *address) {
  return ntohs(address->of.any.sa_family == AF_INET6 ? address->of.v6.sin6_port
                                                     : address->of.v4.sin_port);
}

void p3_address_set_port(p3_address *address, uint16_t port) {
  if (address->of.any.sa_family == AF_INET6) {
    address->of.v6.sin6_port = htons(port);
  } else {
    address->of.v4.sin_port = htons(port);
  }
}

int p3_address_equal(const struct sockaddr *a, socklen_t a_len, const struct sockaddr *b,
                     socklen_t b_len) {
  if (a->sa_family != b->sa_family) return 0;
  if (a->sa_family == AF_INET && a_len >= (socklen_t)sizeof(struct sockaddr_in) &&
      b_len >= (socklen_t)sizeof(struct sockaddr_in)) {
    struct sockaddr_in x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x.sin_port == y.sin_port && x.sin_addr.s_addr == y.sin_addr.s_addr;
  }
  if (a->sa_family == AF_INET6 && a_len >= (socklen_t)sizeof(struct sockaddr_in6) &&
      b_len >= (socklen_t)sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x.sin6_port == y.sin6_port && x.sin6_scope_id == y.sin6_scope_id &&
           memcmp(&x.sin6_addr, &y.sin6_addr, sizeof(x.sin6_addr)) == 0;
  }
  return 0;
}
