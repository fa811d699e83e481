// What the table's entries share: arguments into ATen's types, and into text where a call failed.
#include "core/library/entry.hpp"

#include <cmath>
#include <utility>

#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

constexpr std::pair<graft_dtype, at::ScalarType> kDtypes[] = {
    {GRAFT_FLOAT32, at::kFloat}, {GRAFT_FLOAT64, at::kDouble}, {GRAFT_BFLOAT16, at::kBFloat16}, {GRAFT_FLOAT16, at::kHalf},
    {GRAFT_INT64, at::kLong},    {GRAFT_INT32, at::kInt},      {GRAFT_UINT8, at::kByte},        {GRAFT_BOOL, at::kBool}};

std::string text_of_number(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

std::string listed(std::int64_t count, const std::function<std::string(std::int64_t)>& item) {
  std::string text = "[";
  for (std::int64_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + item(i);
  return text + "]";
}

std::string shape_text(graft_tensor handle) {
  if (!handle) return "none";
  const auto sizes = of_handle(handle).sizes();
  return listed(sizes.size(), [&](std::int64_t i) { return std::to_string(sizes[i]); });
}

std::string argument_text(const graft_arg& argument) {
  switch (argument.tag) {
    case GRAFT_INT: return std::to_string(argument.as.i);
    case GRAFT_FLOAT: return text_of_number(argument.as.d);
    case GRAFT_BOOLEAN: return argument.as.i ? "true" : "false";
    case GRAFT_STRING: return "'" + std::string(argument.as.s) + "'";
    case GRAFT_TENSOR: return shape_text(argument.as.t);
    case GRAFT_INTS: return listed(argument.count, [&](std::int64_t i) { return std::to_string(argument.as.is[i]); });
    case GRAFT_TENSORS: return listed(argument.count, [&](std::int64_t i) { return shape_text(argument.as.ts[i]); });
    default: return "none";
  }
}

std::string call_text(const std::string& call, const std::vector<graft_arg>& arguments) {
  std::string text = call + "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i > 0 ? ", " : "") + argument_text(arguments[i]);
  return text + "): ";
}

}  // namespace

at::Scalar native(graft_number number) {
  switch (number.tag) {
    case GRAFT_INT: return number.as.i;
    case GRAFT_BOOLEAN: return number.as.i != 0;
    case GRAFT_FLOAT: return number.as.d;
    default: throw Misuse("a number's tag is " + std::to_string(number.tag));
  }
}

std::vector<at::Tensor> tensors(const graft_tensor* handles, std::size_t count) {
  std::vector<at::Tensor> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.push_back(native(handles[i]));
  return all;
}

graft_arg described(graft_tensor tensor) { return {GRAFT_TENSOR, 0, {.t = tensor}}; }
graft_arg described(graft_number number) { return {number.tag, 0, {.i = number.as.i}}; }
graft_arg described(double number) { return {GRAFT_FLOAT, 0, {.d = number}}; }
graft_arg described(std::int64_t number) { return {GRAFT_INT, 0, {.i = number}}; }
graft_arg described(std::int32_t truth) { return {GRAFT_BOOLEAN, 0, {.i = truth}}; }

void keep_call_failure(const std::string& call, const std::vector<graft_arg>& arguments) noexcept {
  const auto failure = std::current_exception();
  try {
    const auto text = call_text(call, arguments) + text_of(failure);
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      if (is_memory_exhausted(e)) throw MemoryExhausted(text);
    } catch (...) {
    }
    throw Misuse(text);
  } catch (...) {
    keep_failure();
  }
}

std::int32_t dtype_number(at::ScalarType type) {
  for (const auto& [number, known] : kDtypes) {
    if (known == type) return number;
  }
  return 0;
}

std::optional<at::ScalarType> dtype_of(std::int64_t number) {
  for (const auto& [known, type] : kDtypes) {
    if (known == number) return type;
  }
  return std::nullopt;
}

}  // namespace graft::core
