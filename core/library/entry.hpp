// How a call of ATen's becomes an entry of the table: plain C outside, no exception leaves it, a failure names the call with its
// arguments. Only this folder's sources include it.
#pragma once
#include <ATen/core/Tensor.h>
#include <graft/abi.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/library/handles.hpp"
#include "core/library/profile.hpp"

namespace graft::core {

// In a catch (...): keeps the failure for run_hook as "matmul([2, 3], [4, 5]): …".
void keep_call_failure(const std::string& call, const std::vector<graft_arg>& arguments) noexcept;

// An argument as ATen has it. Where a tensor is wanted and none was given, it throws.
struct Given {
  graft_tensor handle;
  operator const at::Tensor&() const { return of_handle(handle); }
};
inline Given native(graft_tensor handle) { return {handle}; }
at::Scalar native(graft_number number);
template <class Plain>
Plain native(Plain plain) {
  return plain;
}
std::vector<at::Tensor> tensors(const graft_tensor* handles, std::size_t count);

// The arguments of a call, for its failure's text.
graft_arg described(graft_tensor tensor);
graft_arg described(graft_number number);
graft_arg described(double number);
graft_arg described(std::int64_t number);
graft_arg described(std::int32_t truth);
inline void describe(std::vector<graft_arg>&) {}
template <class... Rest>
void describe(std::vector<graft_arg>& all, const std::int64_t* numbers, std::size_t count, Rest... rest);
template <class... Rest>
void describe(std::vector<graft_arg>& all, const graft_tensor* tensors, std::size_t count, Rest... rest);
template <class First, class... Rest>
void describe(std::vector<graft_arg>& all, First first, Rest... rest) {
  all.push_back(described(first));
  describe(all, rest...);
}
template <class... Rest>
void describe(std::vector<graft_arg>& all, const std::int64_t* numbers, std::size_t count, Rest... rest) {
  all.push_back({GRAFT_INTS, std::int64_t(count), {.is = numbers}});
  describe(all, rest...);
}
template <class... Rest>
void describe(std::vector<graft_arg>& all, const graft_tensor* tensors, std::size_t count, Rest... rest) {
  all.push_back({GRAFT_TENSORS, std::int64_t(count), {.ts = tensors}});
  describe(all, rest...);
}

template <std::size_t kLength>
struct Name {
  constexpr Name(const char (&given)[kLength]) { std::copy_n(given, kLength, text); }
  char text[kLength];
};

// Becomes the function pointer that it is assigned to.
template <Name kName, class Call, bool kInPlace>
struct TableEntry {
  template <class First, class... Rest>
  using Face = graft_tensor (*)(First, Rest...);
  template <class First, class... Rest>
  operator Face<First, Rest...>() const {
    return run<First, Rest...>;
  }

 private:
  template <class First, class... Rest>
  static graft_tensor run(First first, Rest... rest) noexcept {
    Timed timed(kName.text);
    try {
      if constexpr (kInPlace) {
        Call{}(native(first), native(rest)...);
        return first;
      } else {
        at::Tensor result = Call{}(native(first), native(rest)...);
        timed.made(result);
        return to_handle(std::move(result));
      }
    } catch (...) {
      std::vector<graft_arg> arguments;
      describe(arguments, first, rest...);
      keep_call_failure(kName.text, arguments);
      return nullptr;
    }
  }
};
template <Name kName, class Call>
TableEntry<kName, Call, false> makes(Call) {
  return {};
}
template <Name kName, class Call>
TableEntry<kName, Call, true> writes(Call) {  // in place
  return {};
}

// By name, see call.cpp.
const void* find_operator(const char* name, const char* overload) noexcept;
graft_tensor call_operator(const void* op, const graft_arg* arguments, std::size_t count) noexcept;

// Graft's numbers of dtypes; none: another one.
std::int32_t dtype_number(at::ScalarType type);
std::optional<at::ScalarType> dtype_of(std::int64_t number);

}  // namespace graft::core
