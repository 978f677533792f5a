#include "tools/cli/json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace json_test {
namespace {

using namespace std::string_view_literals;

class Json : public testing::Test {
 protected:
  Json() : file_(open_memstream(&data_, &len_)) { cli_json_init(&json_, file_); }
  ~Json() override {
    fclose(file_);
    free(data_);
  }

  std::string Written() {
    fflush(file_);
    return {data_, len_};
  }

  std::string Quoted(std::string_view text) {
    rewind(file_);
    cli_json_init(&json_, file_);
    cli_json_string(&json_, text.data(), text.size());
    return Written();
  }

  char *data_ = nullptr;
  size_t len_ = 0;
  FILE *file_;
  cli_json json_;
};

TEST_F(Json, NestsWithCommasWhereTheyBelong) {
  cli_json_open(&json_, '{');
  cli_json_key(&json_, "a");
  cli_json_number(&json_, UINT64_MAX);
  cli_json_key(&json_, "b");
  cli_json_open(&json_, '[');
  cli_json_close(&json_, ']');
  cli_json_key(&json_, "c");
  cli_json_open(&json_, '[');
  cli_json_bool(&json_, 1);
  cli_json_bool(&json_, 0);
  cli_json_null(&json_);
  cli_json_open(&json_, '{');
  cli_json_close(&json_, '}');
  cli_json_close(&json_, ']');
  cli_json_close(&json_, '}');
  cli_json_end(&json_);
  EXPECT_EQ("{\"a\":18446744073709551615,\"b\":[],\"c\":[true,false,null,{}]}\n", Written());
}

TEST_F(Json, EscapesStrings) {
  EXPECT_EQ("\"plain ~\"", Quoted("plain ~"));
  EXPECT_EQ(R"("\"\\/")", Quoted(R"("\/)"));
  EXPECT_EQ(R"("\u0000\u000a\u001f\u007f")", Quoted("\0\n\x1f\x7f"sv));
}

TEST_F(Json, KeepsUtf8AndTakesTheRestAsLatin1) {
  EXPECT_EQ("\"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x93\xAC\"",
            Quoted("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x93\xAC"));
  EXPECT_EQ(R"("gr\u00fc")", Quoted("gr\xFC"));
  EXPECT_EQ(R"("\u00c0\u0080")", Quoted("\xC0\x80")) << "overlong";
  EXPECT_EQ(R"("\u00e0\u0082\u0080")", Quoted("\xE0\x82\x80")) << "overlong";
  EXPECT_EQ(R"("\u00f0\u0082\u0080\u0080")", Quoted("\xF0\x82\x80\x80")) << "overlong";
  EXPECT_EQ(R"("\u00ed\u00a0\u0080")", Quoted("\xED\xA0\x80")) << "surrogate";
  EXPECT_EQ(R"("\u00f4\u0090\u0080\u0080")", Quoted("\xF4\x90\x80\x80")) << "above U+10FFFF";
  EXPECT_EQ(R"("\u00e2\u0082")", Quoted("\xE2\x82\xAC"sv.substr(0, 2))) << "cut";
}

}  // namespace
}  // namespace json_test
