// Writes JSON, which is how plans, options and declarations cross to the host.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace graft::json {

inline std::string text(const std::string& s) {
  std::string out = "\"";
  for (const char c : s) {
    char escaped[8] = {c, 0};
    if (c == '"' || c == '\\') std::snprintf(escaped, sizeof escaped, "\\%c", c);
    if (static_cast<unsigned char>(c) < 0x20) std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
    out += escaped;
  }
  return out + "\"";
}

inline std::string number(int64_t value) { return std::to_string(value); }

inline std::string number(double value) {  // infinities as text: JSON has none
  if (value - value != 0) return value > 0 ? "\"inf\"" : value < 0 ? "\"-inf\"" : "\"nan\"";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

template <class List, class Each>
std::string list(const List& items, Each each) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ",";
    out += each(item);
  }
  out += "]";
  return out;
}

}  // namespace graft::json
