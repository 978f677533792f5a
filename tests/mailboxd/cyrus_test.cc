// The server's mechanisms against Cyrus SASL's own client, with tls-exporter among the bindings.
#include "tools/mailboxd/cyrus.h"

#include <gtest/gtest.h>
#include <sasl/sasl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/mailboxd/tls_client.h"
#include "tools/mailboxd/tls_facts.h"
#include "tools/mailboxd/users.h"

// Cyrus's DIGEST-MD5 does not give back what it has OpenSSL load for the old ciphers of auth-conf.
// Nothing of ours uses OpenSSL's libcrypto.
extern "C" const char *__lsan_default_suppressions() { return "leak:libcrypto.so.3\n"; }

namespace cyrus_test {
namespace {

const char kPassword[] = "open sesame";

int GetName(void *, int, const char **result, unsigned *len) {
  *result = "me";
  if (len != nullptr) *len = 2;
  return SASL_OK;
}

int GetSecret(sasl_conn_t *, void *context, int, sasl_secret_t **secret) {
  *secret = static_cast<sasl_secret_t *>(context);
  return SASL_OK;
}

// The type of a callback in sasl_callback_t: by way of the one function type that may become any.
template <typename Function>
int (*Callback(Function function))() {
  return reinterpret_cast<int (*)()>(reinterpret_cast<void (*)()>(function));
}

class Cyrus : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    users_ = new users{};
    user *added = nullptr;
    ASSERT_TRUE(users_add(users_, "me", 2, kPassword, &added));
    ASSERT_TRUE(users_add(users_, "you", 3, "other", &added));
    const char *twice = nullptr;
    ASSERT_TRUE(users_sort(users_, &twice));
    char why[256] = "";
    ASSERT_TRUE(cyrus_start(users_, mechs_, &num_mechs_, why, sizeof(why))) << why;
    ASSERT_EQ(SASL_OK, sasl_client_init(nullptr));
  }

  static void TearDownTestSuite() {
    cyrus_stop();
    users_cleanup(users_);
    delete users_;
  }

  static const auth_mech *Find(const std::string &name) {
    for (size_t i = 0; i < num_mechs_; i++) {
      if (name == mechs_[i]->name) return mechs_[i];
    }
    return nullptr;
  }

  // Login plays an exchange, with this channel binding at the client's side, and returns whom it
  // logged in.
  std::string Login(const std::string &name, const tls *tls, const std::string &type,
                    const std::string &data, const std::string &password = kPassword) {
    const auth_mech *mech = Find(name);
    if (mech == nullptr) return "<no mechanism>";
    std::vector<char> memory(sizeof(sasl_secret_t) + password.size());
    sasl_secret_t *secret = reinterpret_cast<sasl_secret_t *>(memory.data());
    secret->len = password.size();
    memcpy(secret->data, password.c_str(), password.size() + 1);
    const sasl_callback_t callbacks[] = {{SASL_CB_USER, Callback(GetName), nullptr},
                                         {SASL_CB_AUTHNAME, Callback(GetName), nullptr},
                                         {SASL_CB_PASS, Callback(GetSecret), secret},
                                         {SASL_CB_LIST_END, nullptr, nullptr}};
    sasl_conn_t *client = nullptr;
    EXPECT_EQ(SASL_OK,
              sasl_client_new("pop", "localhost", nullptr, nullptr, callbacks, 0, &client));
    sasl_channel_binding_t binding = {type.c_str(), 1, data.size(),
                                      reinterpret_cast<const unsigned char *>(data.data())};
    if (!type.empty()) {
      EXPECT_EQ(SASL_OK, sasl_setprop(client, SASL_CHANNEL_BINDING, &binding));
    }
    const auth_context context = {users_, nullptr, tls, false};
    void *server = mech->start(mech, &context);
    EXPECT_NE(nullptr, server);
    const std::string result = Play(client, mech, server);
    mech->end(server);
    sasl_dispose(&client);
    return result;
  }

  static std::string Play(sasl_conn_t *client, const auth_mech *mech, void *server,
                          io_layer *layer = nullptr) {
    const char *out = nullptr, *chosen = nullptr;
    unsigned out_len = 0;
    int status = sasl_client_start(client, mech->name, nullptr, &out, &out_len, &chosen);
    for (int i = 0; i < 10 && (status == SASL_OK || status == SASL_CONTINUE); i++) {
      auth_answer answer = {};
      const auto *response = reinterpret_cast<const uint8_t *>(out);
      const auth_step step = mech->step(server, response, out_len, &answer);
      if (step == AUTH_FAILURE) return "<refused>";
      if (step == AUTH_SUCCESS && layer != nullptr) *layer = answer.layer;
      if (step == AUTH_SUCCESS) return status == SASL_OK ? answer.user->name : "<too early>";
      out = "";
      out_len = 0;
      if (status == SASL_CONTINUE || answer.challenge_len > 0) {
        status =
            sasl_client_step(client, static_cast<const char *>(answer.challenge),
                             static_cast<unsigned>(answer.challenge_len), nullptr, &out, &out_len);
      }
      if (out == nullptr) out = "";
    }
    return std::string("<client: ") + sasl_errdetail(client) + ">";
  }

  static std::string BindingOf(const tls *tls, const std::string &type) {
    uint8_t data[TLS_BINDING_MAX];
    return std::string(data, data + tls_binding(tls, type.data(), type.size(), data));
  }

  static users *users_;
  static const auth_mech *mechs_[CYRUS_MECHS];
  static size_t num_mechs_;
};

users *Cyrus::users_;
const auth_mech *Cyrus::mechs_[CYRUS_MECHS];
size_t Cyrus::num_mechs_;

TEST_F(Cyrus, AllAreInstalled) { EXPECT_EQ(CYRUS_MECHS, num_mechs_); }

TEST_F(Cyrus, WithoutTls) {
  for (const char *name :
       {"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5", "PLAIN"}) {
    EXPECT_EQ("me", Login(name, nullptr, "", "")) << name;
    EXPECT_EQ("<refused>", Login(name, nullptr, "", "", "wrong")) << name;
  }
}

TEST_F(Cyrus, EachBindingOfEachVersion) {
  for (uint16_t version : {uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}}) {
    TlsPair pair(version);
    ASSERT_TRUE(pair.Shake());
    for (const std::string type : {"tls-unique", "tls-exporter", "tls-server-end-point"}) {
      const bool has =
          type == "tls-server-end-point" || (type == "tls-exporter") == (version == TLS1_3_VERSION);
      const std::string data = has ? BindingOf(pair.server(), type) : std::string(32, 'x');
      ASSERT_FALSE(data.empty()) << type;
      for (const char *name : {"SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"}) {
        const std::string expected = has ? "me" : "<refused>";
        EXPECT_EQ(expected, Login(name, pair.server(), type, data)) << name << type << version;
        std::string other = data;
        other[0] = static_cast<char>(other[0] ^ 1);
        EXPECT_EQ("<refused>", Login(name, pair.server(), type, other)) << name << type << version;
      }
    }
  }
}

// What the client seals, the server reads.
void Seal(sasl_conn_t *client, const io_layer &layer, const int fds[2]) {
  const char *out = nullptr;
  unsigned out_len = 0;
  ASSERT_EQ(SASL_OK, sasl_encode(client, "STAT\r\n", 6, &out, &out_len)) << sasl_errdetail(client);
  const std::string sealed(out, out_len);
  EXPECT_EQ(std::string::npos, sealed.find("STAT"));
  uint8_t in[100];
  size_t in_len = 0;
  ASSERT_EQ(static_cast<ssize_t>(10), write(fds[0], sealed.data(), 10));
  EXPECT_EQ(IO_WANT_READ, layer.ops->read(layer.state, fds[1], in, 4, &in_len));
  ASSERT_LT(0, write(fds[0], sealed.data() + 10, sealed.size() - 10));
  ASSERT_EQ(IO_DONE, layer.ops->read(layer.state, fds[1], in, 4, &in_len));
  EXPECT_EQ("STAT", std::string(in, in + in_len));
  EXPECT_TRUE(layer.ops->pending(layer.state));
  ASSERT_EQ(IO_DONE, layer.ops->read(layer.state, fds[1], in, sizeof(in), &in_len));
  EXPECT_EQ("\r\n", std::string(in, in + in_len));
  EXPECT_FALSE(layer.ops->pending(layer.state));
}

// What the server writes over a socket that takes little at a time, the client opens.
void Open(sasl_conn_t *client, const io_layer &layer, const int fds[2]) {
  const char *out = nullptr;
  unsigned out_len = 0;
  std::string all(300000, 'm'), got;
  for (size_t i = 0; i < all.size(); i += 77) all[i] = static_cast<char>(i);
  size_t done = 0;
  for (int i = 0; i < 100000 && got.size() < all.size(); i++) {
    iovec iov[2] = {{&all[done], std::min<size_t>(5, all.size() - done)}, {nullptr, 0}};
    iov[1] = {&all[done] + iov[0].iov_len, all.size() - done - iov[0].iov_len};
    size_t sent = 0;
    const io_result result = layer.ops->write(layer.state, fds[1], iov, 2, &sent);
    ASSERT_TRUE(result == IO_DONE || result == IO_WANT_WRITE);
    done += result == IO_DONE ? sent : 0;
    char buffer[3000];
    const ssize_t n = read(fds[0], buffer, sizeof(buffer));
    if (n <= 0) continue;
    ASSERT_EQ(SASL_OK, sasl_decode(client, buffer, static_cast<unsigned>(n), &out, &out_len));
    if (out_len > 0) got.append(out, out_len);
  }
  EXPECT_TRUE(all == got);
}

TEST_F(Cyrus, AuthConf) {
  std::vector<char> memory(sizeof(sasl_secret_t) + sizeof(kPassword));
  sasl_secret_t *secret = reinterpret_cast<sasl_secret_t *>(memory.data());
  secret->len = sizeof(kPassword) - 1;
  memcpy(secret->data, kPassword, sizeof(kPassword));
  const sasl_callback_t callbacks[] = {{SASL_CB_USER, Callback(GetName), nullptr},
                                       {SASL_CB_AUTHNAME, Callback(GetName), nullptr},
                                       {SASL_CB_PASS, Callback(GetSecret), secret},
                                       {SASL_CB_LIST_END, nullptr, nullptr}};
  sasl_conn_t *client = nullptr;
  ASSERT_EQ(SASL_OK, sasl_client_new("pop", "localhost", nullptr, nullptr, callbacks, 0, &client));
  sasl_security_properties_t properties = {};
  properties.min_ssf = 2;  // integrity alone will not do
  properties.max_ssf = 256;
  properties.maxbufsize = 4096;
  ASSERT_EQ(SASL_OK, sasl_setprop(client, SASL_SEC_PROPS, &properties));
  const auth_mech *mech = Find("DIGEST-MD5");
  const auth_context context = {users_, nullptr, nullptr, true};
  void *server = mech->start(mech, &context);
  io_layer layer = {};
  EXPECT_EQ("me", Play(client, mech, server, &layer));
  mech->end(server);
  ASSERT_NE(nullptr, layer.ops);
  int fds[2];
  ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
  layer.push(layer.state, &io_plain, nullptr);
  Seal(client, layer, fds);
  Open(client, layer, fds);
  layer.ops->free(layer.state);
  sasl_dispose(&client);
  close(fds[0]);
  close(fds[1]);
}

TEST_F(Cyrus, OffersDependOnTheConnection) {
  TlsPair pair(TLS1_3_VERSION);
  ASSERT_TRUE(pair.Shake());
  const auth_context clear = {users_, nullptr, nullptr, false};
  const auth_context secure = {users_, "me", pair.server(), false};
  const auth_mech *plus = Find("SCRAM-SHA-256-PLUS"), *external = Find("EXTERNAL"),
                  *anonymous = Find("ANONYMOUS");
  EXPECT_FALSE(plus->offered(plus, &clear));
  EXPECT_TRUE(plus->offered(plus, &secure));
  EXPECT_FALSE(external->offered(external, &secure));
  EXPECT_FALSE(anonymous->offered(anonymous, &clear));
  EXPECT_TRUE(anonymous->offered(anonymous, &secure));
}

}  // namespace
}  // namespace cyrus_test
