#include "tests/auth/sasl_probe.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sasl/saslplug.h>
#include <sys/uio.h>

#include <algorithm>

#include "auth/sasl_client.h"

namespace pop3_testing {

int SaslProbe::mutexes_told = 0;
bool SaslProbe::takes_the_log = false;
unsigned SaslProbe::ssf = 0;
unsigned SaslProbe::max_out = 0;
int SaslProbe::encode_code = SASL_OK;
sasl_security_properties_t SaslProbe::wanted = {};
unsigned SaslProbe::external_ssf = 0;
unsigned SaslProbe::longest = 0;

namespace {

constexpr size_t kHeader = 4;

const sasl_utils_t *g_utils = nullptr;
// What the layer gave last: the caller's until the next.
std::string g_encoded;
std::string g_decoded;

int New(void *, sasl_client_params_t *, void **context) {
  *context = &g_utils;  // anything: it has no state
  return SASL_OK;
}

int Encode(void *, const struct iovec *parts, unsigned count, const char **out, unsigned *out_len) {
  std::string text;
  for (unsigned i = 0; i < count; i++) {
    text.append(static_cast<const char *>(parts[i].iov_base), parts[i].iov_len);
  }
  SaslProbe::longest = std::max(SaslProbe::longest, static_cast<unsigned>(text.size()));
  g_encoded = SaslProbe::Frame(text);
  *out = g_encoded.data();
  *out_len = static_cast<unsigned>(g_encoded.size());
  return SaslProbe::encode_code;
}

int Decode(void *, const char *in, unsigned len, const char **out, unsigned *out_len) {
  g_decoded.assign(in + kHeader, len - kHeader);
  *out = g_decoded.data();
  *out_len = static_cast<unsigned>(g_decoded.size());
  return SASL_OK;
}

int Step(void *, sasl_client_params_t *params, const char *, unsigned, sasl_interact_t **,
         const char **out, unsigned *out_len, sasl_out_params_t *result) {
  SaslProbe::wanted = params->props;
  SaslProbe::external_ssf = params->external_ssf;
  *out = "hello";
  *out_len = 5;
  const int code =
      params->canon_user(params->utils->conn, "alice", 0, SASL_CU_AUTHID | SASL_CU_AUTHZID, result);
  result->doneflag = 1;
  result->mech_ssf = SaslProbe::ssf;
  result->maxoutbuf = SaslProbe::max_out;
  if (SaslProbe::ssf > 0) {
    result->encode = Encode;
    result->decode = Decode;
  }
  return code;
}

void Dispose(void *, const sasl_utils_t *) {}

// libsasl2 reads it anew at each start.
sasl_client_plug_t g_mechanism = {};

int Init(const sasl_utils_t *utils, int, int *version, sasl_client_plug_t **list, int *count) {
  g_utils = utils;
  *version = SASL_CLIENT_PLUG_VERSION;
  g_mechanism.mech_name = "X-PROBE";
  g_mechanism.max_ssf = 256;
  g_mechanism.features = SASL_FEAT_WANT_CLIENT_FIRST;
  g_mechanism.mech_new = New;
  g_mechanism.mech_step = Step;
  g_mechanism.mech_dispose = Dispose;
  *list = &g_mechanism;
  *count = 1;
  return SASL_OK;
}

}  // namespace

void SaslProbe::Use() {
  Claim(SASL_SEC_NOPLAINTEXT | SASL_SEC_NOANONYMOUS);
  ssf = max_out = 0;
  encode_code = SASL_OK;
  wanted = {};
  external_ssf = longest = 0;
  static const int code = [] {
    const int set_up = p3_sasl_set_up();
    return set_up != SASL_OK ? set_up : sasl_client_add_plugin("x-probe", Init);
  }();
  EXPECT_EQ(code, SASL_OK);
}

void SaslProbe::Claim(unsigned security_flags) { g_mechanism.security_flags = security_flags; }

SaslProbe::Mutexes SaslProbe::mutexes() {
  Use();
  return {g_utils->mutex_alloc, g_utils->mutex_lock, g_utils->mutex_unlock, g_utils->mutex_free};
}

std::string SaslProbe::Frame(const std::string &text) {
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>(text.size() >> shift & 0xFF));
  }
  return frame + text;
}

}  // namespace pop3_testing

extern "C" void sasl_set_mutex(sasl_mutex_alloc_t *alloc, sasl_mutex_lock_t *lock,
                               sasl_mutex_unlock_t *unlock, sasl_mutex_free_t *release) {
  using Real = decltype(&sasl_set_mutex);
  pop3_testing::SaslProbe::mutexes_told++;
  reinterpret_cast<Real>(dlsym(RTLD_NEXT, "sasl_set_mutex"))(alloc, lock, unlock, release);
}

extern "C" int sasl_client_init(const sasl_callback_t *callbacks) {
  using Real = decltype(&sasl_client_init);
  pop3_testing::SaslProbe::takes_the_log = false;
  for (const sasl_callback_t *one = callbacks; one != nullptr && one->id != SASL_CB_LIST_END;
       one++) {
    if (one->id == SASL_CB_LOG) pop3_testing::SaslProbe::takes_the_log = one->proc != nullptr;
  }
  return reinterpret_cast<Real>(dlsym(RTLD_NEXT, "sasl_client_init"))(callbacks);
}
