// A program with plugins of its own and a library that were built at different times. This file is
// compiled three times: with the library of its day; as ages_newer_library_test, linked with one
// whose structs have grown; and as ages_older_library_test, with structs that have grown, linked
// with the library of today. Whatever crosses the interface lies before a page that nobody may
// touch, so that one octet too many is a crash, in every build.
#include <gtest/gtest.h>
#include <pop3/loader.h>
#include <pop3/pop3.h>

#include <cstdio>
#include <set>
#include <string>

#include "tests/plugins/ages_parts.h"

namespace ages_test {
namespace {

using pop3_ages::Common;
using pop3_ages::Fenced;
using pop3_ages::kAge;
using pop3_ages::kMore;
using pop3_ages::LinkOps;
using pop3_ages::MechanismOps;
using pop3_ages::Wire;

// What a session's callbacks see of it.
void OnTrace(void *arg, const pop3_trace_event *event) {
  auto *wire = static_cast<Wire *>(arg);
  wire->See<pop3_trace_event>("trace", event->size);
  wire->Check(event->data != nullptr || event->data_len == 0, "the text of a trace");
}

int OnAudit(void *arg, const pop3_audit_event *event) {
  auto *wire = static_cast<Wire *>(arg);
  wire->See<pop3_audit_event>("audit", event->size);
  if (event->kind == POP3_AUDIT_CONNECT) wire->Check(event->port == 110, "the port of an audit");
  return 0;
}

pop3_sink_verdict OnItem(void *arg, const pop3_item *item) {
  auto *wire = static_cast<Wire *>(arg);
  wire->See<pop3_item>("item", item->size);
  wire->Check(item->number == 1 && item->line_len > 0, "the members of an item");
  return POP3_SINK_CONTINUE;
}

pop3_sink_verdict OnLine(void *arg, const uint8_t *data, size_t data_len) {
  static_cast<std::string *>(arg)->append(data, data + data_len).push_back('\n');
  return POP3_SINK_CONTINUE;
}

void OnDone(void *arg, const pop3_result *result) {
  auto *wire = static_cast<Wire *>(arg);
  wire->See<pop3_result>("result", result->size);
  if (result->reply != nullptr) wire->See<pop3_reply>("reply of a result", result->reply->size);
  wire->Check(result->status == POP3_OK, "the status of a result");
}

// Parts is a program: plugins, a registry, options, a session. It logs in.
class Ages : public ::testing::Test {
 protected:
  void SetUp() override {
    wire_.replies = {{"CAPA", "+OK\r\nSTLS\r\nUIDL\r\nSASL X-AGES\r\n.\r\n"},
                     {"STAT", "+OK 1 120\r\n"},
                     {"LIST", "+OK\r\n1 120\r\n.\r\n"},
                     {"UIDL 1", "+OK 1 abc\r\n"},
                     {"RETR 1", "+OK\r\nbody\r\n.\r\n"}};
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, &err_), POP3_OK);
    ASSERT_EQ(pop3_registry_add(registry_, plugin_.get(), &err_), POP3_OK) << err_.text;
    limits_->max_layers = 5;
    options_->transports = kTransports;
    options_->num_transports = 1;
    options_->host = "example";
    options_->port = 110;
    options_->options = &option_;
    options_->num_options = 1;
    options_->debug_level = 2;
    options_->limits = limits_.get();
    options_->trace = OnTrace;
    options_->audit = OnAudit;
    options_->trace_arg = options_->audit_arg = &wire_;
    ASSERT_EQ(pop3_session_new(&session_, registry_, options_.get(), &err_), POP3_OK) << err_.text;
  }
  void TearDown() override {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
    EXPECT_EQ(wire_.wrong, std::set<std::string>());
  }
  void Login() { ASSERT_EQ(pop3_login(session_, &err_), POP3_OK) << err_.text; }
  void Run(pop3_command command, uint32_t number = 0) {
    Fenced<pop3_request> request{POP3_REQUEST_INIT(command)};
    request->number = number;
    Fenced<pop3_sink> sink{POP3_SINK_INIT};
    sink->item = OnItem;
    sink->done = OnDone;
    sink->arg = &wire_;
    pop3_op_id op = 0;
    ASSERT_EQ(pop3_submit(session_, request.get(), sink.get(), &op, &err_), POP3_OK) << err_.text;
    EXPECT_EQ(pop3_wait(session_, op, POP3_NO_TIMEOUT, &err_), POP3_OK) << err_.text;
  }

  static constexpr const char *kTransports[] = {"wire"};
  Wire wire_;
  const pop3_option option_ = {"wire.wire", nullptr, 0, &wire_};
  Fenced<pop3_transport_ops> bottom_{LinkOps("wire", POP3_TRANSPORT_BOTTOM)};
  Fenced<pop3_transport_ops> tls_{LinkOps("tls", POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS)};
  Fenced<pop3_transport_ops> cover_{LinkOps("cover", POP3_TRANSPORT_UPPER)};
  Fenced<pop3_auth_ops> mechanism_{MechanismOps(&wire_, cover_.get())};
  const pop3_transport_ops *transports_[2] = {bottom_.get(), tls_.get()};
  const pop3_auth_ops *auths_[1] = {mechanism_.get()};
  Fenced<pop3_plugin> plugin_{Plugin()};
  Fenced<pop3_limits> limits_{POP3_LIMITS_INIT};
  Fenced<pop3_session_options> options_{POP3_SESSION_OPTIONS_INIT};
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error err_ = POP3_ERROR_INIT;

 private:
  pop3_plugin Plugin() {
    pop3_plugin plugin = {};
    plugin.abi = POP3_ABI;
    plugin.size = sizeof(plugin);
    plugin.name = "ages";
    plugin.version = "1";
    plugin.transports = transports_;
    plugin.num_transports = 2;
    plugin.auths = auths_;
    plugin.num_auths = 1;
    return plugin;
  }
};

constexpr const char *Ages::kTransports[];

TEST_F(Ages, BothAreWhatTheyShouldBe) {
  const pop3_transport_ops *known = pop3_registry_transport(registry_, "wire");
  EXPECT_EQ(known->size, Common<pop3_transport_ops>() + (kAge > 0 ? kMore : 0));
  EXPECT_EQ(sizeof(pop3_answer), kAge < 0 ? 40U : 32U);
}

TEST_F(Ages, ASession) {
  EXPECT_EQ(pop3_stls(session_, &err_), POP3_OK) << err_.text;
  Login();
  EXPECT_STREQ(pop3_session_mechanism(session_), "x-ages");
  Run(POP3_CMD_LIST);
  Run(POP3_CMD_UIDL, 1);
  Run(POP3_CMD_RETR, 1);
  const pop3_capabilities *capabilities = nullptr;
  ASSERT_EQ(pop3_capa(session_, &capabilities, &err_), POP3_OK) << err_.text;
  wire_.See<pop3_capabilities>("capabilities", capabilities->size);
  EXPECT_EQ(capabilities->num_lines, 3U);
  wire_.See<pop3_reply>("reply", pop3_session_reply(session_)->size);
  uint32_t count = 0;
  EXPECT_EQ(pop3_stat(session_, &count, nullptr, &err_), POP3_OK) << err_.text;
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(pop3_quit(session_, nullptr, &err_), POP3_OK) << err_.text;
  for (const char *name :
       {"trace", "audit", "item", "result", "reply of a result", "reply", "capabilities",
        "host of create", "config of create", "table below", "answer of a transport",
        "host of score", "context of score", "host of begin", "context of begin", "input of step",
        "output of step"}) {
    EXPECT_EQ(wire_.seen.count(name), 1U) << name;
  }
}

TEST_F(Ages, WhoLogsIn) {
  Fenced<pop3_identity> who{POP3_IDENTITY_INIT};
  who->user = "joe";
  who->password = "of joe";
  EXPECT_EQ(pop3_auth_as(session_, nullptr, who.get(), &err_), POP3_OK) << err_.text;
}

TEST_F(Ages, WhatIsAskedFor) {
  Login();
  Fenced<pop3_security> security{POP3_SECURITY_INIT};
  pop3_session_security(session_, security.get());
  EXPECT_TRUE(security.IsFilled());
  EXPECT_EQ(security->policy, POP3_TLS_NEVER);
  EXPECT_EQ(security->is_local, 1U);
  EXPECT_STREQ(security->mechanism, "x-ages");
  EXPECT_NE(security->not_bound_why, nullptr);
  for (size_t i = 0; i < security->num_candidates + 1; i++) {
    Fenced<pop3_candidate> candidate{POP3_CANDIDATE_INIT};
    const int is_there = i < security->num_candidates ? 1 : 0;
    EXPECT_EQ(pop3_session_candidate(session_, i, candidate.get()), is_there);
    EXPECT_TRUE(candidate.IsFilled());
    EXPECT_EQ(candidate->why != nullptr, is_there != 0);
  }
  Fenced<pop3_interest> interest{POP3_INTEREST_INIT};
  pop3_session_interest(session_, interest.get());
  EXPECT_TRUE(interest.IsFilled());
  EXPECT_EQ(wire_.seen.count("interest of a transport"), 1U);
  EXPECT_EQ(interest->num_fds, 1U);
  EXPECT_EQ(interest->fds[0].fd, 4711);
  EXPECT_EQ(interest->deadline_ms, POP3_NO_DEADLINE);
  for (const uint32_t what : {POP3_QUERY_PEER_NAME, POP3_QUERY_FD}) {
    Fenced<pop3_answer> answer{POP3_ANSWER_INIT};
    EXPECT_EQ(pop3_session_query(session_, what, answer.get()),
              what == POP3_QUERY_FD ? POP3_ERR_UNSUPPORTED : POP3_OK);
    EXPECT_TRUE(answer.IsFilled());
    EXPECT_EQ(answer->data_len, what == POP3_QUERY_FD ? 0U : 8U);
  }
}

TEST_F(Ages, TimeLimits) {
  Fenced<pop3_time_limits> limits{POP3_TIME_LIMITS_INIT};
  limits->idle_ms = 1;
  pop3_session_time_limits(session_, limits.get());
  EXPECT_TRUE(limits.IsFilled());
  EXPECT_EQ(limits->idle_ms, 60000);
  limits->login_ms = 5000;
  EXPECT_EQ(pop3_session_set_time_limits(session_, limits.get(), &err_), POP3_OK) << err_.text;
  Fenced<pop3_time_limits> set{POP3_TIME_LIMITS_INIT};
  pop3_session_time_limits(session_, set.get());
  EXPECT_EQ(set->login_ms, 5000);
}

TEST_F(Ages, AUrl) {
  pop3_session *session = nullptr;
  options_->num_transports = 0;
  options_->options = nullptr;
  options_->num_options = 0;
  EXPECT_EQ(pop3_connect_url(&session, registry_, "pop3://example", options_.get(), &err_),
            POP3_ERR_NOT_FOUND)
      << "there is no transport tcp: " << err_.text;
  Fenced<pop3_url> url{pop3_url{}};
  ASSERT_EQ(pop3_url_parse(url.get(), "pop3://a:b@example", 18, nullptr, &err_), POP3_OK);
  EXPECT_STREQ(url->user, "a");
  pop3_url_cleanup(url.get());
}

TEST_F(Ages, ReadyMadeSinks) {
  Login();
  Fenced<pop3_buffer> buffer{pop3_buffer{}};
  pop3_buffer_init(buffer.get(), 0, nullptr);
  Fenced<pop3_sink> body{POP3_SINK_INIT};
  pop3_buffer_sink(buffer.get(), body.get());
  EXPECT_TRUE(body.IsFilled());
  EXPECT_EQ(pop3_retr(session_, 1, body.get(), &err_), POP3_OK) << err_.text;
  EXPECT_EQ(buffer->len, 6U);
  pop3_buffer_cleanup(buffer.get());

  Fenced<pop3_stream> stream{POP3_STREAM_INIT(std::tmpfile())};
  Fenced<pop3_sink> file{POP3_SINK_INIT};
  pop3_stream_sink(stream.get(), file.get());
  EXPECT_TRUE(file.IsFilled());
  EXPECT_EQ(pop3_retr(session_, 1, file.get(), &err_), POP3_OK) << err_.text;
  EXPECT_EQ(stream->octets, 6U);
  std::fclose(stream->file);

  std::string text;
  Fenced<pop3_lines> lines{POP3_LINES_INIT(OnLine, &text)};
  Fenced<pop3_sink> by_lines{POP3_SINK_INIT};
  pop3_lines_sink(lines.get(), by_lines.get());
  EXPECT_TRUE(by_lines.IsFilled());
  EXPECT_EQ(pop3_retr(session_, 1, by_lines.get(), &err_), POP3_OK) << err_.text;
  EXPECT_EQ(text, "body\n");
  EXPECT_EQ(lines->octets, 6U);
  pop3_lines_cleanup(lines.get());

  Fenced<pop3_listing> listing{pop3_listing{}};
  pop3_listing_init(listing.get(), nullptr);
  Fenced<pop3_sink> items{POP3_SINK_INIT};
  pop3_listing_sink(listing.get(), items.get());
  EXPECT_TRUE(items.IsFilled());
  EXPECT_EQ(pop3_list(session_, listing.get(), &err_), POP3_OK) << err_.text;
  EXPECT_EQ(listing->num_entries, 1U);
  EXPECT_EQ(listing->octets, 7U);
  pop3_listing_cleanup(listing.get());
}

TEST(AgesAlone, AnEngine) {
  Wire wire;
  Fenced<pop3_limits> limits{POP3_LIMITS_INIT};
  limits->recv_buffer = 4096;
  Fenced<pop3_engine_options> options{POP3_ENGINE_OPTIONS_INIT};
  options->limits = limits.get();
  options->debug_level = 2;
  options->trace = OnTrace;
  options->trace_arg = &wire;
  pop3_engine *engine = nullptr;
  pop3_error err = POP3_ERROR_INIT;
  ASSERT_EQ(pop3_engine_new(&engine, options.get(), &err), POP3_OK) << err.text;
  size_t cap = 0;
  uint8_t *buf = pop3_engine_recv_buf(engine, &cap);
  EXPECT_EQ(cap, 4096U);
  memcpy(buf, "+OK hello\r\n", 11);
  EXPECT_EQ(pop3_engine_recv_ack(engine, 11), POP3_OK);
  wire.See<pop3_reply>("greeting", pop3_engine_greeting(engine)->size);
  EXPECT_STREQ(pop3_engine_greeting(engine)->text, "hello");
  pop3_engine_free(engine);
  EXPECT_EQ(wire.wrong, std::set<std::string>());
  Fenced<pop3_request> request{POP3_REQUEST_INIT(POP3_CMD_NOOP)};
  uint8_t line[16];
  size_t len = 0;
  size_t secret = 0;
  EXPECT_EQ(
      pop3_command_build(line, sizeof(line), &len, &secret, request.get(), limits.get(), &err),
      POP3_OK);
  Fenced<pop3_trace_event> event{pop3_trace_event{}};
  event->size = sizeof(*event.get());
  event->kind = POP3_TRACE_NOTE;
  event->data = "x";
  event->data_len = 1;
  FILE *file = std::tmpfile();
  pop3_trace_to_file(file, event.get());
  EXPECT_GT(std::ftell(file), 0);
  std::fclose(file);
}

TEST(AgesAlone, ALoader) {
  Fenced<pop3_loader_options> options{POP3_LOADER_OPTIONS_INIT};
  pop3_loader *loader = nullptr;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_loader_new(&loader, options.get(), &err), POP3_OK) << err.text;
  pop3_loader_free(loader);
}

// A struct that |init| has made is of the caller's size, and what a newer one has more is zero.
template <typename T, typename Init>
void CheckInit(Init init) {
  Fenced<T> value{T{}};
  memset(static_cast<void *>(value.get()), 0xA5, sizeof(T));
  init(value.get(), sizeof(T));
  EXPECT_EQ(value->size, sizeof(T));
  for (size_t i = Common<T>(); i < sizeof(T); i++) {
    EXPECT_EQ(reinterpret_cast<const uint8_t *>(value.get())[i], 0);
  }
}

TEST(AgesAlone, Initialisers) {
  CheckInit<pop3_limits>(pop3_limits_init);
  CheckInit<pop3_engine_options>(pop3_engine_options_init);
  CheckInit<pop3_session_options>(pop3_session_options_init);
  CheckInit<pop3_loader_options>(pop3_loader_options_init);
  CheckInit<pop3_time_limits>(pop3_time_limits_init);
  CheckInit<pop3_sink>(pop3_sink_init);
  CheckInit<pop3_identity>(pop3_identity_init);
  CheckInit<pop3_security>(pop3_security_init);
  CheckInit<pop3_candidate>(pop3_candidate_init);
  CheckInit<pop3_interest>(pop3_interest_init);
  CheckInit<pop3_answer>(pop3_answer_init);
  CheckInit<pop3_request>(
      [](pop3_request *out, size_t size) { pop3_request_init(out, size, POP3_CMD_NOOP); });
  CheckInit<pop3_stream>(
      [](pop3_stream *out, size_t size) { pop3_stream_init(out, size, nullptr); });
  CheckInit<pop3_lines>(
      [](pop3_lines *out, size_t size) { pop3_lines_init(out, size, OnLine, nullptr); });
}

}  // namespace
}  // namespace ages_test
