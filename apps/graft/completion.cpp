// graft completion: a script for bash or zsh that completes verbs, options, keys of a manifest, plugins, runs.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstring>

#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/library/plugin.hpp"
#include "core/manifest/keys.hpp"

namespace graft {

namespace {

constexpr auto kBash = R"(# Completion of graft for bash. Try it:   source <(graft completion bash)
# Keep it:   graft completion bash > ~/.local/share/bash-completion/completions/graft
_graft() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "VERBS --help --version" -- "$word"))
    return
  fi
  case $before in
    --set)
      [[ ${COMP_WORDS[1]} == @(check|plugins) ]] && return
      COMPREPLY=($(compgen -W "KEYS" -S = -- "$word"))
      compopt -o nospace
      return ;;
    --out | --csv) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
  esac
  case ${COMP_WORDS[1]} in
OPTIONS  esac
  case ${COMP_WORDS[1]}/${COMP_WORDS[2]} in
    plugins/add) options="--replace --set --help" ;;
    plugins/lock) options="--also --help" ;;
    plugins/remove) options="--help" ;;
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
    return
  fi
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
  if [[ ${COMP_WORDS[1]} == plugins && ($before == --also || ${COMP_WORDS[2]} == remove) ]] && ((COMP_CWORD > 2)); then
    COMPREPLY=($(compgen -W "PLUGINS" -- "$word"))
  fi
  ((COMP_CWORD == 2)) || return
  case ${COMP_WORDS[1]} in
    plugins) COMPREPLY=($(compgen -W "add remove lock PLUGINS" -- "$word")) ;;
    completion) COMPREPLY=($(compgen -W "bash zsh" -- "$word")) ;;
    data) COMPREPLY+=($(compgen -W "SOURCES" -- "$word")) ;;
  esac
}
complete -o filenames -F _graft graft ./graft
)";

constexpr auto kZsh = R"(#compdef graft
# Completion of graft for zsh. Try it:   source <(graft completion zsh)
# Keep it:   graft completion zsh > DIR/_graft   with DIR one of $fpath, before compinit
_graft() {
  local -a options
  if ((CURRENT == 2)); then
    compadd -- VERBS --help --version
    return
  fi
  case $words[CURRENT-1] in
    --set) [[ $words[2] == (check|plugins) ]] || compadd -S = -- KEYS; return ;;
    --out | --csv) _files; return ;;
  esac
  case $words[2] in
OPTIONS  esac
  case $words[2]/$words[3] in
    plugins/add) options=(--replace --set --help) ;;
    plugins/lock) options=(--also --help) ;;
    plugins/remove) options=(--help) ;;
  esac
  if [[ $PREFIX == -* ]]; then
    compadd -- $options
    return
  fi
  if ((CURRENT == 3)); then
    case $words[2] in
      plugins) compadd -- add remove lock PLUGINS; return ;;
      completion) compadd -- bash zsh; return ;;
      data) compadd -- SOURCES ;;
    esac
  fi
  if [[ $words[2] == plugins && ($words[3] == remove || $words[CURRENT-1] == --also) ]]; then
    compadd -- PLUGINS
    return
  fi
  _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _graft "$@"
else
  (($+functions[compdef])) || { autoload -U compinit && compinit -u }
  compdef _graft graft ./graft
fi
)";

struct Options {
  const char *verb, *names;
};
// A test compares this with what each verb's --help says.
constexpr Options kOptions[] = {{"run", "--set --out --resume --quiet --json --profile --tensorboard --watch --help"},
                                {"compare", "--set --out --jobs --dry-run --watch --quiet --json --help"},
                                {"watch", "--port --help"},
                                {"inspect", "--set --json --help"},
                                {"data", "--set --clients --json --help"},
                                {"evaluate", "--set --new-clients --turns --csv --json --help"},
                                {"export", "--out --merge --help"},
                                {"plugins", "--json --help"},
                                {"check", "--only --set --in-process --seed --limit --json --list --help"},
                                {"completion", "--help"}};

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size())) text.replace(at, word.size(), by);
  return text;
}

// The keys of a manifest that can be given by --set.
std::string keys_text() {
  core::Manifest manifest;
  std::vector<std::string> names;
  for (const auto& key : core::keys_of(manifest)) {
    const bool settable = !std::holds_alternative<core::OfStudy>(key.slot) && !std::holds_alternative<core::NotYet>(key.slot) &&
                          !std::holds_alternative<std::vector<core::Use>*>(key.slot);
    const bool use = std::holds_alternative<core::Use*>(key.slot);
    if (settable) names.push_back(use ? key.name + ".use" : key.name);
  }
  return core::joined(names, " ");
}

// A shell obeys much of what may stand in a file's name, and the script is sourced: a name with more than these is not offered.
bool is_plain(const std::string& name) {
  const auto plain = [](unsigned char c) { return c < 128 && (std::isalnum(c) != 0 || std::strchr("_-.+@", c) != nullptr); };
  return std::ranges::all_of(name, plain);
}

std::string script(bool zsh) {
  std::vector<std::string> served, ids;
  for (const auto& verb : verbs()) {
    if (verb.act != nullptr) served.emplace_back(verb.name);
  }
  for (const auto& found : core::all_plugins(core::plugin_folders({}))) {
    ids.push_back(found.plain ? found.id : found.id + "@" + found.version);
  }
  std::erase_if(ids, [](const std::string& id) { return !is_plain(id); });
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::string options;
  for (const auto& [verb, names] : kOptions) {
    const auto list = zsh ? "(" + std::string(names) + ")" : "\"" + std::string(names) + "\"";
    options += std::string("    ") + verb + ") options=" + list + " ;;\n";
  }
  auto text = replaced(zsh ? kZsh : kBash, "OPTIONS", options);
  text = replaced(text, "SOURCES", core::joined(core::source_names(), " "));
  text = replaced(text, "PLUGINS", core::joined(ids, " "));
  text = replaced(text, "VERBS", core::joined(served, " "));
  return replaced(text, "KEYS", keys_text());
}

}  // namespace

int completion_verb(const Arguments& arguments) {
  CLI::App app("Prints what a shell needs to complete graft's command lines: verbs, options, keys of a manifest, plugins.",
               "graft completion");
  std::string shell;
  app.add_option("SHELL", shell, "bash or zsh")->required();
  app.footer("  graft completion bash > ~/.local/share/bash-completion/completions/graft\n  source <(graft completion zsh)\n");
  if (!read_arguments(app, arguments)) return 0;
  if (shell != "bash" && shell != "zsh") {
    throw core::Error(core::Exit::usage, "graft completion: unknown shell '" + shell + "', expected bash or zsh");
  }
  print(script(shell == "zsh"));
  return 0;
}

}  // namespace graft
