// graft watch, started once more, on any port that is free where its usual one is taken.
#include "apps/graft/watched_folder.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/graft/terminal.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"

namespace graft {

namespace {

constexpr auto kFarewell = std::chrono::seconds(1);  // for pages that are open to fetch how it ended
constexpr int kLooks = 250;                          // of 20 ms each, until the page has to be there

std::string address_of(core::ChildProcess& process) {
  for (int look = 0; look < kLooks; ++look) {
    const bool ended = process.ended().has_value();
    for (const auto& answer : process.take_answers()) {
      if (answer.contains("address")) return answer.at("address");
    }
    if (ended) return "";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return "";
}

}  // namespace

WatchedFolder::WatchedFolder(const std::string& folder) {
  if (folder.empty()) return;
  std::string address, why;
  try {
    for (const auto* port : {"8265", "0"}) {
      if (!address.empty()) break;
      process_ = std::make_unique<core::ChildProcess>(std::vector<std::string>{"watch", folder, "--port", port});
      address = address_of(*process_);
      if (address.empty()) why = process_->last_words();
    }
  } catch (const core::Error& error) {
    why = error.what();
  }
  if (address.empty()) {
    core::log(core::Level::warning, "the page cannot be served: " + why);
    process_.reset();
  } else {
    write_error("its page is at " + address + " as long as this goes on\n");
  }
}

WatchedFolder::~WatchedFolder() {
  if (process_) std::this_thread::sleep_for(kFarewell);
}

}  // namespace graft
