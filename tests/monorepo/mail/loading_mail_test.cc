// Our own mechanism as a file that is loaded into a program that knows nothing of it.
#include <dlfcn.h>
#include <stdlib.h>

#include "mail/mail.h"
#include "mail/test_server.h"

namespace {

std::string plugin;  // an absolute path

TEST(LoadingMail, LogsInByAMechanismFromAFile) {
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "pop3_plugin_x_hmac"), nullptr);
  TestServer server;
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  EXPECT_EQ(loading_mail_count(&count, server.path().c_str(), "tim", "tanstaaftanstaaf",
                               plugin.c_str(), &err),
            POP3_OK)
      << err.text;
  EXPECT_EQ(count, 3u);
  EXPECT_NE(server.Heard().find("AUTH X-HMAC\n"), std::string::npos) << server.Heard();
}

TEST(LoadingMail, SaysThatThereIsNoSuchFile) {
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  EXPECT_EQ(loading_mail_count(&count, "/nowhere", "tim", "guess", (plugin + "x").c_str(), &err),
            POP3_ERR_NOT_FOUND);
}

}  // namespace

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  char *const path = argc == 2 ? realpath(argv[1], nullptr) : nullptr;
  if (path == nullptr) {
    fprintf(stderr, "usage: loading_mail_test PLUGIN\n");
    return 2;
  }
  plugin = path;
  free(path);
  return RUN_ALL_TESTS();
}
