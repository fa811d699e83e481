// The page's data as a folder has it, also while its run goes on; and that nothing in it ends the script that it stands in.
#include "core/report/page.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

using Catch::Approx;
using nlohmann::json;

void write(const Folder& folder, const std::string& name, const std::string& text) { std::ofstream(folder.path / name) << text; }

// Two rounds, the second not scored, and a third that is being written.
void write_run(const Folder& folder) {
  write(folder, "manifest.toml", "name = \"a <b>\"\nseed = 7\n[training]\nepochs = 2\n");
  write(folder, "rounds.jsonl",
        "{\"round\":1,\"upload_bytes\":10,\"download_bytes\":20,\"train_s\":1.5,\"accuracy\":{\"mean\":0.5,\"p10\":0.4,\"p90\":0.6}"
        ",\"loss\":2}\n"
        "{\"round\":2,\"upload_bytes\":10,\"download_bytes\":20,\"train_s\":0.5}\n{\"round\":3,\"up");
  write(folder, "data.json",
        R"({"source":{"classes":[{"label":0,"name":"cat"},{"label":1}]},"split":{"clients":[{"id":0,"counts":[3,4]}]}})");
}

json data_of(const Folder& folder) { return json::parse(page_data(compared(results_of_run(folder.path)), true)); }

}  // namespace

TEST_CASE("the page of a run that goes on has what there is of it") {
  const Folder folder;
  write_run(folder);
  const auto page = data_of(folder);
  CHECK(page.at("name") == "a <b>");
  CHECK(page.at("live") == true);
  const auto& variant = page.at("variants").at(0);
  const auto& curve = variant.at("runs").at(0).at("curve");
  CHECK(variant.at("runs").at(0).at("seed") == 7);
  CHECK(curve.at("round") == json{1, 2});
  CHECK(curve.at("mean").at(0) == 0.5);
  CHECK(curve.at("mean").at(1).is_null());
  CHECK(curve.at("bytes") == json{30, 60});
  CHECK(curve.at("seconds").at(1).get<double>() == Approx(2));
  CHECK(variant.at("manifest").at("keys").at("training.epochs") == "2");
  const auto& split = page.at("splits").at(0).at("split");
  CHECK(split.at("seed") == 7);
  CHECK(split.at("classes") == json{"cat", "1"});
  CHECK(split.at("clients").at(0).at("counts") == json{3, 4});
}

TEST_CASE("a folder in which nothing is yet has an empty page") {
  const Folder folder;
  const auto page = data_of(folder);
  CHECK(page.at("variants").at(0).at("runs").at(0).at("curve").at("round").empty());
  CHECK(page.at("splits").empty());
}

TEST_CASE("each split stands once, with the variants whose it is") {
  const Folder folder;
  StudyResults results{"s", folder.path.string(), 0, {}};
  for (const auto* name : {"a", "b", "c"}) {
    const auto counts = *name == 'b' ? "[7,0]" : "[3,4]";
    std::filesystem::create_directory(folder.path / name);
    write(
        folder, std::string(name) + "/data.json",
        std::string(R"({"source":{"classes":[{"label":0},{"label":1}]},"split":{"clients":[{"id":0,"counts":)") + counts + "}]}}");
    results.variants.push_back({name, {}, {{.seed = 1, .folder = name}}});
  }
  const auto splits = json::parse(page_data(compared(results), true)).at("splits");
  REQUIRE(splits.size() == 2);
  CHECK(splits.at(0).at("of") == json{"a", "c"});
  CHECK(splits.at(1).at("of") == json::array({"b"}));
}

TEST_CASE("the page holds its data, its styles and its scripts, and asks for nothing else") {
  const auto html = page_html(R"({"name": "</script><script>alert(1)</script>"})");
  CHECK(html.find("{{") == std::string::npos);
  CHECK(html.find("alert(1)") != std::string::npos);
  CHECK(html.find("</script><script>alert") == std::string::npos);
  CHECK(html.find("uPlot") != std::string::npos);
  CHECK(html.find("src=") == std::string::npos);
  CHECK(html.find("<link rel=\"stylesheet\"") == std::string::npos);
}

}  // namespace graft::core
