#include "transports/tcp_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace tcp_options_test {
namespace {

class TcpOptions : public ::testing::Test {
 protected:
  pop3_status Read(const std::vector<pop3_option> &options, const char *host = "mail.example") {
    pop3_transport_config config = {sizeof(config), 110, host, options.data(), options.size()};
    error_ = POP3_ERROR_INIT;
    return p3_tcp_options_read(&options_, host_.get(), &config, &error_);
  }

  std::string Fixed(size_t i) {
    char name[P3_ADDRESS_NAME_MAX];
    p3_address_name(name, sizeof(name), &options_.fixed.at[i].of.any, options_.fixed.at[i].len);
    return name;
  }

  TestHost host_;
  p3_tcp_options options_;
  pop3_error error_;
};

TEST_F(TcpOptions, HasDefaults) {
  ASSERT_EQ(Read({}), POP3_OK);
  EXPECT_EQ(options_.family, AF_UNSPEC);
  EXPECT_EQ(options_.fd, -1);
  EXPECT_EQ(options_.own_fd, 0);
  EXPECT_EQ(options_.nodelay, P3_TCP_DEFAULT);
  EXPECT_EQ(options_.keepalive, P3_TCP_DEFAULT);
  EXPECT_EQ(options_.source_reserved, 0);
  EXPECT_EQ(options_.delay_ms, 250);
  EXPECT_EQ(options_.source.len, 0u);
  EXPECT_EQ(options_.fixed.count, 0u);
}

TEST_F(TcpOptions, ReadsEach) {
  ASSERT_EQ(Read({Text("tcp.source_address", "127.0.0.5"), Number("tcp.source_port_reserved", 1),
                  Number("tcp.fd", 7), Number("tcp.own_fd", 1), Number("tcp.nodelay", 0),
                  Number("tcp.keepalive", 0), Number("tcp.attempt_delay_ms", 10),
                  Text("tcp.resolve", "mail.example:[::1],127.0.0.1,::2")}),
            POP3_OK)
      << error_.text;
  EXPECT_EQ(options_.family, AF_INET) << "that of the source address";
  EXPECT_EQ(options_.fd, 7);
  EXPECT_EQ(options_.own_fd, 1);
  EXPECT_EQ(options_.nodelay, 0);
  EXPECT_EQ(options_.keepalive, 0);
  EXPECT_EQ(options_.source_reserved, 1);
  EXPECT_EQ(options_.delay_ms, 10);
  ASSERT_EQ(options_.fixed.count, 3u);
  EXPECT_EQ(Fixed(0), "[::1]:110");
  EXPECT_EQ(Fixed(1), "127.0.0.1:110");
  EXPECT_EQ(Fixed(2), "[::2]:110");
}

TEST_F(TcpOptions, ReadsFamilies) {
  ASSERT_EQ(Read({Text("tcp.family", "ipv4")}), POP3_OK);
  EXPECT_EQ(options_.family, AF_INET);
  ASSERT_EQ(Read({Text("tcp.family", "ipv6")}), POP3_OK);
  EXPECT_EQ(options_.family, AF_INET6);
  ASSERT_EQ(Read({Text("tcp.family", "ipv6"), Text("tcp.family", "any")}), POP3_OK);
  EXPECT_EQ(options_.family, AF_UNSPEC);
}

TEST_F(TcpOptions, TakesTheEntryOfItsHostOnly) {
  ASSERT_EQ(Read({Text("tcp.resolve", "mail.example:127.0.0.1"),
                  Text("tcp.resolve", "other.example:127.0.0.2"),
                  Text("tcp.resolve", "mail.exampl:127.0.0.3"),
                  Text("tcp.resolve", "mail.example.org:127.0.0.3")},
                 "MAIL.example"),
            POP3_OK);
  ASSERT_EQ(options_.fixed.count, 1u);
  EXPECT_EQ(Fixed(0), "127.0.0.1:110");
  ASSERT_EQ(Read({Text("tcp.resolve", "mail.example:127.0.0.1"),
                  Text("tcp.resolve", "mail.example:127.0.0.2")}),
            POP3_OK);
  ASSERT_EQ(options_.fixed.count, 1u) << "the last one counts";
  EXPECT_EQ(Fixed(0), "127.0.0.2:110");
}

TEST_F(TcpOptions, ConnectsElsewhere) {
  ASSERT_EQ(Read({}), POP3_OK);
  EXPECT_STREQ(options_.host, "mail.example");
  EXPECT_EQ(options_.port, 110u);
  ASSERT_EQ(Read({Text("tcp.resolve", "proxy.example:127.0.0.3"),
                  Text("tcp.resolve", "mail.example:127.0.0.4"),
                  Text("tcp.connect_host", "proxy.example"), Number("tcp.connect_port", 1080)}),
            POP3_OK);
  EXPECT_STREQ(options_.host, "proxy.example");
  EXPECT_EQ(options_.port, 1080u);
  ASSERT_EQ(options_.fixed.count, 1u);
  EXPECT_EQ(Fixed(0), "127.0.0.3:1080") << "whichever option comes first";
  EXPECT_EQ(Read({Number("tcp.fd", 3), Text("tcp.connect_host", "x")}), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Read({Number("tcp.fd", 3), Number("tcp.connect_port", 1)}), POP3_ERR_ARGUMENT);
}

TEST_F(TcpOptions, LeavesOtherPrefixesAlone) {
  EXPECT_EQ(Read({Text("tls.ca_file", "x"), Number("tcpx.fd", -5), Text("unix.peer_uid", "?"),
                  Number("tcp", 1)}),
            POP3_OK);
  pop3_option nameless = {nullptr, nullptr, 0, nullptr};
  EXPECT_EQ(Read({nameless}), POP3_OK);
}

TEST_F(TcpOptions, RefusesWhatItDoesNotKnowOrCannotUse) {
  const int object = 0;
  pop3_option foreign = {"tcp.fd", nullptr, 3, &object};
  pop3_option foreign_text = {"tcp.family", "any", 0, &object};
  const std::vector<pop3_option> bad = {
      Number("tcp.", 1),
      Number("tcp.no_such_thing", 1),
      Number("tcp.FD", 1),
      Number("tcp.fd", -1),
      Number("tcp.fd", INT64_C(1) << 32),
      Text("tcp.fd", "3"),
      foreign,
      Text("tcp.connect_host", ""),
      Number("tcp.connect_host", 1),
      Number("tcp.connect_port", 0),
      Number("tcp.connect_port", 65536),
      Text("tcp.connect_port", "1080"),
      Number("tcp.nodelay", 2),
      Number("tcp.keepalive", -1),
      Number("tcp.own_fd", 1),  // without tcp.fd
      Number("tcp.source_port_reserved", 600),
      Number("tcp.attempt_delay_ms", 9),
      Number("tcp.attempt_delay_ms", 60001),
      Text("tcp.family", "inet"),
      Number("tcp.family", 4),
      foreign_text,
      Text("tcp.source_address", "localhost"),
      Text("tcp.source_address", ""),
      Number("tcp.source_address", 1),
      Text("tcp.resolve", ""),
      Text("tcp.resolve", "mail.example"),
      Text("tcp.resolve", ":127.0.0.1"),
      Text("tcp.resolve", "mail.example:"),
      Text("tcp.resolve", "mail.example:127.0.0.1,"),
      Text("tcp.resolve", "mail.example:,127.0.0.1"),
      Text("tcp.resolve", "mail.example:localhost"),
      Text("tcp.resolve", "other.example:localhost"),
      Text("tcp.resolve", "mail.example:[]"),
  };
  for (const pop3_option &option : bad) {
    const std::string shown = std::string(option.name) + "=" + (option.text ? option.text : "#") +
                              std::to_string(option.number);
    EXPECT_EQ(Read({option}), POP3_ERR_ARGUMENT) << shown;
    EXPECT_EQ(error_.status, POP3_ERR_ARGUMENT) << shown;
    EXPECT_NE(std::string(error_.text).find(std::string("option ") + option.name + ":"),
              std::string::npos)
        << shown << ": " << error_.text;
  }
  const std::string endless = "mail.example:" + std::string(5000, '1');
  EXPECT_EQ(Read({Text("tcp.resolve", endless.c_str())}), POP3_ERR_ARGUMENT);
}

TEST_F(TcpOptions, RefusesFamiliesThatContradict) {
  EXPECT_EQ(Read({Text("tcp.family", "ipv6"), Text("tcp.source_address", "127.0.0.1")}),
            POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(error_.text).find("tcp.source_address"), std::string::npos);
  EXPECT_EQ(Read({Text("tcp.family", "ipv6"), Text("tcp.source_address", "::1")}), POP3_OK);
}

}  // namespace
}  // namespace tcp_options_test
}  // namespace pop3_testing
