#define _GNU_SOURCE 1
#include "tools/mailboxd/users.h"

#include <stdlib.h>
#include <string.h>

int users_add(struct users *users, const char *name, size_t name_len, const char *password,
              struct user **out) {
  if (users->count == users->cap) {
    size_t cap = users->cap == 0 ? 8 : users->cap * 2;
    struct user *list = realloc(users->list, cap * sizeof(*list));
    if (list == NULL) {
      return 0;
    }
    users->list = list;
    users->cap = cap;
  }
  struct user *user = &users->list[users->count];
  *user = (struct user){.name = strndup(name, name_len), .password = strdup(password)};
  if (user->name == NULL || user->password == NULL) {
    free(user->name);
    free(user->password);
    return 0;
  }
  users->count++;
  *out = user;
  return 1;
}

static int compare_users(const void *a, const void *b) {
  return strcmp(((const struct user *)a)->name, ((const struct user *)b)->name);
}

int users_sort(struct users *users, const char **out) {
  if (users->count > 0) {
    qsort(users->list, users->count, sizeof(*users->list), compare_users);
  }
  for (size_t i = 1; i < users->count; i++) {
    if (strcmp(users->list[i - 1].name, users->list[i].name) == 0) {
      *out = users->list[i].name;
      return 0;
    }
  }
  return 1;
}

static int compare_name(const char *name, size_t name_len, const char *other) {
  size_t other_len = strlen(other);
  int order = memcmp(name, other, name_len < other_len ? name_len : other_len);
  return order != 0 ? order : (name_len > other_len) - (name_len < other_len);
}

struct user *users_find(const struct users *users, const char *name, size_t name_len) {
  size_t low = 0, high = users->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare_name(name, name_len, users->list[middle].name);
    if (order == 0) {
      return &users->list[middle];
    }
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return NULL;
}

void users_cleanup(struct users *users) {
  for (size_t i = 0; i < users->count; i++) {
    struct user *user = &users->list[i];
    explicit_bzero(user->password, strlen(user->password));
    free(user->name);
    free(user->password);
    free(user->trusted_as);
    if (user->token != NULL) {
      explicit_bzero(user->token, strlen(user->token));
      free(user->token);
    }
  }
  free(users->list);
  *users = (struct users){.list = NULL};
}
