// Root without what makes it root.
#ifndef POP3_TESTS_TESTING_PRIVILEGES_H_
#define POP3_TESTS_TESTING_PRIVILEGES_H_

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pop3_testing {

// NoPrivileges takes from this thread, for as long as it lives, what lets root pass by the
// permissions of files. Nothing changes for others, who have none of that; nobody's user id does.
class NoPrivileges {
 public:
  NoPrivileges() {
    EXPECT_EQ(syscall(SYS_capget, &header_, before_), 0);
    __user_cap_data_struct none[2] = {before_[0], before_[1]};
    none[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
    EXPECT_EQ(syscall(SYS_capset, &header_, none), 0);
  }
  ~NoPrivileges() { EXPECT_EQ(syscall(SYS_capset, &header_, before_), 0); }
  NoPrivileges(const NoPrivileges &) = delete;
  NoPrivileges &operator=(const NoPrivileges &) = delete;

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2] = {};
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_PRIVILEGES_H_
