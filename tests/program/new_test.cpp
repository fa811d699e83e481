// graft new: what it writes, and what it refuses. That its folders build and pass their tests: tests/outside.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/program/program.hpp"

using graft::tests::Folder;

TEST_CASE("a new strategy's files carry its name and type, and say where Graft is") {
  const Folder folder;
  const auto made = folder.graft({"new", "strategy", "fed-mine_2"});
  CHECK(made.status == 0);
  CHECK(made.out.find("cd fed-mine_2 && cmake --workflow --preset default") != std::string::npos);
  CHECK(made.out.find("GRAFT_PLUGIN_PATH=build graft run smoke.toml") != std::string::npos);
  const auto source = folder.read("fed-mine_2/fed-mine_2.cpp");
  CHECK(source.find("struct FedMine2 : Strategy") != std::string::npos);
  CHECK(source.find("GRAFT_STRATEGY(FedMine2, \"fed-mine_2\", \"0.1.0\"") != std::string::npos);
  CHECK(folder.read("fed-mine_2/here.cmake").find("set(GRAFT_PROGRAM [==[" GRAFT_PROGRAM "]==])") != std::string::npos);
  CHECK(folder.read("fed-mine_2/.gitignore").find("here.cmake") != std::string::npos);
  for (const auto& name : folder.names("fed-mine_2"))
    CHECK(folder.read("fed-mine_2/" + name).find("plugin_name") == std::string::npos);
}

TEST_CASE("each level has more than the one before") {
  const std::string kind = GENERATE("strategy", "module");
  const Folder folder;
  std::size_t length = 0;
  for (const std::string level : {"minimal", "recommended", "full"}) {
    REQUIRE(folder.graft({"new", kind, "mine", "--level", level, "--out", level}).status == 0);
    const auto source = folder.read(level + "/mine.cpp");
    CHECK(source.size() > length);
    length = source.size();
    const auto project = folder.read(level + "/CMakeLists.txt"), presets = folder.read(level + "/CMakePresets.json");
    const auto has = [](const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; };
    CHECK(has(project, "include(CPack)") == (level != "minimal"));
    CHECK(has(presets, "sanitized") == (level != "minimal"));
    CHECK(has(project, "mine_linear") == (kind == "module" && level == "full"));
    CHECK_FALSE(has("\n" + project + presets, "\n@"));
  }
}

TEST_CASE("a bad name, one that is taken, and words of the SDK's are refused") {
  const Folder folder;
  for (const std::string name : {"FedMine", "2fed", "fed mine", "fed/mine", "-x_", "", "fed.mine"}) {
    const auto refused = folder.graft({"new", "strategy", "--", name});
    CHECK(refused.status == 2);
    CHECK(refused.first_line().find("expected lower-case letters, digits, _ and -") != std::string::npos);
  }
  const auto taken = folder.graft({"new", "strategy", "fedavg"});
  CHECK(taken.status == 2);
  CHECK(taken.first_line().find("lib/graft/plugins/fedavg.so") != std::string::npos);
  CHECK(folder.graft({"new", "module", "tensor"}).first_line().find("a word of the SDK's or of CMake's") != std::string::npos);
  CHECK(folder.names().empty());
}

TEST_CASE("a folder with something in it stays as it is") {
  const Folder folder;
  folder.write("mine/notes.txt", "mine");
  const auto refused = folder.graft({"new", "module", "mine"});
  CHECK(refused.status == 2);
  CHECK(refused.first_line() == "'mine' is there already and not an empty folder");
  CHECK(folder.names("mine") == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("another kind and another level are refused with the nearest") {
  const Folder folder;
  CHECK(folder.graft({"new", "stategy", "mine"}).first_line() ==
        "graft new: KIND is 'stategy', expected strategy or module, did you mean 'strategy'?");
  CHECK(folder.graft({"new", "strategy", "mine", "--level", "ful"}).first_line() ==
        "graft new: --level is 'ful', expected minimal, recommended or full, did you mean 'full'?");
  CHECK(folder.graft({"new", "strategy"}).status == 2);
}
