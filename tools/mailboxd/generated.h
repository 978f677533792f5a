// A generated mailbox: any number of messages of any size, from a fixed amount of memory.
#ifndef TOOLS_MAILBOXD_GENERATED_H_
#define TOOLS_MAILBOXD_GENERATED_H_

#include <stdint.h>

#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

// generated_content is what all mailboxes of one COUNTxSIZE share. Counted references.
struct generated_content;

// generated_content_new prepares messages 1 to |count| of |size| octets (at least
// generator_min_size()); NULL if memory ran out.
struct generated_content *generated_content_new(uint32_t count, uint64_t size);

// generated_content_ref adds a reference and returns |content|.
struct generated_content *generated_content_ref(struct generated_content *content);

// generated_content_unref gives a reference back. NULL does nothing.
void generated_content_unref(struct generated_content *content);

// generated_mailbox_new returns a mailbox that serves |content| (a reference is taken) and
// remembers what was deleted from it until the server ends; NULL if memory ran out.
struct mailbox *generated_mailbox_new(struct generated_content *content);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_GENERATED_H_
