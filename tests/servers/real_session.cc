#include "tests/servers/real_session.h"

#include <pop3/usual.h>

namespace pop3_testing {

namespace {

const char *OrNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

Plan PlanOf(const Address &address, const std::string &user, const std::string &password,
            const char *mechanism) {
  Plan plan;
  plan.address = address;
  plan.user = user;
  plan.password = password;
  if (mechanism != nullptr) plan.mechanism = mechanism;
  plan.tls = POP3_TLS_NEVER;
  return plan;
}

}  // namespace

RealSession::RealSession(const Address &address, const std::string &user,
                         const std::string &password, const char *mechanism)
    : RealSession(PlanOf(address, user, password, mechanism)) {}

RealSession::RealSession(const Plan &plan) {
  if (pop3_registry_new(&registry_, nullptr, err()) != POP3_OK) return;
  const Filler fill = plan.plugins ? plan.plugins : Filler(pop3_registry_add_usual);
  if (fill(registry_, err()) != POP3_OK) return;
  const bool tls = plan.address.transport == "tls";
  const char *const transports[] = {tls ? "tcp" : plan.address.transport.c_str(), "tls"};
  std::vector<pop3_option> list;
  if (!plan.address.source.empty()) {
    list.push_back({"tcp.source_address", plan.address.source.c_str(), 0, nullptr});
  }
  for (const auto &option : plan.options) {
    list.push_back({option.first.c_str(), option.second.c_str(), 0, nullptr});
  }
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.transports = transports;
  options.num_transports = tls ? 2 : 1;
  options.host = plan.address.host.c_str();
  options.port = plan.address.port;
  options.user = OrNull(plan.user);
  options.password = OrNull(plan.password);
  options.token = OrNull(plan.token);
  options.mechanism = OrNull(plan.mechanism);
  options.tls = plan.tls;
  options.options = list.data();
  options.num_options = list.size();
  pop3_session_new(&session_, registry_, &options, err());
}

RealSession::~RealSession() {
  pop3_session_free(session_);
  pop3_registry_free(registry_);
}

std::string RealSession::reply() const {
  const pop3_reply *reply = pop3_session_reply(session_);
  return reply == nullptr ? "" : std::string(reply->text, reply->text_len);
}

bool RealSession::Has(uint32_t capability) const {
  return pop3_capabilities_has(pop3_engine_capabilities(pop3_session_engine(session_)),
                               capability) != 0;
}

std::string RealSession::Answer(pop3_query what) const {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (pop3_session_query(session_, what, &answer) != POP3_OK) return "";
  return std::string(reinterpret_cast<const char *>(answer.data), answer.data_len);
}

bool RealSession::IsEncrypted() const {
  pop3_answer answer = POP3_ANSWER_INIT;
  return pop3_session_query(session_, POP3_QUERY_IS_ENCRYPTED, &answer) == POP3_OK &&
         answer.number == 1;
}

pop3_status RealSession::List(std::vector<std::string> *out) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  const pop3_status status = pop3_list(session_, &listing, err());
  for (size_t i = 0; i < listing.num_entries; i++) {
    const pop3_listing_entry &entry = listing.entries[i];
    out->push_back(std::to_string(entry.number) + " " + std::to_string(entry.octets));
  }
  pop3_listing_cleanup(&listing);
  return status;
}

pop3_status RealSession::Uidl(std::vector<std::string> *out) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  const pop3_status status = pop3_uidl(session_, &listing, err());
  for (size_t i = 0; i < listing.num_entries; i++) {
    const pop3_listing_entry &entry = listing.entries[i];
    out->push_back(std::to_string(entry.number) + " " + std::string(entry.uid, entry.uid_len));
  }
  pop3_listing_cleanup(&listing);
  return status;
}

pop3_sink StringSink(std::string *out) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = [](void *arg, const uint8_t *data, size_t len) {
    static_cast<std::string *>(arg)->append(reinterpret_cast<const char *>(data), len);
    return POP3_SINK_CONTINUE;
  };
  sink.arg = out;
  return sink;
}

pop3_status RealSession::Retr(uint32_t number, std::string *out) {
  const pop3_sink sink = StringSink(out);
  return pop3_retr(session_, number, &sink, err());
}

pop3_status RealSession::Top(uint32_t number, uint32_t lines, std::string *out) {
  const pop3_sink sink = StringSink(out);
  return pop3_top(session_, number, lines, &sink, err());
}

pop3_status RealSession::RawMulti(const char *line, std::string *out) {
  const pop3_sink sink = StringSink(out);
  return pop3_raw_multi(session_, line, &sink, err());
}

}  // namespace pop3_testing
