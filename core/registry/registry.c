#include "core/registry/registry.h"

#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/plugin_tables.h"
#include "core/base/text.h"

#define LAYER "registry"

static const char kTaken[] = "the name is taken";

// Copies of the function tables, full-size whatever the plugin was built with, so that the rest of
// core never asks how large a foreign struct is.
struct pop3_registry {
  pop3_allocator allocator;
  const pop3_plugin **plugins;
  size_t num_plugins;
  pop3_transport_ops **transports;
  size_t num_transports;
  pop3_auth_ops **auths;
  size_t num_auths;
};

pop3_status pop3_registry_new(pop3_registry **out, const pop3_allocator *allocator,
                              pop3_error *err) {
  p3_error_reset(err);
  pop3_allocator resolved;
  p3_allocator_resolve(&resolved, allocator);
  *out = p3_mem_zalloc(&resolved, 1, sizeof(**out));
  if (*out == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a registry");
  }
  (*out)->allocator = resolved;
  return POP3_OK;
}

void pop3_registry_free(pop3_registry *registry) {
  if (registry == NULL) return;
  const pop3_allocator allocator = registry->allocator;
  for (size_t i = 0; i < registry->num_transports; i++) {
    p3_mem_free(&allocator, registry->transports[i]);
  }
  for (size_t i = 0; i < registry->num_auths; i++) p3_mem_free(&allocator, registry->auths[i]);
  p3_mem_free(&allocator, registry->transports);
  p3_mem_free(&allocator, registry->auths);
  p3_mem_free(&allocator, registry->plugins);
  p3_mem_free(&allocator, registry);
}

static pop3_status broken(pop3_error *err, const pop3_plugin *plugin, const char *kind,
                          const char *name, const char *rule) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "plugin %s, %s %s: %s",
                        plugin->name != NULL ? plugin->name : "?", kind, name != NULL ? name : "?",
                        rule);
}

static pop3_status check_transport(const pop3_registry *registry, const pop3_plugin *plugin,
                                   const pop3_transport_ops *ops, pop3_error *err) {
  const char *name;
  const char *problem = p3_transport_problem(ops, &name);
  if (problem == NULL && pop3_registry_transport(registry, name) != NULL) problem = kTaken;
  return problem == NULL ? POP3_OK : broken(err, plugin, "transport", name, problem);
}

static pop3_status check_auth(const pop3_registry *registry, const pop3_plugin *plugin,
                              const pop3_auth_ops *ops, pop3_error *err) {
  const char *name;
  const char *problem = p3_auth_problem(ops, &name);
  if (problem == NULL && pop3_registry_auth(registry, name) != NULL) problem = kTaken;
  return problem == NULL ? POP3_OK : broken(err, plugin, "mechanism", name, problem);
}

static pop3_status check_plugin(const pop3_plugin *plugin, pop3_error *err) {
  if (plugin == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "the plugin is NULL: its entry function refused this host");
  }
  if (POP3_ABI_MAJOR(plugin->abi) != POP3_ABI_MAJOR(POP3_ABI)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "plugin built for version %u of the interface, this is %u",
                          (unsigned)POP3_ABI_MAJOR(plugin->abi),
                          (unsigned)POP3_ABI_MAJOR(POP3_ABI));
  }
  if (!POP3_HAS_MEMBER(pop3_plugin, plugin, num_auths)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "the plugin's descriptor is smaller than the interface demands");
  }
  if (!p3_name_is_valid(plugin->name, P3_PLUGIN_NAME_MAX)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a plugin's name is not 1 to 15 of a-z 0-9 - _");
  }
  if ((plugin->num_transports > 0 && plugin->transports == NULL) ||
      (plugin->num_auths > 0 && plugin->auths == NULL) ||
      plugin->num_transports + plugin->num_auths == 0) {
    return broken(err, plugin, "descriptor", "", "it offers nothing, or a list is NULL");
  }
  return POP3_OK;
}

// Copies |size| octets of a plugin's table at the most and leaves the rest of ours zero.
static void *copy_table(const pop3_allocator *allocator, const void *table, size_t table_size,
                        size_t full_size) {
  void *copy = p3_mem_zalloc(allocator, 1, full_size);
  if (copy != NULL) memcpy(copy, table, table_size < full_size ? table_size : full_size);
  return copy;
}

static int add_tables(pop3_registry *registry, const pop3_plugin *plugin) {
  for (size_t i = 0; i < plugin->num_transports; i++) {
    const pop3_transport_ops *ops = plugin->transports[i];
    pop3_transport_ops *copy =
        copy_table(&registry->allocator, ops, ops->size, sizeof(pop3_transport_ops));
    if (copy == NULL) return 0;
    copy->size = (uint32_t)sizeof(*copy);
    registry->transports[registry->num_transports++] = copy;
  }
  for (size_t i = 0; i < plugin->num_auths; i++) {
    const pop3_auth_ops *ops = plugin->auths[i];
    pop3_auth_ops *copy = copy_table(&registry->allocator, ops, ops->size, sizeof(pop3_auth_ops));
    if (copy == NULL) return 0;
    copy->size = (uint32_t)sizeof(*copy);
    registry->auths[registry->num_auths++] = copy;
  }
  return 1;
}

// Makes room in all three lists, so that adding cannot fail halfway for want of it.
static int make_room(pop3_registry *registry, const pop3_plugin *plugin) {
  const pop3_allocator *allocator = &registry->allocator;
  void *list = p3_mem_grow(allocator, registry->transports,
                           registry->num_transports + plugin->num_transports + 1,
                           sizeof(*registry->transports));
  if (list == NULL) return 0;
  registry->transports = list;
  list = p3_mem_grow(allocator, registry->auths, registry->num_auths + plugin->num_auths + 1,
                     sizeof(*registry->auths));
  if (list == NULL) return 0;
  registry->auths = list;
  list = p3_mem_grow(allocator, registry->plugins, registry->num_plugins + 1,
                     sizeof(*registry->plugins));
  if (list == NULL) return 0;
  registry->plugins = list;
  return 1;
}

static pop3_status twice(pop3_error *err, const pop3_plugin *plugin, const char *name) {
  return broken(err, plugin, "descriptor", name, "the same name twice");
}

// Two entries of one plugin must not share a name either; check_transport sees only what was added.
static pop3_status check_own_names(const pop3_plugin *plugin, pop3_error *err) {
  for (size_t i = 0; i < plugin->num_transports; i++) {
    for (size_t k = 0; k < i; k++) {
      if (strcmp(plugin->transports[i]->name, plugin->transports[k]->name) == 0) {
        return twice(err, plugin, plugin->transports[i]->name);
      }
    }
  }
  for (size_t i = 0; i < plugin->num_auths; i++) {
    for (size_t k = 0; k < i; k++) {
      if (strcmp(plugin->auths[i]->name, plugin->auths[k]->name) == 0) {
        return twice(err, plugin, plugin->auths[i]->name);
      }
    }
  }
  return POP3_OK;
}

pop3_status pop3_registry_add(pop3_registry *registry, const pop3_plugin *plugin, pop3_error *err) {
  p3_error_reset(err);
  pop3_status status = check_plugin(plugin, err);
  for (size_t i = 0; status == POP3_OK && i < plugin->num_transports; i++) {
    status = check_transport(registry, plugin, plugin->transports[i], err);
  }
  for (size_t i = 0; status == POP3_OK && i < plugin->num_auths; i++) {
    status = check_auth(registry, plugin, plugin->auths[i], err);
  }
  if (status == POP3_OK) status = check_own_names(plugin, err);
  if (status != POP3_OK) return status;

  const size_t transports_before = registry->num_transports;
  const size_t auths_before = registry->num_auths;
  if (make_room(registry, plugin) && add_tables(registry, plugin)) {
    registry->plugins[registry->num_plugins++] = plugin;
    return POP3_OK;
  }
  while (registry->num_transports > transports_before) {
    p3_mem_free(&registry->allocator, registry->transports[--registry->num_transports]);
  }
  while (registry->num_auths > auths_before) {
    p3_mem_free(&registry->allocator, registry->auths[--registry->num_auths]);
  }
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to register plugin %s",
                        plugin->name);
}

const pop3_transport_ops *pop3_registry_transport(const pop3_registry *registry, const char *name) {
  for (size_t i = 0; i < registry->num_transports; i++) {
    if (strcmp(registry->transports[i]->name, name) == 0) return registry->transports[i];
  }
  return NULL;
}

const pop3_auth_ops *pop3_registry_auth(const pop3_registry *registry, const char *name) {
  for (size_t i = 0; i < registry->num_auths; i++) {
    if (p3_ascii_equal(name, strlen(name), registry->auths[i]->name)) return registry->auths[i];
  }
  return NULL;
}

const pop3_transport_ops *pop3_registry_transport_at(const pop3_registry *registry, size_t index) {
  return index < registry->num_transports ? registry->transports[index] : NULL;
}

const pop3_auth_ops *pop3_registry_auth_at(const pop3_registry *registry, size_t index) {
  return index < registry->num_auths ? registry->auths[index] : NULL;
}

const pop3_plugin *pop3_registry_plugin_at(const pop3_registry *registry, size_t index) {
  return index < registry->num_plugins ? registry->plugins[index] : NULL;
}

const pop3_auth_ops *const *p3_registry_auths(const pop3_registry *registry, size_t *out_count) {
  *out_count = registry->num_auths;
  return (const pop3_auth_ops *const *)registry->auths;
}

const pop3_transport_ops *p3_registry_encrypting(const pop3_registry *registry) {
  for (size_t i = 0; i < registry->num_transports; i++) {
    const uint32_t flags = registry->transports[i]->flags;
    if ((flags & POP3_TRANSPORT_ENCRYPTS) != 0 && (flags & POP3_TRANSPORT_UPPER) != 0) {
      return registry->transports[i];
    }
  }
  return NULL;
}
