// Selectors as set expressions over a small ViT's tensors.
#include "core/compose/selectors.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <algorithm>

#include "core/backbone/vit.hpp"

using namespace graft::core;

namespace {

std::vector<TensorSpec> tensors() {
  auto all = tensors_of({8, 4, 16, 12, 2, 64, 4});  // 12 blocks
  TensorSpec prefix;
  prefix.name = "blocks.3.prefix.down.weight";
  prefix.shape = {2, 16};
  prefix.role = "module";
  prefix.module = "prefix";
  prefix.block = 3;
  all.push_back(prefix);
  return all;
}

std::vector<std::string> chosen(const std::string& expression) {
  const auto all = tensors();
  const auto found = select(expression, all);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (found[i]) names.push_back(all[i].name);
  }
  return names;
}

std::string refused(const std::string& expression) {
  try {
    chosen(expression);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a role names its tensors and no other's") {
  CHECK(chosen("head") == std::vector<std::string>{"head.weight", "head.bias"});
  CHECK(chosen("norm").size() == 12 * 4 + 2);  // norm1, norm2 and the final norm
  CHECK(chosen("attn").size() == 12 * 4);
  CHECK(chosen("pos_embed") == std::vector<std::string>{"pos_embed"});
}

TEST_CASE("a block is itself, not those whose number begins with its own") {
  CHECK(chosen("blocks.1").size() == 12);
  CHECK(chosen("blocks.11").size() == 12);
  CHECK(chosen("blocks.3").size() == 13);  // the module that sits there counts
  CHECK(chosen("blocks.-1") == chosen("blocks.11"));
  CHECK(chosen("blocks.-12") == chosen("blocks.0"));
  CHECK(chosen("blocks.-1.attn.*") == chosen("blocks.11 & attn"));
}

TEST_CASE("a layer's name is that layer in every block, without what modules put there") {
  auto all = tensors();
  all.push_back(all.back());
  all.back().name = "blocks.3.attn.qkv.lora.a";
  const auto count = [&](const std::string& expression) {
    const auto found = select(expression, all);
    return std::count(found.begin(), found.end(), true);
  };
  CHECK(count("attn.qkv") == 12 * 2);
  CHECK(count("norm1") == 12 * 2);
  CHECK(count("mlp.fc1 & blocks.0") == 2);
  CHECK(count("attn | mlp.fc1") == 12 * 6);
  CHECK(count("norm") == 12 * 4 + 2);      // a role goes before all else
  CHECK(count("blocks.3.attn.qkv") == 3);  // a place, with all that is there
  CHECK_THROWS_AS(select("qkv", all), std::invalid_argument);
}

TEST_CASE("expressions are sets") {
  CHECK(chosen("").empty());
  CHECK(chosen("*").size() == tensors().size());
  CHECK(chosen("!*").empty());
  CHECK(chosen("attn | mlp & blocks.0").size() == 48 + 4);
  CHECK(chosen("(attn | mlp) & blocks.0").size() == 8);
  CHECK(chosen("!(attn|mlp)&blocks.0").size() == 4);
  CHECK(chosen("!!head") == chosen("head"));
  CHECK(chosen("blocks.*.mlp.fc1.*").size() == 24);
  CHECK(chosen("module") == chosen("module:prefix"));
}

TEST_CASE("a role that no tensor has is no error beside others, and one alone") {
  auto plain = tensors();
  plain.pop_back();  // no module
  CHECK(select("head | module", plain) == select("head", plain));
  CHECK_THROWS_AS(select("module", plain), std::invalid_argument);
  CHECK_THROWS_AS(select("head & module", plain), std::invalid_argument);
  CHECK_THROWS_AS(select("head | module:prefix", plain), std::invalid_argument);
}

TEST_CASE("a selector that matches nothing, or cannot be read, says so") {
  using Catch::Matchers::StartsWith;
  CHECK_THAT(refused("heads"), StartsWith("selector 'heads' matches no tensor, did you mean 'head'?"));
  CHECK_THAT(refused("attn.qvk"), StartsWith("selector 'attn.qvk' matches no tensor, did you mean 'attn.qkv'?"));
  CHECK_THAT(refused("module:adapter"), StartsWith("selector 'module:adapter' matches no tensor"));
  CHECK_THAT(refused("blocks.12"), StartsWith("selector 'blocks.12' matches no tensor"));
  CHECK_THAT(refused("blocks.-13"), StartsWith("selector 'blocks.-13' matches no tensor"));
  CHECK(refused("(head") == "selector '(head', character 6: a ')' is missing");
  CHECK(refused("head |") == "selector 'head |', character 7: a name is missing");
  CHECK(refused("head )") == "selector 'head )', character 6: unexpected ')'");
}
