// A row a variant.
#include "core/report/variants_text.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

std::string in(double number, double unit) {
  char text[32];
  const double units = number / unit;
  std::snprintf(text, sizeof text, units > 0 && units < 0.1 ? "%.2g" : "%.3f", units);
  return text;
}

std::string mi(const ordered_json& cost) { return in(cost.at("scalars").get<double>(), 1 << 20); }
std::string giga(const ordered_json& macs) { return macs.is_null() ? "" : in(macs.get<double>(), 1e9); }

}  // namespace

std::string variants_text(const std::string& study, std::size_t width) {
  const auto all = ordered_json::parse(study);
  std::vector<Cells> rows{{"", "up", "down", "stored", "its own", "forward", "training"},
                          {"", "Mi", "Mi", "Mi", "Mi", "G MAC", "G MAC"}};
  std::size_t runs = 0;
  for (const auto& variant : all.at("variants")) {
    const auto& costs = variant.at("model").at("costs");
    runs += variant.at("seeds").size();
    rows.push_back({variant.at("name"), mi(costs.at("upload_per_client_round")), mi(costs.at("download_per_client_round")),
                    mi(costs.at("stored_per_client")), mi(costs.at("own_per_client")), giga(costs.at("forward_macs_per_sample")),
                    giga(costs.at("training_macs_per_sample_round"))});
  }
  const auto right = Align::right;
  const auto below = "up, down: scalars a client and round; training: a sample and round; Mi: 2^20 scalars";
  return all.at("study").get<std::string>() + ": " + many_text(std::int64_t(all.at("variants").size()), "variant") + ", " +
         many_text(std::int64_t(runs), "run") + "\n" + aligned(rows, {Align::left, right, right, right, right, right, right}, 2) +
         joined(wrapped(below, width), "\n") + "\n";
}

}  // namespace graft::core
