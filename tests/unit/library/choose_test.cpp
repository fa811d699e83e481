// Which file a `use` means: by version, by the search order, by plugins.lock; and nothing of the others runs.
#include <sys/stat.h>

#include <catch2/matchers/catch_matchers_string.hpp>

#include "core/library/choose.hpp"
#include "core/library/lock.hpp"
#include "core/library/plugin.hpp"
#include "core/library/sha256.hpp"
#include "tests/unit/library/files.hpp"

namespace {

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

Use use_of(const std::string& name) { return {name, {}, {}}; }

std::string chosen(const std::string& name, const Manifest& manifest = {}) {
  return choose_plugin(manifest, use_of(name), "strategy").taken.file.string();
}
std::string refusal(const std::string& name, const Manifest& manifest = {}) {
  return thrown([&] { chosen(name, manifest); });
}

}  // namespace

TEST_CASE("a name is ID or ID@VERSION") {
  CHECK(plugin_name("fed_prox-2", {}).id == "fed_prox-2");
  CHECK(plugin_name("fed_prox-2", {}).version == "");
  CHECK(plugin_name("x@1.0.0-rc1+7", {}).version == "1.0.0-rc1+7");
  for (const auto* wrong : {"", "x@", "@1.0.0", "x@1@2", "../x", "x@../1", "x@.1", "x y", "x@1/2", "é"}) {
    INFO(wrong);
    CHECK_THAT(thrown([&] { plugin_name(wrong, {}); }), StartsWith("2 a plugin is named ID or ID@VERSION"));
  }
}

TEST_CASE("the first in search order is taken, and what is behind it said") {
  const PluginFiles files;
  files.plugin("fedavg.so", "fedavg", "1.2.0");
  const auto plugin = load_plugin({}, use_of("fedavg"), "strategy");
  CHECK(plugin.version == "1.2.0");
  CHECK(plugin.sha256 == sha256_of(files / "fedavg.so"));
  CHECK(choice_text(plugin) == "plugin 'fedavg' 1.2.0: taking " + (files / "fedavg.so").string() + "; " +
                                   (built_plugins() / "fedavg.so").string() + " (version 1.0.0) is behind it in the search order");
  CHECK(choice_text(load_plugin({}, use_of("fedrep"), "strategy")) == "");
}

TEST_CASE("a version is taken wherever it lies") {
  const PluginFiles files;
  files.plugin("fedrep.so", "fedrep", "1.2.0");
  files.plugin("fedrep/1.3.0/fedrep.so", "fedrep", "1.3.0");
  CHECK(chosen("fedrep") == files / "fedrep.so");
  CHECK(chosen("fedrep@1.2.0") == files / "fedrep.so");
  CHECK(chosen("fedrep@1.3.0") == files / "fedrep/1.3.0/fedrep.so");
  CHECK(chosen("fedrep@1.0.0") == built_plugins() / "fedrep.so");
  CHECK_THAT(refusal("fedrep@1.3.1"), StartsWith("2 unknown version 'fedrep@1.3.1', at hand: 1.3.0 (" + (files / "").string()) &&
                                          ContainsSubstring("1.2.0 (") && ContainsSubstring("1.0.0 ("));
  CHECK_THAT(refusal("fedrap@1.0.0"), StartsWith("2 unknown strategy 'fedrap@1.0.0'"));
}

TEST_CASE("a version by its folder's name must be the plugin's own") {
  const PluginFiles files;
  files.plugin("local/9.9.9/local.so", "local", "1.4.0");
  CHECK_THAT(thrown([] { load_plugin({}, use_of("local@9.9.9"), "strategy"); }),
             EndsWith("local.so: holds version 1.4.0, expected 9.9.9 by its folder's name"));
}

TEST_CASE("with a lock only its bytes load, wherever they lie") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  const auto locked = files.plugin("apfl/1.1.0/apfl.so", "apfl", "1.1.0");
  files.plugin("apfl.so", "apfl", "1.2.0");
  write_lock(files.folder(), {{"apfl", "1.1.0", sha256_of(locked)}});
  CHECK(chosen("apfl", manifest) == locked);
  CHECK(chosen("apfl@1.1.0", manifest) == locked);
  CHECK(chosen("apfl") == files / "apfl.so");  // of another folder's manifest
  CHECK_THAT(refusal("apfl@1.2.0", manifest),
             StartsWith("3 'apfl@1.2.0' is not in " + (files / "plugins.lock").string() + ", which has 1.1.0 with SHA-256 "));
  CHECK_THAT(refusal("fedavg", manifest), StartsWith("3 'fedavg' is not in ") && ContainsSubstring("'graft plugins lock' adds it"));
  CHECK_THAT(refusal("fedavgg", manifest), StartsWith("2 unknown strategy 'fedavgg', did you mean 'fedavg'?"));
}

TEST_CASE("one changed byte under a lock is refused") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  const auto file = files.plugin("perfedavg.so", "perfedavg", "1.0.1");
  const auto sum = sha256_of(file);
  write_lock(files.folder(), {{"perfedavg", "1.0.1", sum}});
  CHECK(chosen("perfedavg", manifest) == file);
  auto bytes = bytes_of(file);
  bytes.back() ^= 1;
  files.write("perfedavg.so", bytes);
  CHECK_THAT(refusal("perfedavg", manifest),
             StartsWith("3 'perfedavg' is locked to 1.0.1 with SHA-256 " + sum.substr(0, 12) + "…, found " + file.string() +
                        " with " + sha256_of(file).substr(0, 12) + "…") &&
                 ContainsSubstring("; put the locked one back"));
}

TEST_CASE("under a lock with several versions, the plain name means the one that is marked") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  const auto older = files.plugin("apfl/1.1.0/apfl.so", "apfl", "1.1.0"),
             newer = files.plugin("apfl/1.2.0/apfl.so", "apfl", "1.2.0");
  fs::create_symlink("apfl/1.2.0/apfl.so", files / "apfl.so");  // without a lock this would decide
  LockedPlugin first{"apfl", "1.1.0", sha256_of(older)}, second{"apfl", "1.2.0", sha256_of(newer)};
  write_lock(files.folder(), {first, second});
  CHECK_THAT(refusal("apfl", manifest), StartsWith("3 'apfl' may be 1.1.0 with SHA-256 ") && ContainsSubstring(" and 1.2.0 with") &&
                                            EndsWith("expected one, such as apfl@1.2.0"));
  CHECK(chosen("apfl@1.2.0", manifest) == files / "apfl.so");
  first.plain = true;
  write_lock(files.folder(), {first, second});
  CHECK(chosen("apfl", manifest) == older);
  CHECK(load_plugin(manifest, use_of("apfl"), "strategy").version == "1.1.0");
}

TEST_CASE("what stands before a locked plugin is passed over, and said") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  const auto locked = built_plugins() / "fedrep.so", before = files.plugin("fedrep.so", "fedrep", "1.2.0");
  REQUIRE(mkfifo((files.write("fedrep/2.0.0/x", "").parent_path() / "fedrep.so").c_str(), 0600) == 0);
  write_lock(files.folder(), {{"fedrep", "1.0.0", sha256_of(locked)}});
  CHECK(choice_text(load_plugin(manifest, use_of("fedrep"), "strategy")) ==
        "plugin 'fedrep' 1.0.0: taking " + locked.string() + ", as plugins.lock says; " + before.string() +
            " (version 1.2.0) is before it in the search order, with other bytes");
}

TEST_CASE("a lock that names another version than its bytes have is refused") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  write_lock(files.folder(), {{"local", "2.0.0", sha256_of(built_plugins() / "local.so")}});
  CHECK_THAT(thrown([&] { load_plugin(manifest, use_of("local"), "strategy"); }),
             EndsWith("local.so: holds version 1.0.0, expected 2.0.0 by " + (files / "plugins.lock").string()));
}

TEST_CASE("what is opened under a lock is what was hashed, whatever becomes of the file") {
  const PluginFiles files;
  Manifest manifest;
  manifest.folder = files.folder();
  const auto file = files.plugin("fedbabu.so", "fedbabu", "1.1.0");
  write_lock(files.folder(), {{"fedbabu", "1.1.0", sha256_of(file)}});
  const auto choice = choose_plugin(manifest, use_of("fedbabu"), "strategy");
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << "other bytes, in their place";
  CHECK_THAT(thrown([&] { open_plugin(file, "fedbabu"); }), EndsWith("is no library: it does not begin as ELF files do"));
  const auto plugin = open_plugin(choice.file, "fedbabu");
  CHECK(plugin.version == "1.1.0");
  CHECK(plugin.file == file);
  CHECK(plugin.sha256 == sha256_of(choice.file.opened));
  std::ofstream(choice.file.opened, std::ios::app) << "x";
  CHECK(plugin.sha256 == sha256_of(choice.file.opened));
}

TEST_CASE("a lock is copied to where its manifest goes, and goes with it") {
  const PluginFiles files;
  const std::string sum(64, 'a');
  files.write("from/x", "");
  files.write("to/x", "");
  write_lock(files / "from", {{"a", "1.0.0", sum, true}, {"a", "2.0.0", sum}});
  copy_lock(files / "from", files / "to");
  CHECK(bytes_of(files / "to/plugins.lock") == bytes_of(files / "from/plugins.lock"));
  copy_lock(files.folder(), files / "to");
  CHECK(!read_lock(files / "to"));
}

TEST_CASE("a lock is read as it was written") {
  const PluginFiles files;
  CHECK(!read_lock(files.folder()));
  CHECK(!read_lock({}));
  const std::string sum(64, 'a');
  CHECK(write_lock(files.folder(), {{"a", "1.0.0", sum}, {"a", "2.0.0", sum, true}}) == files / "plugins.lock");
  CHECK(bytes_of(files / "plugins.lock").starts_with("# Written by 'graft plugins lock'."));
  const auto lock = read_lock(files.folder());
  REQUIRE(lock);
  REQUIRE(lock->plugins.size() == 2);
  CHECK((lock->plugins[1].id == "a" && lock->plugins[1].version == "2.0.0" && lock->plugins[1].sha256 == sum));
  CHECK((!lock->plugins[0].plain && lock->plugins[1].plain));
}

TEST_CASE("a broken lock is refused at its place") {
  const PluginFiles files;
  const auto said = [&](const std::string& text) {
    files.write("plugins.lock", text);
    return thrown([&] { read_lock(files.folder()); }).substr(2);
  };
  const auto at = [&](const std::string& place) { return StartsWith((files / "plugins.lock").string() + ":" + place); };
  CHECK_THAT(said("[[plugin]]\nid = \"x\"\nversion = \"1\"\nsha256 = \"12\"\n"), at("4:10: 'sha256' must be 64 of the digits"));
  CHECK_THAT(said("[[plugin]]\nid = 3\n"), at("2:6: 'id' must be a text, found 3"));
  CHECK_THAT(said("[[plugin]]\nidd = \"x\"\n"), at("2:1: unknown key 'idd', did you mean 'id'?"));
  CHECK_THAT(said("[[plugin]]\nid = \"x\"\nversion = \"1\"\n"), at("1:1: required key 'sha256' is missing"));
  const auto whole = [](const std::string& more) {
    return "[[plugin]]\nid = \"x\"\nversion = \"1\"\nsha256 = \"" + std::string(64, 'a') + "\"\n" + more;
  };
  CHECK_THAT(said(whole("plain = 1\n")), at("5:9: 'plain' must be true or false, found 1"));
  CHECK_THAT(said(whole("") + whole("")), at("5:1: 'x' 1 is locked twice"));
  CHECK_THAT(said("plugin = 1\n"), at("1:10: 'plugin' must be tables"));
  CHECK_THAT(said("[[plugins]]\nid = \"x\"\n"), at("1:3: unknown key 'plugins'"));
  CHECK_THAT(said("[[plugin]\n"), at("1:"));
  CHECK_THAT(said("\xff"), at("1:1: "));
  fs::remove(files / "plugins.lock");
  REQUIRE(mkfifo((files / "plugins.lock").c_str(), 0600) == 0);
  CHECK_THAT(thrown([&] { read_lock(files.folder()); }), EndsWith("is no regular file, expected what 'graft plugins lock' writes"));
}
