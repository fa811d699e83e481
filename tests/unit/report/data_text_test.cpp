// The picture of a split, as text of a fixed form.
#include "core/report/data_text.hpp"

#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/data_json.hpp"

using namespace graft::core;

namespace {

Manifest manifest_by(const std::string& by) {
  Manifest manifest;
  manifest.data.source = "idx";
  manifest.data.path = "/data/mnist";
  manifest.data.split.by = by;
  return manifest;
}

// Eight grey images of three classes: 4, 3 and 1 of them.
Dataset small() {
  Dataset data;
  data.images = at::zeros({8, 1, 28, 28}, at::kByte);
  data.labels = at::tensor({0, 0, 0, 0, 1, 1, 1, 2}, at::kLong);
  data.classes = 3;
  return data;
}

const Split kSplit{{{0, 1}, {2, 3}}, {{4, 5, 7}, {6}}, {{}, {}}};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    lines.push_back(text.substr(begin, text.find('\n', begin) - begin));
  }
  return lines;
}

// Clients with one sample each, of classes in turn.
std::string one_each(std::size_t clients, std::int64_t classes, std::size_t width, bool all) {
  Dataset data;
  data.images = at::zeros({std::int64_t(clients), 3, 1, 1}, at::kByte);
  data.labels = at::arange(std::int64_t(clients)).remainder(classes);
  data.classes = classes;
  Split split;
  for (std::size_t i = 0; i < clients; ++i) split.push_back({{std::int64_t(i)}, {}});
  return data_text(data_json(manifest_by("iid"), data, split), width, all);
}

}  // namespace

TEST_CASE("data_text: validation samples have a column where there are some, and count for their client") {
  const Split split{{{0}, {2, 3}, {1}}, {{4, 5, 7}, {6}}};
  const auto lines = lines_of(data_text(data_json(manifest_by("iid"), small(), split), 70, false));
  CHECK(lines.at(9) == "  client  train  validation  test  classes  entropy");
  CHECK(lines.at(10) == "       0      1           1     2        1     0.00  |█  |");
  CHECK(lines.at(11) == "       1      3           0     1        2     0.51  | ▆▂|");
}

TEST_CASE("data_text: what a source holds, a line a client, the summary") {
  CHECK(data_text(data_json(manifest_by("iid"), small(), kSplit), 60, false) == R"(idx: 8 samples, 28 x 28 pixels, grey, 3 classes
  /data/mnist

classes
  0  4  ████████████████████████████████████████
  1  3  ██████████████████████████████
  2  1  ██████████

split: by iid, seed = 0, 3 clients
  client  train  test  classes  entropy
       0      2     2        1     0.00  |█  |
       1      3     1        2     0.51  | ▆▂|
       2      0     0        0        -  |   |

  A strip has a glyph for each class, as high as its part of
  the client's samples; █ is 100 %.

  samples a client  min 0   median 4   max 4
  classes a client  1.5 of 3 on average
  label entropy     0.26 on average: 0 is one class a client, 1 all equally often
)");
}

TEST_CASE("data_text: names, domains and users") {
  auto data = small();
  data.images = at::Tensor();
  data.class_names = {"cat", "a name that is far too long for a column", "line\nfeed"};
  data.domains = {0, 0, 0, 0, 1, 1, 1, 1};
  data.domain_names = {"art", "photo"};
  auto manifest = manifest_by("users");
  manifest.data.source = "images";
  const auto text = data_text(data_json(manifest, data, kSplit), 80, false);
  CHECK(text.find("images: 8 samples, JPEG and PNG files, not decoded here, 3 classes, 2 users\n") == 0);
  CHECK(text.find("\n  0 cat                   4  █") != std::string::npos);
  CHECK(text.find("\n  1 a name that is far …  3  █") != std::string::npos);
  CHECK(text.find("\n  2 line feed             1  █") != std::string::npos);
  CHECK(text.find("\nusers\n  art    4  █") != std::string::npos);
  CHECK(text.find("\n  client  user   train  test  classes  entropy\n       0  art        2     2") != std::string::npos);
  manifest.data.split.by = "domain";
  CHECK(data_text(data_json(manifest, data, kSplit), 80, false).find("\ndomains\n  art    4  █") != std::string::npos);
}

TEST_CASE("data_text: names that are no UTF-8 are shown, not refused") {
  auto data = small();
  data.class_names = {"\xff\xfe", "b", "c"};
  CHECK(data_text(data_json(manifest_by("iid"), data, kSplit), 80, false).find("0 \xef\xbf\xbd\xef\xbf\xbd") != std::string::npos);
}

TEST_CASE("data_text: many clients are cut in the middle, unless all are wanted") {
  const auto cut = one_each(64, 4, 80, false), all = one_each(64, 4, 80, true);
  CHECK(cut.find("\n  … 34 more, which --clients all shows\n") != std::string::npos);
  CHECK(cut.find("\n      19 ") != std::string::npos);
  CHECK(cut.find("\n      20 ") == std::string::npos);
  CHECK(cut.find("\n      53 ") == std::string::npos);
  CHECK(cut.find("\n      54 ") != std::string::npos);
  CHECK(all.find("more") == std::string::npos);
  CHECK(lines_of(all).size() == lines_of(cut).size() + 33);
  CHECK(one_each(40, 4, 80, false).find("more") == std::string::npos);
}

TEST_CASE("data_text: a hundred classes keep within the width, several to a glyph") {
  for (const std::size_t width : {60, 80, 120, 200}) {
    const auto text = one_each(64, 100, width, false);
    CAPTURE(width, text);
    const bool grouped = width < 150;
    CHECK((text.find(" classes, as high") != std::string::npos) == grouped);
    for (const auto& line : lines_of(text)) {
      const bool summary = line.find("label entropy") != std::string::npos;
      CHECK((shown_width(line) <= width || summary));
    }
    CHECK(lines_of(text).size() < 90);
  }
}

TEST_CASE("data_text: nothing that a terminal would obey") {
  auto data = small();
  data.class_names = {"\x1b[31mred", "b", "c"};
  CHECK(data_text(data_json(manifest_by("iid"), data, kSplit), 80, false).find('\x1b') == std::string::npos);
}

TEST_CASE("data_json: the facts, for other programs") {
  const auto json = nlohmann::json::parse(data_json(manifest_by("dirichlet"), small(), kSplit));
  const auto& source = json.at("source");
  CHECK(source.at("samples") == 8);
  CHECK(source.at("image") == nlohmann::json({{"channels", 1}, {"height", 28}, {"width", 28}}));
  CHECK(source.at("classes")[1] == nlohmann::json({{"label", 1}, {"samples", 3}}));
  CHECK(source.at("domains").empty());
  const auto& split = json.at("split");
  CHECK(split.at("alpha") == 0.5);
  CHECK(split.at("clients")[1].at("counts") == nlohmann::json({0, 3, 1}));
  CHECK(split.at("clients")[1].at("classes") == 2);
  CHECK(std::abs(split.at("clients")[1].at("label_entropy").get<double>() - 0.5118595071429148) < 1e-12);
  CHECK(split.at("clients")[2].at("label_entropy").is_null());
  CHECK(split.at("size") == nlohmann::json({{"min", 0.0}, {"median", 4.0}, {"max", 4.0}}));
  CHECK(split.at("mean_classes") == 1.5);
}
