// Calls through pop3_stat, pop3_retr and so on: the functions of <pop3/commands.h>.
#include <cstdlib>
#include <cstring>

#include "tests/testing/client.h"

namespace pop3_testing {

namespace {

uint32_t NumberOf(const std::vector<Word> &words, size_t index) {
  return words.size() > index
             ? static_cast<uint32_t>(strtoul(words[index].value.c_str(), nullptr, 10))
             : 0;
}

// TextOf returns an argument that a C string can hold, or false.
bool TextOf(const std::vector<Word> &words, size_t index, std::string *out) {
  if (words.size() <= index) return false;
  *out =
      words[index].key.empty() ? words[index].value : words[index].key + "=" + words[index].value;
  return out->find('\0') == std::string::npos;
}

}  // namespace

void Client::FinishNamed(Operation *operation, pop3_status status, const pop3_error &error) {
  Outcome *outcome = &operation->outcome;
  // |dones| is of sinks that were handed to named functions: those call it as well, if they came as
  // far as submitting.
  outcome->dones = 0;
  outcome->has_result = true;
  outcome->status = status;
  outcome->error = error;
  if (status == POP3_OK || status == POP3_REFUSED) {
    TakeReply(pop3_session_reply(session_), outcome);
  }
}

bool Client::NamedListing(Operation *operation, const std::vector<Word> &words) {
  const std::string &verb = words[0].value;
  Outcome *outcome = &operation->outcome;
  pop3_error error = POP3_ERROR_INIT;
  pop3_status status;
  if (words.size() == 1) {
    pop3_listing listing;
    pop3_listing_init(&listing, nullptr);
    status = verb == "list" ? pop3_list(session_, &listing, &error)
                            : pop3_uidl(session_, &listing, &error);
    for (size_t i = 0; i < listing.num_entries; i++) {
      const pop3_listing_entry &entry = listing.entries[i];
      std::string item = std::to_string(entry.number) + " ";
      if (verb == "uidl") {
        item += std::string(entry.uid, entry.uid_len);
        if (strlen(entry.uid) != entry.uid_len) Complain("uid and uid_len differ");
      } else {
        item += entry.octets == POP3_OCTETS_UNKNOWN ? "?" : std::to_string(entry.octets);
      }
      outcome->items.push_back(item);
    }
    pop3_listing_cleanup(&listing);
  } else if (verb == "list") {
    status = pop3_list_one(session_, NumberOf(words, 1), &outcome->octets, &error);
    outcome->number = NumberOf(words, 1);
  } else {
    char uid[POP3_UID_MAX] = "";
    status = pop3_uidl_one(session_, NumberOf(words, 1), uid, &error);
    outcome->uid = uid;
    outcome->number = NumberOf(words, 1);
  }
  FinishNamed(operation, status, error);
  return true;
}

bool Client::NamedBody(Operation *operation, const std::vector<Word> &words) {
  const std::string &verb = words[0].value;
  Outcome *outcome = &operation->outcome;
  pop3_error error = POP3_ERROR_INIT;
  pop3_status status;
  const pop3_sink own = SinkOf(operation);
  if (verb == "retr") {
    pop3_buffer buffer;
    pop3_buffer_init(&buffer, 0, nullptr);
    pop3_sink sink = POP3_SINK_INIT;
    pop3_buffer_sink(&buffer, &sink);
    status = pop3_retr(session_, NumberOf(words, 1), &sink, &error);
    if (buffer.data != nullptr) {
      outcome->body.assign(reinterpret_cast<const char *>(buffer.data), buffer.len);
    }
    outcome->octets = buffer.len;
    pop3_buffer_cleanup(&buffer);
    outcome->number = NumberOf(words, 1);
    FinishNamed(operation, status, error);
    return true;
  }
  if (verb == "top") {
    outcome->number = NumberOf(words, 1);
    status = pop3_top(session_, NumberOf(words, 1), NumberOf(words, 2), &own, &error);
  } else if (verb == "lang") {
    status = pop3_lang_list(session_, &own, &error);
  } else {
    std::string line;
    if (!TextOf(words, 1, &line)) return false;
    status = pop3_raw_multi(session_, line.c_str(), &own, &error);
  }
  if (outcome->dones > 1) Complain("done was called twice");
  FinishNamed(operation, status, error);
  return true;
}

// Named calls the function for |words|. Returns false if there is none, or if an argument holds a
// NUL, which a C string cannot.
bool Client::Named(Operation *operation, const std::vector<Word> &words) {
  const std::string &verb = words[0].value;
  if (verb == "list" || verb == "uidl") return NamedListing(operation, words);
  if (verb == "retr" || verb == "top" || verb == "raw-body" ||
      (verb == "lang" && words.size() == 1)) {
    return NamedBody(operation, words);
  }
  Outcome *outcome = &operation->outcome;
  pop3_error error = POP3_ERROR_INIT;
  pop3_status status;
  std::string text;
  if (verb == "stat") {
    status = pop3_stat(session_, &outcome->count, &outcome->octets, &error);
  } else if (verb == "capa") {
    const pop3_capabilities *caps = nullptr;
    status = pop3_capa(session_, &caps, &error);
    for (size_t i = 0; status == POP3_OK && i < caps->num_lines; i++) {
      std::string line = caps->lines[i].keyword;
      if (caps->lines[i].arguments[0] != '\0') line += std::string(" ") + caps->lines[i].arguments;
      outcome->items.push_back(line);
    }
  } else if (verb == "login" && words.size() == 1) {
    status = pop3_login(session_, &error);
  } else if (verb == "dele") {
    outcome->number = NumberOf(words, 1);
    status = pop3_dele(session_, NumberOf(words, 1), &error);
  } else if (verb == "rset") {
    status = pop3_rset(session_, &error);
  } else if (verb == "noop") {
    status = pop3_noop(session_, &error);
  } else if (verb == "last") {
    status = pop3_last(session_, &outcome->number, &error);
  } else if (verb == "utf8") {
    status = pop3_utf8(session_, &error);
  } else if (verb == "stls") {
    status = pop3_stls(session_, &error);
  } else if (verb == "quit") {
    status = pop3_quit(session_, &outcome->quit, &error);
    last_step_ = pop3_step(session_);
  } else if (!TextOf(words, 1, &text)) {
    return false;
  } else if (verb == "login" || verb == "auth") {
    status = pop3_auth(session_, text.c_str(), &error);
  } else if (verb == "user") {
    status = pop3_user(session_, text.c_str(), &error);
  } else if (verb == "pass") {
    status = pop3_pass(session_, text.c_str(), &error);
  } else if (verb == "rpop") {
    status = pop3_rpop(session_, text.c_str(), &error);
  } else if (verb == "lang") {
    status = pop3_lang(session_, text.c_str(), &error);
  } else if (verb == "raw") {
    status = pop3_raw(session_, text.c_str(), &error);
  } else {
    return false;
  }
  FinishNamed(operation, status, error);
  return true;
}

}  // namespace pop3_testing
