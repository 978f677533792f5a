#ifndef POP3_TESTS_TESTING_COUNT_FDS_H_
#define POP3_TESTS_TESTING_COUNT_FDS_H_

namespace pop3_testing {

// CountFds returns how many descriptors this process has open.
int CountFds();

// SettledFds waits until |wanted| are open, for 20 s at most, and returns how many are. For what
// has used a thread that outlives it by a moment: all tests of a room are in one process, and what
// one has still open when the next one counts is missing at that one's end.
int SettledFds(int wanted);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_COUNT_FDS_H_
