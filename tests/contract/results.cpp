// Results in words and as JSON: what a child tells the process that started it, and what a script reads.
#include <nlohmann/json.hpp>

#include "core/manifest/uses.hpp"
#include "tests/contract/contract.hpp"

namespace graft::contract {

namespace {

using nlohmann::ordered_json;

constexpr Status kStatuses[] = {Status::passed, Status::failed, Status::crashed, Status::timed_out, Status::skipped};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n') + 1;
  const auto start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
  return text.substr(start, end - start);
}

std::string dumped(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

// A plugin may have written what it likes.
std::string text_in(const nlohmann::json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

}  // namespace

const char* status_text(Status status) {
  switch (status) {
    case Status::passed: return "passed";
    case Status::failed: return "failed";
    case Status::crashed: return "crashed";
    case Status::timed_out: return "timed out";
    case Status::skipped: return "skipped";
  }
  return "";
}

std::string to_json(const Request& request, const std::vector<Result>& results) {
  auto cases = ordered_json::array(), options = ordered_json::object();
  for (const auto& [name, value, place] : core::read_options(request.options)) {
    std::visit([&](const auto& plain) { options[name] = plain; }, value);
  }
  std::string kind;
  for (const auto& one : results) {
    if (!one.kind.empty()) kind = one.kind;
    cases.push_back({{"name", one.name}, {"status", status_text(one.status)}, {"why", one.why}, {"seconds", one.seconds}});
  }
  return dumped(
      {{"plugin", request.file.string()}, {"kind", kind}, {"seed", request.seed}, {"options", options}, {"cases", cases}});
}

std::string to_json(const core::Error& error) { return dumped({{"error", error.what()}, {"more", error.more}}); }

std::optional<Result> result_in(const std::string& text) {
  const auto all = nlohmann::json::parse(last_line(text), nullptr, false);
  if (!all.is_object()) return std::nullopt;
  if (all.contains("error")) throw core::Error(core::Exit::usage, text_in(all, "error"), text_in(all, "more"));
  if (!all.contains("cases") || all["cases"].size() != 1) return std::nullopt;
  const auto& one = all["cases"].front();
  const auto status = text_in(one, "status");
  for (const auto known : kStatuses) {
    if (status == status_text(known)) return Result{text_in(one, "name"), known, text_in(one, "why"), 0, text_in(all, "kind")};
  }
  return std::nullopt;
}

}  // namespace graft::contract
