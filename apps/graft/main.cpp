// Graft's program: finds the verb, and turns whatever goes wrong into one plain line and an exit status.
#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

#include "apps/graft/help.hpp"
#include "apps/graft/plain_error.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/base/version.hpp"
#include "core/report/layout.hpp"

namespace graft {

namespace {

using core::Error;
using core::Exit;

constexpr auto kExamples = R"(
Examples
  graft run configs/quickstart.toml
  graft run configs/quickstart.toml --set strategy.use=fedavg --set rounds=5
  graft run configs/quickstart.toml --out runs/first --resume
  graft compare configs/quickstart-study.toml
  graft inspect configs/quickstart.toml
  graft data configs/quickstart.toml
  graft plugins fedperfix
  graft export runs/quickstart --out models
)";

constexpr std::size_t kCalls = 26;  // columns before what a verb does

std::string help() {
  const auto width = help_width();
  std::vector<core::Cells> rows;
  const auto add = [&](std::string call, const std::string& does) {
    for (const auto& line : core::wrapped(does, width - kCalls)) rows.push_back({std::exchange(call, ""), line});
  };
  for (const auto& verb : verbs()) {
    if (verb.act != nullptr) add(std::string("graft ") + verb.name + " " + verb.takes, verb.does);
  }
  rows.emplace_back();
  if (std::getenv("GRAFT_LAUNCHER") != nullptr) {
    add("./graft test", "builds and runs the tests; what follows goes to ctest");
    add("./graft build", "builds; --preset NAME: another preset than release");
    add("./graft clean", "removes what was built; --all: the fetched LibTorch too");
    rows.emplace_back();
  }
  add("graft VERB --help", "a verb's options, and examples");
  add("graft --version", "this program's version");
  return "Graft: personalized federated learning on Vision Transformers\n\n" + core::aligned(rows, {}, 2) + kExamples;
}

int act(const Arguments& arguments) {
  std::vector<std::string> known;
  for (const auto& one : verbs()) known.emplace_back(one.name);
  if (arguments.empty()) {
    std::vector<std::string> served;
    for (const auto& one : verbs()) {
      if (one.act != nullptr) served.emplace_back(one.name);
    }
    throw Error(Exit::usage, "no verb given, expected one of " + core::joined(served), "'graft --help' says more");
  }
  const auto& word = arguments.front();
  if (word == "--help" || word == "-h" || word == "help") return print(help()), 0;
  if (word == "--version") return print(std::string("graft ") + core::version() + "\n"), 0;
  const auto verb = std::ranges::find(verbs(), word, &Verb::name);
  if (verb == verbs().end()) {
    known.insert(known.end(), {"--help", "--version"});
    if (std::getenv("GRAFT_LAUNCHER") != nullptr) known.insert(known.end(), {"test", "build", "clean"});
    const auto kind = word[0] == '-' ? "option" : "verb";
    throw Error(Exit::usage, std::string("unknown ") + kind + " '" + word + "'" + core::did_you_mean(word, known),
                "'graft --help' lists them");
  }
  if (verb->act == nullptr) throw Error(Exit::usage, "'graft " + word + "' is not available yet in this version");
  return verb->act({arguments.begin() + 1, arguments.end()});
}

int guarded(const Arguments& arguments) {
  try {
    return act(arguments);
  } catch (...) {
    const auto error = plain_error(std::current_exception());
    std::cerr << error.what() << '\n';
    if (!error.more.empty()) std::cerr << error.more << '\n';
    return static_cast<int>(error.status);
  }
}

}  // namespace

}  // namespace graft

int main(int count, char** words) {
  // Buffers of gradients come and go with every step: unmapping them cost more than all else.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  signal(SIGCHLD, SIG_DFL);  // ignored, as some parents leave it, children's ends would be lost to those who wait for them
  return graft::guarded({words + 1, words + count});
}
