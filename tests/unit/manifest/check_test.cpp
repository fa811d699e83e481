// What must hold between keys.
#include <catch2/catch_test_macros.hpp>

#include "core/manifest/checks.hpp"
#include "parsing.hpp"

using namespace graft::core;

namespace {

// Of a text after the two lines that are required.
std::string said(const std::string& text) {
  return error_of([&] { parsed_with_required(text); }).what();
}

}  // namespace

TEST_CASE("a cohort is a count or a fraction") {
  const std::string must =
      "'training.cohort' must be a whole number of clients, at least 1, or a fraction above 0 and at most 1.0, found ";
  CHECK(said("training.cohort = 0") == "m.toml:3:19: " + must + "0");
  CHECK(said("training.cohort = -1") == "m.toml:3:19: " + must + "-1");
  CHECK(said("training.cohort = 0.0") == "m.toml:3:19: " + must + "0.0");
  CHECK(said("training.cohort = 1.5") == "m.toml:3:19: " + must + "1.5");
  CHECK(said("training.cohort = nan") == "m.toml:3:19: " + must + "nan");
  CHECK(said("training.cohort = \"all\"") == "m.toml:3:19: " + must + "the text \"all\"");
  CHECK(std::get<std::int64_t>(parsed_with_required("training.cohort = 1").training.cohort) == 1);
  CHECK(std::get<double>(parsed_with_required("training.cohort = 1.0").training.cohort) == 1.0);
  CHECK(std::get<std::int64_t>(parsed_with_required("training.cohort = 16").training.cohort) == 16);
}

TEST_CASE("a cohort of more clients than there are") {
  CHECK(said("training.cohort = 17") ==
        "m.toml:3:19: 'training.cohort' asks for 17 clients a round, but there are 16 ('data.clients'); 1.0 means all of them");
  CHECK(said("data.clients = 20\ntraining.cohort = 17") == "no error");
  CHECK(said("data.split = { by = \"file\", path = \"s.json\" }\ntraining.cohort = 17") == "no error");
  CHECK(said("data.clients = 5\ndata.split = { by = \"file\", path = \"s.json\" }\ntraining.cohort = 17").find("there are 5") !=
        std::string::npos);
}

TEST_CASE("how many users a source has is known only later, unless the manifest says it") {
  CHECK(said("data.split = { by = \"users\" }\ntraining.cohort = 17") == "no error");
  CHECK(said("data.clients = 5\ndata.split = { by = \"users\" }\ntraining.cohort = 17").find("there are 5") != std::string::npos);
}

TEST_CASE("a crop leaves something of the image") {
  CHECK(said("data.augment = { flip = true, crop = 31 }") == "no error");
  CHECK(said("data.augment.crop = 32") ==
        "m.toml:3:21: 'data.augment.crop' = 32 must be below backbone.image_size = 32, or nothing of an image may be left");
}

TEST_CASE("a split by file needs the file") {
  CHECK(said("data.split.by = \"file\"") == "m.toml:3:17: a split by \"file\" needs 'data.split.path'");
}

TEST_CASE("keys that say nothing where they stand are named") {
  const auto idle = [](const std::string& text) { return idle_keys(parsed_with_required(text)); };
  CHECK(idle("data.samples = 50\ndata.split = { by = \"dirichlet\", alpha = 0.1 }").empty());
  CHECK(idle("data.split = { by = \"iid\", alpha = 0.5 }").empty());  // as by default: a resolved manifest has all keys
  CHECK(idle("data.split = { by = \"iid\", alpha = 0.1 }") ==
        std::vector<std::string>{
            "m.toml:3:36: 'data.split.alpha' has no effect here: only a split by \"dirichlet\" or \"domain\" reads it"});
  CHECK(idle("data.path = \"x\"\ntraining.lr_schedule.at = [3]").size() == 2);
}

TEST_CASE("devices") {
  for (const char* device : {"auto", "cpu", "cuda", "cuda:0", "cuda:15"}) {
    CHECK(parsed_with_required(std::string("device = \"") + device + "\"").device == device);
  }
  CHECK(said("device = \"gpu\"") ==
        "m.toml:3:10: 'device' must be one of auto, cpu, cuda, cuda:N, found the text \"gpu\", did you mean 'cuda'?");
  CHECK(said("device = \"cuda:\"").find("m.toml:3:10: 'device' must be one of") == 0);
  CHECK(said("device = \"cuda:x\"").find("m.toml:3:10: 'device' must be one of") == 0);
  CHECK(said("device = \"cuda:99999999999\"").find("m.toml:3:10: 'device' must be one of") == 0);
}

TEST_CASE("a name is fit for a folder") {
  for (const char* name : {"", ".", "..", "a/b", "/etc", "a\\nb"}) {
    CHECK(said(std::string("name = \"") + name + "\"") ==
          std::string("m.toml:3:8: 'name' must be fit for a folder, found \"") + name + "\"");
  }
  CHECK(parsed_with_required("name = \"ein Lauf, ü\"").name == "ein Lauf, ü");
}

TEST_CASE("momentum is of sgd only") {
  CHECK(said("training.optimizer = { use = \"adamw\", momentum = 0.9 }") ==
        "m.toml:3:50: 'training.optimizer.momentum' is of sgd only, not of adamw");
  CHECK(said("training.optimizer = { use = \"adamw\", momentum = 0.0 }") == "no error");
  CHECK(said("server.optimizer = { use = \"adam\", lr = 0.01, momentum = 0.9 }") ==
        "m.toml:3:58: 'server.optimizer.momentum' is of sgd only, not of adam");
  CHECK(said("server.optimizer = { use = \"yogi\" }") ==
        "m.toml:3:28: the server's yogi needs 'server.optimizer.lr', such as 0.01: what suits the mean itself, 1, does not");
  CHECK(said("server.optimizer = { use = \"yogi\", lr = 0.1, beta2 = 0.9, tau = 0.1 }") == "no error");
}

TEST_CASE("a schedule of steps needs its rounds") {
  CHECK(said("training.lr_schedule.use = \"step\"") ==
        "m.toml:3:28: a schedule of steps needs 'training.lr_schedule.at', a list of rounds");
  CHECK(said("training.lr_schedule = { use = \"step\", at = [10, 20], factor = 0.5 }") == "no error");
}
