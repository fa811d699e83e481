// Follows an ELF file's tables as a loader would: the symbol, then the addresses that a relocation would write behind it.
#include "core/library/peek.hpp"

#include <elf.h>
#include <graft/abi.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/files.hpp"

namespace graft::core {

namespace {

constexpr std::string_view kPrefix = "graft_plugin_";
constexpr std::size_t kLargest = std::size_t(1) << 28, kLongest = 4096;  // bytes of a library, of a text

class Elf {
 public:
  explicit Elf(std::string bytes) : bytes_(std::move(bytes)) {
    if (bytes_.compare(0, SELFMAG, ELFMAG) != 0 || bytes_.size() < sizeof(Elf64_Ehdr)) return;
    const auto header = record<Elf64_Ehdr>(0);
    if (header.e_ident[EI_CLASS] != ELFCLASS64) return;
    for (std::size_t i = 0; i < header.e_shnum; ++i)
      sections_.push_back(record<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
    for (std::size_t i = 0; i < header.e_phnum; ++i) parts_.push_back(record<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr)));
  }

  // The plugin's symbol, and where in memory the descriptor would stand.
  std::optional<std::pair<std::string, std::uint64_t>> plugin_symbol() const {
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections_.size()) continue;
      for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size && section.sh_offset + at < bytes_.size();
           at += sizeof(Elf64_Sym)) {
        const auto symbol = record<Elf64_Sym>(section.sh_offset + at);
        auto name = text_at(sections_[section.sh_link].sh_offset + symbol.st_name);
        if (symbol.st_shndx != SHN_UNDEF && name.starts_with(kPrefix)) return {{std::move(name), symbol.st_value}};
      }
    }
    return {};
  }

  std::string text_behind(std::uint64_t address) const { return text_at(place_of(pointer_at(address))); }

 private:
  template <class Record>
  Record record(std::uint64_t offset) const {  // zeros where the file ends too early
    Record read{};
    if (offset <= bytes_.size() && bytes_.size() - offset >= sizeof read) std::memcpy(&read, bytes_.data() + offset, sizeof read);
    return read;
  }

  std::string text_at(std::uint64_t offset) const {
    if (offset == 0 || offset >= bytes_.size()) return "";
    const auto end = bytes_.find('\0', offset);
    return end == std::string::npos || end - offset > kLongest ? "" : bytes_.substr(offset, end - offset);
  }

  std::uint64_t place_of(std::uint64_t address) const {  // in the file; 0: nowhere
    for (const auto& part : parts_) {
      if (part.p_type == PT_LOAD && address >= part.p_vaddr && address - part.p_vaddr < part.p_filesz) {
        return part.p_offset + (address - part.p_vaddr);
      }
    }
    return 0;
  }

  std::uint64_t pointer_at(std::uint64_t address) const {
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_RELA) continue;
      for (std::uint64_t at = 0; at < section.sh_size && section.sh_offset + at < bytes_.size(); at += sizeof(Elf64_Rela)) {
        const auto relocation = record<Elf64_Rela>(section.sh_offset + at);
        const bool relative = ELF64_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE;
        if (relative && relocation.r_offset == address) return static_cast<std::uint64_t>(relocation.r_addend);
      }
    }
    return record<std::uint64_t>(place_of(address));  // packed relocations leave it in its place
  }

  std::string bytes_;
  std::vector<Elf64_Shdr> sections_;
  std::vector<Elf64_Phdr> parts_;
};

}  // namespace

std::optional<PluginLabel> peek(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return {};  // a pipe would wait
  try {
    const Elf elf(read_whole(file, Exit::plugin, kLargest));
    const auto found = elf.plugin_symbol();
    if (!found) return {};
    const auto text = [&, at = found->second](std::size_t member) { return elf.text_behind(at + member); };
    return PluginLabel{found->first, text(offsetof(graft_descriptor, kind)), text(offsetof(graft_descriptor, id)),
                       text(offsetof(graft_descriptor, version)), text(offsetof(graft_descriptor, summary))};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace graft::core
