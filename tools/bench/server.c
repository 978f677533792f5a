#define _GNU_SOURCE 1
#include "tools/bench/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench/cpu.h"

#define ACCOUNT "bench:bench"
#define WAIT_STEP_NS 5000000
#define WAIT_STEPS 4000  // 20 s

static int fail(const char *what) {
  fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
  return 0;
}

// Bazel builds mailboxd into the package beside ours.
static int find_mailboxd(char *out, size_t cap, const char *given) {
  if (given != NULL) {
    snprintf(out, cap, "%s", given);
  } else {
    char self[PATH_MAX];
    const ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (len < 0) return fail("/proc/self/exe");
    self[len] = '\0';
    for (int i = 0; i < 2; i++) {
      char *slash = strrchr(self, '/');
      if (slash != NULL) *slash = '\0';
    }
    if ((size_t)snprintf(out, cap, "%s/mailboxd/mailboxd", self) >= cap) {
      errno = ENAMETOOLONG;
      return fail(self);
    }
  }
  return access(out, X_OK) == 0 ? 1 : fail(out);
}

static void run_mailboxd(const char *program, const bench_server *server,
                         const bench_options *options, int with_tls, const char *generate) {
  char port_file[128];
  char path[128];
  snprintf(port_file, sizeof(port_file), "%s/port", server->folder);
  snprintf(path, sizeof(path), "%s/socket", server->folder);
  const char *const argv[] = {program,
                              options->use_unix ? "--unix" : "--listen",
                              options->use_unix ? path : "127.0.0.1:0",
                              "--user",
                              ACCOUNT,
                              "--generate",
                              generate,
                              "--no-lock",
                              "--port-file",
                              port_file,
                              "--exit-with-parent",
                              with_tls ? "--tls-listen" : NULL,
                              "127.0.0.1:0",
                              "--self-signed",
                              server->folder,
                              NULL};
  // execv takes what it does not change without const.
  execv(program, (char *const *)(uintptr_t)argv);
  (void)fail(program);
  _exit(127);
}

// Makes an URL of "tcp HOST PORT", "tls HOST PORT" or "unix PATH". Returns 0 if it is none of
// |kind|.
static int read_line(const char *line, const char *kind, char *out, size_t cap) {
  char word[8] = "";
  char name[112] = "";
  char port[8] = "";
  const int fields = sscanf(line, "%7s %111s %7s", word, name, port);
  if (fields < 2 || strcmp(word, kind) != 0) return 0;
  if (strcmp(kind, "unix") == 0) {
    snprintf(out, cap, "pop3+unix://" ACCOUNT "@%s", name);
    return 1;
  }
  snprintf(out, cap, "%s://" ACCOUNT "@%s:%s", strcmp(kind, "tls") == 0 ? "pop3s" : "pop3", name,
           port);
  return fields == 3;
}

// The port file appears whole. Returns 1 if it has a line for |kind|.
static int read_port_file(const bench_server *server, const char *kind, char *out, size_t cap) {
  char path[128];
  char line[160];
  snprintf(path, sizeof(path), "%s/port", server->folder);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  int found = 0;
  while (!found && fgets(line, sizeof(line), file) != NULL) {
    found = read_line(line, kind, out, cap);
  }
  (void)fclose(file);
  return found;
}

static int await_mailboxd(bench_server *server, const char *kind, char *out, size_t cap) {
  const struct timespec step = {0, WAIT_STEP_NS};
  for (int i = 0; i < WAIT_STEPS; i++) {
    if (read_port_file(server, kind, out, cap)) return 1;
    if (waitpid(server->pid, NULL, WNOHANG) == server->pid) {
      server->pid = 0;
      fprintf(stderr, "bench: mailboxd ended before it listened\n");
      return 0;
    }
    nanosleep(&step, NULL);
  }
  fprintf(stderr, "bench: mailboxd does not listen\n");
  return 0;
}

static int make_folder(bench_server *out) {
  const char *base = getenv("TMPDIR");
  char name[sizeof(out->folder)];
  const size_t room = sizeof(name);
  // A Unix socket's path is short, and this one is going to stand in an URL.
  const char *plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
  if (base == NULL || base[0] != '/' || strlen(base) > 40 || base[strspn(base, plain)] != '\0') {
    base = "/tmp";
  }
  snprintf(name, room, "%.40s/bench.XXXXXX", base);
  if (mkdtemp(name) == NULL) return fail(name);
  memcpy(out->folder, name, room);
  return 1;
}

static int parse_url(pop3_url *out, const char *text) {
  pop3_error error = POP3_ERROR_INIT;
  if (pop3_url_parse(out, text, strlen(text), NULL, &error) == POP3_OK) return 1;
  fprintf(stderr, "bench: %s\n", error.text);
  return 0;
}

static int start(bench_server *out, const bench_options *options, int with_tls,
                 const bench_workload *workload) {
  char program[PATH_MAX];
  char generate[BENCH_NAME_MAX];
  char url[256];
  bench_workload_name(generate, workload);
  if (!find_mailboxd(program, sizeof(program), options->server) || !make_folder(out)) return 0;
  out->pid = fork();
  if (out->pid < 0) return fail("fork");
  if (out->pid == 0) {
    bench_cpu_pin(options->pin, BENCH_SERVER);
    run_mailboxd(program, out, options, with_tls, generate);
  }
  return await_mailboxd(out, options->use_unix ? "unix" : "tcp", url, sizeof(url)) &&
         parse_url(&out->url, url);
}

int bench_server_start(bench_server *out, const bench_options *options,
                       const bench_workload *workload) {
  memset(out, 0, sizeof(*out));
  if (options->url != NULL) return parse_url(&out->url, options->url);
  return start(out, options, 0, workload);
}

int bench_server_start_tls(bench_server *out, const bench_options *options,
                           const bench_workload *workload) {
  char url[256];
  memset(out, 0, sizeof(*out));
  if (!start(out, options, 1, workload)) return 0;
  snprintf(out->ca_file, sizeof(out->ca_file), "%s/ca.pem", out->folder);
  return await_mailboxd(out, "tls", url, sizeof(url)) && parse_url(&out->tls_url, url);
}

void bench_server_stop(bench_server *server) {
  if (server->pid > 0) {
    (void)kill(server->pid, SIGTERM);
    (void)waitpid(server->pid, NULL, 0);
    server->pid = 0;
  }
  if (server->folder[0] != '\0') {
    static const char *const kFiles[] = {"port", "socket", "ca.pem", "server.pem", "server.key"};
    for (size_t i = 0; i < sizeof(kFiles) / sizeof(kFiles[0]); i++) {
      char path[128];
      snprintf(path, sizeof(path), "%s/%s", server->folder, kFiles[i]);
      (void)unlink(path);
    }
    (void)rmdir(server->folder);
    server->folder[0] = '\0';
  }
  pop3_url_cleanup(&server->url);
  pop3_url_cleanup(&server->tls_url);
}
