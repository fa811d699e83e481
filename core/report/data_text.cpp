// Bars for classes and domains, a line with a strip of glyphs for each client.
#include "core/report/data_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

constexpr std::array kAcross{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};    // eighths of a column
constexpr std::array kUp{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};  // eighths of a line
constexpr std::size_t kLines = 24, kCells = 400;                        // bars of a line each; and in columns, at most
constexpr std::size_t kManyClients = 40, kFirst = 20, kLast = 10;       // beyond the first so many, these are shown
constexpr std::size_t kName = 20, kWidestBar = 40, kLeastStrip = 10;    // columns
constexpr std::size_t kIndent = 2, kBetween = 2;

std::string counted(const ordered_json& number) { return count_text(number.get<double>()); }

std::string formatted(const char* format, double number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

// A name out of a file system, harmless and not too long.
std::string shown_name(const std::string& name) {
  std::string out;
  std::size_t characters = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    characters += (byte & 0xc0) != 0x80;
    if (characters >= kName && shown_width(name) > kName) return out + "…";
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

std::string bar(double part, std::size_t width) {
  const auto eighths = static_cast<std::size_t>(std::ceil(part * double(width) * 8));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kAcross[eighths % 8];
}

// What is there at all is seen.
std::string glyph(double part) { return kUp[std::size_t(part > 0 ? std::clamp(std::round(part * 8), 1.0, 8.0) : 0)]; }

struct Counted {
  std::string name;
  double samples;
};

double most_of(const std::vector<Counted>& list) {
  double most = 1;
  for (const auto& one : list) most = std::max(most, one.samples);
  return most;
}

// The k-th of them in the k-th row: name, count, and how it compares with the largest.
std::string bars(const std::vector<Counted>& list, std::size_t width) {
  std::size_t names = 0, counts = 0;
  for (const auto& one : list) {
    names = std::max(names, shown_width(one.name));
    counts = std::max(counts, count_text(one.samples).size());
  }
  const auto used = kIndent + names + counts + 2 * kBetween, most_width = std::max(used + 1, width) - used;
  std::vector<Cells> rows;
  for (const auto& one : list) {
    rows.push_back({one.name, count_text(one.samples), bar(one.samples / most_of(list), std::min(kWidestBar, most_width))});
  }
  return aligned(rows, {Align::left, Align::right}, kIndent);
}

// The same down several columns, a glyph each.
std::string columns(const std::vector<Counted>& list, std::size_t width) {
  const auto shown = std::min(kCells, list.size());
  std::size_t names = 0, counts = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, shown_width(list[i].name));
    counts = std::max(counts, count_text(list[i].samples).size());
  }
  const auto each = names + counts + 1 + 3 * kBetween;
  const auto across = std::max<std::size_t>(1, (std::max(width, kIndent) - kIndent + kBetween) / each);
  const auto down = (shown + across - 1) / across;
  std::vector<Cells> rows(down);
  std::vector<Align> align;
  for (std::size_t i = 0; i < across; ++i) align.insert(align.end(), {Align::left, Align::right, Align::left});
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = list[i];
    rows[i % down].insert(rows[i % down].end(), {one.name, count_text(one.samples), glyph(one.samples / most_of(list))});
  }
  const auto more = list.size() - shown;
  return aligned(rows, align, kIndent) + (more > 0 ? "  … and " + count_text(double(more)) + " more\n" : "");
}

std::string section(const std::string& title, const std::vector<Counted>& list, std::size_t width) {
  if (list.empty()) return "";
  return "\n" + title + "\n" + (list.size() <= kLines ? bars(list, width) : columns(list, width));
}

std::string source_text(const ordered_json& source, const std::string& domains_are, std::size_t width) {
  std::vector<Counted> classes, domains;
  const auto digits = std::to_string(source.at("classes").size() - 1).size();
  for (const auto& one : source.at("classes")) {
    auto label = one.at("label").dump();
    label.insert(0, digits - label.size(), ' ');
    const auto name = one.contains("name") ? label + " " + shown_name(one.at("name")) : label;
    classes.push_back({name, one.at("samples").get<double>()});
  }
  for (const auto& one : source.at("domains")) domains.push_back({shown_name(one.at("name")), one.at("samples").get<double>()});
  const auto& image = source.at("image");
  std::vector<std::string> parts{many_text(source.at("samples"), "sample")};
  if (image.is_null()) {
    parts.emplace_back("JPEG and PNG files, not decoded here");
  } else {
    parts.push_back(image.at("width").dump() + " x " + image.at("height").dump() + " pixels");
    parts.push_back(image.at("channels") == 1 ? "grey" : many_text(image.at("channels"), "channel"));
  }
  parts.push_back(classes.size() == 1 ? "1 class" : count_text(double(classes.size())) + " classes");
  if (!domains.empty()) parts.push_back(many_text(std::int64_t(domains.size()), domains_are));
  std::string text = source.at("name").get<std::string>() + ": " + joined(parts) + "\n";
  for (const auto& path : source.at("paths")) text += "  " + path.get<std::string>() + "\n";
  return text + section("classes", classes, width) + section(domains_are + "s", domains, width);
}

// A client's samples in groups of as many classes, as parts of all that it has.
std::vector<double> shares(const ordered_json& client, std::size_t group) {
  const auto counts = client.at("counts").get<std::vector<double>>();
  double all = 0;
  for (const auto count : counts) all += count;
  std::vector<double> parts((counts.size() + group - 1) / group);
  for (std::size_t i = 0; i < counts.size() && all > 0; ++i) parts[i / group] += counts[i] / all;
  return parts;
}

struct Shown {  // columns that stand only where somebody has something in them
  bool domain = false, validation = false;
};

Cells client_cells(const ordered_json& client, Shown shown) {
  Cells cells{client.at("id").dump()};
  if (shown.domain) cells.push_back(shown_name(client.at("domain")));
  cells.push_back(counted(client.at("train_samples")));
  if (shown.validation) cells.push_back(counted(client.at("validation_samples")));
  const auto& entropy = client.at("label_entropy");
  const auto spread = entropy.is_null() ? "-" : formatted("%.2f", entropy);
  cells.insert(cells.end(), {counted(client.at("test_samples")), counted(client.at("classes")), spread});
  return cells;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    lines.push_back(text.substr(begin, text.find('\n', begin) - begin));
  }
  return lines;
}

// The columns before the strips: a heading, then a line a client.
std::vector<std::string> client_lines(const std::vector<const ordered_json*>& clients, const std::string& domains_are) {
  const Shown shown{std::ranges::any_of(clients, [](const auto* client) { return client->at("domain") != ""; }),
                    std::ranges::any_of(clients, [](const auto* client) { return client->at("validation_samples") != 0; })};
  Cells heads{"client"};
  if (shown.domain) heads.push_back(domains_are);
  heads.emplace_back("train");
  if (shown.validation) heads.emplace_back("validation");
  heads.insert(heads.end(), {"test", "classes", "entropy"});
  std::vector<Cells> rows{heads};
  for (const auto* client : clients) rows.push_back(client_cells(*client, shown));
  std::vector<Align> align(heads.size(), Align::right);
  if (shown.domain) align[1] = Align::left;
  return lines_of(aligned(rows, align, kIndent));
}

double largest_share(const ordered_json& clients, std::size_t group) {
  double most = 0;
  for (const auto& client : clients) {
    for (const auto share : shares(client, group)) most = std::max(most, share);
  }
  return most;
}

std::string strip(const ordered_json& client, std::size_t group, double most) {
  std::string text;
  for (const auto share : shares(client, group)) text += glyph(most > 0 ? share / most : 0);
  return "|" + text + "|";
}

std::string legend(std::size_t group, double most, std::size_t width) {
  const auto of = group == 1 ? std::string("class") : std::to_string(group) + " classes";
  std::string text;
  for (const auto& line : wrapped("A strip has a glyph for each " + of + ", as high as its part of the client's samples; █ is " +
                                      formatted("%.0f", 100 * most) + " %.",
                                  std::max(width, kIndent + 1) - kIndent)) {
    text += std::string(kIndent, ' ') + line + "\n";
  }
  return text;
}

std::string clients_text(const ordered_json& clients, std::size_t classes, const std::string& domains_are, std::size_t width,
                         bool all) {
  const bool few = all || clients.size() <= kManyClients;
  std::vector<const ordered_json*> shown;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (few || i < kFirst || i + kLast >= clients.size()) shown.push_back(&clients[i]);
  }
  const auto lines = client_lines(shown, domains_are);
  const auto used = shown_width(lines[0]) + kBetween + 2, room = std::max(kLeastStrip, std::max(width, used) - used);
  const auto group = std::max<std::size_t>(1, (classes + room - 1) / room);
  const auto most = largest_share(clients, group);
  std::string text = lines[0] + "\n";
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (!few && i == kFirst) {
      text += "  … " + count_text(double(clients.size() - shown.size())) + " more, which --clients all shows\n";
    }
    text += lines[i + 1] + "  " + strip(*shown[i], group, most) + "\n";
  }
  return text + "\n" + legend(group, most, width);
}

std::string rule_text(const ordered_json& split) {
  std::vector<std::string> facts{"by " + split.at("by").get<std::string>()};
  for (const auto* key : {"alpha", "classes_per_client", "seed"}) {
    if (split.contains(key)) facts.push_back(std::string(key) + " = " + split.at(key).dump());
  }
  if (split.contains("path")) facts.push_back(split.at("path"));
  facts.push_back(many_text(std::int64_t(split.at("clients").size()), "client"));
  return "split: " + joined(facts);
}

std::string summary_text(const ordered_json& split, std::size_t classes) {
  const auto& size = split.at("size");
  const auto median = size.at("median").get<double>();
  const std::vector<Cells> rows{
      {"samples a client", "min " + counted(size.at("min")) + "   median " +
                               (median == std::floor(median) ? count_text(median) : formatted("%.1f", median)) + "   max " +
                               counted(size.at("max"))},
      {"classes a client", formatted("%.1f", split.at("mean_classes")) + " of " + count_text(double(classes)) + " on average"},
      {"label entropy",
       formatted("%.2f", split.at("mean_label_entropy")) + " on average: 0 is one class a client, 1 all equally often"}};
  return aligned(rows, {}, kIndent);
}

}  // namespace

std::string data_text(const std::string& data_json, std::size_t width, bool all_clients) {
  const auto json = ordered_json::parse(data_json);
  const auto& split = json.at("split");
  const auto classes = json.at("source").at("classes").size();
  const std::string domains_are = split.at("by") == "users" ? "user" : "domain";
  return source_text(json.at("source"), domains_are, width) + "\n" + rule_text(split) + "\n" +
         clients_text(split.at("clients"), classes, domains_are, width, all_clients) + "\n" + summary_text(split, classes);
}

}  // namespace graft::core
