#!/usr/bin/env bash
# What Graft says to each plugin that it refuses or stops, as printed: refusals.sh PROGRAM PLUGIN_FOLDER, with PLUGIN_FOLDER that of
# this folder's plugins, built. Fails where a line lacks its words, or the exit status is another than it should be.
set -uo pipefail
faulty=$(readlink -f "$2")
source "$(dirname "${BASH_SOURCE[0]}")/../answers.sh" "$1"
good=$(dirname "$program")/../lib/graft/plugins
umask 022
export LC_ALL=C XDG_DATA_HOME=$folder/data GRAFT_PLUGIN_PATH=$folder/plugins
mkdir plugins open

run() { "$program" run m.toml --out "run$count" --set "strategy.use=$1" "${@:2}" 2>&1 >/dev/null </dev/null; }

refusal() {  # WHAT STATUS WORDS PLUGIN [ARGUMENT…]: the first line that has the words, or else the first
  local what=$1 wanted=$2 words=$3 said status line
  said=$(run "${@:4}")
  status=$?
  count=$((count + 1))
  line=$(grep -m 1 -F -- "$words" <<<"$said") || line=$(head -n 1 <<<"$said")
  printf '%s (exit %d)\n    %s\n' "$what" "$status" "${line//$folder\//}"
  if ((status != wanted)) || [[ $line != *"$words"* ]]; then expected "exit $wanted and: $words"; fi
}

patched() {  # NAME OFFSET BYTES: a good plugin with other bytes at an offset
  cp "$good/fedavg.so" "plugins/$1.so"
  printf "$3" | dd of="plugins/$1.so" bs=1 seek="$2" conv=notrunc status=none
}

for id in newer_sdk newer_hook older_host other_host native no_symbol unresolved other_id crashing_opening crashing_step hanging_step \
  throwing_step exiting_step wrong_upload nan_upload item_in_step plain_c marking_opening gossiping_merge tuned_predict nan_merge \
  predicts_twice wrong_predict stored_upload misused_batch; do
  cp "$faulty/$id.so" plugins/
done
: >plugins/empty.so
echo 'print("hello")' >plugins/text.so
head -c 9000 "$good/fedavg.so" >plugins/truncated.so
patched narrow 4 '\x01'
patched foreign 18 '\xb7\x00'
sed 's/libstdc++\.so\.6/libnone++.so.6/' "$good/fedavg.so" >plugins/lacking.so
cp "$good/fedrep.so" plugins/
cp "$good/local.so" plugins/
chmod o+w plugins/local.so
cp "$good/apfl.so" open/
chmod o+w open
mkdir -p up/further
cp "$good/apfl.so" up/further/
chmod o+w up

echo "== refused before anything of it runs"
refusal 'built with a newer SDK, for newer hosts' 3 'is built for hosts of SDK 1.2 and newer, this graft has 1.1' newer_sdk
refusal 'with a hook that only newer hosts call' 3 'has an entry that this graft does not know' newer_hook
refusal 'for a newer host' 3 'is a plugin for another host: it exports graft_plugin_2_table_1' other_host
refusal 'for an older host' 3 'is a plugin for another host: it exports graft_plugin_0_table_1' older_host
refusal 'native, for another LibTorch' 3 'is built on LibTorch 2.9.1 (NATIVE)' native
refusal 'truncated' 3 'is cut short: it has 9000 bytes of ' truncated
refusal 'not ELF' 3 'is no library: it does not begin as ELF files do' text
refusal 'empty' 3 "is empty, expected a plugin's library" empty
refusal '32-bit' 3 'is a 32-bit library, expected a 64-bit one' narrow
refusal 'for another processor' 3 'is for another processor (ELF machine 183)' foreign
refusal 'no Graft plugin' 3 'is a library but no Graft plugin' no_symbol
refusal 'a file that anyone may change' 3 "anyone on this machine may change it" local
refusal 'a folder that anyone may change' 3 "anyone on this machine may change what lies in '" apfl --set 'plugins.paths=["open"]'
refusal 'a folder further up that anyone may change' 3 "anyone on this machine may change what lies in '" apfl --set 'plugins.paths=["up/further"]'

echo "== refused by the loader, or by what it says of itself"
refusal 'a missing library' 3 'cannot be opened: libnone++.so.6' lacking
refusal 'an undefined symbol' 3 "cannot be opened: it uses 'elsewhere::missing(int)'" unresolved
refusal 'another id inside' 3 "holds the plugin 'someone_else', expected 'other_id'" other_id
refusal 'an unknown version' 2 "unknown version 'fedrep@2.0.0', at hand: 1.0.0" fedrep@2.0.0

echo "== refused by its plan"
refusal 'a merge where clients gossip' 3 'its clients gossip, and it has an upload, merge or next for a server' gossiping_merge
refusal 'a predict beside a predictor' 3 'it has a predictor, and a predict in its place' predicts_twice
refusal 'a predict beside tuning' 3 'it tunes a model before scoring, and predicts without one' tuned_predict

echo "== two with one id: taken, and said"
refusal 'a duplicated id' 0 "is behind it in the search order" fedrep

echo "== under a plugins.lock"
export GRAFT_TEST_MARK=$folder/ran
"$program" plugins lock m.toml --also marking_opening >locked || expected "a lock: $(cat locked)"
refusal 'not in the lock' 3 "'plain_c' is not in " plain_c
rm -f ran
sed -i 's/a test/A test/' plugins/marking_opening.so
refusal 'one byte changed' 3 "'marking_opening' is locked to 1.0.0 with SHA-256" marking_opening
if [[ -e ran ]]; then expected 'that none of its static initializers runs'; fi
printf '[[plugin]]\nid = "fedavg"\nversion = "1.0.0"\nsha256 = "1234"\n' >plugins.lock
refusal 'a broken lock' 2 "plugins.lock:4:10: 'sha256' must be 64 of the digits" fedavg
for version in 1.0.0 2.0.0; do printf '[[plugin]]\nid = "fedrep"\nversion = "%s"\nsha256 = "%064d"\n' $version 0; done >plugins.lock
refusal 'two versions in the lock, none of them the plain one' 3 "'fedrep' may be 1.0.0 with SHA-256" fedrep
printf '[[plugin]]\nid = "fedavg"\nversion = "2.0.0"\nsha256 = "%s"\n' "$(sha256sum <"$good/fedavg.so" | cut -c1-64)" >plugins.lock
refusal 'a lock with another version than its bytes have' 3 'holds version 1.0.0, expected 2.0.0 by' fedavg
rm plugins.lock

echo "== stopped while it runs"
refusal 'crashing as it is loaded' 3 "plugin 'crashing_opening' crashed in opening (SIGSEGV)" crashing_opening
refusal 'crashing in a hook' 3 "plugin 'crashing_step' crashed in step (SIGSEGV, round 1, client" crashing_step
refusal 'hanging in a hook' 3 "plugin 'hanging_step' hung in step (round 1, client" hanging_step --set plugins.hook_limit_s=0.5
refusal 'throwing' 3 "plugin 'throwing_step' failed in step (round 1, client" throwing_step
refusal 'exiting' 3 "plugin 'exiting_step' called exit() in step (round 1, client" exiting_step
refusal 'returning another shape' 3 "plugin 'wrong_upload' failed in upload (round 1, client" wrong_upload
refusal 'returning NaN' 3 'not finite' nan_upload
refusal 'merging into NaN' 3 "plugin 'nan_merge' failed in merge (round 1): it returned or left values that are not finite" nan_merge
refusal 'predicting too few classes' 3 "plugin 'wrong_predict' failed in predict (round 1, client" wrong_predict
refusal 'uploading what the client had' 3 'an upload cannot reach the personal columns, which never travel' stored_upload
refusal 'asking for logits of other rows' 3 'logits(): expected rows [1, ' misused_batch
refusal 'waiting for the device' 3 'waits for the device, which step must not' item_in_step

summed_up plugins
