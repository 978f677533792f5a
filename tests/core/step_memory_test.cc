// A whole session with each allocation failing, once and from then on.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/session_driver.h"

namespace step_memory_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::SessionDriver;
using pop3_core_test::ShiftLayer;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

FakeAuth::Move Step(const std::string &words, const pop3_option *layer_option) {
  if (words == "start") return FakeAuth::Command("AUTH FAKE sesame", 10);
  if (words == "challenge one") return FakeAuth::Answer("c2VzYW1lc2VzYW1l");
  if (words.compare(0, 2, "ok") != 0) return FakeAuth::Fail(POP3_OK);
  FakeAuth::Move move = FakeAuth::Done(ShiftLayer());
  move.layer_options = layer_option;
  move.num_layer_options = 1;
  return move;
}

pop3_status FetchCredential(void *, pop3_credential, uint32_t, pop3_secret *out, pop3_error *err) {
  if (pop3_secret_set(out, "sesame", 6) != 0) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_MEMORY, "test", 0, "no memory for the credential");
}

// Calls every kind of command until one fails. Returns the failure.
pop3_status Talk(SessionDriver *d) {
  pop3_session *session = d->session();
  pop3_listing listing;
  pop3_listing_init(&listing, d->options.allocator);
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, 0, d->options.allocator);
  pop3_sink body = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &body);
  char uid[POP3_UID_MAX];
  uint64_t octets = 0;
  pop3_status status = pop3_connect(session, &d->err);
  if (status == POP3_OK) status = pop3_stls(session, &d->err);
  if (status == POP3_OK) status = pop3_login(session, &d->err);
  if (status == POP3_OK) status = pop3_stat(session, nullptr, nullptr, &d->err);
  if (status == POP3_OK) status = pop3_list(session, &listing, &d->err);
  if (status == POP3_OK) status = pop3_list_one(session, 1, &octets, &d->err);
  if (status == POP3_OK) status = pop3_uidl_one(session, 1, uid, &d->err);
  if (status == POP3_OK) status = pop3_retr(session, 1, &body, &d->err);
  if (status == POP3_ERR_SINK) status = buffer.status;
  if (status == POP3_OK)
    status = pop3_raw(session, "XLONG aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &d->err);
  if (status == POP3_OK) status = pop3_quit(session, nullptr, &d->err);
  pop3_listing_cleanup(&listing);
  pop3_buffer_cleanup(&buffer);
  return status;
}

TEST(SessionMemory, EachAllocationFailing) {
  const size_t calls = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    FakeAuth auth("fakeauth", 0, 100);
    {
      SessionDriver d;
      d.options.allocator = allocator.get();
      d.options.credential = FetchCredential;
      d.options.debug_level = 2;
      d.plugins.push_back(auth.plugin());
      d.wire.replies = {{"CAPA", "+OK\r\nSASL FAKE\r\nPIPELINING\r\n.\r\n"},
                        {"AUTH FAKE sesame", "+ one\r\n"},
                        {"STAT", "+OK 1 100\r\n"},
                        {"LIST", "+OK\r\n1 100\r\n.\r\n"},
                        {"LIST 1", "+OK 1 100\r\n"},
                        {"UIDL 1", "+OK 1 unique\r\n"},
                        {"RETR 1", "+OK\r\n" + std::string(5000, 'x') + "\r\n.\r\n"}};
      d.wire.server = [](const std::string &) { return "+OK\r\n"; };
      const pop3_option layer_option = {"fake.wire", nullptr, 0, &d.wire};
      auth.on_begin = [](const pop3_auth_context *context, pop3_error *err) {
        const uint8_t *data = nullptr;
        size_t len = 0;
        return context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &data, &len, err);
      };
      auth.on_step = [&](const std::string &words) { return Step(words, &layer_option); };
      pop3_status status = d.Start();
      if (status == POP3_OK) status = Talk(&d);
      EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << d.err.text;
      EXPECT_EQ(d.Seen().find("sesame"), std::string::npos);
      EXPECT_FALSE(d.wire.hung);
      d.Free();
    }
    EXPECT_EQ(auth.complaints, Lines());
    EXPECT_EQ(auth.context, nullptr) << "end was called";
  });
  EXPECT_GE(calls, 20U);
}

}  // namespace
}  // namespace step_memory_test
