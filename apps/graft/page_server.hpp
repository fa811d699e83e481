// Serves a run's or a study's page to this machine's own browsers while it goes on: HTTP on 127.0.0.1, told of what is new by
// server-sent events.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace graft {

struct PageSource {
  std::function<std::string()> data;      // of the page, as it is now
  std::function<std::string()> stamp;     // changes whenever the data does
  std::function<std::string()> standing;  // how far it is, in a short line
};

class PageServer {
 public:
  // Listens from now on; port 0: any that is free. Exit 2 where the port is taken.
  PageServer(std::uint16_t port, PageSource source);
  ~PageServer();  // ends all connections
  std::uint16_t port() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace graft
