// Symbols from the dynamic table; pointers from the relocations that a loader would apply.
#include "core/library/elf.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace graft::core {

namespace {

constexpr std::size_t kLongest = 4096;  // bytes of a text

}  // namespace

template <class Record>
Record Elf::record(std::uint64_t offset) const {
  Record read{};
  if (offset <= bytes_.size() && bytes_.size() - offset >= sizeof read) std::memcpy(&read, bytes_.data() + offset, sizeof read);
  return read;
}

Elf::Elf(std::string bytes) : bytes_(std::move(bytes)) {
  header_ = record<Elf64_Ehdr>(0);
  if (!is_elf() || !is_64_bit()) return;
  for (std::size_t i = 0; i < header_.e_shnum; ++i)
    sections_.push_back(record<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr)));
  for (std::size_t i = 0; i < header_.e_phnum; ++i) parts_.push_back(record<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr)));
}

bool Elf::is_elf() const { return bytes_.compare(0, SELFMAG, ELFMAG) == 0; }

bool Elf::is_64_bit() const { return bytes_.size() > EI_CLASS && bytes_[EI_CLASS] == ELFCLASS64; }

std::uint64_t Elf::length() const {
  if (!is_64_bit()) return sizeof(Elf32_Ehdr);
  const auto end = [](std::uint64_t offset, std::uint64_t count, std::uint64_t size) { return offset + count * size; };
  auto length = std::max({std::uint64_t(sizeof header_), end(header_.e_shoff, header_.e_shnum, header_.e_shentsize),
                          end(header_.e_phoff, header_.e_phnum, header_.e_phentsize)});
  for (const auto& part : parts_) length = std::max<std::uint64_t>(length, part.p_offset + part.p_filesz);
  return length;
}

std::vector<Symbol> Elf::exported() const {
  std::vector<Symbol> symbols;
  const auto table = std::ranges::find(sections_, Elf64_Word{SHT_DYNSYM}, &Elf64_Shdr::sh_type);  // a file has one
  if (table == sections_.end() || table->sh_link >= sections_.size()) return symbols;
  const auto texts = sections_[table->sh_link].sh_offset;
  for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size && table->sh_offset + at < bytes_.size();
       at += sizeof(Elf64_Sym)) {
    const auto symbol = record<Elf64_Sym>(table->sh_offset + at);
    const bool local = ELF64_ST_BIND(symbol.st_info) == STB_LOCAL;
    if (!local && symbol.st_shndx != SHN_UNDEF) symbols.push_back({text_at(texts + symbol.st_name), symbol.st_value});
  }
  return symbols;
}

std::string Elf::text_behind(std::uint64_t address) const { return text_at(place_of(pointer_at(address))); }

std::string Elf::text_at(std::uint64_t offset) const {
  if (offset == 0 || offset >= bytes_.size()) return "";
  const auto end = bytes_.find('\0', offset);
  return end == std::string::npos || end - offset > kLongest ? "" : bytes_.substr(offset, end - offset);
}

std::uint64_t Elf::place_of(std::uint64_t address) const {
  for (const auto& part : parts_) {
    if (part.p_type == PT_LOAD && address >= part.p_vaddr && address - part.p_vaddr < part.p_filesz)
      return part.p_offset + (address - part.p_vaddr);
  }
  return 0;
}

std::uint64_t Elf::pointer_at(std::uint64_t address) const {
  auto left = bytes_.size() / sizeof(Elf64_Rela);  // of a damaged file, sections may all lie over one another
  for (const auto& section : sections_) {
    if (section.sh_type != SHT_RELA) continue;
    for (std::uint64_t at = 0; at < section.sh_size && section.sh_offset + at < bytes_.size() && left > 0;
         at += sizeof(Elf64_Rela), --left) {
      const auto relocation = record<Elf64_Rela>(section.sh_offset + at);
      const bool relative = ELF64_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE;
      if (relative && relocation.r_offset == address) return static_cast<std::uint64_t>(relocation.r_addend);
    }
  }
  return record<std::uint64_t>(place_of(address));  // packed relocations leave it in its place
}

}  // namespace graft::core
