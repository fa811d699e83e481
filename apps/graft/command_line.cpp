// CLI11 finds the values; the messages are our own.
#include "apps/graft/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <iostream>
#include <system_error>

#include "apps/graft/help.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

core::Error misused(const CLI::App& app, const std::string& what) {
  return {core::Exit::usage, app.get_name() + ": " + what, "'" + app.get_name() + " --help' says what it takes"};
}

// Options and values that nobody asked for.
void refuse_others(const CLI::App& app) {
  for (const auto& word : app.remaining()) {
    if (word == "--") continue;
    const auto name = word.substr(0, word.find('='));
    if (word.size() < 2 || word[0] != '-') throw misused(app, "'" + word + "' is one word too many");
    const auto near = core::nearest(name.substr(std::min(name.find_first_not_of('-'), name.size())), options_of(app));
    throw misused(app, "unknown option '" + name + "'" + (near.empty() ? "" : ", did you mean '--" + near + "'?"));
  }
}

}  // namespace

void add_overrides(CLI::App& app, Arguments& overrides, const std::string& meaning) {
  app.add_option("--set", overrides, meaning)->type_name("KEY=VALUE")->allow_extra_args(false);
}

bool read_arguments(CLI::App& app, const Arguments& arguments) {
  app.allow_extras();
  app.set_help_flag();
  app.set_help_flag("-h,--help", "this text");  // behind the verb's own
  try {
    app.parse(Arguments(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::CallForHelp&) {
    print(help_text(app));
    return false;
  } catch (const CLI::RequiredError& error) {
    refuse_others(app);  // a mistyped option is why, more often than not
    throw misused(app, error.what());
  } catch (const CLI::ParseError& error) {
    throw misused(app, error.what());
  }
  refuse_others(app);
  return true;
}

std::string not_empty(const std::string& value) { return value.empty() ? "expected a name, found nothing" : ""; }

std::string shell_word(const std::string& word) {
  constexpr auto kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void print(const std::string& text) {
  errno = 0;
  std::cout << text << std::flush;
  if (std::cout.good()) return;
  throw core::Error(core::Exit::failed,
                    "cannot write to standard output: " + std::generic_category().message(errno != 0 ? errno : EIO));
}

}  // namespace graft
