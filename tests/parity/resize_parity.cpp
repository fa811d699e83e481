// Loads a source and writes what it holds, for resize_parity.py to compare: bytes [N, C, H, W], then labels int64 [N].
//   resize_parity SOURCE PATH SIZE OUT    prints N, C, H, W, and the seconds that loading took
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "core/data/dataset.hpp"

using namespace graft::core;

int main(int count, char** words) try {
  if (count != 5) {
    std::cerr << "usage: resize_parity SOURCE PATH SIZE OUT\n";
    return 2;
  }
  Manifest manifest;
  manifest.data.source = words[1];
  manifest.data.path = words[2];
  const auto start = std::chrono::steady_clock::now();
  const Dataset data = load_dataset(manifest, std::atoll(words[3]));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::ofstream out(words[4], std::ios::binary);
  const at::Tensor images = data.images.contiguous(), labels = data.labels.contiguous();
  out.write(static_cast<const char*>(images.const_data_ptr()), images.numel());
  out.write(static_cast<const char*>(labels.const_data_ptr()), labels.numel() * std::int64_t(sizeof(std::int64_t)));
  for (const auto side : images.sizes()) std::cout << side << ' ';
  std::cout << taken.count() << ' ' << at::get_num_threads() << '\n';
  return out.good() ? 0 : 1;
} catch (const Error& error) {
  std::cerr << error.what() << '\n' << error.more << '\n';
  return int(error.status);
}
