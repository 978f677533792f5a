// A program that wants nothing but the core, statically.
#include <pop3/pop3.h>
#include <string.h>

int main(void) {
  static const char kText[] = "pop3s://alice@mail.example";
  pop3_url url;
  if (pop3_url_parse(&url, kText, strlen(kText), NULL, NULL) != POP3_OK) return 1;
  const int is_right = url.port == 995;
  pop3_url_cleanup(&url);
  return !is_right;
}
