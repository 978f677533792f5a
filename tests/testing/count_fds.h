#ifndef POP3_TESTS_TESTING_COUNT_FDS_H_
#define POP3_TESTS_TESTING_COUNT_FDS_H_

namespace pop3_testing {

// CountFds returns how many descriptors this process has open.
int CountFds();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_COUNT_FDS_H_
