#include "transports/address.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/un.h>

#include <cstring>
#include <string>
#include <vector>

namespace pop3_testing {
namespace address_test {
namespace {

p3_address Parse(const char *text, uint32_t port = 110) {
  p3_address address = {};
  EXPECT_EQ(p3_address_parse(&address, text, port), 1) << text;
  return address;
}

std::string Name(const p3_address &address) {
  char name[P3_ADDRESS_NAME_MAX];
  p3_address_name(name, sizeof(name), &address.of.any, address.len);
  return name;
}

p3_address_list List(const std::vector<const char *> &texts) {
  p3_address_list list;
  list.count = 0;
  for (const char *text : texts) {
    const p3_address address = Parse(text);
    p3_address_add(&list, &address.of.any, address.len, AF_UNSPEC);
  }
  return list;
}

std::string Names(const p3_address_list &list) {
  std::string names;
  for (size_t i = 0; i < list.count; i++) {
    if (i > 0) names += ' ';
    names += Name(list.at[i]);
  }
  return names;
}

TEST(Address, ReadsAndNamesNumericOnes) {
  EXPECT_EQ(Name(Parse("192.0.2.1")), "192.0.2.1:110");
  EXPECT_EQ(Name(Parse("2001:DB8::1", 65535)), "[2001:db8::1]:65535");
  EXPECT_EQ(Name(Parse("::ffff:192.0.2.1")), "[::ffff:192.0.2.1]:110");
  EXPECT_EQ(Name(Parse("fe80::1%lo")), "[fe80::1%lo]:110");
  p3_address address;
  for (const char *text : {"localhost", "", "mail.example", "[::1]", "1.2.3.4.5", "192.0.2.1 ",
                           "::1::", "1.2.3.256"}) {
    EXPECT_EQ(p3_address_parse(&address, text, 110), 0) << text;
  }
  EXPECT_EQ(p3_address_parse(&address, "::1", 65536), 0);
}

TEST(Address, KnowsPorts) {
  for (const char *text : {"192.0.2.1", "::1"}) {
    p3_address address = Parse(text);
    EXPECT_EQ(p3_address_port(&address), 110);
    p3_address_set_port(&address, 995);
    EXPECT_EQ(p3_address_port(&address), 995);
  }
}

TEST(Address, KnowsWhatStaysOnThisMachine) {
  for (const char *text : {"127.0.0.1", "127.255.0.5", "::1", "::ffff:127.0.0.1"}) {
    const p3_address address = Parse(text);
    EXPECT_EQ(p3_address_is_local(&address.of.any, address.len), 1) << text;
  }
  for (const char *text : {"126.255.255.255", "128.0.0.1", "0.0.0.0", "::", "::2",
                           "::ffff:128.0.0.1", "::127.0.0.1", "fe80::1%lo", "7f00::1"}) {
    const p3_address address = Parse(text);
    EXPECT_EQ(p3_address_is_local(&address.of.any, address.len), 0) << text;
  }
  const p3_address v4 = Parse("127.0.0.1");
  const p3_address v6 = Parse("::1");
  EXPECT_EQ(p3_address_is_local(&v4.of.any, v4.len - 1), 0) << "cut short";
  EXPECT_EQ(p3_address_is_local(&v6.of.any, v6.len - 1), 0) << "cut short";
  EXPECT_EQ(p3_address_is_local(&v4.of.any, 0), 0);
  struct sockaddr_storage other = {};
  other.ss_family = AF_UNIX;
  EXPECT_EQ(p3_address_is_local(reinterpret_cast<sockaddr *>(&other), sizeof(other)), 1);
  other.ss_family = AF_PACKET;
  EXPECT_EQ(p3_address_is_local(reinterpret_cast<sockaddr *>(&other), sizeof(other)), 0);
}

TEST(Address, LetsFamiliesTakeTurns) {
  p3_address_list list = List({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"});
  p3_address_interleave(&list);
  EXPECT_EQ(Names(list), "[::1]:110 10.0.0.1:110 [::2]:110 10.0.0.2:110 [::3]:110");
  list = List({"10.0.0.1", "::1", "::2", "::3"});
  p3_address_interleave(&list);
  EXPECT_EQ(Names(list), "10.0.0.1:110 [::1]:110 [::2]:110 [::3]:110");
  list = List({"10.0.0.1", "10.0.0.2", "10.0.0.3", "::1"});
  p3_address_interleave(&list);
  EXPECT_EQ(Names(list), "10.0.0.1:110 [::1]:110 10.0.0.2:110 10.0.0.3:110");
  list = List({"10.0.0.1", "10.0.0.2"});
  p3_address_interleave(&list);
  EXPECT_EQ(Names(list), "10.0.0.1:110 10.0.0.2:110");
  list = List({});
  p3_address_interleave(&list);
  EXPECT_EQ(Names(list), "");
}

TEST(Address, AddsEachOnceAndOnlyWhatIsWanted) {
  p3_address_list list = List({"10.0.0.1", "10.0.0.1", "::1", "::1"});
  EXPECT_EQ(list.count, 2u);
  const p3_address v4 = Parse("10.0.0.9");
  p3_address_add(&list, &v4.of.any, v4.len, AF_INET6);
  EXPECT_EQ(list.count, 2u);
  struct sockaddr_storage other = {};
  other.ss_family = AF_UNIX;
  p3_address_add(&list, reinterpret_cast<sockaddr *>(&other), sizeof(other), AF_UNSPEC);
  EXPECT_EQ(list.count, 2u);
  for (int i = 0; i < 100; i++) {
    const p3_address address = Parse(("10.0.1." + std::to_string(i)).c_str());
    p3_address_add(&list, &address.of.any, address.len, AF_UNSPEC);
  }
  EXPECT_EQ(list.count, static_cast<size_t>(P3_ADDRESS_MAX));
}

TEST(Address, TellsApart) {
  const char *const texts[] = {"10.0.0.1", "10.0.0.2", "::1", "::2", "fe80::1", "fe80::1%lo"};
  for (const char *a : texts) {
    for (const char *b : texts) {
      const p3_address x = Parse(a), y = Parse(b), z = Parse(b, 995);
      EXPECT_EQ(p3_address_equal(&x.of.any, x.len, &y.of.any, y.len), a == b) << a << b;
      EXPECT_EQ(p3_address_equal(&x.of.any, x.len, &z.of.any, z.len), 0) << a << b;
    }
  }
  struct sockaddr_storage other = {};
  other.ss_family = AF_UNIX;
  const auto *sa = reinterpret_cast<sockaddr *>(&other);
  EXPECT_EQ(p3_address_equal(sa, sizeof(other), sa, sizeof(other)), 0);
}

std::string UnixName(const std::string &path) {
  struct sockaddr_un un = {};
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), path.size());
  char name[P3_ADDRESS_NAME_MAX];
  p3_address_name(name, sizeof(name), reinterpret_cast<sockaddr *>(&un),
                  static_cast<socklen_t>(offsetof(struct sockaddr_un, sun_path) + path.size()));
  return name;
}

TEST(Address, NamesOtherSockets) {
  EXPECT_EQ(UnixName("/run/pop3"), "/run/pop3");
  EXPECT_EQ(UnixName(std::string("/run/pop3\0", 10)), "/run/pop3");
  EXPECT_EQ(UnixName(std::string(108, 'x')), std::string(108, 'x'));
  EXPECT_EQ(UnixName(std::string("\0abstract", 9)), "@abstract");
  EXPECT_EQ(UnixName(""), "unix socket");
  struct sockaddr_storage other = {};
  other.ss_family = AF_PACKET;
  char name[P3_ADDRESS_NAME_MAX];
  p3_address_name(name, sizeof(name), reinterpret_cast<sockaddr *>(&other), sizeof(other));
  EXPECT_EQ(std::string(name), "socket of family " + std::to_string(AF_PACKET));
}

}  // namespace
}  // namespace address_test
}  // namespace pop3_testing
