// Gathers and scatters the columns of a phase.
#include "core/rounds/columns.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace graft::core {

namespace {

void append(Columns& columns, std::int64_t start, std::int64_t length) {
  if (length == 0) return;
  auto& segments = columns.segments;
  if (!segments.empty() && segments.back().first + segments.back().second == start) {
    segments.back().second += length;
  } else {
    segments.emplace_back(start, length);
  }
}

}  // namespace

Columns columns_of(const Catalog& catalog, const std::vector<bool>& chosen, bool with_held) {
  struct Span {
    std::int64_t start;
    std::size_t entry;
  };
  std::vector<Span> spans;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto& entry = catalog.entries[i];
    if (!chosen[i] || entry.where == Where::frozen || (entry.where == Where::held && !with_held)) continue;
    spans.push_back({entry.offset + (entry.where == Where::held ? catalog.row : 0), i});
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
  Columns columns;
  for (const auto& span : spans) {
    const auto& entry = catalog.entries[span.entry];
    const auto count = entry.spec.count();
    columns.entries.push_back(span.entry);
    columns.sizes.push_back(count);
    append(columns, span.start, count);
    columns.all += count;
    if (entry.where == Where::shared) columns.shared += count;
  }
  return columns;
}

Columns shared_columns(const Columns& columns) {
  Columns part;
  std::int64_t left = columns.shared;
  for (const auto& [start, length] : columns.segments) {
    append(part, start, std::min(left, length));
    left -= std::min(left, length);
  }
  part.shared = part.all = columns.shared;
  return part;
}

Columns personal_columns(const Columns& columns, std::int64_t first_personal) {
  Columns part;
  std::int64_t skip = columns.shared;
  for (const auto& [start, length] : columns.segments) {
    const auto skipped = std::min(skip, length);
    append(part, start + skipped - first_personal, length - skipped);
    skip -= skipped;
  }
  part.all = columns.all - columns.shared;
  return part;
}

at::Tensor gather(const at::Tensor& rows, const Columns& columns) {
  if (columns.segments.empty()) return rows.narrow(1, 0, 0);
  std::vector<at::Tensor> parts;
  for (const auto& [start, length] : columns.segments) parts.push_back(rows.narrow(1, start, length));
  return parts.size() == 1 ? parts.front() : at::cat(parts, 1);
}

void scatter(const at::Tensor& rows, const Columns& columns, const at::Tensor& gathered) {
  if (columns.segments.size() < 2) return;
  std::int64_t at = 0;
  for (const auto& [start, length] : columns.segments) {
    rows.narrow(1, start, length).copy_(gathered.narrow(1, at, length));
    at += length;
  }
}

}  // namespace graft::core
