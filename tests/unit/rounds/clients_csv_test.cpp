// clients.csv and the per-class figures behind it.
#include "core/rounds/clients_csv.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <sstream>

#include "core/rounds/checkpoint.hpp"
#include "core/rounds/turns.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core {

TEST_CASE("a score's classes add up to it, lanes or not") {
  const auto federation = nano::federation("fedavg"), lanes = nano::federation("fedavg", {"lanes=3"});
  const auto scores = score_everyone(federation, 0, nullptr), beside = score_everyone(lanes, 0, nullptr);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::int64_t tests = 0, right = 0, last = -1;
    for (const auto& of : scores[i].classes) {
      CHECK(of.label > last);
      CHECK(of.test_samples > 0);
      last = of.label;
      tests += of.test_samples;
      right += of.right;
    }
    CHECK(tests == scores[i].test_samples);
    CHECK(double(right) / double(tests) == scores[i].accuracy);
    REQUIRE(beside[i].classes.size() == scores[i].classes.size());
    for (std::size_t c = 0; c < scores[i].classes.size(); ++c) CHECK(beside[i].classes[c].right == scores[i].classes[c].right);
  }
}

TEST_CASE("clients.csv has a line a client, with its data and its classes") {
  auto federation = nano::federation("fedavg");
  federation.data.class_names = {"cat", "a, \"b\"", "c", "d"};
  federation.split[0].train = {0, 4, 8};  // shapes: sample i is of class i mod 4
  const auto lines = lines_of(clients_csv({{0, 4, 0.5, 1.25, {{0, 3, 2}, {2, 1, 0}}}, {1, 0, 0, 0, {}}}, federation));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        "client,domain,train_samples,test_samples,accuracy,loss,class_accuracy,validation_samples,validation_"
        "accuracy,train_classes,label_entropy,test:cat,accuracy:cat,"
        "\"test:a, \"\"b\"\"\",\"accuracy:a, \"\"b\"\"\",test:c,accuracy:c,test:d,accuracy:d");
  CHECK(lines[1] == "0,,3,4,0.5,1.25,0.3333333333333333,0,,1,0,3,0.6666666666666666,0,,1,0,0,");
  CHECK(lines[2].substr(0, 3) == "1,,");
  CHECK(lines[2].find(",0,,,,") != std::string::npos);  // no test samples: no accuracy, no loss, no accuracy over classes
}

TEST_CASE("a checkpoint keeps the scores by class") {
  const Folder folder;
  auto federation = nano::federation("fedavg");
  const auto scores = score_everyone(federation, 0, nullptr);
  write_checkpoint(folder.path, federation, {}, {scores, {scores[1]}, 7});
  const auto again = read_checkpoint(folder.path, federation);
  CHECK(clients_csv(again.newest, federation) == clients_csv(scores, federation));
  CHECK(clients_csv(again.chosen, federation) == clients_csv({scores[1]}, federation));
  CHECK(again.chosen_round == 7);
}

}  // namespace graft::core
