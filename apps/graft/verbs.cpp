// The list of verbs.
#include "apps/graft/verbs.hpp"

namespace graft {

namespace {

constexpr Verb kVerbs[] = {
    {"run", "M", "trains a federation as the manifest M says, and says what it gained and what it cost", run_verb},
    {"compare", "S | M1 M2 …", "a study, or several manifests: runs what is missing, then a table of gains and costs",
     compare_verb},
    {"watch", "DIR", "a run or a comparison in the browser, redrawn as it goes on", watch_verb},
    {"inspect", "M", "the resolved manifest, the model's tensors, what travels and what is stored; trains nothing", inspect_verb},
    {"data", "WHAT", "what a manifest, a source or a folder holds, and a picture of its split", data_verb},
    {"evaluate", "RUN", "scores a finished run on other data, or on clients that it has never seen", evaluate_verb},
    {"export", "RUN", "a run's models as safetensors files, under timm's names", export_verb},
    {"plugins", "[ID]", "the strategies and modules at hand; one in full; add FILE, remove ID, lock M", plugins_verb},
    {"new", "KIND NAME", "a strategy or a module of one's own: a folder that builds and passes its check as it stands", new_verb},
    {"check", "FILE.so", "whether a plugin keeps the contract: named cases, each in a process of its own", check_verb},
    {"completion", "SHELL", "what bash or zsh needs to complete graft's command lines", completion_verb},
    {"bench", "", "", nullptr}};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace graft
