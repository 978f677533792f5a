#include "transports/tls_trust.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_trust_test {
namespace {

bool Has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

class TlsTrust : public ::testing::Test {
 protected:
  TlsTrust() : server_(Spec()) {}
  static TlsServerSpec Spec() {
    TlsServerSpec spec;
    spec.identity = &TheWorld().mail;
    return spec;
  }

  TlsServer server_;
};

TEST_F(TlsTrust, TakesFilesFoldersAndText) {
  const TempFile file("some words\n" + TheWorld().root_pem + TheWorld().root_pem);
  const HashedDir dir(&TheWorld().root);
  std::vector<Options> ways(3);
  ways[0].Text("tls.ca_file", file.path());
  ways[1].Text("tls.ca_dir", dir.path());
  ways[2].Text("tls.ca_pem", TheWorld().root_pem);
  for (const Options &way : ways) {
    const Meeting met = Meet(server_, way);
    EXPECT_EQ(met.status, POP3_OK) << way.get()[0].name << ": " << met.text;
  }
}

TEST_F(TlsTrust, CombinesThem) {
  const Identity other{CertificateSpec()};
  const TempFile file(other.Pem());
  const HashedDir dir(&TheWorld().root);
  Options options;
  options.Text("tls.ca_file", file.path()).Text("tls.ca_dir", dir.path());
  EXPECT_EQ(Meet(server_, options).status, POP3_OK);
  const TempFile roots(TheWorld().root_pem);
  Options text_and_file;
  text_and_file.Text("tls.ca_pem", other.Pem()).Text("tls.ca_file", roots.path());
  EXPECT_EQ(Meet(server_, text_and_file).status, POP3_OK);
  Options file_and_text;
  file_and_text.Text("tls.ca_file", file.path()).Text("tls.ca_pem", TheWorld().root_pem);
  EXPECT_EQ(Meet(server_, file_and_text).status, POP3_OK);
}

TEST_F(TlsTrust, ReplacesTheRootsOfTheMachine) {
  const TempFile ours(TheWorld().root_pem);
  const Variable variable("SSL_CERT_FILE", ours.path());
  EXPECT_EQ(Meet(server_, Options()).status, POP3_OK);
  const Identity other{CertificateSpec()};
  const TempFile file(other.Pem());
  const HashedDir dir(&other);
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  const pop3_tls_context object = POP3_TLS_CONTEXT(context.get());
  std::vector<Options> ways(4);
  ways[0].Text("tls.ca_pem", other.Pem());
  ways[1].Text("tls.ca_file", file.path());
  ways[2].Text("tls.ca_dir", dir.path());
  ways[3].Object("tls.context", &object);
  for (const Options &way : ways) {
    EXPECT_EQ(Meet(server_, way).status, POP3_ERR_CERTIFICATE) << way.get()[0].name;
  }
  // Those of a folder are others than those of a file.
  const HashedDir machine(&TheWorld().root);
  const Variable folder("SSL_CERT_DIR", machine.path());
  for (const Options &way : ways) {
    EXPECT_EQ(Meet(server_, way).status, POP3_ERR_CERTIFICATE) << way.get()[0].name;
  }
}

TEST_F(TlsTrust, SaysWhatIsWrong) {
  const TempFile rubbish("rubbish");
  const TempFile broken(TheWorld().root_pem +
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const HashedDir empty(nullptr);
  const struct {
    const char *option;
    const char *value;
    pop3_status status;
    const char *words;
  } cases[] = {
      {"tls.ca_file", "/nowhere/a", POP3_ERR_LOCAL_IO, "/nowhere/a: No such file"},
      {"tls.ca_file", rubbish.path(), POP3_ERR_ARGUMENT, "there is no certificate in it"},
      {"tls.ca_file", broken.path(), POP3_ERR_ARGUMENT, "that cannot be read"},
      {"tls.ca_dir", "/nowhere/b", POP3_ERR_LOCAL_IO, "/nowhere/b"},
      {"tls.ca_dir", empty.path(), POP3_ERR_LOCAL_IO, "hashed names"},
      {"tls.ca_pem", "rubbish", POP3_ERR_ARGUMENT, "there is no certificate in it"},
  };
  for (const auto &one : cases) {
    Options options;
    options.Text(one.option, one.value);
    const Meeting met = Meet(server_, options);
    EXPECT_EQ(met.status, one.status) << one.value;
    EXPECT_TRUE(Has(met.text, one.option)) << met.text;
    EXPECT_TRUE(Has(met.text, one.words)) << met.text;
  }
}

TEST_F(TlsTrust, FollowsTheEnvironment) {
  const TempFile file(TheWorld().root_pem);
  const HashedDir dir(&TheWorld().root);
  {
    const Variable one("SSL_CERT_FILE", file.path());
    const Variable two("SSL_CERT_DIR", nullptr);
    const Meeting met = Meet(server_, Options());
    EXPECT_EQ(met.status, POP3_OK) << met.text;
  }
  {
    const Variable one("SSL_CERT_FILE", nullptr);
    const Variable two("SSL_CERT_DIR", dir.path());
    const Meeting met = Meet(server_, Options());
    EXPECT_EQ(met.status, POP3_OK) << met.text;
  }
  const HashedDir empty(nullptr);
  {
    const Variable one("SSL_CERT_FILE", file.path());
    const Variable two("SSL_CERT_DIR", empty.path());
    EXPECT_EQ(Meet(server_, Options()).status, POP3_OK) << "the file, if the folder has it not";
  }
  {
    const Variable one("SSL_CERT_FILE", nullptr);
    const Variable two("SSL_CERT_DIR", empty.path());
    EXPECT_EQ(Meet(server_, Options()).status, POP3_ERR_CERTIFICATE) << "and nothing else";
  }
  {
    const Variable one("SSL_CERT_FILE", "/nowhere/a");
    const Meeting met = Meet(server_, Options());
    EXPECT_EQ(met.status, POP3_ERR_LOCAL_IO);
    EXPECT_EQ(met.text, "SSL_CERT_FILE: /nowhere/a cannot be read");
  }
  {
    const TempFile rubbish("rubbish");
    const Variable one("SSL_CERT_FILE", rubbish.path());
    const Meeting met = Meet(server_, Options());
    EXPECT_EQ(met.status, POP3_ERR_ARGUMENT);
    EXPECT_TRUE(Has(met.text, "there is no certificate in it")) << met.text;
  }
}

TEST_F(TlsTrust, ReadsTheFileIfTheFolderDoesNotHaveTheRootThatWasSent) {
  const TempFile file(TheWorld().root_pem);
  const HashedDir empty(nullptr);
  const Variable one("SSL_CERT_FILE", file.path());
  const Variable two("SSL_CERT_DIR", empty.path());
  TlsServerSpec spec = Spec();
  spec.chain = {&TheWorld().root};
  const Meeting met = Meet(TlsServer(spec), Options());
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST_F(TlsTrust, ReadsTheFileForAServerThatIsARoot) {
  CertificateSpec own;
  own.dns = {"mail.example.org"};
  const Identity self_signed(own);
  const TempFile file(self_signed.Pem());
  const HashedDir empty(nullptr);
  const Variable one("SSL_CERT_FILE", file.path());
  const Variable two("SSL_CERT_DIR", empty.path());
  TlsServerSpec spec;
  spec.identity = &self_signed;
  const Meeting met = Meet(TlsServer(spec), Options());
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST_F(TlsTrust, TakesNothingButWhatTheEnvironmentNames) {
  TestHost host;
  p3_tls_roots roots;
  pop3_error error = POP3_ERROR_INIT;
  {
    const Variable one("SSL_CERT_FILE", nullptr);
    const Variable two("SSL_CERT_DIR", "/nowhere");
    ASSERT_EQ(p3_tls_find_roots(&roots, host.get(), &error), POP3_OK) << error.text;
    EXPECT_EQ(roots.file, nullptr);
    EXPECT_STREQ(roots.dir, "/nowhere");
  }
  const TempFile file(TheWorld().root_pem);
  const Variable one("SSL_CERT_FILE", file.path());
  const Variable two("SSL_CERT_DIR", nullptr);
  ASSERT_EQ(p3_tls_find_roots(&roots, host.get(), &error), POP3_OK) << error.text;
  EXPECT_STREQ(roots.file, file.path());
  EXPECT_EQ(roots.dir, nullptr);
}

TEST_F(TlsTrust, FindsTheRootsOfThisMachine) {
  const Variable one("SSL_CERT_FILE", nullptr);
  const Variable two("SSL_CERT_DIR", "");
  TestHost host;
  p3_tls_roots roots;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status = p3_tls_find_roots(&roots, host.get(), &error);
  const Meeting met = Meet(server_, Options());
  if (status == POP3_OK) {
    EXPECT_TRUE(roots.file == nullptr || access(roots.file, R_OK) == 0);
    EXPECT_TRUE(roots.dir == nullptr || p3_tls_is_hashed_dir(roots.dir));
    EXPECT_TRUE(roots.dir != nullptr || roots.file != nullptr);
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << "our root is not among them";
    return;
  }
  EXPECT_EQ(status, POP3_ERR_LOCAL_IO);
  EXPECT_TRUE(Has(error.text, "install ca-certificates")) << error.text;
  EXPECT_EQ(met.status, POP3_ERR_LOCAL_IO);
}

TEST(TlsHashedDir, IsTold) {
  const HashedDir dir(&TheWorld().root);
  const HashedDir empty(nullptr);
  EXPECT_EQ(p3_tls_is_hashed_dir(dir.path()), 1);
  EXPECT_EQ(p3_tls_is_hashed_dir(empty.path()), 0);
  EXPECT_EQ(p3_tls_is_hashed_dir("/nowhere"), 0);
  const struct {
    const char *file;
    int is_hashed;
  } cases[] = {
      {"/0123abcd.0", 1},  {"/0123abcd.12", 1}, {"/0123abcd.r0", 0},    {"/0123abcd.", 0},
      {"/0123abcd.0~", 0}, {"/0123abcd", 0},    {"/0123abc.0", 0},      {"/0123abcde.0", 0},
      {"/0123ABCD.0", 0},  {"/0123abcd-0", 0},  {"/0123abcd.0.pem", 0}, {"/root.pem", 0},
  };
  for (const auto &one : cases) {
    const std::string path = std::string(empty.path()) + one.file;
    fclose(fopen(path.c_str(), "w"));
    EXPECT_EQ(p3_tls_is_hashed_dir(empty.path()), one.is_hashed) << one.file;
    unlink(path.c_str());
  }
}

}  // namespace
}  // namespace tls_trust_test
}  // namespace pop3_testing
