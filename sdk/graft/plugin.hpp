// The one export of a plugin, and what stands between its C++ and the C that crosses: no exception leaves it.
#pragma once
#include <graft/ops.hpp>
#include <graft/options.hpp>

#include <string>
#include <type_traits>

namespace graft {

// Runs a hook's body; what it throws is told to the host.
template <class Body>
int32_t guarded(Body body) noexcept {
  try {
    body();
    return 0;
#ifdef GRAFT_NATIVE
  } catch (const c10::Error& e) {
    host()->fail(e.what_without_backtrace());
#endif
  } catch (const std::exception& e) {
    host()->fail(e.what());
  } catch (...) {
    host()->fail("threw something that is no std::exception");
  }
  return 1;
}

// The hook where `Mine` overrides `Base`, else null: the host then runs its own.
template <class Mine, class Base, class Hook>
constexpr Hook given(Mine, Base, Hook hook) {
  return std::is_same_v<Mine, Base> ? nullptr : hook;
}

// A plugin with its options bound, and the text that it last answered with on this thread.
template <class Type>
struct Instance {
  Type plugin;
  Options options;
  Instance() { plugin.options(options); }

  template <class Text>
  static const char* answer(Text text) {
    static thread_local std::string said;
    return guarded([&] { said = text(); }) ? nullptr : said.c_str();
  }
};

// The part of the C face that strategies and modules share.
template <class Type>
struct Face {
  static int32_t start(const graft_host* given) {
    host() = given;
    return 0;
  }
  static void* create() {
    void* made = nullptr;
    guarded([&] { made = new Instance<Type>; });
    return made;
  }
  static void destroy(void* self) { delete static_cast<Instance<Type>*>(self); }
  static const char* options(void* self) {
    return Instance<Type>::answer([&] { return static_cast<Instance<Type>*>(self)->options.describe(); });
  }
  static int32_t set(void* self, const char* name, const graft_arg* value) {
    return guarded([&] { static_cast<Instance<Type>*>(self)->options.set(name, *value); });
  }
};

}  // namespace graft

#define GRAFT_EXPORT(Type, kind, id, version, summary, strategy, module)                        \
  extern "C" __attribute__((visibility("default"))) const graft_descriptor GRAFT_PLUGIN_SYMBOL; \
  const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),                       \
                                                GRAFT_TARGET,                                   \
                                                kind,                                           \
                                                id,                                             \
                                                version,                                        \
                                                summary,                                        \
                                                graft::Face<Type>::start,                       \
                                                graft::Face<Type>::create,                      \
                                                graft::Face<Type>::destroy,                     \
                                                graft::Face<Type>::options,                     \
                                                graft::Face<Type>::set,                         \
                                                strategy,                                       \
                                                module,                                         \
                                                GRAFT_BUILT};
