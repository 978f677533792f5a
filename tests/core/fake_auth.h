// Mechanisms that do what a test tells them.
#ifndef POP3_TESTS_CORE_FAKE_AUTH_H_
#define POP3_TESTS_CORE_FAKE_AUTH_H_

#include <pop3/spi/auth.h>
#include <pop3/spi/transport.h>

#include <functional>
#include <string>
#include <vector>

namespace pop3_core_test {

// FakeAuth is one mechanism. There can be four at a time. It checks that it is called as the
// contract in spi/auth.h says.
class FakeAuth {
 public:
  // What a step answers.
  struct Move {
    pop3_auth_verdict verdict = POP3_AUTH_SEND;
    std::string line;
    bool is_command = false;
    size_t secret_offset = SIZE_MAX;  // SIZE_MAX: all may be shown
    pop3_status error = POP3_OK;      // with FAIL: fills err with |error_text|
    std::string error_text = "fake failure";
    const pop3_transport_ops *layer = nullptr;  // with DONE
    const pop3_option *layer_options = nullptr;
    size_t num_layer_options = 0;
    void (*release_layer)(const pop3_option *options, size_t num_options) = nullptr;
  };
  static Move Command(const std::string &line, size_t secret_offset = SIZE_MAX);
  static Move Answer(const std::string &line);
  static Move Done(const pop3_transport_ops *layer = nullptr);
  static Move Fail(pop3_status error = POP3_ERR_AUTH);

  FakeAuth(const char *name, uint32_t flags, int strength);
  ~FakeAuth();
  FakeAuth(const FakeAuth &) = delete;
  FakeAuth &operator=(const FakeAuth &) = delete;

  const pop3_plugin *plugin() const { return &plugin_; }

  int strength;
  std::string why = "not today";
  std::function<int(const pop3_auth_context *)> on_score;  // instead of |strength|
  std::function<pop3_status(const pop3_auth_context *, pop3_error *)> on_begin;
  // Given the event and the server's words ("start", "ok text", "err text", "challenge text").
  std::function<Move(const std::string &)> on_step;

  const pop3_auth_context *context = nullptr;  // between begin and end
  std::vector<std::string> steps;              // what on_step was given
  int begins = 0;
  int ends = 0;
  std::vector<std::string> complaints;

 private:
  template <int kSlot>
  struct Slot;

  int Score(const pop3_auth_context *context, char *why, size_t why_cap);
  pop3_status Begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                    pop3_error *err);
  pop3_auth_verdict Step(const pop3_auth_input *in, pop3_auth_output *out, pop3_error *err);
  void End();

  static FakeAuth *slots_[4];

  pop3_auth_ops ops_;
  const pop3_auth_ops *list_[1];
  pop3_plugin plugin_;
  const pop3_host *host_ = nullptr;
  bool open_ = false;
  bool started_ = false;
  bool inside_ = false;
  std::string line_;
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_FAKE_AUTH_H_
