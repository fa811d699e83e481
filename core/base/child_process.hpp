// This program started once more, for work that may crash, hang or print what it likes: what it answers comes through a pipe of its
// own, which nothing that is printed gets into.
#pragma once
#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace graft::core {

class ChildProcess {
 public:
  // Starts `graft WORDS… --answer-to DESCRIPTOR`, without input, in a process group of its own; `set` ("NAME=value") stands in its
  // environment, `input` is all that its standard input has. What cannot be started is Error(Exit::failed).
  explicit ChildProcess(std::vector<std::string> words, const std::vector<std::string>& set = {}, std::string_view input = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // ends it, and whatever it started

  // Reads what has come; its status, as waitpid has it, once it has ended. Does not wait.
  std::optional<int> ended();
  int end();  // now, and whatever it started; its status

  void interrupt();  // as Ctrl-C does; it may take its time

  const std::string& answer() const { return answer_.text; }
  std::vector<nlohmann::json> take_answers();             // objects, a whole line of the answer each, which it has no more
  std::string last_words() const;                         // the last line that it printed to standard error
  const std::string& said() const { return said_.text; }  // the end of what it printed there

 private:
  struct Pipe {
    int end = -1;
    std::string text{};
    bool only_end = false;  // the end of what comes is enough
    void read();
  };
  pid_t process_ = -1;
  Pipe answer_, said_{.only_end = true};
};

// In such a process, as it begins: its descriptor goes to nothing that it starts, and it ends when the one that started it does.
void begin_child(int descriptor);
// One line of its answer.
void answer_line(int descriptor, std::string_view line);

}  // namespace graft::core
