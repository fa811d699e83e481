// What is said of each kind of mistake, word by word: the first line alone must do.
#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

using namespace graft::core;

TEST_CASE("an unknown key is refused with the nearest known one") {
  CHECK(said_of("rouns = 3") == "m.toml:1:1: unknown key 'rouns', did you mean 'rounds'?");
  CHECK(said_of("seed = 1\n  devise = 3") == "m.toml:2:3: unknown key 'devise', did you mean 'device'?");
  CHECK(said_of("banana = 3") == "m.toml:1:1: unknown key 'banana'");
  CHECK(said_of("\"\" = 3") == "m.toml:1:1: unknown key ''");
  CHECK(said_of("\"a\\nb\" = 3") == "m.toml:1:1: unknown key 'a b'");
  CHECK(said_of("[data]\nclient = 3") == "m.toml:2:1: unknown key 'client' in [data], did you mean 'clients'?");
  CHECK(said_of("[data]\nsplit = { by = \"iid\", alfa = 1 }") ==
        "m.toml:2:23: unknown key 'alfa' in [data.split], did you mean 'alpha'?");
  CHECK(said_of("[trainig]\nepochs = 3") == "m.toml:1:2: unknown key 'trainig', did you mean 'training'?");
  CHECK(said_of("[strategies]") == "m.toml:1:2: unknown key 'strategies', did you mean 'strategy'?");
}

TEST_CASE("a key at the wrong level is found where it belongs") {
  CHECK(said_of("epochs = 3") == "m.toml:1:1: unknown key 'epochs', did you mean 'training.epochs'?");
  CHECK(said_of("[data]\nbatch_size = 3\n") == "m.toml:2:1: unknown key 'batch_size' in [data]");
  CHECK(said_of("[training]\nlr = 0.1") == "m.toml:2:1: unknown key 'lr' in [training], did you mean 'training.optimizer.lr'?");
}

TEST_CASE("the offending line and a caret follow") {
  const auto more = [](const std::string& text) { return error_of([&] { parsed(text); }).more; };
  CHECK(more("seed = 1\nrouns = 3\n") == "  rouns = 3\n  ^");
  CHECK(more("\tü = 1\n") == "  \tü = 1\n  \t^");
  CHECK(more("rounds   = -1\r\n") == "  rounds   = -1\n             ^");
  CHECK(more("\xef\xbb\xbfrouns = 3") == "  rouns = 3\n  ^");
  CHECK(more("name = \"üüü\" # \x1b[31m") == "  name = \"üüü\" #  [31m\n                 ^");
  const auto of_long = more("name = \"" + std::string(5000, 'x') + "\" y");
  CHECK(of_long.size() < 400);
  CHECK(of_long.find("\" y\n") != std::string::npos);
}

TEST_CASE("the first mistake in the text is the one that is said") {
  CHECK(said_of("[training]\nepochs = 0\nrouns = 1\n[data]\nclients = 0") ==
        "m.toml:2:10: 'training.epochs' must be a whole number, from 1 to 2147483647, found 0");
}

TEST_CASE("text that is not TOML") {
  CHECK(said_of("rounds = ") == "m.toml:1:10: invalid TOML key-value pair: expected value, saw '\\n'");
  CHECK(said_of("device = cuda") == "m.toml:1:10: invalid TOML value: neither a number, true, false nor a quoted text");
  CHECK(said_of("device = fedavg").find("m.toml:1:1") == 0);
  CHECK(said_of("device = fedavg").find(": invalid TOML value: neither a number, true, false nor a quoted text") !=
        std::string::npos);
  CHECK(said_of("rounds = 1 2") == "m.toml:1:12: invalid TOML key-value pair: expected a comment or whitespace, saw '2'");
  CHECK(said_of("rounds = 1\nrounds = 2") == "m.toml:2:10: invalid TOML key-value pair: cannot redefine existing integer 'rounds'");
  CHECK(said_of("!") == "m.toml:1:1: invalid TOML: expected keys, tables, whitespace or comments, saw '!'");
  CHECK(said_of("name = \"a\\q\"") == "m.toml:1:11: invalid TOML string: unknown escape sequence '\\q'");
  CHECK(error_of([] { parsed("a = [1,"); }).what() == std::string("m.toml:1:8: invalid TOML array: the text ends too early"));
  CHECK(said_of("rounds = 99999999999999999999") ==
        "m.toml:1:30: invalid TOML decimal integer: '99999999999999999999' is not representable in 64 bits");
}

TEST_CASE("deeply nested text is refused, not followed") {
  CHECK(said_of("a = " + std::string(100000, '[')).find("m.toml:1:") == 0);
  CHECK(said_of("a = " + std::string(200, '[') + std::string(200, ']')) == "m.toml:1:1: unknown key 'a'");
}

TEST_CASE("text that is not UTF-8") {
  CHECK(said_of("name = \"a\"\nname = \"\xff\"") == "m.toml:2:9: not UTF-8 text");
  CHECK(said_of("# \xc3\xa4 \xc3(") == "m.toml:1:5: not UTF-8 text");
  CHECK(said_of("# \xed\xa0\x80") == "m.toml:1:3: not UTF-8 text");
  CHECK(said_of("# \xc0\xaf") == "m.toml:1:3: not UTF-8 text");
  CHECK(said_of("# \xf4\x90\x80\x80") == "m.toml:1:3: not UTF-8 text");
  CHECK(error_of([] { parsed("# \xe2\x82"); }).what() == std::string("m.toml:1:3: not UTF-8 text"));
}

TEST_CASE("a text beyond all bounds") {
  CHECK(said_of(std::string((1 << 20) + 1, '#')) == "m.toml: larger than a manifest may be, 1.0 MiB");
}

TEST_CASE("required keys") {
  const auto said = [](const std::string& text) { return std::string(error_of([&] { parsed(text); }).what()); };
  CHECK(said("") == "m.toml:1:1: required key 'data.source' is missing: shapes, cifar10, cifar100, medmnist, idx or images");
  CHECK(said("seed = 1\n[data]\nclients = 3\n") ==
        "m.toml:2:1: required key 'data.source' is missing: shapes, cifar10, cifar100, medmnist, idx or images");
  CHECK(said("data.source = \"shapes\"") == "m.toml:1:1: required key 'strategy.use' is missing: it names the plugin");
  CHECK(said("\n[strategy]\nmu = 1\n") == "m.toml:2:1: required key 'strategy.use' is missing: it names the plugin");
  CHECK(said("\n[[modules]]\nscale = 1\n") == "m.toml:2:1: required key 'modules.0.use' is missing: it names the plugin");
}

TEST_CASE("wrong types say what was found and what was expected") {
  CHECK(said_of("rounds = \"two\"") == "m.toml:1:10: 'rounds' must be a whole number, found the text \"two\"");
  CHECK(said_of("rounds = 1.0") == "m.toml:1:10: 'rounds' must be a whole number, found 1.0");
  CHECK(said_of("rounds = true") == "m.toml:1:10: 'rounds' must be a whole number, found true");
  CHECK(said_of("rounds = [1]") == "m.toml:1:10: 'rounds' must be a whole number, found a list");
  CHECK(said_of("[rounds]\n") == "m.toml:1:1: 'rounds' must be a whole number, found a table");
  CHECK(said_of("rounds = 2020-01-01") == "m.toml:1:10: 'rounds' must be a whole number, found a date or time");
  CHECK(said_of("device = 3") == "m.toml:1:10: 'device' must be a text, found 3");
  CHECK(said_of("data.shuffle = \"no\"") == "m.toml:1:16: 'data.shuffle' must be true or false, found the text \"no\"");
  CHECK(said_of("data = 3") == "m.toml:1:8: 'data' must be a table, found 3");
  CHECK(said_of("training.optimizer = \"sgd\"") == "m.toml:1:22: 'training.optimizer' must be a table, found the text \"sgd\"");
  CHECK(said_of("training.optimizer.lr = \"x\"") == "m.toml:1:25: 'training.optimizer.lr' must be a number, found the text \"x\"");
  CHECK(said_of("lanes = \"all\"") == "m.toml:1:9: 'lanes' must be \"auto\" or a whole number, found the text \"all\"");
  CHECK(said_of("data.mean = [0.5, \"x\"]") ==
        "m.toml:1:19: 'data.mean' must be a number or a list of numbers, found the text \"x\"");
  CHECK(said_of("data.mean = []") == "m.toml:1:13: 'data.mean' must not be empty");
  CHECK(said_of("backbone.freeze = [1]") == "m.toml:1:20: 'backbone.freeze' must be a text or a list of texts, found 1");
  CHECK(said_of("backbone.weights = \"\"") == "m.toml:1:20: 'backbone.weights' must be a path, found the text \"\"");
  CHECK(said_of("backbone.weights = \"a\\u0000b\"") ==
        "m.toml:1:20: 'backbone.weights' must be a path, found the text \"a\\u0000b\"");
  CHECK(said_of("data.path = 3") == "m.toml:1:13: 'data.path' must be a path or a list of paths, found 3");
  CHECK(said_of("name = \"" + std::string(100, 'x') + "/\"").size() < 200);
}

TEST_CASE("ranges") {
  CHECK(said_of("seed = -1") == "m.toml:1:8: 'seed' must be a whole number, at least 0, found -1");
  CHECK(said_of("rounds = -1") == "m.toml:1:10: 'rounds' must be a whole number, from 0 to 2147483647, found -1");
  CHECK(said_of("lanes = 0") == "m.toml:1:9: 'lanes' must be \"auto\" or a whole number, from 1 to 2147483647, found 0");
  CHECK(said_of("data.clients = 9999999999").find("from 1 to 2147483647, found 9999999999") != std::string::npos);
  CHECK(said_of("data.test_fraction = 1.0") ==
        "m.toml:1:22: 'data.test_fraction' must be a number, at least 0 and below 1, found 1.0");
  CHECK(said_of("data.test_fraction = nan") ==
        "m.toml:1:22: 'data.test_fraction' must be a number, at least 0 and below 1, found nan");
  CHECK(said_of("data.split.alpha = 0") == "m.toml:1:20: 'data.split.alpha' must be a number, above 0, found 0");
  CHECK(said_of("data.split.alpha = inf") == "m.toml:1:20: 'data.split.alpha' must be a number, above 0, found inf");
  CHECK(said_of("data.std = [1.0, 0.0]") == "m.toml:1:18: 'data.std' must be a number or a list of numbers, above 0, found 0.0");
  CHECK(said_of("data.mean = inf") == "m.toml:1:13: 'data.mean' must be a number or a list of numbers, finite, found inf");
  CHECK(said_of("training.optimizer.lr = -0.1") ==
        "m.toml:1:25: 'training.optimizer.lr' must be a number, from 0 to 1e+30, found -0.1");
  CHECK(said_of("plugins.hook_limit_s = 0") == "m.toml:1:24: 'plugins.hook_limit_s' must be a number, above 0, found 0");
  CHECK(said_of("training.lr_schedule.at = [-3]") ==
        "m.toml:1:28: 'training.lr_schedule.at' must be a whole number or a list of them, from 0 to 2147483647, found -3");
}

TEST_CASE("choices") {
  CHECK(said_of("[data]\nsource = \"shape\"") ==
        "m.toml:2:10: 'data.source' must be one of shapes, cifar10, cifar100, medmnist, idx, images, found the text \"shape\", did "
        "you mean 'shapes'?");
  CHECK(said_of("data.source = \"imagenet\"") ==
        "m.toml:1:15: 'data.source' must be one of shapes, cifar10, cifar100, medmnist, idx, images, found the text \"imagenet\", "
        "did you mean 'images'?");
  CHECK(said_of("precision = \"fp16\"") ==
        "m.toml:1:13: 'precision' must be one of fp32, fp64, found the text \"fp16\", did you mean 'fp32'?");
  CHECK(said_of("backbone.preset = \"vit_tiny_patch16\"") ==
        "m.toml:1:19: 'backbone.preset' must be one of vit_tiny_patch16_224, vit_small_patch16_224, vit_base_patch16_224, "
        "found the text \"vit_tiny_patch16\", did you mean 'vit_tiny_patch16_224'?");
}

TEST_CASE("what this version does not serve is refused by name") {
  const auto refused = [](const std::string& what) { return "m.toml:1:1: '" + what + "' is not available yet in this version"; };
  for (const std::string what :
       {"deterministic = true", "workers = 2", "precision = \"bf16\"", "precision = \"tf32\"", "evaluation.clients = 10"}) {
    const auto said = said_of(what);
    const auto column = said.find(": ");
    CHECK(said.substr(column) == refused(what).substr(refused(what).find(": ")));
    CHECK(said.rfind("m.toml:1:", 0) == 0);
  }
  CHECK(said_of("seed = 1\nrounds = 2\ndevice = \"cpu\"\ndeterministic = true") ==
        "m.toml:4:1: 'deterministic = true' is not available yet in this version");
}

TEST_CASE("what is not served is accepted at its default") {
  const auto none = "m.toml:1:1: required key 'data.source' is missing: shapes, cifar10, cifar100, medmnist, idx or images";
  for (const char* text : {"deterministic = false", "workers = \"auto\"", "workers = 1", "evaluation.clients = \"all\"",
                           "server.optimizer.use = \"sgd\""}) {
    CHECK(said_of(text) == none);
  }
}

TEST_CASE("a study is no manifest") {
  CHECK(said_of("base = \"quickstart.toml\"") ==
        "m.toml:1:1: 'base' makes this a study, expected a manifest; 'graft compare' runs studies");
  CHECK(said_of("seeds = [1, 2]").find("m.toml:1:1: 'seeds' makes this a study") == 0);
  CHECK(said_of("[[variants]]\nname = \"a\"").find("m.toml:1:3: 'variants' makes this a study") == 0);
}
