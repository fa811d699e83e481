// An ELF file's tables, read from its bytes as a loader would: what it exports, and the texts that its data points to. Damage
// brings nothing down: what cannot be read is zero, empty or not there. Only this folder's sources and the check of plugins include
// it.
#pragma once
#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace graft::core {

struct Symbol {  // that others can link against: defined, global or weak
  std::string name;
  std::uint64_t address;  // in memory
};

class Elf {
 public:
  explicit Elf(std::string bytes);

  bool is_elf() const;     // it begins as such files do
  bool is_64_bit() const;  // others have no tables here
  std::uint16_t machine() const { return header_.e_machine; }
  std::uint64_t length() const;                          // up to where its headers say that it reaches
  std::vector<Symbol> exported() const;                  // of the dynamic table
  std::string text_behind(std::uint64_t address) const;  // that a pointer at the address will point to; "" where there is none

 private:
  template <class Record>
  Record record(std::uint64_t offset) const;  // zeros where the file ends too early
  std::string text_at(std::uint64_t offset) const;
  std::uint64_t place_of(std::uint64_t address) const;  // in the file; 0: nowhere
  std::uint64_t pointer_at(std::uint64_t address) const;

  std::string bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  std::vector<Elf64_Phdr> parts_;
};

}  // namespace graft::core
