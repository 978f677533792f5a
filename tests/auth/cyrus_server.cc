#include "tests/auth/cyrus_server.h"

#include <gtest/gtest.h>
#include <sasl/saslplug.h>
#include <sasl/saslutil.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <vector>

// LeakSanitizer asks for this. Cyrus' DIGEST-MD5 forgets the cipher that OpenSSL gave it for each
// security layer; its stack, without frame pointers, does not go further than OpenSSL.
extern "C" const char *__lsan_default_suppressions();
extern "C" const char *__lsan_default_suppressions() { return "leak:libcrypto.so.3\n"; }

namespace pop3_testing {

const char kCyrusPassword[] = "wonderland, by night";

namespace {

// --- The users: an auxprop plugin

int Lookup(void *, sasl_server_params_t *params, unsigned, const char *user, unsigned user_len) {
  const std::string whole(user, user_len);
  const std::string name = whole.substr(0, whole.find('@'));
  if (name == "bob" || name == "anonymous") return SASL_OK;  // without a password
  if (name != "alice") return SASL_NOUSER;
  const struct propval *wanted = params->utils->prop_get(params->propctx);
  for (; wanted != nullptr && wanted->name != nullptr; wanted++) {
    const char *property = wanted->name[0] == '*' ? wanted->name + 1 : wanted->name;
    if (strcmp(property, SASL_AUX_PASSWORD_PROP) == 0 && wanted->values == nullptr) {
      params->utils->prop_set(params->propctx, wanted->name, kCyrusPassword,
                              static_cast<int>(strlen(kCyrusPassword)));
    }
  }
  return SASL_OK;
}

char kUsers[] = "users_of_the_test";
sasl_auxprop_plug_t users = {0, 0, nullptr, nullptr, Lookup, kUsers, nullptr};

int InitUsers(const sasl_utils_t *, int, int *out_version, sasl_auxprop_plug_t **plug,
              const char *) {
  *out_version = SASL_AUXPROP_PLUG_VERSION;
  *plug = &users;
  return SASL_OK;
}

// --- Callbacks

int GetOption(void *, const char *, const char *option, const char **result, unsigned *len) {
  *result = nullptr;
  if (strcmp(option, "auxprop_plugin") == 0) *result = kUsers;
  if (strcmp(option, "pwcheck_method") == 0) *result = "auxprop";
  if (len != nullptr) *len = *result == nullptr ? 0 : static_cast<unsigned>(strlen(*result));
  return *result == nullptr ? SASL_FAIL : SASL_OK;
}

int Quiet(void *, int, const char *) { return SASL_OK; }

// Alice may act as anybody.
int Authorize(sasl_conn_t *, void *, const char *, unsigned, const char *, unsigned, const char *,
              unsigned, struct propctx *) {
  return SASL_OK;
}

template <typename Function>
int (*Callback(Function function))() {
  return reinterpret_cast<int (*)()>(reinterpret_cast<void (*)()>(function));
}

const sasl_callback_t *Callbacks() {
  static const sasl_callback_t callbacks[] = {
      {SASL_CB_GETOPT, Callback(GetOption), nullptr},
      {SASL_CB_LOG, Callback(Quiet), nullptr},
      {SASL_CB_PROXY_POLICY, Callback(Authorize), nullptr},
      {SASL_CB_LIST_END, nullptr, nullptr},
  };
  return callbacks;
}

// The modules that libsasl2 has loaded and that are not those which the test has taken along.
std::set<std::string> ForeignModules() {
  std::set<std::string> foreign;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const size_t path = line.find('/');
    if (path != std::string::npos && line.find("/sasl2/") != std::string::npos) {
      foreign.insert(line.substr(path));
    }
  }
  const char *folder = getenv("SASL_PATH");
  std::error_code none;
  for (const auto &file : std::filesystem::directory_iterator(folder ? folder : "", none)) {
    foreign.erase(std::filesystem::canonical(file.path()).string());
  }
  return foreign;
}

void SetUp() {
  static const int code = [] {
    const int added = sasl_auxprop_add_plugin(kUsers, InitUsers);
    return added != SASL_OK ? added : sasl_server_init(Callbacks(), "pop3_test");
  }();
  static const std::set<std::string> foreign = ForeignModules();
  EXPECT_EQ(foreign, std::set<std::string>()) << "see //tests/testing:sasl_modules";
  ASSERT_EQ(code, SASL_OK) << sasl_errstring(code, nullptr, nullptr);
}

std::string Encode64(const char *data, unsigned len) {
  std::vector<char> out(len * 2 + 8);
  unsigned out_len = 0;
  EXPECT_EQ(sasl_encode64(data == nullptr ? "" : data, len, out.data(),
                          static_cast<unsigned>(out.size()), &out_len),
            SASL_OK);
  return std::string(out.data(), out_len);
}

// False if |text| is not base64.
bool Decode64(const std::string &text, std::string *out) {
  std::vector<char> room(text.size() + 4);
  unsigned len = 0;
  const int code = sasl_decode64(text.data(), static_cast<unsigned>(text.size()), room.data(),
                                 static_cast<unsigned>(room.size()), &len);
  out->assign(room.data(), len);
  return code == SASL_OK;
}

}  // namespace

CyrusServer::CyrusServer(const Options &options)
    : binding_(options.binding), binding_name_(options.binding_name) {
  SetUp();
  EXPECT_EQ(
      sasl_server_new("pop", "mail.example", nullptr, nullptr, nullptr, Callbacks(), 0, &conn_),
      SASL_OK);
  sasl_security_properties_t wanted = {};
  wanted.min_ssf = options.min_ssf;
  wanted.max_ssf = options.max_ssf;
  wanted.maxbufsize = options.max_frame;
  EXPECT_EQ(sasl_setprop(conn_, SASL_SEC_PROPS, &wanted), SASL_OK);
  if (!options.external.empty()) {
    EXPECT_EQ(sasl_setprop(conn_, SASL_AUTH_EXTERNAL, options.external.c_str()), SASL_OK);
  }
  if (!binding_name_.empty()) {
    cyrus_binding_.name = binding_name_.c_str();
    cyrus_binding_.len = binding_.size();
    cyrus_binding_.data = reinterpret_cast<const unsigned char *>(binding_.data());
    EXPECT_EQ(sasl_setprop(conn_, SASL_CHANNEL_BINDING, &cyrus_binding_), SASL_OK);
  }
}

CyrusServer::~CyrusServer() { sasl_dispose(&conn_); }

CyrusServer::Reply CyrusServer::Answer(int code, const char *out, unsigned out_len) {
  if (code == SASL_CONTINUE) return {POP3_AUTH_CHALLENGE, Encode64(out, out_len)};
  if (code == SASL_OK) return {POP3_AUTH_POSITIVE, "welcome"};
  return {POP3_AUTH_NEGATIVE, std::string("[AUTH] ") + sasl_errdetail(conn_)};
}

CyrusServer::Reply CyrusServer::Take(const std::string &line) {
  const char *out = nullptr;
  unsigned out_len = 0;
  std::string in;
  if (started_) {
    if (!Decode64(line, &in)) return {POP3_AUTH_NEGATIVE, "not base64"};
    const int code =
        sasl_server_step(conn_, in.data(), static_cast<unsigned>(in.size()), &out, &out_len);
    return Answer(code, out, out_len);
  }
  EXPECT_EQ(line.compare(0, 5, "AUTH "), 0) << line;
  EXPECT_LE(line.size() + 2, 255U) << "RFC 5034";
  std::string mechanism = line.substr(5);
  const size_t space = mechanism.find(' ');
  const bool has_initial = space != std::string::npos;
  if (has_initial) {
    const std::string initial = mechanism.substr(space + 1);
    mechanism.resize(space);
    if (initial != "=" && !Decode64(initial, &in)) return {POP3_AUTH_NEGATIVE, "not base64"};
  }
  started_ = true;
  const int code = sasl_server_start(conn_, mechanism.c_str(), has_initial ? in.data() : nullptr,
                                     static_cast<unsigned>(in.size()), &out, &out_len);
  return Answer(code, out, out_len);
}

std::string CyrusServer::user() const {
  const void *value = nullptr;
  if (sasl_getprop(conn_, SASL_USERNAME, &value) != SASL_OK) return "";
  return static_cast<const char *>(value);
}

unsigned CyrusServer::ssf() const {
  const void *value = nullptr;
  if (sasl_getprop(conn_, SASL_SSF, &value) != SASL_OK) return 0;
  return *static_cast<const sasl_ssf_t *>(value);
}

std::string CyrusServer::Encode(const std::string &plain) {
  const char *out = nullptr;
  unsigned len = 0;
  EXPECT_EQ(sasl_encode(conn_, plain.data(), static_cast<unsigned>(plain.size()), &out, &len),
            SASL_OK);
  return std::string(out, len);
}

std::string CyrusServer::Decode(const std::string &coded) {
  const char *out = nullptr;
  unsigned len = 0;
  if (sasl_decode(conn_, coded.data(), static_cast<unsigned>(coded.size()), &out, &len) !=
      SASL_OK) {
    return "bad";
  }
  return std::string(len > 0 ? out : "", len);
}

}  // namespace pop3_testing
