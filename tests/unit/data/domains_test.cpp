// Splits by a source's domains and users, and the domains of clients.
#include <ATen/ATen.h>

#include <catch2/matchers/catch_matchers_string.hpp>

#include "core/data/domains.hpp"
#include "splitting.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

namespace {

// Domains of these sizes, one after the other; labels in turn.
Dataset with_domains(const std::vector<std::int64_t>& each, std::int64_t classes) {
  std::int64_t samples = 0;
  for (const auto size : each) samples += size;
  Dataset data = labelled(samples, classes);
  for (std::size_t domain = 0; domain < each.size(); ++domain) {
    data.domain_names.push_back("domain-" + std::to_string(domain));
    data.domains.insert(data.domains.end(), std::size_t(each[domain]), std::int64_t(domain));
  }
  return data;
}

}  // namespace

TEST_CASE("domain: clients are divided evenly, each has samples of its domain alone") {
  Manifest manifest = manifest_by("domain", 16);
  manifest.data.split.alpha = 1;
  const Dataset data = with_domains({2427, 4365, 4439, 4357}, 65);  // as Office-Home
  manifest.data.min_samples = 133;
  manifest.data.test_fraction = 0.15;
  const Split split = split_dataset(manifest, data);
  REQUIRE(split.size() == 16);
  CHECK(each_sample_once(split, 15588));
  CHECK(std::ranges::min(sizes(split)) >= 133);
  const auto domains = client_domains(data, split);
  for (std::size_t client = 0; client < 16; ++client) CHECK(domains[client] == "domain-" + std::to_string(client / 4));
  CHECK(same(split, split_dataset(manifest, data)));
  manifest.seed = 1;
  CHECK(!same(split, split_dataset(manifest, data)));
}

TEST_CASE("domain: what one domain holds does not move another's clients") {
  const Manifest manifest = manifest_by("domain", 4);
  const Split one = split_dataset(manifest, with_domains({300, 500}, 5)),
              other = split_dataset(manifest, with_domains({300, 700}, 5));
  CHECK(one[0].train == other[0].train);
  CHECK(one[1].test == other[1].test);
  CHECK(one[2].train != other[2].train);
  // Equal domains are drawn each with a key of its own.
  const Split equal = split_dataset(manifest, with_domains({500, 500}, 5));
  CHECK(equal[0].train.size() != equal[2].train.size());
}

TEST_CASE("domain: clients that cannot be divided evenly are exit 2, with both numbers") {
  const Error error = failure_of([&] { split_dataset(manifest_by("domain", 10), with_domains({50, 50, 50, 50}, 5)); });
  CHECK(error.status == Exit::usage);
  CHECK_THAT(error.what(), ContainsSubstring("10 clients cannot be divided evenly over the source's 4 domains"));
}

TEST_CASE("domain and users: a source without domains is exit 2") {
  for (const std::string by : {"domain", "users"}) {
    const Error error = failure_of([&] { split_dataset(manifest_by(by, 4), labelled(100, 5)); });
    CHECK(error.status == Exit::usage);
    CHECK_THAT(error.what(), ContainsSubstring("a split by \"" + by + "\" needs a source with"));
    Manifest shapes = manifest_by(by, 4);
    shapes.data.source = "shapes";
    CHECK(failure_of([&] { clients_of(shapes); }).status == Exit::usage);
    CHECK(failure_of([&] { load_dataset(shapes, 8); }).status == Exit::usage);
  }
}

TEST_CASE("domain: min_samples that a domain cannot meet names the domain") {
  Manifest manifest = manifest_by("domain", 4);
  manifest.data.min_samples = 50;
  const Error few = failure_of([&] { split_dataset(manifest, with_domains({300, 99}, 5)); });
  CHECK(few.status == Exit::data);
  CHECK_THAT(few.what(), ContainsSubstring("min_samples = 50 x 2 clients needs 100 samples in domain 'domain-1', there are 99"));
  manifest.data.split.alpha = 1e-5;
  manifest.data.min_samples = 150;
  const Error none = failure_of([&] { split_dataset(manifest, with_domains({300, 301}, 3)); });
  CHECK(none.status == Exit::data);
  CHECK_THAT(none.what(), ContainsSubstring("no split with min_samples = 150 found in domain 'domain-"));
}

TEST_CASE("users: each of the source's own is a client, as many as there are") {
  Manifest manifest = manifest_by("users", 16);
  const Dataset data = with_domains({10, 3, 40}, 5);
  const Split split = split_dataset(manifest, data);
  CHECK(sizes(split) == std::vector<std::int64_t>{10, 3, 40});
  CHECK(each_sample_once(split, 53));
  CHECK(client_domains(data, split) == data.domain_names);
  manifest.places["data.clients"] = {};
  const Error error = failure_of([&] { split_dataset(manifest, data); });
  CHECK(error.status == Exit::usage);
  CHECK_THAT(error.what(), ContainsSubstring("data.clients is 16, but the source has 3 users"));
  manifest.data.clients = 3;
  CHECK(split_dataset(manifest, data).size() == 3);
}

TEST_CASE("client_domains: nothing where there are several, or none") {
  const Dataset data = with_domains({4, 4}, 2);
  const Split split{{{0, 1}, {2}}, {{3}, {4}}, {{}, {}}, {{}, {7}}};
  CHECK(client_domains(data, split) == std::vector<std::string>{"domain-0", "", "", "domain-1"});
  CHECK(client_domains(labelled(8, 2), split) == std::vector<std::string>(4));
}

TEST_CASE("domains of folders: names and labels are had without looking into a file") {
  const Folder folder;
  for (const char* name : {"b/dog/1.png", "b/cat/1.jpg", "a/dog/2.png", "a/cat/3.png"}) folder.write(name, "");
  Manifest manifest = manifest_by("users", 16);
  manifest.data.source = "images";
  manifest.data.path = folder.path;
  CHECK(domain_names_of(manifest) == std::vector<std::string>{"a", "b"});
  CHECK(clients_of(manifest) == 2);
  const Dataset data = load_labels(manifest);
  CHECK(!data.images.defined());
  CHECK(data.domains == std::vector<std::int64_t>{0, 0, 1, 1});
  CHECK(labels_of(data) == std::vector<std::int64_t>{0, 1, 0, 1});
  CHECK(data.class_names == std::vector<std::string>{"cat", "dog"});
  manifest.data.split.by = "domain";
  CHECK(clients_of(manifest) == 16);
  manifest.data.clients = 3;
  CHECK(failure_of([&] { clients_of(manifest); }).status == Exit::usage);
  manifest.data.source = "cifar10";
  CHECK(domain_names_of(manifest).empty());
}

TEST_CASE("load_labels: of the procedural source as load_dataset has them") {
  Manifest manifest = manifest_by("dirichlet", 4);
  manifest.data.source = "shapes";
  manifest.data.samples = 30;
  const Dataset whole = load_dataset(manifest, 8), labels = load_labels(manifest);
  CHECK(at::equal(whole.labels, labels.labels));
  CHECK(same(split_dataset(manifest, whole), split_dataset(manifest, labels)));
  manifest.data.classes = 5;
  CHECK(load_labels(manifest).classes == 5);
}
