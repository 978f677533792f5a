#include "core/base/plugin_tables.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace plugin_tables_test {
namespace {

const char kOtherMajor[] = "built for another major version of the interface";
const char kTooSmall[] = "the table is smaller than the interface demands";

pop3_transport_ops Transport() {
  pop3_transport_ops ops = {};
  ops.abi = POP3_ABI;
  ops.size = sizeof(ops);
  ops.name = "tcp";
  ops.flags = POP3_TRANSPORT_BOTTOM;
  ops.create = [](const pop3_host *, const pop3_transport_config *, const pop3_layer *, void **,
                  pop3_error *) { return POP3_OK; };
  ops.connect = [](void *, pop3_error *) { return POP3_IO_DONE; };
  ops.read = [](void *, uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_EOF; };
  ops.write = [](void *, const uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_EOF; };
  ops.interest = [](void *, pop3_interest *) {};
  ops.destroy = [](void *) {};
  return ops;
}

pop3_auth_ops Auth() {
  pop3_auth_ops ops = {};
  ops.abi = POP3_ABI;
  ops.size = sizeof(ops);
  ops.name = "user";
  ops.score = [](const pop3_host *, const pop3_auth_context *, char *, size_t) { return 1; };
  ops.begin = [](const pop3_host *, const pop3_auth_context *, void **, pop3_error *) {
    return POP3_OK;
  };
  ops.step = [](void *, const pop3_auth_input *, pop3_auth_output *, pop3_error *) {
    return POP3_AUTH_FAIL;
  };
  ops.end = [](void *) {};
  return ops;
}

// The problem and, behind a slash, the name that may be shown; "fine" if there is none.
template <class Ops>
std::string Problem(const char *(*check)(const Ops *, const char **), const Ops *ops) {
  const char *name = "left alone";
  const char *problem = check(ops, &name);
  EXPECT_EQ(check(ops, nullptr), problem) << "whoever does not want the name hears the same";
  return std::string(problem != nullptr ? problem : "fine") + "/" +
         (name != nullptr ? name : "none");
}

TEST(PluginName, Table) {
  const struct {
    const char *name;
    size_t most;
    bool valid;
  } cases[] = {
      {nullptr, 15, false}, {"", 15, false},     {"a", 1, true},          {"ab", 1, false},
      {"tcp", 3, true},     {"tcps", 3, false},  {"az09-_", 15, true},    {"Tcp", 15, false},
      {"tc.p", 15, false},  {"tcp ", 15, false}, {"`", 15, false},        {"{", 15, false},
      {"/", 15, false},     {":", 15, false},    {"\xC3\xA4", 15, false}, {"t\n", 15, false},
  };
  for (const auto &c : cases) {
    EXPECT_EQ(p3_name_is_valid(c.name, c.most), c.valid ? 1 : 0)
        << (c.name != nullptr ? c.name : "NULL") << " of " << c.most;
  }
}

struct TransportCase {
  const char *problem;
  void (*breakage)(pop3_transport_ops *);
};

const char kPlace[] = "flags say neither bottom nor upper, or both/tcp";
const char kMissing[] = "create, connect, read, write, interest or destroy is NULL/tcp";
const char kName15[] = "the name is not 1 to 15 of a-z 0-9 - _/none";

const TransportCase kTransports[] = {
    {"fine/tcp", [](pop3_transport_ops *) {}},
    {"fine/tcp", [](pop3_transport_ops *ops) { ops->abi = POP3_ABI + 7; }},
    {"fine/tcp", [](pop3_transport_ops *ops) { ops->size += 8; }},
    {"fine/tcp", [](pop3_transport_ops *ops) { ops->flags = POP3_TRANSPORT_UPPER | 0x100; }},
    {"fine/fifteen-octets_", [](pop3_transport_ops *ops) { ops->name = "fifteen-octets_"; }},
    {kName15, [](pop3_transport_ops *ops) { ops->name = "sixteen-octets-x"; }},
    {kName15, [](pop3_transport_ops *ops) { ops->name = nullptr; }},
    {kName15, [](pop3_transport_ops *ops) { ops->name = "\x1B[2J"; }},
    {kPlace, [](pop3_transport_ops *ops) { ops->flags = POP3_TRANSPORT_ENCRYPTS; }},
    {kPlace,
     [](pop3_transport_ops *ops) { ops->flags = POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_UPPER; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->create = nullptr; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->connect = nullptr; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->read = nullptr; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->write = nullptr; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->interest = nullptr; }},
    {kMissing, [](pop3_transport_ops *ops) { ops->destroy = nullptr; }},
};

TEST(TransportTable, Problems) {
  for (const TransportCase &c : kTransports) {
    pop3_transport_ops ops = Transport();
    c.breakage(&ops);
    EXPECT_EQ(Problem(p3_transport_problem, &ops), c.problem) << &c - kTransports;
  }
  EXPECT_EQ(Problem<pop3_transport_ops>(p3_transport_problem, nullptr), "the table is NULL/none");
}

// What lies behind |size| is somebody else's memory: it is not looked at.
TEST(TransportTable, NothingIsReadBehindItsSize) {
  pop3_transport_ops ops = Transport();
  ops.size = offsetof(pop3_transport_ops, destroy) + sizeof(ops.destroy) - 1;
  ops.name = "Not A Name";
  EXPECT_EQ(Problem(p3_transport_problem, &ops), std::string(kTooSmall) + "/none");
  ops.size = offsetof(pop3_transport_ops, name);
  ops.abi = POP3_ABI + (UINT32_C(1) << 16);
  EXPECT_EQ(Problem(p3_transport_problem, &ops), std::string(kOtherMajor) + "/none")
      << "of another major not even the size means anything";
}

struct AuthCase {
  const char *problem;
  void (*breakage)(pop3_auth_ops *);
};

const char kNoFunction[] = "score, begin, step or end is NULL/user";
const char kName20[] = "the name is not 1 to 20 of a-z 0-9 - _/none";

const AuthCase kAuthCases[] = {
    {"fine/user", [](pop3_auth_ops *) {}},
    {"fine/user", [](pop3_auth_ops *ops) { ops->abi = POP3_ABI + 7; }},
    {"fine/user", [](pop3_auth_ops *ops) { ops->flags = UINT32_MAX; }},
    {"fine/twenty-octets-of-it_", [](pop3_auth_ops *ops) { ops->name = "twenty-octets-of-it_"; }},
    {kName20, [](pop3_auth_ops *ops) { ops->name = "twenty-one-octets-of-"; }},
    {kName20, [](pop3_auth_ops *ops) { ops->name = "PLAIN"; }},
    {kNoFunction, [](pop3_auth_ops *ops) { ops->score = nullptr; }},
    {kNoFunction, [](pop3_auth_ops *ops) { ops->begin = nullptr; }},
    {kNoFunction, [](pop3_auth_ops *ops) { ops->step = nullptr; }},
    {kNoFunction, [](pop3_auth_ops *ops) { ops->end = nullptr; }},
};

TEST(AuthTable, Problems) {
  for (const AuthCase &c : kAuthCases) {
    pop3_auth_ops ops = Auth();
    c.breakage(&ops);
    EXPECT_EQ(Problem(p3_auth_problem, &ops), c.problem) << &c - kAuthCases;
  }
  EXPECT_EQ(Problem<pop3_auth_ops>(p3_auth_problem, nullptr), "the table is NULL/none");
}

TEST(AuthTable, NothingIsReadBehindItsSize) {
  pop3_auth_ops ops = Auth();
  ops.size = offsetof(pop3_auth_ops, end) + sizeof(ops.end) - 1;
  ops.name = "Not A Name";
  EXPECT_EQ(Problem(p3_auth_problem, &ops), std::string(kTooSmall) + "/none");
  ops.abi = POP3_ABI - (UINT32_C(1) << 16);
  EXPECT_EQ(Problem(p3_auth_problem, &ops), std::string(kOtherMajor) + "/none");
}

}  // namespace
}  // namespace plugin_tables_test
