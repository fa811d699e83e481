// Files: whole or as before, and nothing left beside them.
#include "core/base/files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <ostream>

#include "tests/unit/support.hpp"

using namespace graft::core;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const Folder& folder) { return std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()); }

}  // namespace

TEST_CASE("write_whole writes and replaces") {
  Folder folder;
  const auto file = folder.path / "a.txt";
  write_whole(file, "one");
  CHECK(read_whole(file, Exit::data) == "one");
  write_whole(file, [](std::ostream& stream) { stream << "two " << 2; });
  CHECK(read_whole(file, Exit::data) == "two 2");
  write_whole(file, "");
  CHECK(read_whole(file, Exit::data).empty());
  CHECK(entries(folder) == 1);
  CHECK((fs::status(file).permissions() & fs::perms::owner_read) != fs::perms::none);
}

TEST_CASE("what is larger than any buffer arrives whole") {
  Folder folder;
  const auto file = folder.path / "large";
  std::string small(70000, 'a'), large(3 << 20, 'b');
  write_whole(file, [&](std::ostream& stream) {
    for (const char c : small) stream.put(c);
    stream << 'x' << large << "end";
  });
  CHECK(read_whole(file, Exit::data) == small + 'x' + large + "end");
}

TEST_CASE("a failing writer leaves the old file and nothing beside it") {
  Folder folder;
  const auto file = folder.path / "a.txt";
  write_whole(file, "old");
  const auto fails = [](std::ostream& stream) {
    stream << std::string(1 << 20, 'n');
    throw std::runtime_error("broken");
  };
  CHECK_THROWS_AS(write_whole(file, fails), std::runtime_error);
  CHECK(read_whole(file, Exit::data) == "old");
  CHECK(error_of([&] { write_whole(file, [](std::ostream& stream) { stream.setstate(std::ios::failbit); }); }).status ==
        Exit::failed);
  CHECK(read_whole(file, Exit::data) == "old");
  CHECK(entries(folder) == 1);
}

TEST_CASE("a place that cannot be written is named with the reason") {
  Folder folder;
  const auto missing = folder.path / "none" / "a.txt";
  const auto error = error_of([&] { write_whole(missing, "x"); });
  CHECK(error.status == Exit::failed);
  CHECK(error.what() == "cannot write '" + missing.string() + "': No such file or directory");
  CHECK(error_of([&] { append_line(missing, "x"); }).what() ==
        "cannot write '" + missing.string() + "': No such file or directory");

  const auto taken = folder.path / "folder";
  fs::create_directories(taken / "full");
  CHECK(error_of([&] { write_whole(taken, "x"); }).what() == "cannot write '" + taken.string() + "': Is a directory");
  CHECK(entries(folder) == 1);
}

TEST_CASE("a full disk is said, and nothing is left") {
  Folder folder;
  fs::create_symlink("/dev/full", folder.path / "a.txt.part");  // where write_whole writes first
  const auto file = folder.path / "a.txt";
  const auto error = error_of([&] { write_whole(file, std::string(1 << 20, 'x')); });
  CHECK(error.status == Exit::failed);
  CHECK(error.what() == "cannot write '" + file.string() + "': No space left on device");
  CHECK(entries(folder) == 0);
}

TEST_CASE("what a killed run left beside is overwritten") {
  Folder folder;
  std::ofstream(folder.path / "a.txt.part") << "half of something long";
  write_whole(folder.path / "a.txt", "whole");
  CHECK(read_whole(folder.path / "a.txt", Exit::data) == "whole");
  CHECK(entries(folder) == 1);
}

TEST_CASE("a bare file name is written into the working folder") {
  Folder folder;
  const auto before = fs::current_path();
  fs::current_path(folder.path);
  write_whole("bare.txt", "x");
  fs::current_path(before);
  CHECK(read_whole(folder.path / "bare.txt", Exit::data) == "x");
}

TEST_CASE("append_line adds lines") {
  Folder folder;
  const auto file = folder.path / "rounds.jsonl";
  append_line(file, "{\"round\": 1}");
  append_line(file, "{\"round\": 2}");
  CHECK(read_whole(file, Exit::data) == "{\"round\": 1}\n{\"round\": 2}\n");
}

TEST_CASE("what cannot be read is an error of the status asked for") {
  Folder folder;
  const auto missing = folder.path / "none";
  const auto error = error_of([&] { read_whole(missing, Exit::data); });
  CHECK(error.status == Exit::data);
  CHECK(error.what() == "cannot read '" + missing.string() + "': No such file or directory");
  CHECK(error_of([&] { read_whole(folder.path, Exit::usage); }).what() ==
        "cannot read '" + folder.path.string() + "': Is a directory");
  CHECK(error_of([&] { read_whole(folder.path, Exit::usage); }).status == Exit::usage);
}

TEST_CASE("what is larger than asked for is refused, even where it has no end") {
  Folder folder;
  const auto file = folder.path / "a.txt";
  write_whole(file, std::string(2048, 'x'));
  CHECK(read_whole(file, Exit::data, 2048).size() == 2048);
  CHECK(error_of([&] { read_whole(file, Exit::data, 2047); }).status == Exit::data);
  CHECK(error_of([] { read_whole("/dev/zero", Exit::usage, 1 << 20); }).what() ==
        std::string("cannot read '/dev/zero': larger than 1.0 MiB"));
}
