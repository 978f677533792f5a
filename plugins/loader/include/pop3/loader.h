// The loader: loads plugins from files. It loads only files that the application names; core does
// not depend on it.
//
// What is checked before the dynamic linker sees the file, so that nothing of a refused file runs:
//   * the name: 1 to 15 of a-z 0-9 - _, or an absolute path without "." and "..";
//   * each directory on the path, from the root on, and the file: no symbolic link; owned by root
//     or by the effective user (root alone in a program that runs with privileges its caller does
//     not have); not writable by group or others, unless it is a directory of root's with the
//     sticky bit. An ACL that lets others write shows as a writable group and is refused as well;
//   * the file: regular; a whole ELF shared object for this machine; exports `pop3_plugin_entry`.
//
// Under these rules only root and the effective user can change what the path means between the
// check and the loading, and who they are decides what runs here anyway. The file is compared once
// more after it was loaded. Not covered: a descriptor that somebody opened for writing before the
// permissions were set, and the libraries that the plugin itself wants, which the dynamic linker
// finds by its own rules.
//
// Checked when the file has been loaded, its constructors included: that the linker finds all it
// wants, that the entry takes this host, the descriptor's name, and all that pop3_registry_add
// checks. Each failure names the file and the rule.
#ifndef POP3_LOADER_H_
#define POP3_LOADER_H_

#include <pop3/allocator.h>
#include <pop3/registry.h>
#include <pop3/size.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_loader finds and loads plugins, and keeps a list of those that it has loaded. It belongs to
// one thread at a time; loaders of different threads do not know each other.
typedef struct pop3_loader pop3_loader;

// pop3_loader_options says where plugins may be. Start from POP3_LOADER_OPTIONS_INIT. Strings are
// copied.
typedef struct pop3_loader_options {
  uint32_t size;  // sizeof(pop3_loader_options)
  uint32_t reserved;
  const char *const *dirs;  // absolute; searched in this order
  size_t num_dirs;
  const char *env;  // name of an environment variable with more of them, separated by colons,
                    // searched behind |dirs|; NULL: the environment is not looked at. It is not in
                    // a program that runs with privileges its caller does not have either
  const pop3_allocator *allocator;  // or NULL
} pop3_loader_options;

// POP3_LOADER_OPTIONS_INIT has no directories: plugins can be loaded by absolute path only.
#define POP3_LOADER_OPTIONS_INIT \
  { POP3_SIZEOF(pop3_loader_options), 0, NULL, 0, NULL, NULL }

// pop3_loader_options_init is POP3_LOADER_OPTIONS_INIT for languages without macros. |size| is how
// large the caller's struct is: nothing is written behind it.
void pop3_loader_options_init(pop3_loader_options *options, size_t size);

// pop3_loader_new makes a loader. |options| may be NULL. Fails with POP3_ERR_ARGUMENT on a
// directory that is not absolute or has "." or ".." in it.
pop3_status pop3_loader_new(pop3_loader **out, const pop3_loader_options *options, pop3_error *err);

// pop3_loader_free frees |loader|, which may be NULL. Plugins stay in the process: registries and
// sessions that have them need no loader.
void pop3_loader_free(pop3_loader *loader);

// pop3_loader_load finds `DIR/pop3_NAME.so` in the first directory that has it, or takes an
// absolute path, and adds the plugin to |registry|. A missing directory is skipped. A directory or
// file that breaks a rule is an error and ends the search. The file's constructors run in the
// calling thread. Fails with
//   * POP3_ERR_NOT_FOUND: no such file;
//   * POP3_ERR_POLICY: a rule about owners, permissions or links;
//   * POP3_ERR_ARGUMENT: the name, or what the file is: the text says which rule;
//   * POP3_ERR_LOCAL_IO, POP3_ERR_SYSTEM: it cannot be read, or not be linked.
// The dynamic linker knows a file by its path: one that has been replaced since it was loaded is
// not loaded anew.
pop3_status pop3_loader_load(pop3_loader *loader, pop3_registry *registry, const char *name,
                             pop3_error *err);

// POP3_LOADED_TRANSPORTS: the plugin has transports.
#define POP3_LOADED_TRANSPORTS UINT32_C(1)
// POP3_LOADED_AUTHS: the plugin has mechanisms.
#define POP3_LOADED_AUTHS UINT32_C(2)

// pop3_loaded describes a plugin that was loaded. |path| is the loader's, the rest static.
typedef struct pop3_loaded {
  uint32_t size;   // sizeof(pop3_loaded)
  uint32_t abi;    // POP3_ABI that it was built with
  uint32_t kinds;  // POP3_LOADED_*
  uint32_t reserved;
  const char *name;
  const char *version;  // "" if it has none
  const char *path;
  const pop3_plugin *plugin;
} pop3_loaded;

// pop3_loader_at returns the |index|-th plugin in the order of loading, or NULL. Valid until the
// next pop3_loader_load.
const pop3_loaded *pop3_loader_at(const pop3_loader *loader, size_t index);

#ifdef __cplusplus
}
#endif

#endif  // POP3_LOADER_H_
