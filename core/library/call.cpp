// Operators by name, through LibTorch's dispatcher. A step must not wait for the device, not even where an operator calls another
// one that does: each one that runs is seen by a record callback.
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/enum_tag.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "core/library/entry.hpp"
#include "core/library/hook.hpp"
#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

using c10::TypeKind;

constexpr std::string_view kWaits[] = {  // their results' sizes, or their results, are read by the host
    "aten::_local_scalar_dense",
    "aten::_unique",
    "aten::_unique2",
    "aten::allclose",
    "aten::argwhere",
    "aten::bincount",
    "aten::equal",
    "aten::histc",
    "aten::is_nonzero",
    "aten::item",
    "aten::masked_select",
    "aten::nonzero",
    "aten::nonzero_numpy",
    "aten::unique_consecutive",
    "aten::unique_dim",
    "aten::unique_dim_consecutive"};

}  // namespace

bool waits_for_device(std::string_view name) { return std::find(std::begin(kWaits), std::end(kWaits), name) != std::end(kWaits); }

namespace {

// Only the operator's name is read here: RecordFunction's inline members lie elsewhere in a build with assertions.
std::unique_ptr<at::ObserverContext> note_waiting(const at::RecordFunction& running) {
  auto& waited = hook_thread().waited;
  const std::string_view name = running.name();
  if (waited.empty() && waits_for_device(name)) waited = name;
  return nullptr;
}

class WaitingSeen {
 public:
  WaitingSeen() {
    hook_thread().waited.clear();
    callback_ = at::addThreadLocalCallback(at::RecordFunctionCallback(note_waiting).scopes({at::RecordScope::FUNCTION}));
  }
  ~WaitingSeen() { at::removeCallback(callback_); }

 private:
  at::CallbackHandle callback_;
};

// From a device to the CPU: by a device given, by what is written to, or by the tensor that another is to be like.
bool copies_to_cpu(const c10::FunctionSchema& schema, const torch::jit::Stack& stack) {
  bool from_device = false, to_cpu = false;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const auto& value = stack[i];
    const auto* const alias = schema.arguments()[i].alias_info();
    const bool target = (alias && alias->isWrite()) || schema.arguments()[i].name() == "other";
    if (value.isTensor() && value.toTensor().defined()) {
      from_device |= !value.toTensor().is_cpu();
      to_cpu |= target && value.toTensor().is_cpu() && value.toTensor().dim() > 0;
    }
    if (value.isDevice()) to_cpu |= value.toDevice().is_cpu();
  }
  return from_device && to_cpu;
}

void run(const c10::OperatorHandle& op, torch::jit::Stack& stack) {
  if (may_wait()) return op.callBoxed(stack);
  if (copies_to_cpu(op.schema(), stack)) refuse_waiting("a copy to the CPU");
  std::exception_ptr failure;
  {
    const WaitingSeen seen;
    try {
      op.callBoxed(stack);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (const auto& waited = hook_thread().waited; !waited.empty()) refuse_waiting(waited);
  if (failure) std::rethrow_exception(failure);
}

// "aten::add.Scalar", as LibTorch prints it, is as good as "aten::add" with "Scalar".
c10::OperatorName operator_name(std::string name, std::string overload) {
  const auto dot = name.rfind('.');
  if (overload.empty() && dot != std::string::npos) {
    overload = name.substr(dot + 1);
    name.resize(dot);
  }
  return {std::move(name), std::move(overload)};
}

std::string name_of(const c10::OperatorHandle& op) {
  const auto& name = op.operator_name();
  return name.name + (name.overload_name.empty() ? "" : "." + name.overload_name);
}

// None: not of that type.
std::optional<c10::IValue> scalar_value(const graft_arg& given, const c10::Type& type) {
  const bool whole = given.tag == GRAFT_INT, floating = given.tag == GRAFT_FLOAT, truth = given.tag == GRAFT_BOOLEAN;
  switch (type.kind()) {
    case TypeKind::NumberType:
      if (whole || floating || truth) return native(graft_number{given.tag, {.i = given.as.i}});
      break;
    case TypeKind::FloatType:
    case TypeKind::SymFloatType:
      if (whole || floating) return whole ? double(given.as.i) : given.as.d;
      break;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      if (whole) return given.as.i;
      break;
    case TypeKind::BoolType:
    case TypeKind::SymBoolType:
      if (truth) return given.as.i != 0;
      break;
    case TypeKind::ScalarTypeType:
      if (const auto dtype = whole ? dtype_of(given.as.i) : std::nullopt) return *dtype;
      break;
    case TypeKind::StringType:
      if (given.tag == GRAFT_STRING) return std::string(given.as.s);
      break;
    case TypeKind::DeviceObjType:
      if (given.tag == GRAFT_STRING) return c10::Device(given.as.s);
      break;
    case TypeKind::TensorType:
      if (given.tag == GRAFT_TENSOR) return static_cast<const at::Tensor&>(native(given.as.t));
      break;
    default: break;
  }
  return std::nullopt;
}

template <class Item>
c10::List<Item> list_of(const graft_arg& given) {
  c10::List<Item> list;
  for (std::int64_t i = 0; i < given.count; ++i) list.push_back(Item(given.as.is[i]));
  return list;
}

std::optional<c10::IValue> list_value(const graft_arg& given, const c10::Type& type) {
  const auto& item = *type.castRaw<c10::ListType>()->getElementType();
  if (given.tag == GRAFT_TENSORS && item.kind() == TypeKind::TensorType) return tensors(given.as.ts, given.count);
  if (given.tag == GRAFT_TENSORS && item.kind() == TypeKind::OptionalType) {
    c10::List<std::optional<at::Tensor>> list;
    for (std::int64_t i = 0; i < given.count; ++i) {
      list.push_back(given.as.ts[i] ? std::optional(of_handle(given.as.ts[i])) : std::nullopt);
    }
    return list;
  }
  const bool whole = item.kind() == TypeKind::IntType || item.kind() == TypeKind::SymIntType;
  if (given.tag == GRAFT_INTS && whole) return list_of<std::int64_t>(given);
  if (given.tag == GRAFT_INT && whole) return c10::List<std::int64_t>({given.as.i});
  if (given.tag == GRAFT_INTS && item.kind() == TypeKind::FloatType) return list_of<double>(given);
  if (given.tag == GRAFT_INTS && item.kind() == TypeKind::BoolType) return list_of<bool>(given);
  return std::nullopt;
}

// An argument by the schema's type for it.
c10::IValue value_of(const graft_arg& given, const c10::Argument& wanted) {
  c10::TypePtr type = wanted.real_type();
  const bool optional = type->kind() == TypeKind::OptionalType;
  if (given.tag == GRAFT_NONE && optional) return {};
  if (given.tag == GRAFT_NONE && wanted.default_value()) return *wanted.default_value();
  if (optional) type = type->castRaw<c10::OptionalType>()->getElementType();
  const auto value = type->kind() == TypeKind::ListType ? list_value(given, *type) : scalar_value(given, *type);
  if (value) return *value;
  static constexpr const char* kGiven[] = {"none",   "a whole number", "a floating number",       "a truth value",
                                           "a text", "a tensor",       "a list of whole numbers", "a list of tensors"};
  const bool known = given.tag >= 0 && given.tag < std::int32_t(std::size(kGiven));
  throw Misuse("argument '" + wanted.name() + "' is " + type->annotation_str() + ", found " +
               (known ? kGiven[given.tag] : "an unknown tag"));
}

torch::jit::Stack stack_of(const c10::FunctionSchema& schema, const std::vector<graft_arg>& given) {
  const auto& wanted = schema.arguments();
  if (given.size() > wanted.size()) {
    throw Misuse("it takes at most " + std::to_string(wanted.size()) + " arguments, found " + std::to_string(given.size()));
  }
  torch::jit::Stack stack;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i < given.size()) {
      stack.push_back(value_of(given[i], wanted[i]));
    } else if (wanted[i].default_value()) {
      stack.push_back(*wanted[i].default_value());
    } else {
      throw Misuse("argument '" + wanted[i].name() + "' is missing");
    }
  }
  return stack;
}

// Every draw of a run is a function of its seed; LibTorch's generators keep a state that no checkpoint has.
void refuse_drawing(const c10::OperatorHandle& op, const torch::jit::Stack& stack) {
  if (!op.hasTag(at::Tag::nondeterministic_seeded)) return;
  for (std::size_t i = 0; i < stack.size(); ++i) {  // those that draw only where they drop out
    const auto& name = op.schema().arguments()[i].name();
    if ((name == "dropout_p" || name == "dropout" || name == "p") && stack[i].isDouble() && stack[i].toDouble() == 0) return;
    if ((name == "train" || name == "training") && stack[i].isBool() && !stack[i].toBool()) return;
  }
  throw Misuse("it draws random numbers, which would not be the same again after --resume");
}

at::Tensor call_of(const c10::OperatorHandle& op, const std::vector<graft_arg>& given) {
  const auto& results = op.schema().returns();
  if (results.empty() || results[0].type()->kind() != TypeKind::TensorType) {
    throw Misuse("only operators whose first result is a tensor can be called, this one returns " +
                 (results.empty() ? "nothing" : results[0].type()->annotation_str()));
  }
  auto stack = stack_of(op.schema(), given);
  refuse_drawing(op, stack);
  run(op, stack);
  at::Tensor result = stack.at(0).toTensor();
  if (!result.defined()) throw Misuse("its first result is no tensor this time");
  return result;
}

}  // namespace

// What was found stays found: one record an operator, however often plugins ask. A failed search is no failure of the hook.
const void* find_operator(const char* name, const char* overload) noexcept {
  try {
    static std::mutex mutex;
    static std::map<c10::OperatorName, c10::OperatorHandle, bool (*)(const c10::OperatorName&, const c10::OperatorName&)> found(
        [](const auto& a, const auto& b) { return std::tie(a.name, a.overload_name) < std::tie(b.name, b.overload_name); });
    const auto wanted = operator_name(name, overload ? overload : "");
    const std::lock_guard lock(mutex);
    if (const auto at = found.find(wanted); at != found.end()) return &at->second;
    if (const auto op = c10::Dispatcher::singleton().findSchema(wanted)) return &found.emplace(wanted, *op).first->second;
    note_error("this LibTorch has no operator '" + c10::toString(wanted) + "'");
  } catch (const std::exception& e) {
    note_error(first_line(e.what()));
  }
  return nullptr;
}

graft_tensor call_operator(const void* op, const graft_arg* arguments, std::size_t count) noexcept {
  if (!op) return answer("call", []() -> at::Tensor { throw Misuse("call: no operator was given"); });
  const auto& handle = *static_cast<const c10::OperatorHandle*>(op);
  const std::vector<graft_arg> given(arguments, arguments + count);
  Timed timed(handle.operator_name().name.c_str());
  try {
    auto result = call_of(handle, given);
    timed.made(result);
    return to_handle(std::move(result));
  } catch (...) {
    keep_call_failure(name_of(handle), given);
    return nullptr;
  }
}

}  // namespace graft::core
