// Folders of images: what is found, resized, left out, or decoded for each batch.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <catch2/catch_test_macros.hpp>

#include "checks.hpp"
#include "core/data/batches.hpp"
#include "core/data/image_files.hpp"
#include "pictures.hpp"

using namespace graft::core;

namespace {

Manifest images_of(const Folder& folder) { return manifest_of("images", folder.path); }

std::string shade(int value) { return png(Raster{2, 2, 1, std::vector<unsigned char>(4, static_cast<unsigned char>(value))}); }

// Two domains, three classes of which one has no image in either; the files' shades tell them apart.
void write_domains(const Folder& folder) {
  folder.write("sketch/cat/b.png", shade(4));
  folder.write("sketch/cat/a.PNG", shade(3));
  folder.write("art/dog/1.png", shade(2));
  folder.write("art/cat/9.jpeg", shade(1));  // its content tells that it is PNG
  std::filesystem::create_directories(folder.path / "art/elephant");
}

constexpr double kByte = 1.0 / double(1 << 30);  // in GiB

}  // namespace

TEST_CASE("images: domain/class/file, by domain, class and name; a class without images counts") {
  const Folder folder;
  write_domains(folder);
  const Dataset data = load_dataset(images_of(folder), 2);
  REQUIRE(data.images.sizes() == at::IntArrayRef({4, 3, 2, 2}));
  CHECK(numbers(data.images.select(1, 2).select(1, 1).select(1, 1)) == std::vector<std::int64_t>{1, 2, 3, 4});
  CHECK(data.class_names == std::vector<std::string>{"cat", "dog", "elephant"});
  CHECK(data.classes == 3);
  CHECK(numbers(data.labels) == std::vector<std::int64_t>{0, 1, 0, 0});
  CHECK(data.domain_names == std::vector<std::string>{"art", "sketch"});
  CHECK(data.domains == std::vector<std::int64_t>{0, 0, 1, 1});
  CHECK(data.files == nullptr);
  CHECK(classes_of(images_of(folder)) == 3);
}

TEST_CASE("images: class/file, hidden names and other files ignored, classes in the order of bytes") {
  const Folder folder;
  folder.write("b/x.jpg", jpeg(ramp(8, 8, 3)));
  folder.write("B/x.jpg", jpeg(ramp(8, 8, 1)));
  folder.write("a/.hidden.jpg", "not looked at");
  folder.write("a/notes.txt", "not an image");
  folder.write("a/old.webp", "an image of another format");
  folder.write(".cache/class/x.jpg", "not looked at");
  folder.write("readme.md", "not looked at");
  const Dataset data = load_dataset(images_of(folder), 16);
  CHECK(data.class_names == std::vector<std::string>{"B", "a", "b"});
  CHECK(numbers(data.labels) == std::vector<std::int64_t>{0, 2});
  CHECK(data.domains.empty());
  CHECK(data.domain_names.empty());
}

TEST_CASE("images: resized to a square, constant ones stay constant, the same bits as a resized source") {
  const Folder folder;
  const Raster raster = ramp(31, 18, 3);
  folder.write("c/a.png", png(raster));
  folder.write("c/b.png", png(Raster{50, 3, 1, std::vector<unsigned char>(150, 77)}));
  const Dataset data = load_dataset(images_of(folder), 12);
  REQUIRE(data.images.sizes() == at::IntArrayRef({2, 3, 12, 12}));
  CHECK(data.images[1].eq(77).all().item<bool>());
  Dataset source;
  source.images =
      at::from_blob(const_cast<unsigned char*>(raster.bytes.data()), {1, 18, 31, 3}, at::kByte).permute({0, 3, 1, 2}).contiguous();
  source.labels = at::zeros({1}, at::kLong);
  CHECK(at::equal(resized(source, 12, 1 << 20).images[0], data.images[0]));
}

TEST_CASE("images: a folder beside the domains that holds no picture makes no classes") {
  const Folder folder;
  write_domains(folder);
  folder.write("docs/figures/readme.txt", "not an image");
  CHECK(load_dataset(images_of(folder), 2).class_names == std::vector<std::string>{"cat", "dog", "elephant"});
}

TEST_CASE("images: names that are no UTF-8, and those that a terminal would obey, become text") {
  const Folder folder;
  folder.write("a\xff/x.png", shade(1));
  folder.write("b\n\x1b[31m/x.png", shade(1));
  CHECK(load_dataset(images_of(folder), 2).class_names == std::vector<std::string>{"a\xef\xbf\xbd", "b  [31m"});
  folder.write("c/bad\n\x1b[32m.png", "broken");
  const Error error = failure_of([&] { load_dataset(images_of(folder), 2); });
  CHECK(std::string(error.what()).find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("images: layouts that are none") {
  const Folder mixed, flat, empty, deep;
  mixed.write("dog/1.png", shade(1));
  mixed.write("art/dog/2.png", shade(2));
  refused(images_of(mixed), "a mixture of class/file and domain/class/file: dog/1.png and art/dog/2.png");
  flat.write("1.png", shade(1));
  refused(images_of(flat), "images lie in the folder itself, expected class/file or domain/class/file", "a folder for each class");
  refused(images_of(empty), "no .jpg, .jpeg or .png in it, expected class/file");
  deep.write("train/art/dog/1.png", shade(1));
  refused(images_of(deep), "no .jpg, .jpeg or .png in it");
  refused(manifest_of("images", deep.path / "none"), "none: no such folder");
  refused(manifest_of("images", flat.path / "1.png"), "1.png: not a folder");
  CHECK(failure_of([] { load_dataset(manifest_of("images"), 32); }).status == Exit::usage);
}

TEST_CASE("images: a broken one is named with the byte, and left out only where the manifest says so") {
  const Folder folder;
  write_domains(folder);
  const auto bad = folder.write("art/dog/0.png", shade(9).substr(0, 40));
  folder.write("sketch/dog/z.jpg", "<html>");
  Manifest manifest = images_of(folder);
  refused(manifest, bad.string() + ": byte 40: truncated PNG", "data.skip_broken = true");
  manifest.data.skip_broken = true;
  for (const double memory : {1.0, kByte}) {
    manifest.data.memory_gib = memory;
    const Dataset data = load_dataset(manifest, 2);
    CHECK(numbers(data.labels) == std::vector<std::int64_t>{0, 1, 0, 0});
    CHECK(data.domains == std::vector<std::int64_t>{0, 0, 1, 1});
    const auto batch = images(data, at::arange(4), image_rule(manifest, 2, at::kDouble, at::kCPU));
    CHECK(numbers(batch.select(1, 0).select(1, 0).select(1, 0).mul(0.5).add(0.5).mul(255).round()) ==
          std::vector<std::int64_t>{1, 2, 3, 4});
  }
  const Folder only;
  only.write("c/a.png", "nothing");
  manifest.data.path = only.path;
  refused(manifest, "none of its 1 image can be decoded");
}

TEST_CASE("images: many, of which every third is broken, over several chunks") {
  const Folder folder;
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 600; ++i) {
    const std::string name = "c/" + std::to_string(1000 + i) + ".png";
    folder.write(name, i % 3 == 0 ? "broken" : shade(i % 250));
    if (i % 3 != 0) expected.push_back(i % 250);
  }
  Manifest manifest = images_of(folder);
  manifest.data.skip_broken = true;
  const Dataset data = load_dataset(manifest, 2);
  CHECK(numbers(data.images.select(1, 0).select(1, 0).select(1, 0)) == expected);
}

TEST_CASE("images: beyond data.memory_gib each batch is decoded, to the same bits") {
  const Folder folder;
  for (int i = 0; i < 7; ++i) {
    folder.write("c/" + std::to_string(i) + ".jpg", jpeg(ramp(20 + 9 * i, 40 - 3 * i, i % 2 == 0 ? 3 : 1)));
  }
  Manifest manifest = images_of(folder);
  const Dataset held = load_dataset(manifest, 24);
  manifest.data.memory_gib = (7 * 3 * 24 * 24 - 1) * kByte;
  const Dataset later = resized(load_dataset(manifest, 24), 24, 100);
  REQUIRE(later.files != nullptr);
  CHECK(!later.images.defined());
  CHECK(later.samples() == 7);
  CHECK(later.classes == 1);
  const auto rule = image_rule(manifest, 24, at::kFloat, at::kCPU);
  for (const auto& indices : {at::tensor({6}, at::kLong), at::tensor({3, 0, 3, 5}, at::kLong), at::arange(7)}) {
    CHECK(at::equal(images(held, indices, rule), images(later, indices, rule)));
  }
  std::filesystem::remove(folder.path / "c/3.jpg");
  const Error error = failure_of([&] { images(later, at::arange(7), rule); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("3.jpg: no such file"));
}

TEST_CASE("images: what is no file under an image's name is broken, and nothing waits for it") {
  const Folder folder;
  folder.write("c/a.png", shade(1));
  REQUIRE(mkfifo((folder.path / "c/pipe.png").c_str(), 0600) == 0);
  refused(images_of(folder), "pipe.png: not a file");
  std::filesystem::remove(folder.path / "c/pipe.png");
  std::filesystem::create_symlink("nowhere", folder.path / "c/link.png");
  refused(images_of(folder), "link.png: no such file");
  std::filesystem::remove(folder.path / "c/link.png");
  folder.write("c/empty.png", "");
  refused(images_of(folder), "empty.png: byte 0: the file is empty");
  std::ofstream(folder.path / "c/empty.png").close();
  std::filesystem::resize_file(folder.path / "c/empty.png", std::uintmax_t(1) << 34);
  allocates_little([&] { refused(images_of(folder), "empty.png: 16.0 GiB, expected an image of at most 512.0 MiB"); });
}

TEST_CASE("images: whoever watches is told, and can stop it") {
  const Folder folder;
  for (int i = 0; i < 300; ++i) folder.write("c/" + std::to_string(i) + ".png", shade(1));
  std::vector<std::int64_t> done;
  std::atomic<bool> stop = false;
  Watch watch;
  watch.stop = &stop;
  watch.tell = [&](const std::string& what, std::int64_t now, std::int64_t of) {
    if (what != "decoding images") return;
    CHECK(of == 300);
    done.push_back(now);
  };
  load_dataset(images_of(folder), 2, watch);
  CHECK(done.front() == 0);
  CHECK(done.back() == 300);
  CHECK(std::is_sorted(done.begin(), done.end()));
  for (std::size_t i = 1; i < done.size(); ++i)
    CHECK(done[i] - done[i - 1] <= 16 * at::get_num_threads());  // Ctrl-C waits no longer
  stop = true;
  CHECK(failure_of([&] { load_dataset(images_of(folder), 2, watch); }).status == Exit::interrupted);
}

TEST_CASE("images: PACS, where GRAFT_TEST_DATA has it") {
  const char* root = std::getenv("GRAFT_TEST_DATA");
  if (root == nullptr || !std::filesystem::exists(std::filesystem::path(root) / "pacs")) SKIP("$GRAFT_TEST_DATA/pacs is not there");
  const Dataset data = load_dataset(manifest_of("images", std::filesystem::path(root) / "pacs"), 64);
  REQUIRE(data.images.sizes() == at::IntArrayRef({672, 3, 64, 64}));
  CHECK(data.domain_names == std::vector<std::string>{"art_painting", "cartoon", "photo", "sketch"});
  CHECK(data.class_names.size() == 7);
  CHECK(data.labels.bincount().eq(96).all().item<bool>());
  CHECK(at::tensor(data.domains, at::kLong).bincount().eq(168).all().item<bool>());
  CHECK(data.images.to(at::kFloat).std().item<double>() > 30);
}
