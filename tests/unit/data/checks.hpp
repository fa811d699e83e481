// What the tests of sources check of an error, and of the memory that it took.
#pragma once
#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fixture.hpp"

namespace graft::core {

inline std::vector<std::int64_t> numbers(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.to(at::kLong).contiguous();
  return {whole.const_data_ptr<std::int64_t>(), whole.const_data_ptr<std::int64_t>() + whole.numel()};
}

// Exit 4, one line that contains `what`, and not a word of LibTorch's.
inline void refused(const Manifest& manifest, const std::string& what, const std::string& hint = "") {
  using Catch::Matchers::ContainsSubstring;
  const Error error = failure_of([&] { load_dataset(manifest, 32); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring(what));
  CHECK_THAT(error.what(), !ContainsSubstring("\n"));
  CHECK_THAT(error.what(), !ContainsSubstring("Exception raised"));
  CHECK_THAT(error.more, ContainsSubstring(hint));
}

inline std::int64_t peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

inline std::int64_t reserved_kib() {  // address space, touched or not
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

class LittleMemory {  // address space that can still be had
 public:
  explicit LittleMemory(std::int64_t mib) {
    REQUIRE(getrlimit(RLIMIT_AS, &before_) == 0);
    rlimit little = before_;
    little.rlim_cur = rlim_t(reserved_kib() + mib * 1024) * 1024;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they reserve as they like
    REQUIRE(setrlimit(RLIMIT_AS, &little) == 0);
#endif
  }
  LittleMemory(const LittleMemory&) = delete;
  LittleMemory& operator=(const LittleMemory&) = delete;
  ~LittleMemory() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

// Runs `action` where at most `mib` more can be had: what asks for more fails in another way than is expected.
template <class Action>
void allocates_little(const Action& action, std::int64_t mib = 64) {
  const auto before = peak_kib();
  {
    const LittleMemory memory(mib);
    action();
  }
  CHECK(peak_kib() - before <= mib * 1024);
}

// A file of which one byte, any or every `step`-th, is another: it loads, or ends in exit 4, and takes little.
inline void survives_damage(const Manifest& manifest, const std::filesystem::path& path, const std::string& whole,
                            std::size_t step = 1) {
  std::size_t found = 0;
  for (std::size_t place = 0; place < whole.size(); place += step) {
    std::string damaged = whole;
    damaged[place] = char(damaged[place] ^ (place % 4 < 2 ? 0xff : 0x41));
    std::ofstream(path, std::ios::binary) << damaged;
    try {
      load_dataset(manifest, 8);
    } catch (const Error& error) {
      if (error.status != Exit::data) FAIL("byte " << place << ": " << error.what());
      ++found;
    } catch (const std::exception& error) {
      FAIL("byte " << place << ": " << error.what());
    }
  }
  CHECK(found > whole.size() / step / 4);
}

}  // namespace graft::core
