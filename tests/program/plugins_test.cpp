// graft plugins: adding what passes its check, several versions side by side, removing, locking, and what the list says.
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

#include "tests/program/plugin_home.hpp"

namespace graft::tests {

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

struct Entry {
  std::string name, bytes;
  unsigned type = AE_IFREG;
};
void write_archive(const fs::path& file, const std::vector<Entry>& entries, bool zip) {
  auto* const out = archive_write_new();
  zip ? archive_write_set_format_zip(out) : archive_write_set_format_pax_restricted(out);
  if (!zip) archive_write_add_filter_xz(out);
  REQUIRE(archive_write_open_filename(out, file.c_str()) == ARCHIVE_OK);
  for (const auto& one : entries) {
    auto* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.name.c_str());
    archive_entry_set_filetype(entry, one.type);
    archive_entry_set_perm(entry, 0777);
    if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.bytes.c_str());
    if (one.type == AE_IFREG) archive_entry_set_size(entry, la_int64_t(one.bytes.size()));
    archive_write_header(out, entry);
    if (one.type == AE_IFREG) archive_write_data(out, one.bytes.data(), one.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

// The first line that is not information.
std::string said_of(const std::string& err) {
  const auto from = err.starts_with("info: ") ? err.find('\n') + 1 : 0;
  return err.substr(from, err.find('\n', from) - from);
}

}  // namespace

TEST_CASE("plugins add, versions side by side, and remove") {
  const Folder folder;
  const Home home(folder);
  const auto older = plugin_of_version(folder, "local", "1.1.0");
  write_archive(folder / "local-1.1.0.tar.xz",
                {{"README", "hello"}, {"../../deep/down/local.so", older}, {"link.so", "/etc/passwd", AE_IFLNK}}, false);
  auto added = folder.graft({"plugins", "add", "local-1.1.0.tar.xz"});
  INFO(added.err);
  REQUIRE(added.status == 0);
  CHECK_THAT(added.out, ContainsSubstring("local 1.1.0 added (") && ContainsSubstring(" passed, ") &&
                            ContainsSubstring("use = \"local\" takes 1.1.0 now; " + built("local").string() + " is behind it"));
  CHECK(fs::read_symlink(home.plugins / "local.so") == "local/1.1.0/local.so");
  CHECK(fs::status(home.plugins / "local/1.1.0/local.so").permissions() == fs::perms(0644));
  CHECK(folder.read("data/graft/plugins/local/1.1.0/local.so") == older);
  CHECK(folder.names("data/graft/plugins") == Words{"local", "local.so"});
  CHECK(!fs::exists(folder / "../deep"));

  folder.write("src/build/lib/local.so", plugin_of_version(folder, "local", "1.2.0"));
  folder.write("src/build/lib/other.so", "no plugin");
  added = folder.graft({"plugins", "add", "src"});
  INFO(added.err);
  REQUIRE(added.status == 0);
  CHECK_THAT(added.out, ContainsSubstring("takes 1.2.0 now, 1.1.0 before; use = \"local@1.1.0\" still takes that"));

  const auto full = nlohmann::json::parse(folder.graft({"plugins", "local@1.1.0", "--json"}).out);
  CHECK(full.at("version") == "1.1.0");
  CHECK(full.at("provenance").at("added").at("from") == (folder / "local-1.1.0.tar.xz").string() + ":../../deep/down/local.so");
  CHECK(full.at("provenance").at("sha256").get<std::string>().size() == 64);
  const auto shown = folder.graft({"plugins", "local"}).out;
  for (const auto* text : {"local 1.2.0, a strategy", "SHA-256", "added", "cases passed", "behind it"})
    CHECK_THAT(shown, ContainsSubstring(text));

  const auto list = nlohmann::json::parse(folder.graft({"plugins", "--json"}).out);
  std::vector<std::string> states;
  for (const auto& one : list) {
    if (one.at("id") == "local") states.push_back(one.at("version").get<std::string>() + " " + one.at("state").get<std::string>());
  }
  CHECK(states == Words{"1.2.0 taken", "1.1.0 beside", "1.0.0 shadowed"});
  CHECK(list.front().at("id") == "local");  // the user's folder is searched before the program's

  const auto run = folder.graft({"run", folder.manifest("local@1.1.0"), "--out", "run"});
  INFO(run.err);
  CHECK(run.status == 0);
  const auto summary = nlohmann::json::parse(folder.read("run/summary.json"));
  CHECK(summary.at("strategy") == "local");
  CHECK(summary.at("versions").at("plugins").at("local") == "1.1.0");
  CHECK(summary.at("versions").at("plugin_sha256").at("local") == full.at("provenance").at("sha256"));
  CHECK_THAT(folder.read("run/manifest.toml"), ContainsSubstring("use = \"local@1.1.0\""));

  SECTION("the same again, and other bytes under the same version") {
    auto again = folder.graft({"plugins", "add", "local-1.1.0.tar.xz"});
    CHECK(again.status == 0);
    CHECK_THAT(again.out, StartsWith("local 1.1.0 is there already, with the same bytes: "));
    CHECK(fs::read_symlink(home.plugins / "local.so") == "local/1.1.0/local.so");
    folder.write("other/local.so", older + "x");
    again = folder.graft({"plugins", "add", "other/local.so"});
    CHECK(again.status == 2);
    CHECK_THAT(again.first_line(), StartsWith("local 1.1.0 is there already with other bytes (SHA-256 "));
    CHECK(folder.read("data/graft/plugins/local/1.1.0/local.so") == older);
    CHECK(folder.graft({"plugins", "add", "other/local.so", "--replace"}).status == 0);
    CHECK(folder.read("data/graft/plugins/local/1.1.0/local.so") == older + "x");
  }
  SECTION("removing") {
    const auto removed = folder.graft({"plugins", "remove", "local@1.2.0"});
    CHECK(removed.status == 0);
    CHECK_THAT(removed.out, ContainsSubstring("use = \"local\" takes 1.1.0 now"));
    CHECK(fs::read_symlink(home.plugins / "local.so") == "local/1.1.0/local.so");
    CHECK_THAT(folder.graft({"plugins", "remove", "local@3"}).first_line(),
               StartsWith("there is no version 3 of 'local', at hand: 1.1.0"));
    CHECK_THAT(folder.graft({"plugins", "remove", "local"}).out, ContainsSubstring("takes " + built("local").string() + " now"));
    CHECK(folder.names("data/graft/plugins").empty());
    const auto refused = folder.graft({"plugins", "remove", "local"});
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, ContainsSubstring("'local' was not put there by 'graft plugins add'") &&
                                ContainsSubstring("it came with this program"));
    CHECK(fs::exists(built("local")));
  }
}

TEST_CASE("plugins add refuses what is no plugin, and hostile archives, and copies nothing") {
  const Folder folder;
  const Home home(folder);
  const auto refused = [&](const std::string& what, int status) {
    const auto outcome = folder.graft({"plugins", "add", what});
    INFO(outcome.err);
    CHECK(outcome.status == status);
    CHECK(outcome.out == "");
    CHECK(!fs::exists(home.plugins));
    return said_of(outcome.err);
  };
  const auto plugin = plugin_of_version(folder, "local", "1.1.0");
  folder.write("text.so", "no library");
  folder.write("cut.tar.xz", std::string("\xfd"
                                         "7zXZ\0",
                                         6) +
                                 "nothing");
  folder.write("notes.txt", "hello");
  folder.write("twice/a/local.so", plugin);
  folder.write("twice/b/local.so", plugin + "x");
  folder.write("deep/1/2/3/4/5/local.so", plugin);
  folder.write("renamed/mine.so", plugin);
  write_archive(folder / "links.zip", {{"local.so", "/etc/passwd", AE_IFLNK}, {"x/", "", AE_IFDIR}}, true);
  std::vector<Entry> many;
  for (int i = 0; i < 65; ++i) many.push_back({std::to_string(i) + ".so", "x"});
  write_archive(folder / "many.zip", many, true);
  write_archive(folder / "bomb.tar.xz", {{"local.so", std::string(300 << 20, '\0')}}, false);
  write_archive(folder / "odd.tar.xz", {{"bad.so", "no library"}}, false);

  REQUIRE(mkfifo((folder / "pipe.so").c_str(), 0600) == 0);
  CHECK(refused("pipe.so", 2) == "'pipe.so' is no regular file, expected a library, a folder or an archive");
  CHECK(refused("nowhere.so", 2) == "'nowhere.so': there is no such file or folder");
  CHECK(refused("text.so", 3) == "text.so: is no library: it does not begin as ELF files do");
  CHECK_THAT(refused("cut.tar.xz", 3), StartsWith("cut.tar.xz: cannot be read as an archive: "));
  CHECK_THAT(refused("notes.txt", 3), StartsWith("notes.txt: cannot be read as an archive: "));
  CHECK_THAT(refused("twice", 2),
             ContainsSubstring("'local' is there twice, with different bytes: twice/a/local.so and twice/b/local.so"));
  CHECK_THAT(refused("deep", 2), StartsWith("'deep' holds no plugin's library"));
  CHECK_THAT(refused("links.zip", 2), StartsWith("'links.zip' holds no plugin's library"));
  CHECK_THAT(refused("many.zip", 3), ContainsSubstring("holds more than 64 libraries"));
  CHECK_THAT(refused("bomb.tar.xz", 3), ContainsSubstring("unpacks to more than 256.0 MiB"));
  CHECK_THAT(refused("odd.tar.xz", 2), StartsWith("'odd.tar.xz' holds no plugin's library"));
  CHECK_THAT(refused("renamed", 3), StartsWith("renamed/mine.so: ") && ContainsSubstring("nothing was added"));
}

TEST_CASE("plugins lock writes what manifests use, and a run keeps to it") {
  const Folder folder;
  const auto manifest = folder.manifest("fedperfix");
  const auto locked = folder.graft({"plugins", "lock", manifest, "--also", "fedavg"});
  INFO(locked.err);
  REQUIRE(locked.status == 0);
  CHECK_THAT(locked.out, StartsWith("wrote ") && ContainsSubstring("plugins.lock for 1 manifest\n  fedavg     1.0.0  "));
  const auto text = folder.read("plugins.lock");
  for (const auto* id : {"fedavg", "fedperfix", "prefix"})
    CHECK_THAT(text, ContainsSubstring("id = \"" + std::string(id) + "\"\n"));
  CHECK(folder.graft({"inspect", manifest, "--set", "strategy.use=fedavg"}).status == 0);
  CHECK_THAT(folder.graft({"inspect", manifest}).out, ContainsSubstring("only these load: " + (folder / "plugins.lock").string()));
  CHECK(nlohmann::json::parse(folder.graft({"inspect", manifest, "--json"}).out).at("lock").at("plugins").size() == 3);
  const auto refused = folder.graft({"inspect", manifest, "--set", "strategy.use=local"});
  CHECK(refused.status == 3);
  CHECK_THAT(refused.first_line(), StartsWith("--set strategy.use=local: 'local' is not in ") && ContainsSubstring("--also local"));

  folder.write("other.toml", folder.read(manifest) + "rounds_ = 1\n");
  CHECK(folder.graft({"plugins", "lock"}).status == 2);  // a manifest that is broken is said, not passed over
  fs::remove(folder / "other.toml");
  folder.write("else.toml", "title = \"no manifest\"\n");
  CHECK(folder.graft({"plugins", "lock"}).status == 0);
  CHECK(folder.read("plugins.lock").find("fedavg") == std::string::npos);
  folder.write("deeper/small.toml", folder.read(manifest));
  CHECK_THAT(folder.graft({"plugins", "lock", manifest, "deeper/small.toml"}).first_line(),
             ContainsSubstring("lies in another folder"));
  const Folder empty;
  CHECK_THAT(empty.graft({"plugins", "lock"}).first_line(), StartsWith("there is no manifest here"));
}

TEST_CASE("a resumed run says that a plugin is another one now, and goes on") {
  const Folder folder;
  setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
  folder.write("plugins/local.so", plugin_of_version(folder, "local", "1.1.0"));
  const auto manifest = folder.manifest("local");
  const auto begun = folder.graft({"run", manifest, "--out", "run", "--set", "rounds=1"});
  CHECK(begun.status == 0);
  CHECK_THAT(begun.err, ContainsSubstring("plugin 'local' 1.1.0: taking " + (folder / "plugins/local.so").string() + "; " +
                                          built("local").string() + " (version 1.0.0) is behind it in the search order"));
  folder.write("plugins/local.so", plugin_of_version(folder, "local", "1.1.1"));
  const auto resumed = folder.graft({"run", manifest, "--out", "run", "--resume", "--set", "rounds=2"});
  unsetenv("GRAFT_PLUGIN_PATH");
  INFO(resumed.err);
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.err, ContainsSubstring("plugin 'local' is another one than this run's last: 1.1.0 (SHA-256 ") &&
                              ContainsSubstring(") then, 1.1.1 ("));
}

}  // namespace graft::tests
