// graft inspect of a study: a row a variant.
#include <nlohmann/json.hpp>

#include "tests/program/study.hpp"

namespace graft::tests {

TEST_CASE("inspect: a study's variants, what each sends, stores and multiplies") {
  const Folder folder;
  write_study(folder, "[[variants]]\nname = \"SCAFFOLD\"\nstrategy.use = \"scaffold\"\n");
  const auto shown = folder.graft({"inspect", "study.toml"});
  INFO(shown.err);
  REQUIRE(shown.status == 0);
  CHECK(shown.out.find("study: 3 variants, 6 runs\n") == 0);
  const auto json = nlohmann::json::parse(folder.graft({"inspect", "study.toml", "--json"}).out);
  const auto scalars = [&](std::size_t variant, const char* cost) {
    return json.at("variants").at(variant).at("model").at("costs").at(cost).at("scalars").get<std::int64_t>();
  };
  CHECK(json.at("variants").at(2).at("name") == "SCAFFOLD");
  CHECK(scalars(1, "upload_per_client_round") == 0);
  CHECK(scalars(2, "upload_per_client_round") == 2 * scalars(0, "upload_per_client_round"));
  CHECK(!fs::exists(folder / "runs"));
  const auto wrong = folder.graft({"inspect", "study.toml", "--set", "rouns=3"});
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("'rouns'") != std::string::npos);
}

}  // namespace graft::tests
