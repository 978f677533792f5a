#include "core/codec/url_host.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace url_host_test {
namespace {

using namespace std::string_view_literals;

TEST(HostNameValid, Table) {
  const std::string longest(253, 'x');
  struct {
    std::string text;
    bool valid;
  } cases[] = {
      {"localhost", true},
      {"pop.example.com", true},
      {"pop.example.com.", true},
      {"192.0.2.1", true},
      {"xn--bcher-kva.example", true},
      {"my_host-1", true},
      {"-x-", true},
      {longest, true},
      {longest + ".", true},
      {longest + "x", false},
      {"", false},
      {".", false},
      {"..", false},
      {"a..b", false},
      {".a", false},
      {"a..", false},
      {"a b", false},
      {"a/b", false},
      {"a:b", false},
      {"a@b", false},
      {"b\xC3\xBC"
       "cher",
       false},
      {std::string("a\0b", 3), false},
      {"a\n", false},
      {"a%b", false},
  };
  for (const auto &c : cases) {
    EXPECT_EQ(p3_host_name_valid(c.text.data(), c.text.size()) != 0, c.valid) << c.text;
  }
}

TEST(Ipv6Valid, Table) {
  struct {
    std::string_view text;
    bool valid;
  } cases[] = {
      {"::", true},
      {"::1", true},
      {"1::", true},
      {"2001:db8::1", true},
      {"2001:DB8:0:0:8:800:200C:417A", true},
      {"1:2:3:4:5:6:7:8", true},
      {"1:2:3:4:5:6:7::", true},
      {"::2:3:4:5:6:7:8", true},
      {"1::8", true},
      {"::ffff:192.0.2.1", true},
      {"::192.0.2.1", true},
      {"1:2:3:4:5:6:192.0.2.1", true},
      {"1:2:3:4:5::192.0.2.1", true},
      {"", false},
      {":", false},
      {":::", false},
      {"1", false},
      {"1:", false},
      {":1", false},
      {"1:2", false},
      {"1:::2", false},
      {"1::2::3", false},
      {"1:2:3:4:5:6:7", false},
      {"1:2:3:4:5:6:7:8:9", false},
      {"1::2:3:4:5:6:7:8", false},
      {"12345::", false},
      {"g::", false},
      {"::1%", false},
      {"::1 ", false},
      {"::\0"sv, false},
      {"192.0.2.1", false},
      {"::192.0.2", false},
      {"::192.0.2.256", false},
      {"::192.0.2.1.1", false},
      {"::192.0.2.1:1", false},
      {"::192..2.1", false},
      {"::.1.2.3", false},
      {"::a.1.2.3", false},
      {"::1.2.3.0004", false},
      {"1:2:3:4:5:6:7:192.0.2.1", false},
      {"1:2:3:4:5:6::192.0.2.1", false},
      {"1:2:3:4:5:6:7:8:192.0.2.1", false},
  };
  for (const auto &c : cases) {
    EXPECT_EQ(p3_ipv6_valid(c.text.data(), c.text.size()) != 0, c.valid) << c.text;
  }
}

}  // namespace
}  // namespace url_host_test
