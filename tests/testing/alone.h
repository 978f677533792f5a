// A test in a process of its own, for what happens once in a process.
#ifndef POP3_TESTS_TESTING_ALONE_H_
#define POP3_TESTS_TESTING_ALONE_H_

#include <functional>

namespace pop3_testing {

// Alone runs |body| in this program started once more, with the test that calls it and no other.
// What fails there fails here.
void Alone(const std::function<void()> &body);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_ALONE_H_
