// A plugin's file, looked at from outside: what it says of itself, its bytes' sum, and who may change it.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>

#include "core/base/random.hpp"
#include "core/library/elf.hpp"
#include "core/library/peek.hpp"
#include "core/library/plugin.hpp"
#include "core/library/sha256.hpp"
#include "tests/unit/library/files.hpp"

namespace {

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
namespace fs = std::filesystem;

}  // namespace

TEST_CASE("what a plugin says of itself is read without loading it") {
  for (const auto* id : {"fedavg", "fedperfix", "prefix", "lora"}) {
    INFO(id);
    const auto file = built_plugins() / (std::string(id) + ".so");
    const auto label = peek(file);
    REQUIRE(label);
    const auto plugin = open_plugin(file, id);
    CHECK(label->symbol.starts_with("graft_plugin_1_"));
    CHECK(label->kind == plugin.kind);
    CHECK(label->id == plugin.id);
    CHECK(label->version == plugin.version);
    CHECK(label->summary == plugin.summary);
  }
}

TEST_CASE("what is no plugin says nothing of itself, and damage brings nothing down") {
  const PluginFiles files;
  CHECK(!peek(files / "none.so"));
  CHECK(!peek(files.folder()));
  CHECK(!peek(files.write("text.so", "hello")));
  CHECK(!peek(files.write("empty.so", "")));
  CHECK(!peek("/proc/self/exe"));
  const auto whole = bytes_of(built_plugins() / "fedavg.so");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed, Purpose::order);
    auto damaged = whole;
    for (int i = 0; i < 64; ++i) damaged[random.below(damaged.size())] = char(random.next());
    for (int i = 0; i < 8; ++i) damaged[random.below(4096)] = char(random.next());
    CHECK_NOTHROW(peek(files.write("damaged.so", damaged)));
  }
  for (std::size_t cut = 0; cut < whole.size(); cut += whole.size() / 31)
    CHECK_NOTHROW(peek(files.write("cut.so", whole.substr(0, cut))));
}

TEST_CASE("SHA-256, as everybody computes it") {
  const PluginFiles files;
  CHECK(sha256_of(files.write("a", "")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of(files.write("a", "abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_of(files.write("a", std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(thrown([&] { sha256_of(files / "none"); }).starts_with("3 "));
  CHECK(shortened("0123456789abcdef") == "0123456789ab…");
}

TEST_CASE("what anybody may change is refused, and how to change that") {
  const PluginFiles files;
  const auto file = files.plugin("open/fedavg.so", "fedavg");
  CHECK(thrown([&] { check_plugin_file(file); }) == "");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  CHECK_THAT(thrown([&] { check_plugin_file(file); }),
             EndsWith("fedavg.so: anyone on this machine may change it, expected none but its owner and group; chmod o-w '" +
                      file.string() + "'"));
  fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
  const auto folder = file.parent_path();
  fs::permissions(folder, fs::perms::others_write, fs::perm_options::add);
  CHECK_THAT(thrown([&] { check_plugin_file(file); }), ContainsSubstring("may change what lies in '" + folder.string() + "'") &&
                                                           EndsWith("chmod o-w '" + folder.string() + "'"));
  fs::create_symlink(file, files / "fedavg.so");
  CHECK_THAT(thrown([&] { open_plugin(files / "fedavg.so", "fedavg"); }),
             ContainsSubstring("what lies in '" + folder.string() + "'"));
  fs::permissions(folder, fs::perms::sticky_bit, fs::perm_options::add);  // such as /tmp, which is not to be changed
  for (const auto& way : {file, files / "fedavg.so"}) {
    CHECK_THAT(thrown([&] { check_plugin_file(way); }),
               EndsWith("it lies in '" + folder.string() +
                        "', where anyone on this machine may put things; copy it to a folder of yours"));
  }
  fs::permissions(folder, fs::perms::others_write | fs::perms::sticky_bit, fs::perm_options::remove);
  CHECK(thrown([&] { check_plugin_file(files / "fedavg.so"); }) == "");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  CHECK_THAT(thrown([&] { check_plugin_file(files / "fedavg.so"); }), ContainsSubstring("may change it"));
}

TEST_CASE("whatever leads to a plugin may be changed by few, link by link") {
  const PluginFiles files;
  const auto file = files.plugin("a/b/c/fedavg.so", "fedavg");
  fs::create_directories(files / "links/deep");
  fs::create_directory_symlink("../../a/b", files / "links/deep/second");
  fs::create_directory_symlink("deep/./second/../b", files / "links/first");
  const auto linked = files / "links/first/c/fedavg.so";
  CHECK(thrown([&] { check_plugin_file(linked); }) == "");
  CHECK(open_plugin(linked, "fedavg").file == linked);
  for (const auto* folder : {"a", "a/b", "links", "links/deep"}) {
    INFO(folder);
    const auto open = files / folder;
    fs::permissions(open, fs::perms::others_write, fs::perm_options::add);
    CHECK_THAT(thrown([&] { check_plugin_file(linked); }), EndsWith("chmod o-w '" + open.string() + "'"));
    fs::permissions(open, fs::perms::sticky_bit, fs::perm_options::add);  // as /tmp is: what is in it is its owner's
    CHECK(thrown([&] { check_plugin_file(linked); }) == "");
    fs::permissions(open, fs::perms::others_write | fs::perms::sticky_bit, fs::perm_options::remove);
  }
  fs::create_symlink("circle.so", files / "circle.so");
  CHECK_THAT(thrown([&] { check_plugin_file(files / "circle.so"); }), EndsWith("there is no such file"));
  if (geteuid() != 0) SKIP("only root can give a folder away");
  fs::permissions(files / "a", fs::perms::others_write | fs::perms::sticky_bit, fs::perm_options::add);
  REQUIRE(chown((files / "a/b").c_str(), 1234, 1234) == 0);
  CHECK_THAT(thrown([&] { check_plugin_file(file); }),
             EndsWith("'" + (files / "a/b").string() + "' is another user's, in '" + (files / "a").string() +
                      "', where anyone may put things, expected your own or root's; copy it to a folder of yours"));
}

TEST_CASE("what is behind a link's folder is where the system finds it") {
  const PluginFiles files;
  files.plugin("e/fedavg.so", "fedavg");
  fs::create_directories(files / "e/f");
  fs::create_directories(files / "d");
  fs::create_directory_symlink("../e/f", files / "d/l");
  CHECK(open_plugin(files / "d/l/../fedavg.so", "fedavg").id == "fedavg");
}

TEST_CASE("tables that lie over one another cost no more than the file is long") {
  const PluginFiles files;
  constexpr std::size_t kSections = 60'000, kSymbols = 100'000;
  std::string bytes(sizeof(Elf64_Ehdr) + kSections * sizeof(Elf64_Shdr) + kSymbols * sizeof(Elf64_Sym), '\x11');
  Elf64_Ehdr header{};
  std::copy_n(ELFMAG, SELFMAG, header.e_ident);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = EM_X86_64;
  header.e_shoff = sizeof header;
  header.e_shnum = kSections;
  header.e_shentsize = sizeof(Elf64_Shdr);
  std::memcpy(bytes.data(), &header, sizeof header);
  for (std::size_t i = 0; i < kSections; ++i) {
    Elf64_Shdr section{};
    section.sh_type = i % 2 == 0 ? SHT_DYNSYM : SHT_RELA;
    section.sh_offset = sizeof header + kSections * sizeof section;
    section.sh_size = kSymbols * sizeof(Elf64_Sym);
    std::memcpy(bytes.data() + sizeof header + i * sizeof section, &section, sizeof section);
  }
  CHECK(Elf(bytes).exported().size() == kSymbols);
  CHECK(Elf(bytes).text_behind(1234) == "");
  CHECK(!peek(files.write("over.so", bytes)));
}

TEST_CASE("a pipe named like a plugin is none, and nobody waits for it") {
  const PluginFiles files;
  const auto pipe = files / "pipe.so";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(!peek(pipe));
  try {
    check_plugin_file(pipe);
    FAIL("taken");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), EndsWith("is no regular file, expected a plugin's library"));
  }
}
