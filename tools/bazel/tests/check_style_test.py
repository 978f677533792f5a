"""tools/check_style.py finds what is written in another style, and nothing else.

    python3 check_style_test.py PATH-OF-THE-SCRIPT
"""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.dirname(SCRIPT))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import check_style

_HEADER = """#include <pop3/options.h>
#ifdef __cplusplus
extern "C" {
#endif
// state is.
typedef struct state {
  char *text;  // a pointer
  size_t text_len, rows;
  const char **list;
  char *names[4];
  int (*callback)(void *arg);
  done_fn *done;
  option option;
  void *p;
  struct tag *next;
} state;
struct tag {
  int p;
  int is_open;
};
const char *word_of(int number);
#ifdef __cplusplus
}
#endif
"""
_PUBLIC = """typedef struct option {
  const char *name;
  int number;
} option;
// pop3_error_set sets POP3_ERR_MEMORY, say.
int pop3_error_set(int status);
"""


class File(unittest.TestCase):
    """A file, and what is found in it."""

    def found(self, name, text, **others):
        texts = {"auth/state.h": _HEADER, "core/include/pop3/options.h": _PUBLIC, name: text}
        texts.update(others)
        return list(check_style.check_file(name, texts, check_style.public_names(texts)))

    def assert_clean(self, text, name="auth/a.c"):
        self.assertEqual(self.found(name, text), [])

    def assert_finds(self, words, text, line=1, name="auth/a.c"):
        found = self.found(name, text)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith("%s:%d: " % (name, line)), found[0])
        self.assertIn(words, found[0])


class Pointers(File):
    """The pointers in conditions."""

    def function(self, body, head="int f(state *self, const char *word, size_t n, char **out)"):
        return '#include "auth/state.h"\n%s {\n  %s\n}\n' % (head, body)

    def finds(self, what, body, **kwargs):
        self.assert_finds("`%s` is a pointer" % what, self.function(body, **kwargs), line=3)

    def clean(self, body, **kwargs):
        self.assert_clean(self.function(body, **kwargs))

    def test_parameters(self):
        self.finds("!word", "if (!word) return 1;")
        self.finds("!word", "if (n == 0 || !word) return 1;")
        self.finds("!word", "return !word;")
        self.finds("word", "if (word) return 1;")
        self.finds("word", "while (word) word = next(word);")
        self.finds("word", "if (word && n > 1) return 1;")
        self.finds("word", "if (n > 1 && word) return 1;")
        self.finds("word", "if (n > 1 && (word || n > 2)) return 1;")
        self.finds("word", "return n > 1 || word;")
        self.finds("word", "n = n > 1 || word ? 1 : 2;")
        self.finds("word", "return word ? 1 : 2;")
        self.finds("word", "n = word ? 1 : 2;")
        self.finds("word", "call(n, word ? word : other);")
        self.finds("word", "n = n == 0 ? 1 : word ? 2 : 3;")
        self.finds("word", "for (; word; word = next(word)) continue;")
        self.finds("word", "for (size_t i = 0; word && i < n; i++) continue;")

    def test_further_lines(self):
        body = "if (n > 1 &&\n      word &&\n      !self) {\n  }"
        found = self.found("auth/a.c", self.function(body))
        self.assertEqual([words.split(": ")[0] for words in found], ["auth/a.c:4", "auth/a.c:5"])

    def test_locals_and_globals(self):
        self.finds("copy", "char *copy = dup(word); if (copy) return 1;")
        self.finds("copy", "size_t a, *copy = &n; if (copy) return 1;")
        self.finds("chain", "STACK_OF(X509) *chain = get(); if (chain) return 1;")
        self.finds("call", "int (*call)(int) = get(); if (call) return 1;")
        text = "static node *root;\n\nint f(void) {\n  return !root;\n}\n"
        self.assert_finds("`!root`", text, line=4)
        self.assert_clean("static node *root;\n\nint f(int root) {\n  return !root;\n}\n")

    def test_members(self):
        self.finds("!self->text", "if (!self->text) return 1;")
        self.finds("self->p", "if (self->p) return 1;")
        self.finds("self->callback", "if (self->callback) return 1;")
        self.finds("self->done", "if (n > 1 && self->done) return 1;")
        self.finds("self->option.name", "if (self->option.name) return 1;")
        self.finds("!self->names[n]", "if (!self->names[n]) return 1;")
        self.finds("self->list", "while (self->list) n++;")
        self.finds("self->list[0]", "while (self->list[0]) n++;")
        self.finds("*out", "return *out && n > 1;")
        self.clean("if (self->text_len || self->option.number || !self->rows) return 1;")
        self.clean("if (self->next->p || !self->next->is_open) return 1;")
        self.clean("if (!self->text[0] || !*self->text || !word[n]) return 1;")
        self.clean("if (unknown->text || !whoever) return 1;")

    def test_functions(self):
        self.finds("!strchr()", "if (!strchr(word, ' ')) return 1;")
        self.finds("strchr()", "if (strchr(word, ')')) return 1;")
        self.finds("strchr()", "if (n > 1 && strchr(word, ')')) return 1;")
        self.finds("strchr()", "n = strchr(word, ')') ? 1 : 2;")
        self.finds("word_of()", "if (word_of((int)n)) return 1;")
        self.clean("if (strchr(word, ')') == NULL) return 1;")
        self.clean("if (n > 1 && word_of((int)n) != NULL) return 1;")
        self.clean("const char *at = strchr(word, ')'); return strcmp(word, at);")
        self.clean("if (isdigit(word[0]) || !same(word, at)) return 1;")

    def test_all_is_well(self):
        self.clean("if (word == NULL || self->text != NULL) return word != NULL && n;")
        self.clean("if (n) return !n;")
        self.clean("return n > 1 ? *word : word[1];")
        self.clean("n = n * 2; return n && n > 1;")
        self.clean("const char *at = n > 1 ? word : NULL; return at == word && n;")
        self.clean("return at == word && n > 1 && word == at;")
        self.clean("return word < at && at >= word;")
        self.clean("for (const char *at = word; at != NULL; at++) continue;")
        self.clean("// if (!word) and so on\n  call(\"if (!word)\", word, &n);")
        self.clean("{ int at = 1; use(at); } { char *at = 0; use(at); } return !at;")

    def test_macros_are_left_out(self):
        self.assert_clean("#define F(word) \\\n  if (word) return\nint f(char *word);\n")


class Names(File):
    """Tables, macros, truth values."""

    def test_tables(self):
        self.assert_clean("static const int kRows[] = {1};\n")
        self.assert_clean("static const char *const kWords[2] = {0};\n")
        self.assert_clean("static const char *current = NULL;\n")
        self.assert_clean("static const char *word(int n) {\n  return kWords[n];\n}\n")
        self.assert_finds("the table rows", "static const int rows[] = {1};\n")
        self.assert_finds("the table ROWS", "static const struct row ROWS[N][2] = {1};\n")
        self.assert_finds("the table words", "\nstatic const char *const words[] = {0};\n", line=2)
        text = "int f(void) {\n  static const char hex[] = \"0\";\n}\n"
        self.assert_finds("the table hex", text, line=2)

    def test_macros(self):
        self.assert_clean("#define MOST 1\n#define _GNU_SOURCE 1\n#define SQUARE(x) ((x) * (x))\n")
        self.assert_finds("the macro most", "#define most 1\n")
        self.assert_finds("the macro Most", "#  define Most(x) 1\n", name="auth/state.h")

    def test_prefix(self):
        self.assert_clean('#include "auth/pop3_guard.h"\nint p3_f(void);\n#define P3_MOST 1\n')
        self.assert_clean("#ifndef POP3_AUTH_STATE_H_\nconst int *pop3_plugin_state(int abi);\n")
        self.assert_clean("// pop3_f was.\nint n = POP3_ERR_MEMORY;\n")
        self.assert_clean("int pop3_f(void);\n", name="tools/cli/a.c")
        self.assert_clean("int pop3_f(void);\n", name="auth/include/pop3/plugins/a.h")
        self.assert_finds("pop3_f is in no public header", "int pop3_f(void);\n")
        self.assert_finds("POP3_MOST is in no", "\n#define POP3_MOST 1\n", 2, "auth/state.h")

    def test_truth_values(self):
        self.assert_clean("int is_bool; // bool, it was\nconst char *text = \"bool\";\n")
        self.assert_finds("no <stdbool.h>", "#include <stdbool.h>\n")
        self.assert_finds("not bool", "static bool f(void);\n")
        self.assert_finds("not _Bool", "_Bool is_open;\n")
        self.assert_clean("bool F();\n", name="tests/auth/a.h")


class Layers(File):
    """LAYER."""

    def test_layer(self):
        call = '  return host->fail(host->ctx, err, f(1), %s, 0, 0, "x");\n'
        both = '  return pop3_error_set(err, POP3_ERR_MEMORY, %s, 0, "x");\n'
        text = '#include <a.h>\n\n#define LAYER "x"\n\nint f(void) {\n%s}\n'
        self.assert_clean(text % (call % "LAYER" + both % "LAYER"))
        self.assert_finds("in each call", text % (call % "LAYER" + both % '"x"'), line=7)
        alone = "#include <a.h>\nint f(void) {\n%s}\n"
        self.assert_clean(alone % (call % '"x"'))
        self.assert_clean(alone % (call % "layer" + both % '"x"'))
        self.assert_finds("in each call", alone % (call % '"x"' + both % '"x"'), line=3)
        self.assert_finds("is a macro", 'static const char LAYER[] = "x";\n')
        self.assert_finds("behind the includes", '#define LAYER "x"\n#include <a.h>\n')
        self.assert_finds("a header has none", '#define LAYER "x"\n', name="auth/state.h")


class Braces(File):
    """Bodies on lines of their own."""

    def test_braces(self):
        function = "int f(int a) {\n%s}\n"
        self.assert_clean(function % "  if (a) return 1;\n")
        self.assert_clean(function % "  while (g(a) &&\n         a) {\n    a--;\n  }\n")
        self.assert_clean(function % "  do {\n    a--;\n  } while (a);\n")
        self.assert_clean(function % "  if (a) return g(a,\n                  2);\n")
        for body, line in (
            ("  if (a)\n    return 1;\n", 2),
            ("  if (a &&\n      b)\n    return 1;\n", 2),
            ("  for (;;)\n    g(')');\n", 2),
            ("  if (a) {\n  } else if (b)\n    b();\n", 3),
            ("  if (a) {\n  } else\n    b();\n", 3),
        ):
            self.assert_finds("has braces", function % body, line=line)


class Headings(File):
    """Headings and rulers, in all languages."""

    def test_headings(self):
        marks = {"auth/a.c": "//", "a.cc": "//", "a.py": "#", ".bazelrc": "#", "a.sh": "#"}
        for name, mark in marks.items():
            self.assert_clean("%s --- Reading\n" % mark, name=name)
            self.assert_clean("%s   --most N      -- as many\n" % mark, name=name)
            self.assert_finds("a ruler", "\n%s --------\n" % mark, line=2, name=name)
            self.assert_finds("a ruler", "%s ========\n" % mark, name=name)
            self.assert_finds("behind words", "%s --- Reading ---------\n" % mark, name=name)
            self.assert_finds("behind words", "%s Reading ====\n" % mark, name=name)
            self.assert_finds("and no more", "%s --- Reading ---\n" % mark, name=name)
            self.assert_finds("and no more", "%s ---- Reading\n" % mark, name=name)
            self.assert_finds("and no more", "%s --- Reading\n" % ("  " + mark), name=name)


class Cpp(File):
    """C++."""

    def test_null(self):
        text = "char *p = nullptr;  // NULL\nconst char *q = \"NULL\";\n"
        self.assert_clean(text, name="tests/a.cc")
        self.assert_finds("nullptr", "char *p = NULL;\n", name="tests/a.cc")
        self.assert_finds("nullptr", "int *p = NULL;\n", name="tests/a.h")


class Script(unittest.TestCase):
    """The whole of it."""

    def run_in(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = os.path.join(folder, name.replace("__", "/") + ".c")
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            result = subprocess.run(
                [sys.executable, "-B", SCRIPT, "--root", folder],
                check=False,
                stdout=subprocess.PIPE,
                text=True,
            )
        return result.returncode, result.stdout.splitlines()

    def test_script(self):
        self.assertEqual(self.run_in(auth__a=""), (0, ["check_style: 1 files, 0 problems"]))
        self.assertEqual(self.run_in()[0], 1)
        bad = "_Bool a;\n"
        status, lines = self.run_in(auth__a=bad, core__a=bad)
        self.assertEqual(status, 1)
        self.assertEqual(
            lines,
            [
                "auth/a.c:1: truth values are int, not _Bool",
                "core/a.c:1: truth values are int, not _Bool",
                "check_style: 2 files, 2 problems",
            ],
        )


if __name__ == "__main__":
    unittest.main()
