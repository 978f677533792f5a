#include <gtest/gtest.h>

extern "C" {
#include "tools/bazel/boringssl/import.h"
}

namespace {

TEST(ImportDeathTest, AMissingLibraryIsNamedWithItsPackage) {
  EXPECT_DEATH(boringssl_import_open("/nowhere/libcrypto.so.0"),
               "cannot load /nowhere/libcrypto.so.0: .*No such file(.|\n)*"
               "apt-get install android-libboringssl");
}

TEST(ImportDeathTest, AMissingFunctionIsNamed) {
  void *libc = boringssl_import_open("libm.so.6");
  void *slot = nullptr;
  EXPECT_NE(boringssl_import_bind(libc, "libm.so.6", &slot, "cos"), nullptr);
  EXPECT_NE(slot, nullptr);
  EXPECT_DEATH(boringssl_import_bind(libc, "libm.so.6", &slot, "MD5_Initialise"),
               "there is no MD5_Initialise in libm.so.6");
}

}  // namespace
