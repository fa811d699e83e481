// Files that are no plugins for this host are refused before anything in them runs, each with what is wrong and what to do.
#include <torch/headeronly/version.h>

#include <elf.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <fstream>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/library/plugin.hpp"

namespace {

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
namespace fs = std::filesystem;

fs::path built() { return (fs::read_symlink("/proc/self/exe").parent_path() / "../lib").lexically_normal(); }
fs::path faulty(const std::string& id) { return built() / "faulty" / (id + ".so"); }

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A folder for files made here.
class Made {
 public:
  Made() : folder_(fs::temp_directory_path() / ("graft-faulty-" + std::to_string(getpid()))) { fs::create_directories(folder_); }
  ~Made() { fs::remove_all(folder_); }
  fs::path file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Error& e) {
    CHECK(e.status == Exit::plugin);
    const std::string line = e.what();
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.find("basic_ios") == std::string::npos);
    return line;
  }
  return "";
}
std::string checked(const fs::path& file) {
  return refusal([&] { check_plugin_file(file); });
}
std::string opened(const std::string& id) {
  return refusal([&] { open_plugin(faulty(id), id); });
}

}  // namespace

TEST_CASE("a plugin with nothing wrong is taken, also one in plain C") {
  CHECK(checked(built() / "graft/plugins/apfl.so") == "");
  CHECK(opened("plain_c") == "");
  CHECK(open_plugin(faulty("plain_c"), "plain_c").summary == "a test");
}

TEST_CASE("what is no library is said plainly") {
  const Made made;
  CHECK_THAT(checked(made.folder() / "none.so"), EndsWith("none.so: there is no such file"));
  CHECK_THAT(checked(made.folder()), EndsWith("is a folder, expected a plugin's library"));
  CHECK_THAT(checked(made.file("empty.so", "")), EndsWith("empty.so: is empty, expected a plugin's library"));
  CHECK_THAT(checked(made.file("text.so", "print('hello')\n")),
             EndsWith("text.so: is no library: it does not begin as ELF files do"));
  CHECK_THAT(checked(made.file("short.so", "\x7f")), EndsWith("is no library: it does not begin as ELF files do"));
}

TEST_CASE("a library cut short is refused, wherever it was cut") {
  const Made made;
  const auto whole = contents(built() / "graft/plugins/fedavg.so");
  REQUIRE(whole.size() > 1000);
  for (std::size_t cut = 4; cut < whole.size(); cut += whole.size() / 97) {
    INFO("cut to " << cut << " of " << whole.size() << " bytes");
    CHECK_THAT(checked(made.file("fedavg.so", whole.substr(0, cut))),
               ContainsSubstring("fedavg.so: is cut short: it has " + std::to_string(cut) + " bytes of "));
  }
}

TEST_CASE("a damaged library is refused or opened, but never brings the host down") {
  const Made made;
  const auto whole = contents(faulty("plain_c"));
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed, Purpose::order);
    auto damaged = whole;
    for (int i = 0; i < 8; ++i) damaged[random.below(damaged.size())] = char(random.next());
    for (std::size_t i = 0; i < 4; ++i)
      damaged[sizeof(Elf64_Ehdr) - 1 - random.below(24)] = char(random.next());  // sizes and counts
    const auto file = made.file("damaged.so", damaged);
    CHECK_NOTHROW(checked(file));  // refused with an Error, or taken
  }
}

TEST_CASE("a library for another machine is refused") {
  const Made made;
  auto whole = contents(built() / "graft/plugins/fedavg.so");
  auto narrow = whole, foreign = whole;
  narrow[EI_CLASS] = ELFCLASS32;
  CHECK_THAT(checked(made.file("narrow.so", narrow)), EndsWith("is a 32-bit library, expected a 64-bit one"));
  foreign[offsetof(Elf64_Ehdr, e_machine)] = char(EM_AARCH64);
  CHECK_THAT(checked(made.file("foreign.so", foreign)), ContainsSubstring("is for another processor (ELF machine 183)"));
}

TEST_CASE("a library that is no plugin is refused as such") {
  CHECK_THAT(checked(faulty("no_symbol")), EndsWith("is a library but no Graft plugin: it exports no symbol graft_plugin_…"));
}

TEST_CASE("a plugin for another host is refused unloaded, both sides and the remedy named") {
  CHECK_THAT(checked(faulty("other_version")),
             EndsWith("is a plugin for another host: it exports graft_plugin_1_table_2, this graft takes graft_plugin_1_table_1; "
                      "update graft, or rebuild the plugin with this version's SDK"));
  CHECK_THAT(checked(faulty("other_host")),
             ContainsSubstring("it exports graft_plugin_2_table_1, this graft takes graft_plugin_1_table_1; update"));
  CHECK_THAT(checked(faulty("older_host")), EndsWith("it exports graft_plugin_0_table_1, this graft takes graft_plugin_1_table_1; "
                                                     "rebuild the plugin with this version's SDK"));
  CHECK_THAT(checked(faulty("native")),
             EndsWith("is built on LibTorch 2.9.1 (NATIVE), this graft on " TORCH_VERSION
                      "; rebuild it against LibTorch " TORCH_VERSION ", or without NATIVE, for every LibTorch"));
}

TEST_CASE("what only a newer host has is refused before anything of the plugin is called") {
  CHECK_THAT(opened("newer_sdk"),
             EndsWith("is built for hosts of SDK 1.2 and newer, this graft has 1.1; update graft, or build the "
                      "plugin with GRAFT_TARGET=101"));
  CHECK_THAT(opened("newer_hook"),
             ContainsSubstring("its table of hooks has an entry that this graft does not know; update graft"));
}

TEST_CASE("a newer SDK's longer structs are no matter where nothing of theirs is used") { CHECK(opened("newer_quiet") == ""); }

TEST_CASE("a plugin for hosts of SDK 1.0 is taken, without the hooks that came later") {
  const auto plugin = open_plugin(faulty("older_sdk"), "older_sdk");
  CHECK(plugin.face.descriptor.target == 100);
  CHECK(plugin.face.strategy.plan != nullptr);
  CHECK(plugin.face.strategy.merge == nullptr);
  CHECK(plugin.face.strategy.predict == nullptr);
}

TEST_CASE("a descriptor that is not whole is refused") {
  CHECK_THAT(opened("short_descriptor"), ContainsSubstring("its descriptor has 40 bytes, expected at least "));
  CHECK_THAT(opened("null_entry"), EndsWith("its descriptor has an entry that is null"));
  CHECK_THAT(opened("no_hooks"), ContainsSubstring("is a strategy but has not the hooks of one"));
  CHECK_THAT(opened("odd_version"), EndsWith("its version is empty or no plain text, expected one like 1.0.0"));
  CHECK_THAT(opened("other_kind"), EndsWith("is of the unknown kind 'compressor', expected strategy or module"));
}

TEST_CASE("another plugin than the file's name says is refused") {
  CHECK_THAT(opened("other_id"), EndsWith("other_id.so: holds the plugin 'someone_else', expected 'other_id' by the file's name; "
                                          "rename the file to someone_else.so"));
}

TEST_CASE("a plugin that lacks a symbol is refused with that symbol's name") {
  CHECK_THAT(opened("unresolved"), EndsWith("unresolved.so: cannot be opened: it uses 'elsewhere::missing(int)', "
                                            "which nothing that it is linked with defines"));
}

TEST_CASE("a plugin that cannot be made says why") {
  CHECK(opened("throwing_create") == "plugin 'throwing_create' failed in create: no licence was found");
  CHECK(opened("refusing_start") == "plugin 'refusing_start' failed in start: it does not say why");
  CHECK(refusal([] { plan_of(open_plugin(faulty("throwing_plan"), "throwing_plan")); }) ==
        "plugin 'throwing_plan' failed in plan: today is not a weekday");
}

TEST_CASE("what a manifest names is refused alike") {
  setenv("GRAFT_PLUGIN_PATH", (built() / "faulty").c_str(), 1);
  CHECK_THAT(refusal([] {
               load_plugin({}, {"other_version", {}, {}}, "strategy");
             }),
             ContainsSubstring("is a plugin for another host"));
  CHECK(refusal([] { load_plugin({}, {"plain_c", {}, {}}, "strategy"); }) == "");
  unsetenv("GRAFT_PLUGIN_PATH");
}
