// Puts help together from what CLI11 knows of a verb.
#include "apps/graft/help.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "apps/graft/terminal.hpp"
#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft {

namespace {

constexpr std::size_t kWidest = 100, kNarrowest = 40, kLeast = 20;  // columns; the last: of a description

std::string usage(const CLI::App& app) {
  std::string text = app.get_name();
  for (const auto* option : app.get_options()) {
    const bool needed = option->get_required();
    if (option->get_positional() && !option->get_group().empty()) {
      text +=
          (needed ? " " : " [") + option->get_name(true) + (needed ? "" : "]") + (option->get_items_expected_max() > 1 ? "…" : "");
    }
  }
  return text + " [OPTIONS]";
}

std::string shown_name(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string name;
  for (const auto& one : option.get_snames()) name += "-" + one + ", ";
  for (const auto& one : option.get_lnames()) name += "--" + one;
  return option.get_items_expected_max() > 0 ? name + " " + option.get_type_name() : name;
}

}  // namespace

std::size_t help_width() { return std::clamp(terminal_width(STDOUT_FILENO), kNarrowest, kWidest); }

std::string help_text(const CLI::App& app) {
  const auto width = help_width();
  std::string text = core::joined(core::wrapped(app.get_description(), width), "\n") + "\n\n  " + usage(app) + "\n\n";
  std::vector<core::Cells> rows;
  std::size_t names = 0;
  for (const auto* option : app.get_options()) names = std::max(names, core::shown_width(shown_name(*option)));
  const auto room = std::max(kLeast, width - std::min(width, names + 4));
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    auto name = shown_name(*option);
    for (const auto& line : core::wrapped(option->get_description(), room)) {
      rows.push_back({std::exchange(name, ""), line});
    }
  }
  text += core::aligned(rows, {}, 2);
  return app.get_footer().empty() ? text : text + "\nExamples\n" + app.get_footer();
}

}  // namespace graft
