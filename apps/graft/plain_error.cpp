// LibTorch's texts carry backtraces, and its allocators' much else: one line of them is left.
#include "apps/graft/plain_error.hpp"

#include <c10/util/Exception.h>

#include <cstdlib>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

#include "core/base/text.hpp"

namespace graft {

namespace {

using core::Error;
using core::Exit;

// The allocator for the CPU says how much it wanted, among much else.
std::string wanted_memory(const std::string& why) {
  constexpr std::string_view kTried = "you tried to allocate ";
  const auto at = why.find(kTried);
  return at == std::string::npos ? why
                                 : core::bytes_text(std::strtod(why.c_str() + at + kTried.size(), nullptr)) + " more were wanted";
}

Error out_of_memory(const std::string& why) {
  return {Exit::failed, "out of memory" + (why.empty() ? "" : ": " + why),
          "a smaller training.batch, a smaller backbone, or fewer lanes where there are several, need less"};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Error plain_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return out_of_memory("");
  } catch (const c10::OutOfMemoryError& error) {
    return out_of_memory(first_line(error.what_without_backtrace()));
  } catch (const c10::Error& error) {
    const auto why = first_line(error.what_without_backtrace());
    if (why.find("DefaultCPUAllocator") != std::string::npos) return out_of_memory(wanted_memory(why));
    return {Exit::failed, "LibTorch failed: " + why};
  } catch (const std::filesystem::filesystem_error& error) {
    return {Exit::failed, "'" + error.path1().string() + "': " + error.code().message()};
  } catch (const std::exception& error) {
    return {Exit::failed, "failed unexpectedly: " + first_line(error.what())};
  }
}

}  // namespace graft
