// What a file is: a library for this machine, with one symbol, that opens at once.
#include <dlfcn.h>

#include <chrono>
#include <fstream>
#include <regex>
#include <vector>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/library/elf.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin_parts.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

constexpr double kScanSeconds = 0.5;
constexpr const char* kSemantic = R"((0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)";

// The others look at what this one refuses.
void need_a_plugin(const Subject& subject) {
  try {
    core::check_plugin_file(subject.file);
  } catch (const core::Error& refusal) {
    throw Skipped(std::string("the file is refused: ") + refusal.what());
  }
}

void* opened(const Subject& subject) {
  void* library = nullptr;
  core::run_hook({subject.id, "opening", true}, [&] {
    library = dlopen(subject.file.c_str(), RTLD_NOW | RTLD_LOCAL);
    return 0;
  });
  return library;
}

const graft_descriptor& descriptor_of(const Subject& subject) {
  need_a_plugin(subject);
  void* const library = opened(subject);
  if (library == nullptr) throw Skipped("it does not open, see loads-now");
  return *static_cast<const graft_descriptor*>(dlsym(library, core::plugin_symbol(subject.file).c_str()));
}

// The wall clock, less what this thread has waited for a processor that others had: a busy machine is no fault of a plugin's. Where
// the kernel does not count that, the wall clock.
double seconds_but_for_others() {
  std::ifstream counts("/proc/thread-self/schedstat");
  double computed = 0, waited = 0;  // nanoseconds
  counts >> computed >> waited;
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count() - waited * 1e-9;
}

}  // namespace

void table_version(const Subject& subject) { core::check_plugin_file(subject.file); }

void one_symbol(const Subject& subject) {
  need_a_plugin(subject);
  const auto own = core::plugin_symbol(subject.file);
  std::vector<std::string> others;
  for (const auto& symbol : core::Elf(core::read_whole(subject.file, core::Exit::plugin)).exported()) {
    if (symbol.name != own) others.push_back(symbol.name);
  }
  if (others.empty()) return;
  const auto count = others.size();
  if (count > 3) others.resize(3);
  throw Failed("it exports " + core::many_text(std::int64_t(count), "symbol") + " beside " + own + ": " + core::joined(others) +
               (count > 3 ? ", …" : "") + "; graft_add_plugin() hides them");
}

void loads_now(const Subject& subject) {
  need_a_plugin(subject);
  if (opened(subject) == nullptr) throw Failed(dlerror());
}

void id_is_file_name(const Subject& subject) {
  const auto& descriptor = descriptor_of(subject);
  if (descriptor.id == nullptr) throw Failed("its descriptor names no id");
  if (descriptor.id == subject.id && subject.file.extension() == ".so") return;
  throw Failed("the plugin is '" + std::string(descriptor.id) + "', its file " + subject.file.filename().string() + ", expected " +
               descriptor.id + ".so");
}

void version_is_plain(const Subject& subject) {
  const auto& descriptor = descriptor_of(subject);
  const std::string version = descriptor.version != nullptr ? descriptor.version : "";
  if (std::regex_match(version, std::regex(kSemantic))) return;
  throw Failed("its version is '" + version + "', expected one like 1.0.0 (semver.org)");
}

void scan_time(const Subject& subject) {
  need_a_plugin(subject);
  const double start = seconds_but_for_others();
  core::open_plugin(subject.file, subject.id);
  const double seconds = seconds_but_for_others() - start;
  if (seconds <= kScanSeconds) return;
  throw Failed("opening, start, create and options took " + number_text(seconds) + " s, expected " + number_text(kScanSeconds) +
               " s at most: 'graft plugins' opens every plugin");
}

}  // namespace graft::contract
