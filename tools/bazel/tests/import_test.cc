#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>

extern "C" {
#include "tools/bazel/boringssl/import.h"
}

namespace import_test {
namespace {

void *Find(const boringssl_import_library &library, const char *name) {
  void *slot = nullptr;
  void *address = boringssl_import_find(&library, &slot, name);
  return slot == address ? address : nullptr;
}

template <typename Function>
Function *As(void *address) {
  Function *function = nullptr;
  std::memcpy(&function, &address, sizeof(function));
  return function;
}

// Says on stderr what each function answers that has an answer while BoringSSL is absent.
void TellAnswers(const boringssl_import_library &library) {
  auto *method = As<const void *()>(Find(library, "TLS_method"));
  auto *context = As<void *(const void *)>(Find(library, "SSL_CTX_new"));
  auto *init = As<int(void *)>(Find(library, "MD5_Init"));
  auto *clear = As<void()>(Find(library, "ERR_clear_error"));
  clear();
  fprintf(stderr, "%d %d %d", method() == nullptr, context(method()) == nullptr, init(nullptr));
  for (const char *name : {"ERR_get_error", "ERR_peek_error", "ERR_peek_last_error"}) {
    const uint32_t code = As<uint32_t()>(Find(library, name))();
    auto *reason = As<const char *(uint32_t)>(Find(library, "ERR_reason_error_string"));
    fprintf(stderr, " %d", code != 0 && (code & 0xfff) == 1);
    if (std::strcmp(name, "ERR_peek_error") == 0) fprintf(stderr, " [%s]", reason(code));
  }
  fprintf(stderr, "\n");
}

// Opens what cannot be opened, tells the answers and ends: what was found out holds for a program
// as a whole.
[[noreturn]] void TellAbsence(const char *path, const char *needed) {
  boringssl_import_library library = {path, needed, nullptr};
  if (boringssl_import_open(&library) != 0 || boringssl_import_why() == nullptr) _exit(1);
  TellAnswers(library);
  _exit(0);
}

void CallAbsent(const char *name) {
  boringssl_import_library library = {"/nowhere/libcrypto.so.0", "", nullptr};
  if (boringssl_import_open(&library) == 0) Find(library, name);
}

TEST(ImportDeathTest, AMissingLibraryIsNamedWithItsPackage) {
  EXPECT_EXIT(
      TellAbsence("/nowhere/libcrypto.so.0", ""), testing::ExitedWithCode(0),
      "1 1 0 1 1 \\[BoringSSL cannot be loaded; it is in Debian's package android-libboringssl "
      "\\(/nowhere/libcrypto.so.0: .*No such file.*\\)\\] 1");
}

TEST(ImportDeathTest, ALibraryWithoutANeededFunctionIsOfNoUse) {
  EXPECT_EXIT(
      TellAbsence("libm.so.6", "cos\0MD5_Initialise\0sin\0"), testing::ExitedWithCode(0),
      "1 1 0 1 1 \\[this version of BoringSSL is another .*android-libboringssl \\(there is no "
      "MD5_Initialise in libm.so.6\\)\\] 1");
}

// 0 would be "the same": who has not asked gets no answer.
TEST(ImportDeathTest, OfAnAbsentLibraryNothingElseIsAnswered) {
  EXPECT_DEATH(
      CallAbsent("CRYPTO_memcmp"),
      "boringssl: CRYPTO_memcmp was called. BoringSSL cannot be loaded.*android-libboringssl");
}

TEST(ImportDeathTest, AFunctionThatIsNotThereIsNamed) {
  boringssl_import_library library = {"libm.so.6", "cos\0sin\0", nullptr};
  ASSERT_EQ(boringssl_import_open(&library), 1);
  EXPECT_EQ(boringssl_import_why(), nullptr);
  EXPECT_NE(Find(library, "cos"), nullptr);
  EXPECT_DEATH(Find(library, "MD5_Initialise"), "there is no MD5_Initialise in libm.so.6");
}

}  // namespace
}  // namespace import_test
