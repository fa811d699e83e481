// The sources that `load_dataset` chooses from.
#pragma once
#include "core/data/dataset.hpp"

namespace graft::core {

// CIFAR-10 and CIFAR-100 in their binary versions, from data.path or data.files.
Dataset load_cifar(const Manifest& manifest);

// A procedural problem: data.samples x data.clients pictures of size x size, each drawn for the client that owns it. Sample i has
// class i mod data.classes; its owner is drawn by the split's rule, and is i / data.samples where a file gives the split.
Dataset draw_shapes(const Manifest& manifest, std::int64_t size, const Watch& watch = {});

// The MNIST family, grey: from a folder in its published layout, or from data.files as images, labels or twice these. Classes: the
// largest label and those below it.
Dataset load_idx(const Manifest& manifest, const Watch& watch);
std::int64_t idx_classes(const Manifest& manifest);

// A .npz archive of MedMNIST, grey or colour: training, validation and test in this order. Classes as for idx.
Dataset load_medmnist(const Manifest& manifest, const Watch& watch);
std::int64_t medmnist_classes(const Manifest& manifest);

// Folders class/file or domain/class/file of JPEG and PNG: decoded and resized to size x size, or left to be decoded for each batch
// where that exceeds data.memory_gib. Classes: the folders' names, in the order of their bytes.
Dataset load_images(const Manifest& manifest, std::int64_t size, const Watch& watch);
Dataset label_images(const Manifest& manifest);  // the same with no image looked at: broken ones are among the samples
std::int64_t images_classes(const Manifest& manifest);
std::vector<std::string> images_domains(const Manifest& manifest);

// What these sources read.
std::vector<std::filesystem::path> cifar_files(const Manifest& manifest);
std::vector<std::filesystem::path> idx_files(const Manifest& manifest);
std::filesystem::path medmnist_file(const Manifest& manifest);
std::filesystem::path images_folder(const Manifest& manifest);

// A dataset with room for images [N, C, H, W], bytes not yet set; exit 5 where memory does not suffice.
Dataset reserve(at::IntArrayRef shape, std::int64_t classes);

}  // namespace graft::core
