// Graft's program: finds the verb, and turns whatever goes wrong into one plain line and an exit status.
#include <c10/util/Exception.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string_view>

#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/base/version.hpp"

namespace graft {

namespace {

using core::Error;
using core::Exit;

struct Verb {
  const char* name;
  int (*act)(const Arguments&);  // null: not in this version
};
constexpr Verb kVerbs[] = {{"run", run_verb},     {"inspect", inspect_verb}, {"export", export_verb}, {"plugins", plugins_verb},
                           {"compare", nullptr},  {"new", nullptr},          {"check", nullptr},      {"data", nullptr},
                           {"evaluate", nullptr}, {"bench", nullptr}};

constexpr auto kHelp = R"(Graft: personalized federated learning on Vision Transformers

  graft run M          trains a federation as the manifest M says, and says what it gained and what it cost
  graft inspect M      the resolved manifest, the model's tensors, what travels and what is stored; runs nothing
  graft export RUN     a run's models as safetensors files, under timm's names
  graft plugins        the strategies and modules at hand

  graft VERB --help    a verb's options
  graft --version      this program's version

Examples
  graft run configs/quickstart.toml
  graft run configs/quickstart.toml --set strategy.use=fedavg --set rounds=5
  graft run configs/quickstart.toml --out runs/first --resume
  graft inspect configs/quickstart.toml
  graft export runs/quickstart --out models
)";

int act(const Arguments& arguments) {
  if (arguments.empty())
    throw Error(Exit::usage, "no verb given, expected one of run, inspect, export, plugins", "'graft --help' says more");
  const auto& word = arguments.front();
  if (word == "--help" || word == "-h" || word == "help") return print(kHelp), 0;
  if (word == "--version") return print(std::string("graft ") + core::version() + "\n"), 0;
  const auto* const verb = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& v) { return v.name == word; });
  if (verb == std::end(kVerbs)) {
    std::vector<std::string> known{"--help", "--version"};
    for (const auto& one : kVerbs) known.emplace_back(one.name);
    const auto kind = word[0] == '-' ? "option" : "verb";
    throw Error(Exit::usage, std::string("unknown ") + kind + " '" + word + "'" + core::did_you_mean(word, known),
                "'graft --help' lists them");
  }
  if (verb->act == nullptr) throw Error(Exit::usage, "'graft " + word + "' is not available yet in this version");
  return verb->act({arguments.begin() + 1, arguments.end()});
}

int fail(Exit status, const std::string& line, const std::string& more = "") {
  std::cerr << line << '\n';
  if (!more.empty()) std::cerr << more << '\n';
  return static_cast<int>(status);
}

// The allocator for the CPU says how much it wanted, among much else.
std::string wanted_memory(const std::string& why) {
  constexpr std::string_view kTried = "you tried to allocate ";
  const auto at = why.find(kTried);
  return at == std::string::npos ? why
                                 : core::bytes_text(std::strtod(why.c_str() + at + kTried.size(), nullptr)) + " more were wanted";
}

int out_of_memory(const std::string& why) {
  return fail(Exit::failed, "out of memory" + (why.empty() ? "" : ": " + why),
              "fewer lanes, a smaller training.batch or a smaller backbone need less");
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int guarded(const Arguments& arguments) {
  try {
    return act(arguments);
  } catch (const Error& error) {
    return fail(error.status, error.what(), error.more);
  } catch (const std::bad_alloc&) {
    return out_of_memory("");
  } catch (const c10::OutOfMemoryError& error) {
    return out_of_memory(first_line(error.what_without_backtrace()));
  } catch (const c10::Error& error) {
    const auto why = first_line(error.what_without_backtrace());
    if (why.find("DefaultCPUAllocator") != std::string::npos) return out_of_memory(wanted_memory(why));
    return fail(Exit::failed, "LibTorch failed: " + why);
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(Exit::failed, "'" + error.path1().string() + "': " + error.code().message());
  } catch (const std::exception& error) {
    return fail(Exit::failed, "failed unexpectedly: " + first_line(error.what()));
  }
}

}  // namespace

}  // namespace graft

int main(int count, char** words) {
  // Buffers of gradients come and go with every step: unmapping them cost more than all else.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  return graft::guarded({words + 1, words + count});
}
