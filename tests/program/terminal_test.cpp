// Help, completion, the log of a run, plugins in full: what a user reads.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> completed(const Folder& folder, const std::string& words) {
  folder.write("complete.sh", "source ./script\nCOMP_WORDS=(" + words +
                                  ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_graft 2>/dev/null\n"
                                  "printf '%s\\n' \"${COMPREPLY[@]}\" >completed\n");
  const auto command = "cd '" + (folder / "").string() + "' && bash complete.sh";
  REQUIRE(std::system(command.c_str()) == 0);
  return words_of(folder.read("completed"));
}

const Words kVerbs{"run", "compare", "watch", "inspect", "data", "evaluate", "export", "plugins", "check", "completion"};

}  // namespace

TEST_CASE("every verb's help says what it does, what it takes, and gives examples, on 80 columns") {
  const Folder folder;
  for (const auto& verb : kVerbs) {
    INFO(verb);
    const auto outcome = folder.graft({verb, "--help"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find("\n  graft " + verb) != std::string::npos);
    CHECK(outcome.out.find("\nExamples\n  graft " + verb) != std::string::npos);
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 90);  // bytes
  }
}

TEST_CASE("bash completes verbs, each verb's options, keys and plugins") {
  const Folder folder;
  folder.write("script", folder.graft({"completion", "bash"}).out);
  CHECK(completed(folder, "graft ev") == Words{"evaluate"});
  CHECK(completed(folder, "graft run m.toml --set training.ep") == Words{"training.epochs="});
  CHECK(completed(folder, "graft plugins fedr") == Words{"fedrep"});
  CHECK(completed(folder, "graft plugins remove fedr") == Words{"fedrep"});
  CHECK(completed(folder, "graft plugins add --") == Words{"--replace", "--set", "--help"});
  CHECK(completed(folder, "graft plugins lock --also fedr") == Words{"fedrep"});
  CHECK(completed(folder, "graft completion z") == Words{"zsh"});
  for (const auto& verb : kVerbs) {
    INFO(verb);
    const auto help = folder.graft({verb, "--help"}).out;
    const auto options = completed(folder, "graft " + verb + " x --");
    for (const auto& option : options) CHECK(help.find(option) != std::string::npos);
    for (const auto& word : words_of(help.substr(0, help.find("\nExamples")))) {
      if (word.starts_with("--") && word.find_first_of(",=.:;)") == std::string::npos) {
        INFO(word);
        CHECK(std::find(options.begin(), options.end(), word) != options.end());
      }
    }
  }
  CHECK(folder.graft({"completion", "fish"}).status == 2);
}

TEST_CASE("a plugin's name that a shell would obey is in no script") {
  const Folder folder;
  const Words hostile{"$(touch x).so", "`touch x`.so", "a\";touch x;\".so", "x y.so", "x;touch x.so", "*.so"};
  for (const auto& name : hostile) folder.write("plugins/" + name, "");
  folder.write("plugins/plain-1.so", "");
  setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
  for (const auto* shell : {"bash", "zsh"}) {
    const auto script = folder.graft({"completion", shell}).out;
    CHECK(script.find("touch") == std::string::npos);
    CHECK(script.find(" x y ") == std::string::npos);
    CHECK(script.find(" * ") == std::string::npos);
    CHECK(script.find(" plain-1 ") != std::string::npos);
    if (std::string(shell) == "bash") folder.write("script", script);
  }
  unsetenv("GRAFT_PLUGIN_PATH");
  CHECK(completed(folder, "graft plugins plain") == Words{"plain-1"});
  CHECK(completed(folder, "graft check --set tr").empty());
  CHECK(folder.names("plugins").size() == hostile.size() + 1);
  CHECK(!std::filesystem::exists(folder / "x"));
}

TEST_CASE("a run's log says what was run, each round, and how it ended") {
  const Folder folder;
  const auto outcome = folder.graft({"run", folder.manifest(), "--out", "run", "--quiet"});
  REQUIRE(outcome.status == 0);
  CHECK(outcome.err.empty());
  const auto log = folder.read("run/run.log");
  for (const auto* line : {"graft run small.toml --out run\n", "small: fedavg, 2 of 4 clients a round", "about ",
                           "round 3/3: accuracy ", "done: small: fedavg, 3 rounds"}) {
    INFO(line);
    CHECK(log.find(line) != std::string::npos);
  }
  CHECK(log.find('\x1b') == std::string::npos);
}

TEST_CASE("a plugin in full: options with default, range and meaning, and what it does") {
  const Folder folder;
  const auto shown = folder.graft({"plugins", "fedrep"});
  REQUIRE(shown.status == 0);
  for (const auto* text : {"fedrep 1.0.0, a strategy", "schedule = \"head_then_body\"", "one of \"head_then_body\", \"joint\"",
                           "an integer from 0", "personal   head", "none: its plan says it all"}) {
    INFO(text);
    CHECK(shown.out.find(text) != std::string::npos);
  }
  const auto json = nlohmann::json::parse(folder.graft({"plugins", "apfl", "--json"}).out);
  CHECK(json.at("fills") == nlohmann::json({"step", "finish", "predict"}));
  CHECK(json.at("plan").at("keeps").size() == 2);
  CHECK(nlohmann::json::parse(folder.graft({"plugins", "prefix", "--json"}).out).at("fills") == nlohmann::json({"keys_values"}));
  CHECK(folder.graft({"plugins", "fedrap"}).first_line() == "unknown plugin 'fedrap', did you mean 'fedrep'?");
}

}  // namespace graft::tests
