#include "tools/bazel/fuzz/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size) {
  void *block = malloc(size > 0 ? size : 1);
  if (block == NULL) {
    fputs("fuzz: out of memory\n", stderr);
    exit(1);
  }
  return block;
}

void fuzz_list_add(fuzz_list *list, const uint8_t *data, size_t data_len) {
  // Grows by doubling: the count is a power of two just when the block is full.
  if ((list->count & (list->count - 1)) == 0) {
    const size_t room = list->count == 0 ? 1 : list->count * 2;
    fuzz_bytes *items = allocate(room * sizeof(*items));
    if (list->count > 0) memcpy(items, list->items, list->count * sizeof(*items));
    free(list->items);
    list->items = items;
  }
  fuzz_bytes *item = &list->items[list->count++];
  item->data = allocate(data_len);
  item->len = data_len;
  if (data_len > 0) memcpy(item->data, data, data_len);
}

void fuzz_list_free(fuzz_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->items[i].data);
  free(list->items);
  list->items = NULL;
  list->count = 0;
}

static int hex_value(char c) {
  static const char digits[] = "0123456789abcdef";
  const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
  return at != NULL ? (int)(at - digits) : -1;
}

// Reads what stands between the quotes. Returns 0 where that is malformed.
static int add_word(fuzz_list *list, const char *text, const char *end) {
  uint8_t *word = allocate((size_t)(end - text));
  size_t len = 0;
  int ok = 1;
  while (ok && text < end) {
    uint8_t byte = (uint8_t)*text++;
    if (byte == '\\') {
      if (end - text >= 3 && text[0] == 'x' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0) {
        byte = (uint8_t)(hex_value(text[1]) * 16 + hex_value(text[2]));
        text += 3;
      } else if (end - text >= 1 && (*text == '\\' || *text == '"')) {
        byte = (uint8_t)*text++;
      } else {
        ok = 0;
      }
    }
    word[len++] = byte;
  }
  if (ok && len > 0) fuzz_list_add(list, word, len);
  free(word);
  return ok;
}

int fuzz_list_add_dictionary(fuzz_list *list, const char *text, size_t text_len) {
  const char *end = text + text_len;
  while (text < end) {
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    const char *stop = newline != NULL ? newline : end;
    const char *next = newline != NULL ? newline + 1 : end;
    while (text < stop && (*text == ' ' || *text == '\t')) text++;
    while (stop > text && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r')) stop--;
    if (text < stop && *text != '#') {
      const char *quote = memchr(text, '"', (size_t)(stop - text));
      if (quote == NULL || stop - quote < 2 || stop[-1] != '"') return 0;
      if (!add_word(list, quote + 1, stop - 1)) return 0;
    }
    text = next;
  }
  return 1;
}

uint64_t fuzz_random(uint64_t *state) {
  // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// A number below |limit|, which is not 0.
static size_t below(uint64_t *state, size_t limit) { return (size_t)(fuzz_random(state) % limit); }

// Replaces |cut| bytes at |at| by |insert|. What does not fit into |max_len| is left out.
static void splice(fuzz_bytes *input, size_t at, size_t cut, const uint8_t *insert,
                   size_t insert_len, size_t max_len) {
  const size_t kept = input->len - cut;
  if (insert_len > max_len - (kept < max_len ? kept : max_len)) {
    insert_len = max_len - (kept < max_len ? kept : max_len);
  }
  uint8_t *data = allocate(kept + insert_len);
  if (at > 0) memcpy(data, input->data, at);
  if (insert_len > 0) memcpy(data + at, insert, insert_len);
  if (kept > at) memcpy(data + at + insert_len, input->data + at + cut, kept - at);
  free(input->data);
  input->data = data;
  input->len = kept + insert_len;
}

static void change(fuzz_bytes *input, const fuzz_list *inputs, const fuzz_list *words,
                   size_t max_len, uint64_t *state) {
  // Bytes at which a parser of lines changes its mind, and those beside them.
  static const uint8_t special[] = {'\r', '\n', '.', '\0', ' ',  '+',  '-',  '[',  ']', '<',
                                    '>',  '0',  '9', '\t', 0x7f, 0x80, 0xff, 0x1a, '=', '/'};
  const size_t at = below(state, input->len + 1);
  const size_t rest = input->len - at;
  const size_t some = rest > 0 ? 1 + below(state, rest < 32 ? rest : 32) : 0;
  uint8_t byte = special[below(state, sizeof(special))];
  switch (below(state, 9)) {
    case 0:
      if (rest > 0) input->data[at] ^= (uint8_t)(1u << below(state, 8));
      break;
    case 1:
      if (rest > 0) input->data[at] = (uint8_t)fuzz_random(state);
      break;
    case 2:
      if (rest > 0) input->data[at] = byte;
      break;
    case 3:
      splice(input, at, 0, &byte, 1, max_len);
      break;
    case 4:
      splice(input, at, some, NULL, 0, max_len);
      break;
    case 5:  // twice the same
      if (some > 0) {
        uint8_t copy[32];
        memcpy(copy, input->data + at, some);
        splice(input, below(state, input->len + 1), 0, copy, some, max_len);
      }
      break;
    case 6:  // cut off, mostly near the end
      splice(input, at, rest, NULL, 0, max_len);
      break;
    case 7: {  // a piece of another input
      const fuzz_bytes *other = &inputs->items[below(state, inputs->count)];
      const size_t from = below(state, other->len + 1);
      const size_t len = below(state, other->len - from + 1);
      splice(input, at, some, len > 0 ? other->data + from : NULL, len, max_len);
      break;
    }
    default:
      if (words->count > 0) {
        const fuzz_bytes *word = &words->items[below(state, words->count)];
        splice(input, at, below(state, 2) ? some : 0, word->data, word->len, max_len);
      }
      break;
  }
}

fuzz_bytes fuzz_mutate(const fuzz_list *inputs, const fuzz_list *words, size_t max_len,
                       uint64_t *state) {
  const fuzz_bytes *from = &inputs->items[below(state, inputs->count)];
  fuzz_bytes input = {allocate(from->len), from->len};
  if (from->len > 0) memcpy(input.data, from->data, from->len);
  if (input.len > max_len) splice(&input, max_len, input.len - max_len, NULL, 0, max_len);
  for (size_t changes = 1 + below(state, 6); changes > 0; changes--) {
    change(&input, inputs, words, max_len, state);
  }
  return input;
}
