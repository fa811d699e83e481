// What a file says about itself without being loaded: is it a library for this machine, and a plugin for this host?
#define BOOST_DLL_USE_STD_FS
#include <torch/headeronly/version.h>

#include <string_view>
#include <vector>

// Boost 1.74's own header uses std::vector without including it.
#include <boost/dll/library_info.hpp>

#include "core/base/files.hpp"
#include "core/library/elf.hpp"
#include "core/library/peek.hpp"
#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kNativePrefix = "graft_plugin_1_native_";  // as graft/native_symbol.h has it

void check_library(const PluginFile& plugin) {
  const auto& path = plugin.path;
  std::error_code none;
  const auto status = fs::status(plugin.opened, none);
  if (!fs::exists(status)) throw refused(path, "there is no such file");
  if (fs::is_directory(status)) throw refused(path, "is a folder, expected a plugin's library");
  if (!fs::is_regular_file(status)) throw refused(path, "is no regular file, expected a plugin's library");  // a pipe would wait
  auto bytes = read_whole(plugin.opened, Exit::plugin, kLargestLibrary);
  if (bytes.empty()) throw refused(path, "is empty, expected a plugin's library");
  const auto size = bytes.size();

  const Elf elf(std::move(bytes));
  if (!elf.is_elf()) throw refused(path, "is no library: it does not begin as ELF files do");
  if (size < elf.length()) {
    throw refused(path, "is cut short: it has " + std::to_string(size) + " bytes of " + std::to_string(elf.length()) +
                            "; copy or build it anew");
  }
  if (!elf.is_64_bit()) throw refused(path, "is a 32-bit library, expected a 64-bit one");
  if (elf.machine() != EM_X86_64) {
    throw refused(path, "is for another processor (ELF machine " + std::to_string(elf.machine()) + "); build it on this machine");
  }
}

std::vector<std::string> plugin_symbols(const PluginFile& file) {
  try {
    auto symbols = boost::dll::library_info(file.opened).symbols();
    std::erase_if(symbols, [](const std::string& name) { return !name.starts_with(kPluginPrefix); });
    return symbols;
  } catch (const std::exception&) {
    throw refused(file.path, "cannot be read as a library: its tables are damaged; copy or build it anew");
  }
}

std::string native_symbol() {
  return std::string(kNativePrefix) + std::to_string(TORCH_VERSION_MAJOR) + "_" + std::to_string(TORCH_VERSION_MINOR) + "_" +
         std::to_string(TORCH_VERSION_PATCH);
}

Error for_another_libtorch(const fs::path& file, std::string theirs) {
  std::replace(theirs.begin(), theirs.end(), '_', '.');
  return refused(file, "is built on LibTorch " + theirs + " (NATIVE), this graft on " + TORCH_VERSION +
                           "; rebuild it against LibTorch " + TORCH_VERSION + ", or without NATIVE, for every LibTorch");
}

Error for_another_host(const fs::path& file, const std::string& symbol) {
  if (symbol.starts_with(kNativePrefix)) return for_another_libtorch(file, symbol.substr(kNativePrefix.size()));
  // Both names end alike but for their numbers: the plugin's are greater where it is the newer side.
  const auto numbers = [](const std::string& name) {
    int major = 0, table = 0;
    std::sscanf(name.c_str(), "graft_plugin_%d_table_%d", &major, &table);
    return std::pair(major, table);
  };
  const bool newer = numbers(symbol) > numbers(kTableSymbol);
  return refused(file, "is a plugin for another host: it exports " + symbol + ", this graft takes " + kTableSymbol + "; " +
                           (newer ? "update graft, or rebuild the plugin with this version's SDK"
                                  : "rebuild the plugin with this version's SDK"));
}

}  // namespace

Error refused(const fs::path& file, const std::string& what, const std::string& hint) {
  return {Exit::plugin, file.string() + ": " + what, hint};
}

std::string plugin_symbol(const PluginFile& file) {
  const auto symbols = plugin_symbols(file);
  if (symbols.empty()) {
    throw refused(file.path, "is a library but no Graft plugin: it exports no symbol graft_plugin_…",
                  "a plugin ends with GRAFT_STRATEGY(…) or GRAFT_MODULE(…) and is built by graft_add_plugin()");
  }
  for (const auto& taken : {std::string(kTableSymbol), native_symbol()}) {
    if (std::find(symbols.begin(), symbols.end(), taken) != symbols.end()) return taken;
  }
  throw for_another_host(file.path, symbols.front());
}

std::string check_plugin_file(const PluginFile& file) {
  check_library(file);
  check_permissions(file.path);
  return plugin_symbol(file);
}

}  // namespace graft::core
