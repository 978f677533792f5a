#define _GNU_SOURCE 1  // secure_getenv, RTLD_NODELETE
#include <dlfcn.h>
#include <limits.h>
#include <pop3/loader.h>
#include <pop3/spi/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/loader/elf_file.h"
#include "plugins/loader/refusal.h"
#include "plugins/loader/trusted_path.h"

#define LAYER "loader"
#define ENTRY "pop3_plugin_entry"
#define NAME_MAX_OCTETS 15  // of a plugin, as in the registry
#define PREFIX "pop3_"
#define SUFFIX ".so"

struct pop3_loader {
  pop3_allocator allocator;
  char **dirs;
  size_t num_dirs;
  pop3_loaded *loaded;  // each |path| is the loader's
  size_t num_loaded;
};

// candidate is a file that may be loaded.
typedef struct candidate {
  char path[PATH_MAX];
  const char *file;                // the last part of |path|
  char name[NAME_MAX_OCTETS + 1];  // what the plugin must be called; "" for anything
  int dir_fd;
  int fd;
  struct stat stat;
} candidate;

static void *default_alloc(void *ctx, size_t size) {
  (void)ctx;
  return malloc(size);
}

static void *default_resize(void *ctx, void *ptr, size_t size) {
  (void)ctx;
  return realloc(ptr, size);
}

static void default_release(void *ctx, void *ptr) {
  (void)ctx;
  free(ptr);
}

static pop3_status no_memory(pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the loader");
}

static char *copy_text(const pop3_loader *loader, const char *text, size_t len) {
  char *copy = loader->allocator.alloc(loader->allocator.ctx, len + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, len);
  copy[len] = '\0';
  return copy;
}

// Makes room for one more; |*list| stays valid on failure.
static int grow(const pop3_loader *loader, void **list, size_t count, size_t element) {
  if (count >= SIZE_MAX / element - 1) return 0;
  void *larger = loader->allocator.resize(loader->allocator.ctx, *list, (count + 1) * element);
  if (larger == NULL) return 0;
  *list = larger;
  return 1;
}

static pop3_status add_dir(pop3_loader *loader, const char *text, size_t len, pop3_error *err) {
  while (len > 1 && text[len - 1] == '/') len--;
  char *dir = copy_text(loader, text, len);
  if (dir == NULL) return no_memory(err);
  pop3_status status = p3_path_check(dir, err);
  void *list = loader->dirs;
  if (status == POP3_OK && !grow(loader, &list, loader->num_dirs, sizeof(*loader->dirs))) {
    status = no_memory(err);
  }
  loader->dirs = list;
  if (status != POP3_OK) {
    loader->allocator.release(loader->allocator.ctx, dir);
    return status;
  }
  loader->dirs[loader->num_dirs++] = dir;
  return POP3_OK;
}

static pop3_status add_env_dirs(pop3_loader *loader, const char *variable, pop3_error *err) {
  const char *at = secure_getenv(variable);
  while (at != NULL && *at != '\0') {
    const size_t len = strcspn(at, ":");
    pop3_error why = POP3_ERROR_INIT;
    const pop3_status status = add_dir(loader, at, len, &why);
    if (status != POP3_OK) {
      return pop3_error_set(err, status, LAYER, 0, "environment variable %s: \"%.*s\": %s",
                            variable, (int)(len > 80 ? 80 : len), at, why.text);
    }
    at += len;
    at += *at == ':';
  }
  return POP3_OK;
}

void pop3_loader_options_init(pop3_loader_options *options, size_t size) {
  static const pop3_loader_options kNone = POP3_LOADER_OPTIONS_INIT;
  if (size < sizeof(options->size)) return;
  memset(options, 0, size);
  memcpy(options, &kNone, size < sizeof(kNone) ? size : sizeof(kNone));
  const uint32_t whole = (uint32_t)size;
  memcpy(options, &whole, sizeof(whole));
}

pop3_status pop3_loader_new(pop3_loader **out, const pop3_loader_options *options,
                            pop3_error *err) {
  if (err != NULL) memset(err, 0, sizeof(*err));
  static const pop3_loader_options kNone = POP3_LOADER_OPTIONS_INIT;
  pop3_allocator allocator = {default_alloc, default_resize, default_release, NULL};
  *out = NULL;
  if (options == NULL) options = &kNone;
  if (!POP3_HAS_MEMBER(pop3_loader_options, options, allocator)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "pop3_loader_options: start from POP3_LOADER_OPTIONS_INIT");
  }
  if (options->allocator != NULL && options->allocator->alloc != NULL) {
    allocator = *options->allocator;
  }
  pop3_loader *loader = allocator.alloc(allocator.ctx, sizeof(*loader));
  if (loader == NULL) return no_memory(err);
  memset(loader, 0, sizeof(*loader));
  loader->allocator = allocator;
  *out = loader;
  pop3_status status = POP3_OK;
  for (size_t i = 0; i < options->num_dirs && status == POP3_OK; i++) {
    const char *dir = options->dirs[i] != NULL ? options->dirs[i] : "";
    status = add_dir(loader, dir, strlen(dir), err);
  }
  if (status == POP3_OK && options->env != NULL) status = add_env_dirs(loader, options->env, err);
  if (status != POP3_OK) {
    pop3_loader_free(loader);
    *out = NULL;
  }
  return status;
}

void pop3_loader_free(pop3_loader *loader) {
  if (loader == NULL) return;
  const pop3_allocator allocator = loader->allocator;
  for (size_t i = 0; i < loader->num_dirs; i++) allocator.release(allocator.ctx, loader->dirs[i]);
  for (size_t i = 0; i < loader->num_loaded; i++) {
    allocator.release(allocator.ctx, (char *)loader->loaded[i].path);
  }
  allocator.release(allocator.ctx, loader->dirs);
  allocator.release(allocator.ctx, loader->loaded);
  allocator.release(allocator.ctx, loader);
}

static int is_name(const char *text, size_t len) {
  if (len == 0 || len > NAME_MAX_OCTETS) return 0;
  return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") >= len;
}

// What `pop3_NAME.so` is called. Other file names say nothing.
static void name_from_file(candidate *c) {
  const size_t len = strlen(c->file);
  const size_t around = strlen(PREFIX) + strlen(SUFFIX);
  if (len <= around || strncmp(c->file, PREFIX, strlen(PREFIX)) != 0) return;
  if (strcmp(c->file + len - strlen(SUFFIX), SUFFIX) != 0) return;
  if (!is_name(c->file + strlen(PREFIX), len - around)) return;
  memcpy(c->name, c->file + strlen(PREFIX), len - around);
  c->name[len - around] = '\0';
}

// Opens DIR/FILE, whose path is in |c| already.
static pop3_status open_in(candidate *c, const char *dir, uid_t owner, pop3_error *err) {
  pop3_status status = p3_trusted_dir(dir, owner, &c->dir_fd, err);
  if (status != POP3_OK) return status;
  return p3_trusted_file(c->dir_fd, c->file, c->path, owner, &c->fd, &c->stat, err);
}

static void close_candidate(candidate *c) {
  if (c->fd >= 0) close(c->fd);
  if (c->dir_fd >= 0) close(c->dir_fd);
  c->fd = -1;
  c->dir_fd = -1;
}

static pop3_status open_path(candidate *c, const char *path, uid_t owner, pop3_error *err) {
  pop3_status status = p3_path_check(path, err);
  if (status != POP3_OK) return status;
  const size_t len = strlen(path);  // < PATH_MAX
  memcpy(c->path, path, len + 1);
  char *slash = strrchr(c->path, '/');
  c->file = slash + 1;
  if (*c->file == '\0') {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, path, "is no file: it ends in a slash");
  }
  name_from_file(c);
  char dir[PATH_MAX];
  const size_t dir_len = slash == c->path ? 1 : (size_t)(slash - c->path);
  memcpy(dir, c->path, dir_len);
  dir[dir_len] = '\0';
  return open_in(c, dir, owner, err);
}

static pop3_status not_found(const pop3_loader *loader, const char *name, pop3_error *err) {
  char dirs[POP3_ERROR_TEXT_MAX] = "";
  size_t len = 0;
  for (size_t i = 0; i < loader->num_dirs && len < sizeof(dirs) - 1; i++) {
    const int n =
        snprintf(dirs + len, sizeof(dirs) - len, "%s%s", i == 0 ? "" : ", ", loader->dirs[i]);
    len += n > 0 ? (size_t)n : 0;
  }
  return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                        "there is no " PREFIX "%s" SUFFIX " in %s", name,
                        loader->num_dirs == 0 ? "the search path, which is empty" : dirs);
}

static pop3_status open_name(const pop3_loader *loader, candidate *c, const char *name, uid_t owner,
                             pop3_error *err) {
  if (!is_name(name, strlen(name))) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "\"%.80s\" is no plugin: give a name, 1 to %d of a-z 0-9 - _, or an "
                          "absolute path",
                          name, NAME_MAX_OCTETS);
  }
  for (size_t i = 0; i < loader->num_dirs; i++) {
    const char *dir = loader->dirs[i];
    const int len = snprintf(c->path, sizeof(c->path), "%s/" PREFIX "%s" SUFFIX,
                             strcmp(dir, "/") == 0 ? "" : dir, name);
    if (len < 0 || (size_t)len >= sizeof(c->path)) {
      return p3_refuse(err, POP3_ERR_ARGUMENT, 0, dir, "is too long for a directory of plugins");
    }
    c->file = strrchr(c->path, '/') + 1;
    memcpy(c->name, name, strlen(name) + 1);
    // An error only if it is more than that there is no such file.
    pop3_error why = POP3_ERROR_INIT;
    const pop3_status status = open_in(c, dir, owner, &why);
    if (status == POP3_OK) return POP3_OK;
    close_candidate(c);
    if (status != POP3_ERR_NOT_FOUND) {
      if (err != NULL) *err = why;
      return status;
    }
  }
  return not_found(loader, name, err);
}

// The dynamic linker's words, without the path that they begin with.
static pop3_status link_failed(const candidate *c, pop3_error *err) {
  const char *words = dlerror();  // NOLINT(concurrency-mt-unsafe): of this thread in glibc and musl
  if (words == NULL) words = "it does not say why";
  const size_t len = strlen(c->path);
  if (strncmp(words, c->path, len) == 0 && strncmp(words + len, ": ", 2) == 0) words += len + 2;
  return p3_refuse(err, POP3_ERR_SYSTEM, 0, c->path, "is refused by the dynamic linker: %s", words);
}

// Loads the file and calls its entry. From here on its code runs.
static pop3_status enter(const candidate *c, const pop3_plugin **out, pop3_error *err) {
  // By its path, which only root and |owner| can change, so that debuggers and $ORIGIN know it. Not
  // through /proc/self/fd: the linker compares names, and a number soon stands for another file.
  void *handle = dlopen(c->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == NULL) return link_failed(c, err);
  void *symbol = dlsym(handle, ENTRY);
  pop3_status status = POP3_OK;
  if (symbol == NULL) {
    status = link_failed(c, err);
  } else if (!p3_same_file(c->dir_fd, c->file, &c->stat)) {
    status = p3_refuse(err, POP3_ERR_POLICY, 0, c->path, "was replaced while it was loaded");
  } else {
    // ISO C does not let a data pointer become a function's; POSIX demands that it can.
    pop3_plugin_entry_fn entry = NULL;
    memcpy(&entry, &symbol, sizeof(entry));
    *out = entry(POP3_ABI);
  }
  dlclose(handle);  // RTLD_NODELETE: the code stays
  return status;
}

// What else may be wrong with the descriptor is the registry's to say.
static pop3_status check_name(const candidate *c, const pop3_plugin *plugin, pop3_error *err) {
  if (c->name[0] == '\0') return POP3_OK;
  if (POP3_ABI_MAJOR(plugin->abi) != POP3_ABI_MAJOR(POP3_ABI)) return POP3_OK;
  if (!POP3_HAS_MEMBER(pop3_plugin, plugin, name) || plugin->name == NULL) return POP3_OK;
  if (strcmp(plugin->name, c->name) == 0) return POP3_OK;
  return p3_refuse(err, POP3_ERR_ARGUMENT, 0, c->path, "has the plugin \"%s\" in it, not \"%s\"",
                   plugin->name, c->name);
}

static pop3_status add(pop3_loader *loader, pop3_registry *registry, const candidate *c,
                       const pop3_plugin *plugin, pop3_error *err) {
  if (plugin == NULL) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, c->path,
                     "does not work here: its entry refuses version %u.%u of the interface",
                     (unsigned)POP3_ABI_MAJOR(POP3_ABI), (unsigned)(POP3_ABI & 0xffff));
  }
  pop3_status status = check_name(c, plugin, err);
  if (status != POP3_OK) return status;
  void *list = loader->loaded;
  const int has_room = grow(loader, &list, loader->num_loaded, sizeof(*loader->loaded));
  loader->loaded = list;
  char *path = has_room ? copy_text(loader, c->path, strlen(c->path)) : NULL;
  if (path == NULL) return no_memory(err);
  pop3_error why = POP3_ERROR_INIT;
  status = pop3_registry_add(registry, plugin, &why);
  if (status != POP3_OK) {
    loader->allocator.release(loader->allocator.ctx, path);
    return p3_refuse(err, status, 0, c->path, "is refused: %s", why.text);
  }
  pop3_loaded *loaded = &loader->loaded[loader->num_loaded++];
  memset(loaded, 0, sizeof(*loaded));
  loaded->size = (uint32_t)sizeof(*loaded);
  loaded->abi = plugin->abi;
  loaded->kinds = (plugin->num_transports > 0 ? POP3_LOADED_TRANSPORTS : 0) |
                  (plugin->num_auths > 0 ? POP3_LOADED_AUTHS : 0);
  loaded->name = plugin->name;
  loaded->version = plugin->version != NULL ? plugin->version : "";
  loaded->path = path;
  loaded->plugin = plugin;
  return POP3_OK;
}

pop3_status pop3_loader_load(pop3_loader *loader, pop3_registry *registry, const char *name,
                             pop3_error *err) {
  if (err != NULL) memset(err, 0, sizeof(*err));
  const uid_t owner = p3_trust_owner();
  if (name == NULL) name = "";
  candidate c;
  memset(&c, 0, sizeof(c));
  c.dir_fd = -1;
  c.fd = -1;
  const pop3_plugin *plugin = NULL;
  pop3_status status =
      name[0] == '/' ? open_path(&c, name, owner, err) : open_name(loader, &c, name, owner, err);
  if (status == POP3_OK) {
    status = p3_elf_check(c.fd, (uint64_t)c.stat.st_size, ENTRY, c.path, err);
  }
  if (status == POP3_OK) status = enter(&c, &plugin, err);
  if (status == POP3_OK) status = add(loader, registry, &c, plugin, err);
  close_candidate(&c);
  return status;
}

const pop3_loaded *pop3_loader_at(const pop3_loader *loader, size_t index) {
  return index < loader->num_loaded ? &loader->loaded[index] : NULL;
}
