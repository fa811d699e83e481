// The symbol's address leads to the descriptor, its pointers to the texts.
#include "core/library/peek.hpp"

#include <graft/abi.h>

#include <algorithm>

#include "core/base/files.hpp"
#include "core/library/elf.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kLargest = std::size_t(1) << 28;  // bytes of a library

}  // namespace

std::optional<PluginLabel> peek(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return {};  // a pipe would wait
  try {
    const Elf elf(read_whole(file, Exit::plugin, kLargest));
    const auto symbols = elf.exported();
    const auto found = std::ranges::find_if(symbols, [](const Symbol& one) { return one.name.starts_with(kPluginPrefix); });
    if (found == symbols.end()) return {};
    const auto text = [&](std::size_t member) { return elf.text_behind(found->address + member); };
    return PluginLabel{found->name, text(offsetof(graft_descriptor, kind)), text(offsetof(graft_descriptor, id)),
                       text(offsetof(graft_descriptor, version)), text(offsetof(graft_descriptor, summary))};
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace graft::core
