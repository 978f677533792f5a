#include "core/channel/option_list.h"

#include <stdint.h>
#include <string.h>

#include "core/base/memory.h"

void p3_option_list_init(p3_option_list *list, const pop3_allocator *allocator) {
  list->allocator = allocator;
  list->at = NULL;
  list->count = 0;
}

static void forget(const pop3_allocator *allocator, const pop3_option *option) {
  void *text = (void *)(uintptr_t)option->text;
  if (text != NULL) pop3_wipe(text, strlen(option->text));
  p3_mem_free(allocator, text);
  p3_mem_free(allocator, (void *)(uintptr_t)option->name);
}

int p3_option_list_add(p3_option_list *list, const pop3_option *option) {
  const pop3_allocator *allocator = list->allocator;
  pop3_option *at = p3_mem_grow(allocator, list->at, list->count + 1, sizeof(*at));
  if (at == NULL) return 0;
  list->at = at;
  pop3_option copy = *option;
  copy.name = p3_mem_strdup(allocator, option->name, strlen(option->name));
  if (copy.name == NULL) return 0;
  if (option->text != NULL) {
    copy.text = p3_mem_strdup(allocator, option->text, strlen(option->text));
    if (copy.text == NULL) {
      p3_mem_free(allocator, (void *)(uintptr_t)copy.name);
      return 0;
    }
  }
  at[list->count++] = copy;
  return 1;
}

int p3_option_list_set(p3_option_list *list, const pop3_option *option) {
  if (!p3_option_list_add(list, option)) return 0;
  const pop3_option added = list->at[list->count - 1];
  size_t kept = 0;
  for (size_t i = 0; i + 1 < list->count; i++) {
    if (strcmp(list->at[i].name, added.name) == 0) {
      forget(list->allocator, &list->at[i]);
    } else {
      list->at[kept++] = list->at[i];
    }
  }
  list->at[kept++] = added;
  list->count = kept;
  return 1;
}

void p3_option_list_cleanup(p3_option_list *list) {
  for (size_t i = 0; i < list->count; i++) forget(list->allocator, &list->at[i]);
  p3_mem_free(list->allocator, list->at);
  list->at = NULL;
  list->count = 0;
}
