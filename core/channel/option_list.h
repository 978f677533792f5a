// A list of options that owns its names and texts, and may change between two transports.
#ifndef POP3_CORE_CHANNEL_OPTION_LIST_H_
#define POP3_CORE_CHANNEL_OPTION_LIST_H_

#include <pop3/allocator.h>
#include <pop3/option.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_option_list holds the options in the order in which they were given.
typedef struct p3_option_list {
  const pop3_allocator *allocator;
  pop3_option *at;  // |count| of them; NULL if there are none
  size_t count;
} p3_option_list;

// p3_option_list_init makes an empty list. |allocator| must outlive it.
void p3_option_list_init(p3_option_list *list, const pop3_allocator *allocator);

// p3_option_list_add puts a copy of |option| at the end. Returns 0 if memory ran out; the list is
// as it was then.
int p3_option_list_add(p3_option_list *list, const pop3_option *option);

// p3_option_list_set is p3_option_list_add, and removes those of the same name.
int p3_option_list_set(p3_option_list *list, const pop3_option *option);

// p3_option_list_cleanup empties the list. Texts are wiped: one may be a password, of a proxy for
// example.
void p3_option_list_cleanup(p3_option_list *list);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CHANNEL_OPTION_LIST_H_
