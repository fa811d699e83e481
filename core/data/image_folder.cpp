// Two levels of folders, or three: looked at, not asked for.
#include "core/data/image_folder.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.hpp"
#include "core/data/source_file.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

const std::set<std::string>& read_endings() {
  static const std::set<std::string> endings{".jpg", ".jpeg", ".png"};
  return endings;
}

const std::set<std::string>& other_endings() {
  static const std::set<std::string> endings{".webp", ".bmp",  ".tif",  ".tiff", ".gif", ".jfif", ".jpe", ".jp2",
                                             ".avif", ".heic", ".heif", ".ppm",  ".pgm", ".jxl",  ".tga"};
  return endings;
}

std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& letter : ending) letter = char(std::tolower(static_cast<unsigned char>(letter)));
  return ending;
}

struct Listing {
  std::vector<fs::path> folders, images, others;  // each by name
};

Listing listing_of(const fs::path& folder) {
  Listing listing;
  std::error_code failure, ignored;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    const fs::path& path = entry->path();
    if (path.filename().string().starts_with(".")) continue;
    if (fs::is_directory(path, ignored)) {
      listing.folders.push_back(path);
    } else if (read_endings().count(ending_of(path)) > 0) {
      listing.images.push_back(path);
    } else if (other_endings().count(ending_of(path)) > 0) {
      listing.others.push_back(path);
    }
  }
  if (failure) throw wrong(folder, "cannot be listed: " + failure.message());
  for (auto* paths : {&listing.folders, &listing.images, &listing.others}) {
    std::sort(paths->begin(), paths->end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  }
  return listing;
}

struct Class {
  std::string domain, name;
  Listing listing;
};

std::vector<Class> classes_of_folder(const fs::path& folder, const Listing& listing) {
  std::vector<Class> classes;
  for (const fs::path& path : listing.folders) {
    classes.push_back({folder.filename().string(), path.filename().string(), listing_of(path)});
  }
  return classes;
}

const fs::path* first_image(const std::vector<Class>& classes) {
  for (const Class& one : classes) {
    if (!one.listing.images.empty()) return &one.listing.images[0];
  }
  return nullptr;
}

// Numbers of names in their order.
std::map<std::string, std::size_t> numbered(const std::set<std::string>& names) {
  std::map<std::string, std::size_t> numbers;
  for (const auto& name : names) numbers.emplace(name, numbers.size());
  return numbers;
}

// Names of folders are any bytes; those of classes and domains are text that people and programs read.
std::vector<std::string> as_text(const std::set<std::string>& names) {
  std::vector<std::string> texts;
  for (const auto& name : names) {
    const auto valid = nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    texts.push_back(harmless(nlohmann::json::parse(valid).get<std::string>()));
  }
  return texts;
}

ImageFolder gathered(const std::vector<Class>& classes, bool with_domains) {
  std::set<std::string> names, domains;
  for (const Class& one : classes) {
    if (with_domains && !one.listing.images.empty()) domains.insert(one.domain);
  }
  for (const Class& one : classes) {  // a folder beside the domains, without a picture, makes no classes
    if (!with_domains || domains.count(one.domain) > 0) names.insert(one.name);
  }
  const auto labels = numbered(names), places = numbered(domains);
  ImageFolder folder{as_text(names), as_text(domains), {}, {}};
  for (const Class& one : classes) {
    for (const fs::path& path : one.listing.images) {
      folder.files.push_back({path, labels.at(one.name), with_domains ? places.at(one.domain) : 0});
    }
    folder.left_out.insert(folder.left_out.end(), one.listing.others.begin(), one.listing.others.end());
  }
  return folder;
}

}  // namespace

ImageFolder list_images(const fs::path& root) {
  constexpr const char* kLayouts = "expected class/file or domain/class/file";
  std::error_code failure;
  if (!fs::exists(root, failure)) throw wrong(root, "no such folder");
  if (!fs::is_directory(root, failure)) throw wrong(root, std::string("not a folder, ") + kLayouts);
  const Listing top = listing_of(root);
  const std::vector<Class> flat = classes_of_folder(root, top);
  std::vector<Class> nested;
  for (const Class& one : flat) {
    const auto inner = classes_of_folder(one.name, one.listing);
    nested.insert(nested.end(), inner.begin(), inner.end());
  }
  const fs::path *in_class = first_image(flat), *in_domain = first_image(nested);
  if (in_class != nullptr && in_domain != nullptr) {
    throw wrong(root, "a mixture of class/file and domain/class/file: " + in_class->lexically_relative(root).string() + " and " +
                          in_domain->lexically_relative(root).string());
  }
  if (in_class == nullptr && in_domain == nullptr) {
    const bool here = !top.images.empty();
    throw wrong(root, std::string(here ? "images lie in the folder itself, " : "no .jpg, .jpeg or .png in it, ") + kLayouts,
                here ? "hint: put them into a folder for each class" : "");
  }
  return gathered(in_domain != nullptr ? nested : flat, in_domain != nullptr);
}

}  // namespace graft::core
