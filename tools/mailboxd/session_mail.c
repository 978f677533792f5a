#include "tools/mailboxd/session_mail.h"

#include <stdlib.h>

#include "tools/mailboxd/body.h"
#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/outq.h"

// Reads the message number in argument 0 and sees that there is such a message.
static int find_message(struct session *s, const struct command_line *line, uint32_t *out_n,
                        enum result *out_result) {
  if (!command_number(line, 0, 1, out_n)) {
    *out_result = reply_bad(s, NULL, TEXT_BAD_ARGUMENT);
    return 0;
  }
  if (!maildrop_has(s->drop, *out_n)) {
    *out_result =
        reply_error(s, NULL, *out_n > s->drop->count ? TEXT_NO_SUCH_MESSAGE : TEXT_IS_DELETED);
    return 0;
  }
  return 1;
}

static void count_and_octets(struct session *s) {
  outq_number(s->out, s->drop->count - s->drop->gone);
  outq_string(s->out, " ");
  outq_number(s->out, s->drop->octets - s->drop->gone_octets);
}

enum result handle_stat(struct session *s, const struct command_line *line) {
  (void)line;
  outq_string(s->out, "+OK ");
  count_and_octets(s);
  outq_string(s->out, "\r\n");
  return RESULT_OK;
}

// Queues "N VALUE" CRLF, as LIST and UIDL give it.
static void list_one(struct session *s, enum session_listing listing, uint32_t n) {
  outq_number(s->out, n);
  outq_string(s->out, " ");
  if (listing == LISTING_LIST) {
    outq_number(s->out, s->drop->ops->size(s->drop, n));
  } else {
    uint8_t *uid = outq_reserve(s->out, MAILDROP_UID_MAX);
    if (uid != NULL) {
      outq_commit(s->out, s->drop->ops->uid(s->drop, n, (char *)uid));
    }
  }
  outq_string(s->out, "\r\n");
}

static enum result list(struct session *s, const struct command_line *line,
                        enum session_listing listing) {
  enum result result;
  uint32_t n;
  if (line->num_args == 0) {
    (void)reply_ok(s, TEXT_LISTING);
    s->listing = listing;
    s->listing_next = 1;
    fill_listing(s);
    return RESULT_OK;
  }
  if (!find_message(s, line, &n, &result)) {
    return result;
  }
  outq_string(s->out, "+OK ");
  list_one(s, listing, n);
  return RESULT_OK;
}

void fill_listing(struct session *s) {
  for (; s->listing_next <= s->drop->count && s->listing_next > 0; s->listing_next++) {
    // A listing is made as it is taken: its length does not matter.
    if (outq_full(s->out) || s->out->octets > 65536) {
      return;
    }
    if (!maildrop_is_marked(s->drop, s->listing_next)) {
      list_one(s, s->listing, s->listing_next);
    }
  }
  outq_string(s->out, ".\r\n");
  s->listing = LISTING_NONE;
}

enum result handle_list(struct session *s, const struct command_line *line) {
  return list(s, line, LISTING_LIST);
}

enum result handle_uidl(struct session *s, const struct command_line *line) {
  return list(s, line, LISTING_UIDL);
}

// Sends a message, or its header and |lines| body lines.
static enum result send_message(struct session *s, uint32_t n, uint64_t lines) {
  struct body body;
  body_init(&body);
  body.no_map = s->tls != NULL || s->layered;
  if (s->drop->ops->open(s->drop, n, lines, &body) != DROP_OK) {
    return reply_error(s, "SYS/TEMP", TEXT_MESSAGE_UNREADABLE);
  }
  if (n > s->drop->last) {
    s->drop->last = n;
  }
  if (lines == MAILDROP_ALL) {
    outq_string(s->out, "+OK ");
    outq_number(s->out, s->drop->ops->size(s->drop, n));
    outq_string(s->out, " octets\r\n");
  } else {
    (void)reply_ok(s, TEXT_TOP);
  }
  if (s->config->faults.tls_truncate && s->tls != NULL) {
    s->cut = s->out->octets + s->drop->ops->size(s->drop, n) / 2;
  }
  enum body_result result = body_fill(&body, s->out);
  if (result == BODY_MORE) {
    s->body = malloc(sizeof(body));
    if (s->body != NULL) {
      *s->body = body;
      return RESULT_OK;
    }
  }
  body_cleanup(&body);
  return result == BODY_DONE ? RESULT_OK : RESULT_BROKEN;
}

enum result handle_retr(struct session *s, const struct command_line *line) {
  enum result result;
  uint32_t n;
  return find_message(s, line, &n, &result) ? send_message(s, n, MAILDROP_ALL) : result;
}

enum result handle_top(struct session *s, const struct command_line *line) {
  enum result result;
  uint32_t n, lines;
  if (!command_number(line, 1, 0, &lines)) {
    return reply_bad(s, NULL, TEXT_BAD_ARGUMENT);
  }
  return find_message(s, line, &n, &result) ? send_message(s, n, lines) : result;
}

enum result handle_dele(struct session *s, const struct command_line *line) {
  enum result result;
  uint32_t n;
  if (!find_message(s, line, &n, &result)) {
    return result;
  }
  return maildrop_mark(s->drop, n) ? reply_ok(s, TEXT_DELETED)
                                   : reply_error(s, "SYS/TEMP", TEXT_NO_MEMORY);
}

enum result handle_noop(struct session *s, const struct command_line *line) {
  (void)line;
  return reply_ok(s, TEXT_NOTHING);
}

enum result handle_rset(struct session *s, const struct command_line *line) {
  (void)line;
  maildrop_reset(s->drop);
  return reply_ok(s, TEXT_RESET);
}

enum result handle_last(struct session *s, const struct command_line *line) {
  (void)line;
  outq_string(s->out, "+OK ");
  outq_number(s->out, s->drop->last);
  outq_string(s->out, "\r\n");
  return RESULT_OK;
}

// UPDATE: the marked messages go, and the lock before the reply does, so that a client may log in
// again as soon as it has read it.
enum result handle_quit(struct session *s, const struct command_line *line) {
  (void)line;
  enum drop_status status = DROP_OK;
  if (s->drop != NULL) {
    int fails = s->config->faults.quit_fails;
    status = fails ? DROP_TEMP : maildrop_commit(s->drop);
    maildrop_close(s->drop);
    s->drop = NULL;
  }
  if (status == DROP_OK) {
    (void)reply_ok(s, TEXT_BYE);
  } else {
    (void)reply_error(s, status == DROP_PERM ? "SYS/PERM" : "SYS/TEMP", TEXT_DELETIONS_FAILED);
  }
  return RESULT_QUIT;
}
