// An .npz archive, as NumPy writes it: arrays by name, stored or deflated, read one after the other.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "core/data/npy.hpp"
#include "core/data/source_file.hpp"

struct zip;
struct zip_file;

namespace graft::core {

class Npz;

class NpzArray {  // open at its first element; its size is what its header says
 public:
  const NpyHeader& header() const { return header_; }

  // Exactly so many bytes of elements; exit 4 where there are less or the archive is damaged.
  void read(unsigned char* to, std::int64_t bytes);
  // Exit 4 where there is anything more, or the checksum is another.
  void expect_end();

  std::int64_t offset() const { return offset_; }  // in the entry, of the byte that comes next
  std::int64_t bytes_left() const { return size_ - offset_; }

  Error wrong(const std::string& what, const std::string& hint = "") const;
  Error wrong_at(std::int64_t offset, const std::string& what, const std::string& hint = "") const;

 private:
  friend class Npz;
  NpzArray(const Npz& archive, std::string name);
  void read_header();

  std::string name_;
  std::filesystem::path path_;
  std::shared_ptr<zip> archive_;
  std::unique_ptr<zip_file, int (*)(zip_file*)> file_;
  std::int64_t size_ = 0, offset_ = 0;  // of the entry, in bytes
  NpyHeader header_;
};

class Npz {
 public:
  // Exit 4 for what is no archive, or holds an array twice.
  explicit Npz(std::filesystem::path path);

  // Exit 4 where it is missing, encrypted, packed in another way, too small for what it announces, or no array.
  NpzArray open(const std::string& name) const;

 private:
  friend class NpzArray;
  std::filesystem::path path_;
  std::int64_t size_;
  std::shared_ptr<zip> archive_;
};

}  // namespace graft::core
