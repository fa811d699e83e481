// Standard output for this program alone: from here on, to the very end, what plugins print to it goes to standard error.
#pragma once
#include <string>

namespace graft {

class OwnOutput {
 public:
  explicit OwnOutput(bool alone);  // false: as it is
  OwnOutput(const OwnOutput&) = delete;
  ~OwnOutput();
  void print(const std::string& text);  // as graft::print
  int descriptor() const;

 private:
  int own_;
};

}  // namespace graft
