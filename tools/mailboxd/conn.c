#include "tools/mailboxd/conn.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/mailboxd/io.h"
#include "tools/mailboxd/kept.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/session_stls.h"
#include "tools/mailboxd/tls.h"

#define SCRATCH (64u << 10)
// A client may send this much ahead while it does not read: 20,000 RETRs are 230 KB.
#define KEEP_MAX (512u << 10)
// But if all clients together do, each may send only a little.
#define KEEP_ALL_MAX (64u << 20)
#define KEEP_LITTLE (20u << 10)
// A connection has sent this much: the others get a turn.
#define TURN_OCTETS (16u << 20)
#define TURN_WRITES 64u
#define LINGER_MS 2000
#define LINGER_OCTETS (4u << 20)

struct conn {
  struct loop_watch watch;
  struct loop_timer timer;  // in one of the lists of `conns`
  struct conns *all;
  struct conn *prev, *next;
  const struct io_ops *io;
  void *io_state;
  struct session session;
  struct outq out;
  struct line_reader reader;
  struct kept in;         // input that could not be handled yet
  uint64_t sent;          // octets, since the beginning
  int eof;                // the client has ended its side
  int closing;            // nothing more is handled; when all is sent, the connection ends
  int quit;               // the client asked for that
  int starved;            // no whole line is there
  int holding;            // a fault: what is queued must wait
  int released;           // it has waited long enough
  int changing;           // when all is sent, TLS or a layer of SASL begins
  int shaking;            // the TLS handshake is under way
  int ending;             // all is sent but the layer's own end
  int in_blocked_on_out;  // reading waits until the socket is writable
  int out_blocked_on_in;  // writing waits until it is readable
  uint64_t cut_at;        // a fault: the connection is cut after so many octets, 0 for never
  int lingering;          // closed by us: what comes is thrown away
};

static struct conn *conn_of_timer(struct loop_timer *timer) {
  return (struct conn *)(void *)((char *)timer - offsetof(struct conn, timer));
}

static void conn_free(struct conn *c) {
  struct conns *all = c->all;
  loop_timer_stop(&c->timer);
  session_cleanup(&c->session);
  outq_clear(&c->out);
  if (c->io->free != NULL) {
    c->io->free(c->io_state);
  }
  close(c->watch.fd);  // which also takes it out of the epoll set
  kept_clear(&c->in);
  if (c->prev != NULL) {
    c->prev->next = c->next;
  } else {
    all->first = c->next;
  }
  if (c->next != NULL) {
    c->next->prev = c->prev;
  }
  all->count--;
  free(c);
}

// Lets the layer say that this is the end; 0 if that must be tried again.
static int say_end(struct conn *c) {
  if (c->io->end == NULL || c->shaking || c->all->config->faults.no_close_notify) {
    return 1;
  }
  return c->io->end(c->io_state, c->watch.fd) != IO_WANT_WRITE;
}

// Ends a connection whose client may still be sending: closing at once would make the kernel reset
// it, and the client could lose what we said last.
static void conn_linger(struct conn *c) {
  c->lingering = 1;
  c->sent = 0;  // from here on: octets thrown away
  session_cleanup(&c->session);
  outq_clear(&c->out);
  loop_timer_start(c->all->loop, &c->all->linger, &c->timer);
  if (shutdown(c->watch.fd, SHUT_WR) != 0 || !loop_watch_set(c->all->loop, &c->watch, EPOLLIN)) {
    conn_free(c);
  }
}

static void linger_on(struct conn *c) {
  size_t len;
  enum io_result result = io_plain.read(NULL, c->watch.fd, c->all->scratch, SCRATCH, &len);
  if (result == IO_WANT_READ) {
    return;
  }
  c->sent += result == IO_DONE ? len : 0;
  if (result != IO_DONE || c->sent > LINGER_OCTETS) {
    conn_free(c);
  }
}

// All is sent: ends the connection. A client that has not asked for that, or that may still say
// goodbye to the TLS layer, is waited for.
static void finish(struct conn *c) {
  c->ending = !say_end(c);
  if (c->ending) {
    if (!loop_watch_set(c->all->loop, &c->watch, EPOLLOUT)) {
      conn_free(c);
    }
  } else if (c->closing && (!c->quit || c->io->end != NULL)) {
    conn_linger(c);
  } else {
    conn_free(c);
  }
}

static size_t keep_limit(const struct conn *c) {
  return c->all->kept < KEEP_ALL_MAX ? KEEP_MAX : KEEP_LITTLE;
}

static void obey(struct conn *c, enum session_next next) {
  c->closing = c->closing || next == SESSION_QUIT || next == SESSION_CLOSE;
  c->quit = c->quit || next == SESSION_QUIT;
}

// Queues replies for the lines at |in| until there are enough; returns how many octets are done
// with.
static size_t fill(struct conn *c, const uint8_t *in, size_t in_len) {
  size_t at = 0;
  int one_by_one = c->all->config->faults.delay_ms > 0;
  while (!c->closing && !c->changing && !outq_full(&c->out)) {
    if (session_is_replying(&c->session)) {
      obey(c, session_fill(&c->session));
      if (session_is_replying(&c->session)) {
        break;
      }
      continue;
    }
    if (one_by_one && c->out.count > 0) {
      break;
    }
    size_t used, line_len;
    enum line_result result = line_next(&c->reader, in + at, in_len - at,
                                        session_line_max(&c->session), &used, &line_len);
    const char *line = (const char *)in + at;
    at += used;
    if (result == LINE_NONE) {
      c->starved = 1;
      break;
    }
    if (result == LINE_SKIPPED) {
      continue;
    }
    enum session_next next = result == LINE_GOOD ? session_line(&c->session, line, line_len)
                                                 : session_bad_line(&c->session, result);
    if (next == SESSION_LOSE_INPUT) {
      at = in_len;
    } else if (next == SESSION_STLS) {
      next = session_stls(&c->session, at < in_len);
      c->changing = next == SESSION_STLS;
    } else if (next == SESSION_LAYER) {
      // What lies behind it has come without the protection that was agreed on.
      next = at < in_len ? SESSION_CLOSE : next;
      c->changing = next == SESSION_LAYER;
    }
    if (c->session.cut > 0 && c->cut_at == 0) {
      c->cut_at = c->sent + c->session.cut;
    }
    obey(c, next);
  }
  return at;
}

enum flush {
  FLUSH_DONE,     // all that was offered has been sent
  FLUSH_BLOCKED,  // the socket takes no more now
  FLUSH_CUT,      // a fault: the connection is to be cut
  FLUSH_FAILED
};

// Sends what is queued with one system call.
static enum flush flush(struct conn *c) {
  const struct faults *faults = &c->all->config->faults;
  struct iovec iov[OUTQ_MAX_SPANS];
  uint64_t offered;
  uint64_t limit = faults_write_limit(faults, c->sent);
  if (c->cut_at > 0 && c->cut_at - c->sent < limit) {
    limit = c->cut_at - c->sent;
  }
  size_t n = outq_iovec(&c->out, iov, OUTQ_MAX_SPANS, limit, &offered);
  size_t sent = 0;
  enum io_result result = n == 0 ? IO_DONE : c->io->write(c->io_state, c->watch.fd, iov, n, &sent);
  c->out_blocked_on_in = result == IO_WANT_READ;
  if (result == IO_WANT_READ || result == IO_WANT_WRITE) {
    return FLUSH_BLOCKED;
  }
  if (result != IO_DONE) {
    return FLUSH_FAILED;
  }
  outq_sent(&c->out, sent);
  c->sent += sent;
  if (faults_drop_now(faults, c->sent) || (c->cut_at > 0 && c->sent >= c->cut_at)) {
    return FLUSH_CUT;
  }
  return sent == offered ? FLUSH_DONE : FLUSH_BLOCKED;
}

// Whether something can be read although the socket may not be readable.
static int has_pending(const struct conn *c) {
  return c->io->pending != NULL && c->io->pending(c->io_state);
}

// Says to epoll what the connection waits for next.
static int set_interest(struct conn *c) {
  uint32_t events = 0;
  int reads = !c->eof && !c->closing && !c->changing && (c->starved || c->in.len < keep_limit(c));
  if (reads || c->out_blocked_on_in) {
    events |= EPOLLIN;
  }
  // Also if there is something left to do without the client: the socket is writable, so that the
  // connection gets another turn at once.
  if (!c->holding && ((c->out.count > 0 && !c->out_blocked_on_in) || !c->starved ||
                      (reads && (c->in_blocked_on_out || has_pending(c))))) {
    events |= EPOLLOUT;
  }
  return loop_watch_set(c->all->loop, &c->watch, events);
}

// Has a reply wait, if that is asked for.
static int hold(struct conn *c) {
  if (c->all->config->faults.delay_ms == 0 || c->released) {
    return 0;
  }
  c->holding = 1;
  loop_timer_start(c->all->loop, &c->all->hold, &c->timer);
  return 1;
}

static void run(struct conn *c, const uint8_t *in, size_t in_len);

// Goes on with the TLS handshake. The clock for idle clients is not set back meanwhile.
static void shake(struct conn *c) {
  enum io_result result = c->io->handshake(c->io_state, c->watch.fd);
  if (result == IO_WANT_READ || result == IO_WANT_WRITE) {
    uint32_t events = result == IO_WANT_READ ? EPOLLIN : EPOLLOUT;
    if (!loop_watch_set(c->all->loop, &c->watch, events)) {
      conn_free(c);
    }
    return;
  }
  if (result != IO_DONE) {
    conn_linger(c);
    return;
  }
  c->shaking = 0;
  session_secure(&c->session, c->io_state);
  if (c->session.peer.tls) {
    session_greet(&c->session);
  }
  loop_timer_start(c->all->loop, &c->all->idle, &c->timer);
  run(c, c->all->scratch, 0);
}

static void begin_tls(struct conn *c) {
  c->io_state = tls_new(c->all->tls);
  if (c->io_state == NULL) {
    conn_free(c);
    return;
  }
  c->io = &tls_io;
  c->shaking = 1;
  shake(c);
}

// All is sent that goes the old way.
static void change(struct conn *c) {
  c->changing = 0;
  if (c->session.layer.ops == NULL) {
    begin_tls(c);
    return;
  }
  struct io_layer layer = session_take_layer(&c->session);
  layer.push(layer.state, c->io, c->io_state);
  c->io = layer.ops;
  c->io_state = layer.state;
  run(c, c->all->scratch, 0);
}

// Handles the input at |in|, sends what that gives, and keeps what remains of it.
static void run(struct conn *c, const uint8_t *in, size_t in_len) {
  uint64_t turn_end = c->sent + TURN_OCTETS;
  size_t at = 0;
  enum flush result = FLUSH_DONE;
  for (uint32_t n = 0; n < TURN_WRITES && c->sent < turn_end && !c->holding; n++) {
    c->starved = 0;
    at += fill(c, in + at, in_len - at);
    if (c->out.failed) {
      result = FLUSH_FAILED;
    }
    if (result == FLUSH_FAILED || c->out.count == 0 || hold(c)) {
      break;
    }
    result = flush(c);
    c->released = c->released && (c->out.count > 0 || session_is_replying(&c->session));
    if (result != FLUSH_DONE) {
      break;
    }
  }
  int done = c->out.count == 0 && (c->closing || (c->eof && c->starved));
  if (result == FLUSH_CUT) {
    conn_linger(c);
  } else if (result != FLUSH_FAILED && done) {
    finish(c);
  } else if (result != FLUSH_FAILED && c->changing && c->out.count == 0) {
    kept_clear(&c->in);
    change(c);
  } else if (result == FLUSH_FAILED || !kept_set(&c->in, in + at, in_len - at) ||
             !set_interest(c)) {
    conn_free(c);
  }
}

// Reads what has come and handles it.
static void read_and_run(struct conn *c) {
  uint8_t *in = c->all->scratch;
  size_t in_len = c->in.len;
  size_t room = SCRATCH - in_len;
  if (c->starved && in_len < SCRATCH) {
    // An unfinished line, or nothing: short enough to be put in front.
    memcpy(in, kept_data(&c->in), in_len);
  } else {
    room = keep_limit(c) > in_len ? keep_limit(c) - in_len : 1;
    room = room < SCRATCH ? room : SCRATCH;
    in = kept_make_room(&c->in, room);
    if (in == NULL) {
      conn_free(c);
      return;
    }
  }
  size_t got = 0;
  enum io_result result = c->io->read(c->io_state, c->watch.fd, in + in_len, room, &got);
  if (result == IO_FAILED) {
    conn_free(c);
    return;
  }
  c->in_blocked_on_out = result == IO_WANT_WRITE;
  c->eof = result == IO_EOF;
  run(c, in, in_len + got);
}

static void on_event(struct loop_watch *watch, uint32_t events) {
  struct conn *c = (struct conn *)(void *)watch;
  if (c->lingering) {
    linger_on(c);
    return;
  }
  if (c->shaking) {
    shake(c);
    return;
  }
  if (c->ending) {
    finish(c);
    return;
  }
  if (!c->holding) {
    loop_timer_start(c->all->loop, &c->all->idle, &c->timer);
  }
  int readable =
      (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 || has_pending(c) || c->in_blocked_on_out;
  if ((watch->events & EPOLLIN) != 0 && readable) {
    read_and_run(c);
  } else {
    run(c, kept_data(&c->in), c->in.len);
  }
}

static void on_idle(struct loop_timer *timer) {
  struct conn *c = conn_of_timer(timer);
  log_write(LOG_LEVEL_INFO, "connection closed: idle");
  if (c->out.count == 0 && !session_is_replying(&c->session)) {
    (void)say_end(c);
  }
  conn_free(c);
}

static void on_linger(struct loop_timer *timer) { conn_free(conn_of_timer(timer)); }

static void on_hold(struct loop_timer *timer) {
  struct conn *c = conn_of_timer(timer);
  c->holding = 0;
  c->released = 1;
  loop_timer_start(c->all->loop, &c->all->idle, &c->timer);
  run(c, kept_data(&c->in), c->in.len);
}

int conns_init(struct conns *conns, struct loop *loop, const struct session_config *config,
               uint32_t max, int64_t idle_ms) {
  *conns = (struct conns){.loop = loop, .config = config, .max = max};
  conns->scratch = malloc(SCRATCH);
  loop_add_list(loop, &conns->idle, idle_ms, on_idle);
  loop_add_list(loop, &conns->hold, (int64_t)config->faults.delay_ms, on_hold);
  loop_add_list(loop, &conns->linger, LINGER_MS, on_linger);
  return conns->scratch != NULL;
}

void conns_refuse(struct conns *conns, int fd) {
  log_write(LOG_LEVEL_ERROR, "connection refused: there are %u", conns->count);
  struct outq out = {.count = 0};
  struct session session;
  struct session_peer nobody = {.is_unix = 0};
  session_init(&session, conns->config, &out, &nobody);
  session_farewell(&session, "SYS/TEMP", TEXT_TOO_MANY_CONNECTIONS);
  struct iovec iov;
  uint64_t offered;
  size_t sent;
  if (outq_iovec(&out, &iov, 1, UINT64_MAX, &offered) == 1) {
    (void)io_plain.write(NULL, fd, &iov, 1, &sent);
  }
  outq_clear(&out);
  close(fd);
}

void conns_accept(struct conns *conns, int fd, const struct session_peer *peer) {
  struct conn *c = conns->count < conns->max ? calloc(1, sizeof(*c)) : NULL;
  if (c == NULL) {
    conns_refuse(conns, fd);
    return;
  }
  c->watch = (struct loop_watch){.fd = fd, .on_event = on_event};
  c->all = conns;
  c->io = &io_plain;
  c->next = conns->first;
  if (c->next != NULL) {
    c->next->prev = c;
  }
  conns->first = c;
  conns->count++;
  c->in.all = &conns->kept;
  session_init(&c->session, conns->config, &c->out, peer);
  loop_timer_start(conns->loop, &conns->idle, &c->timer);
  if (peer->tls) {
    begin_tls(c);
    return;
  }
  session_greet(&c->session);
  run(c, conns->scratch, 0);
}

void conns_cleanup(struct conns *conns) {
  struct conn *next;
  for (struct conn *c = conns->first; c != NULL; c = next) {
    next = c->next;
    conn_free(c);
  }
  free(conns->scratch);
}
