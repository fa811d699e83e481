// Archives of MedMNIST, right and wrong.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include "checks.hpp"
#include "core/data/npy.hpp"
#include "packed.hpp"

using namespace graft::core;

namespace {

// Grey, 2 x 2: three of training, one of validation, two of test.
Entries family() {
  return {{"train_images.npy", {npy("|u1", "3, 2, 2", counted(12))}},    {"train_labels.npy", {npy("|u1", "3, 1", {4, 0, 2})}},
          {"val_images.npy", {npy("|u1", "1, 2, 2", counted(4, 50))}},   {"val_labels.npy", {npy("|u1", "1, 1", {1})}},
          {"test_images.npy", {npy("|u1", "2, 2, 2", counted(8, 100))}}, {"test_labels.npy", {npy("|u1", "2, 1", {3, 4})}}};
}

Manifest archive_of(const Folder& folder, const Entries& entries) {
  return manifest_of("medmnist", write_zip(folder.path / "a.npz", entries));
}

Manifest archive_with(const Folder& folder, const std::string& name, const std::string& content) {
  Entries entries = family();
  entries[name].content = content;
  return archive_of(folder, entries);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Overwrites `bytes` wherever `from` stands in the file.
void patch(const std::filesystem::path& path, const std::string& from, const std::string& to, std::size_t skipped = 0) {
  std::string bytes = bytes_of(path);
  std::size_t count = 0;
  for (auto at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1), ++count) {
    if (count >= skipped) bytes.replace(at, to.size(), to);
  }
  REQUIRE(count > skipped);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("medmnist: grey, deflated or stored; training, validation and test in this order") {
  const Folder folder;
  Entries entries = family();
  for (const auto method : {ZIP_CM_DEFLATE, ZIP_CM_STORE}) {
    for (auto& [name, entry] : entries) entry.method = method;
    const Manifest manifest = archive_of(folder, entries);
    const Dataset data = load_dataset(manifest, 32);
    REQUIRE(data.images.sizes() == at::IntArrayRef({6, 1, 2, 2}));
    CHECK(numbers(data.images[2]) == std::vector<std::int64_t>{8, 9, 10, 11});
    CHECK(numbers(data.images[3]) == std::vector<std::int64_t>{50, 51, 52, 53});
    CHECK(numbers(data.images[5]) == std::vector<std::int64_t>{104, 105, 106, 107});
    CHECK(numbers(data.labels) == std::vector<std::int64_t>{4, 0, 2, 1, 3, 4});
    CHECK(data.classes == 5);
    CHECK(classes_of(manifest) == 5);
  }
}

TEST_CASE("medmnist: colour becomes planes, a part may be empty") {
  const Folder folder;
  Entries entries = family();
  entries["train_images.npy"].content = npy("|u1", "3, 1, 2, 3", counted(18));
  entries["val_images.npy"].content = npy("|u1", "0, 1, 2, 3", "");
  entries["val_labels.npy"].content = npy("|u1", "0, 1", "");
  entries["test_images.npy"].content = npy("|u1", "2, 1, 2, 3", counted(12, 100));
  const Dataset data = load_dataset(archive_of(folder, entries), 32);
  REQUIRE(data.images.sizes() == at::IntArrayRef({5, 3, 1, 2}));
  CHECK(numbers(data.images[1]) == std::vector<std::int64_t>{6, 9, 7, 10, 8, 11});
  CHECK(numbers(data.images[3]) == std::vector<std::int64_t>{100, 103, 101, 104, 102, 105});
}

TEST_CASE("medmnist: labels of any whole type, [n] and [n, 1], either order of bytes") {
  const Folder folder;
  const auto labels_of = [&](const std::string& type, const std::string& shape, const std::string& content) {
    const auto data = load_dataset(archive_with(folder, "train_labels.npy", npy(type, shape, content)), 32);
    return numbers(data.labels.narrow(0, 0, 3));
  };
  const std::vector<std::int64_t> expected{4, 0, 2}, large{260, 0, 2};
  CHECK(labels_of("|i1", "3,", {4, 0, 2}) == expected);
  CHECK(labels_of("<i2", "3, 1", {4, 1, 0, 0, 2, 0}) == large);
  CHECK(labels_of(">u2", "3, 1", {1, 4, 0, 0, 0, 2}) == large);
  CHECK(labels_of("<i4", "3", {4, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}) == expected);
  std::string wide(24, 0);
  wide[7] = 4;
  wide[23] = 2;
  CHECK(labels_of(">i8", "3, 1", wide) == expected);
}

TEST_CASE("medmnist: arrays that are not served say why") {
  const Folder folder;
  const auto images = [&](const std::string& array) { return archive_with(folder, "train_images.npy", array); };
  const auto labels = [&](const std::string& array) { return archive_with(folder, "train_labels.npy", array); };
  refused(images(npy("<f4", "3, 2, 2", counted(48))), "train_images.npy: byte 128: images of type '<f4', expected bytes, '|u1'");
  refused(images(npy("|i1", "3, 2, 2", counted(12))), "images of type '|i1'");
  refused(images(npy("|u1", "3, 2, 2, 2", counted(24))), "images [3, 2, 2, 2], expected [n, H, W] or [n, H, W, 3]", "3-D images");
  refused(images(npy("|u1", "3, 4", counted(12))), "images [3, 4], expected [n, H, W]");
  refused(images(npy("|u1", "3, 0, 4", "")), "images [3, 0, 4] without pixels");
  refused(images(npy("|u1", "3, 2, 2", counted(12), true)), "images in Fortran's order", "np.ascontiguousarray");
  refused(images(npy("|u1", "3, 1, 4", counted(12))), "val_images.npy: byte 128: images of another size than the training ones");
  refused(images(npy("|u1", "2, 2, 2", counted(8))), "train_images.npy: byte 128: 2 images, but 3 labels");
  refused(labels(npy("<f8", "3, 1", counted(24))), "labels of type '<f8', expected whole numbers");
  refused(labels(npy("|u1", "3, 14", counted(42))), "labels [3, 14]: several a sample, expected one", "multi-label");
  refused(labels(npy("|u1", "", "a")), "labels [], expected [n, 1] or [n]");
  refused(labels(npy("|i1", "3, 1", {0, -1, 0})), "train_labels.npy: byte 129: label is -1, expected 0 to 99999");
  refused(labels(npy("<u8", "3, 1", std::string(24, char(255)))), "byte 128: label is beyond 2^63");
  refused(labels(npy("<i4", "3, 1", std::string(12, 7))), "label is 117901063, expected 0 to 99999");
}

TEST_CASE("medmnist: archives that are none, or lack or repeat an array") {
  const Folder folder;
  refused(manifest_of("medmnist", folder.path / "none.npz"), "none.npz: no such file");
  refused(manifest_of("medmnist", folder.path), "not a file, expected a .npz archive");
  refused(manifest_of("medmnist", folder.write("empty.npz", "")), "byte 0: the file is empty");
  refused(manifest_of("medmnist", folder.write("text.npz", "no archive")), "not a .npz archive as of MedMNIST: Not a zip archive");
  const auto whole = write_zip(folder.path / "whole.npz", family());
  refused(manifest_of("medmnist", folder.write("cut.npz", bytes_of(whole).substr(0, 300))), "cut.npz: not a .npz archive");
  Entries entries = family();
  entries.erase("val_labels.npy");
  refused(archive_of(folder, entries), "no array 'val_labels.npy' in it, expected {train,val,test}_{images,labels}.npy");
  entries = family();
  entries["tesu_labels.npy"] = entries["test_labels.npy"];
  const auto twice = write_zip(folder.path / "twice.npz", entries);
  patch(twice, "tesu_", "test_");
  refused(manifest_of("medmnist", twice), "holds 'test_labels.npy' twice");
  entries = family();
  entries["val_images.npy"].encrypted = true;
  refused(archive_of(folder, entries), "val_images.npy: it is encrypted");
  Manifest list = manifest_of("medmnist");
  list.data.files = {whole, whole};
  const Error error = failure_of([&] { load_dataset(list, 32); });
  CHECK(error.status == Exit::usage);  // the manifest's mistake, not the data's
  CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("data.path is a list, expected a .npz archive"));
  CHECK(failure_of([] { load_dataset(manifest_of("medmnist"), 32); }).status == Exit::usage);
  const auto pipe = folder.path / "pipe.npz";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  refused(manifest_of("medmnist", pipe), "pipe.npz: not a file");
}

TEST_CASE("medmnist: headers of .npy that are wrong") {
  const Folder folder;
  const auto with = [&](const std::string& array) { return archive_with(folder, "train_images.npy", array); };
  const std::string whole = npy("|u1", "3, 2, 2", counted(12));
  refused(with("abc"), "train_images.npy: byte 3: it ends here, expected 7 more bytes");
  refused(with("x" + whole.substr(1)), "byte 0: not an array of NumPy's");
  refused(with(whole.substr(0, 6) + '\x09' + whole.substr(7)), "byte 6: version 9 of .npy");
  refused(with(whole.substr(0, 100)), "byte 8: a header of 118 B, expected at most 4096 bytes");
  std::string long_header = whole.substr(0, 6) + std::string("\x02\x00\xff\xff\xff\xff", 6) + whole.substr(10);
  refused(with(long_header), "byte 8: a header of 4.0 GiB");
  refused(with(npy("|u1", "3, 2, x", counted(12))),
          "byte 10: expected type, order and shape of an array of numbers, found {'descr'");
  refused(with(whole + "x"), "its shape [3, 2, 2] needs 12 bytes, the entry has 13");
  refused(with(whole.substr(0, whole.size() - 1)), "its shape [3, 2, 2] needs 12 bytes, the entry has 11");
}

TEST_CASE("medmnist: shapes and sizes that lie allocate nothing") {
  const Folder folder;
  const std::string large = std::to_string(std::int64_t(1) << 62);
  const std::string zeros(std::size_t(40) << 20, 0);
  const auto bomb = archive_with(folder, "train_images.npy", npy("|u1", "40, 1024, 1024", zeros));
  const Folder other;
  allocates_little([&] {
    const auto with = [&](const std::string& array) { return archive_with(other, "train_images.npy", array); };
    refused(with(npy("|u1", "3, 100000, 100000", counted(12))), "needs 30,000,000,000 bytes, the entry has 12");
    refused(with(npy("|u1", large + ", 4, 4", counted(12))), "the entry has 12");
    refused(with(npy("|u1", "99999999999999999999, 4, 4", counted(12))), "expected type, order and shape");
    refused(bomb, "train_images.npy announces 40.0 MiB in ");
    refused(archive_with(other, "train_labels.npy", npy("<i8", large + ", 1", counted(12))), "the entry has 12");
  });
}

TEST_CASE("medmnist: an entry whose size in the archive's directory lies") {
  const Folder folder;
  Entries entries = family();
  for (auto& [name, entry] : entries) entry.method = ZIP_CM_STORE;
  const auto path = write_zip(folder.path / "a.npz", entries);
  const std::string size("\x8c\x00\x00\x00\x8c\x00\x00\x00", 8);  // 140 bytes, packed and unpacked: train_images.npy
  patch(path, size, std::string("\x8c\x00\x00\x00\x00\x00\x00\x7f", 8), 1);
  allocates_little([&] { refused(manifest_of("medmnist", path), "a.npz: "); });
  patch(path, std::string("\x8c\x00\x00\x00\x00\x00\x00\x7f", 8), std::string("\x00\x00\x00\x7f\x00\x00\x00\x7f", 8));
  allocates_little([&] { refused(manifest_of("medmnist", path), "a.npz: "); });
}

TEST_CASE("medmnist: damaged content, and what exceeds data.memory_gib") {
  const Folder folder;
  Entries entries = family();
  entries["train_images.npy"].method = ZIP_CM_STORE;
  Manifest manifest = archive_of(folder, entries);
  manifest.data.memory_gib = 71.0 / double(1 << 30);  // 6 x (4 + 8) bytes are needed
  refused(manifest, "announces 6 samples, which take 72 B, expected at most 71 B", "raise data.memory_gib");
  manifest.data.memory_gib = 1;
  patch(manifest.data.path, counted(12).substr(1), "X");
  refused(manifest, "train_images.npy: byte 140: CRC error");
}

TEST_CASE("medmnist: any byte may be another") {
  const Folder folder;
  Entries entries = family();
  for (const auto method : {ZIP_CM_DEFLATE, ZIP_CM_STORE}) {
    for (auto& [name, entry] : entries) entry.method = method;
    const Manifest manifest = archive_of(folder, entries);
    allocates_little([&] { survives_damage(manifest, manifest.data.path, bytes_of(manifest.data.path), 7); });
  }
}

TEST_CASE("parse_npy_header: any order of keys, spaces or none; nothing for what is no array of numbers") {
  const auto header = parse_npy_header("{'shape':(2,3),'fortran_order':True,'descr':'<i8'}\n");
  REQUIRE(header.has_value());
  CHECK(header->type == "<i8");
  CHECK(header->fortran);
  CHECK(header->shape == std::vector<std::int64_t>{2, 3});
  CHECK(parse_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }  \n")->shape == std::vector<std::int64_t>{5});
  CHECK(parse_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (), }")->shape.empty());
  for (const char* wrong :
       {"", "{", "{'descr': '|u1'}", "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (1,), }", "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|u1", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), } more"}) {
    CHECK(!parse_npy_header(wrong).has_value());
  }
}
