// Where modules sit, what they may declare, and what they cost.
#include "core/compose/modules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "core/compose/costs.hpp"
#include "tests/unit/support.hpp"

using namespace graft::core;
using Catch::Matchers::StartsWith;

namespace {

// ViT of 2 blocks of width 16, 5 tokens.
Model model(const std::string& modules) {
  const std::string small =
      "[data]\nsource = \"shapes\"\nclasses = 4\n[backbone]\nimage_size = 8\npatch_size = 4\nwidth = 16\n"
      "depth = 2\nheads = 2\n[strategy]\nuse = \"fedavg\"\n";
  return compose(parse_manifest(small + modules, "m.toml", ".", {}), 4);
}

std::vector<std::string> names(const Model& model) {
  std::vector<std::string> found;
  if (!model.modules) return found;
  for (const auto& tensor : model.modules->tensors()) found.push_back(tensor.name);
  return found;
}

std::vector<std::string> places_of(const std::string& targets) {
  auto found = names(model("[[modules]]\nuse = \"lora\"\ntargets = " + targets + "\n"));
  std::erase_if(found, [](const std::string& name) { return !name.ends_with(".lora.a"); });
  for (auto& name : found) name.resize(name.size() - 7);
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("modules' tensors have the names that files have") {
  CHECK(names(model("[[modules]]\nuse = \"adapter\"\n")).front() == "blocks.0.adapter.down.weight");
  CHECK(names(model("[[modules]]\nuse = \"prompt\"\n")) == Names{"blocks.0.prompt.tokens", "blocks.1.prompt.tokens"});
  CHECK(names(model("[[modules]]\nuse = \"prompt\"\ndeep = false\n")) == Names{"blocks.0.prompt.tokens"});
  CHECK(names(model("[[modules]]\nuse = \"prefix\"\nmode = \"tokens\"\nlast_blocks = 1\n")) ==
        Names{"blocks.1.prefix.keys", "blocks.1.prefix.values"});
  CHECK(names(model("[[modules]]\nuse = \"prefix\"\nmode = \"linear\"\nlast_blocks = 1\n")) ==
        Names{"blocks.1.prefix.linear.weight", "blocks.1.prefix.linear.bias"});
}

TEST_CASE("lora sits where its selector names a linear layer's own tensors") {
  CHECK(places_of("\"attn.qkv\"") == Names{"blocks.0.attn.qkv", "blocks.1.attn.qkv"});
  CHECK(places_of("\"mlp\"") == Names{"blocks.0.mlp.fc1", "blocks.0.mlp.fc2", "blocks.1.mlp.fc1", "blocks.1.mlp.fc2"});
  CHECK(places_of("\"blocks.-1\"").size() == 4);
  CHECK(places_of("[\"attn.proj & blocks.0\", \"blocks.*.mlp.fc1.*\"]") ==
        Names{"blocks.0.attn.proj", "blocks.0.mlp.fc1", "blocks.1.mlp.fc1"});
  CHECK(places_of("\"*\"").size() == 8);
  CHECK(places_of("\"*.bias & attn.qkv\"").size() == 2);
}

TEST_CASE("a selector that matches nothing is shown where it stands") {
  const auto error = error_of([] { model("[[modules]]\nuse = \"lora\"\nrank = 4\ntargets = [\"attn.qvk\", \"mlp\"]\n"); });
  CHECK(error.status == Exit::usage);
  CHECK_THAT(error.what(), StartsWith("m.toml:15:11: module 'lora': selector 'attn.qvk' matches no tensor, did you mean "
                                      "'attn.qkv'? (known: attn,"));
  const auto nowhere = error_of([] { model("[[modules]]\nuse = \"lora\"\ntargets = \"norm\"\n"); });
  CHECK(nowhere.status == Exit::usage);
  CHECK_THAT(nowhere.what(), StartsWith("m.toml:13:7: module 'lora' declares no tensor at any site of this backbone"));
}

TEST_CASE("several modules stand in the manifest's order, each once") {
  const auto found =
      names(model("[[modules]]\nuse = \"prompt\"\n[[modules]]\nuse = \"adapter\"\n[[modules]]\nuse = \"lora\"\n"
                  "[[modules]]\nuse = \"prefix\"\n"));
  CHECK(found.size() == 2 * (1 + 4 + 2 + 4));
  CHECK(found[0] == "blocks.0.attn.qkv.lora.a");  // a block's layers come before the block itself
  CHECK(found[2] == "blocks.0.prompt.tokens");
  CHECK(found[3] == "blocks.0.adapter.down.weight");
  CHECK(found[7] == "blocks.0.prefix.down.weight");
  const auto twice = error_of([] { model("[[modules]]\nuse = \"lora\"\n[[modules]]\nuse = \"lora\"\nrank = 2\n"); });
  CHECK(twice.status == Exit::usage);
  CHECK(std::string(twice.what()) == "m.toml:15:7: module 'lora' stands twice: several modules may stand, each of them once");
}

TEST_CASE("what modules multiply is counted from what runs") {
  const auto macs = [](const std::string& module) { return forward_macs(model(module.empty() ? "" : "[[modules]]\n" + module)); };
  const auto plain = macs("");
  CHECK(macs("use = \"lora\"\nrank = 3\n") - plain == 2 * 5 * 3 * (16 + 48));
  CHECK(macs("use = \"adapter\"\nbottleneck = 4\n") - plain == 2 * 5 * 2 * 16 * 4);
  CHECK(macs("use = \"prefix\"\nbottleneck = 4\n") - plain == 2 * 5 * (16 * 4 + 4 * 32));
  CHECK(macs("use = \"prefix\"\nmode = \"linear\"\n") - plain == 2 * 5 * 16 * 32);
  CHECK(macs("use = \"prefix\"\nmode = \"tokens\"\ntokens = 3\n") - plain == 2 * 2 * 5 * 3 * 16);
  CHECK(macs("use = \"prefix\"\nmode = \"concat\"\nbottleneck = 4\n") - plain == 2 * (5 * (16 * 4 + 4 * 32) + 2 * 5 * 5 * 16));
  const auto block = [](std::int64_t tokens) { return tokens * 12 * 16 * 16 + 2 * tokens * tokens * 16; };
  CHECK(macs("use = \"prompt\"\ntokens = 3\n") - plain == 2 * (block(8) - block(5)));
  CHECK(macs("use = \"prompt\"\ntokens = 3\ndeep = false\n") - plain == 2 * (block(8) - block(5)));
}
