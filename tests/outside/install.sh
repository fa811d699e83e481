#!/usr/bin/env bash
# Installs a build by its components, and moves what came of it: install.sh CMAKE BUILD WORK
set -euo pipefail
cmake=$1 build=$2 work=$3
rm -rf "$work"
mkdir -p "$work/kept"
shopt -s nullglob
lists=("$build"/install_manifest*.txt)  # of the user's own installs: kept for them
((${#lists[@]} == 0)) || mv "${lists[@]}" "$work/kept"
for component in runtime sdk; do "$cmake" --install "$build" --prefix "$work/ma[d]e" --component $component >"$work/$component.log"; done
mv "$build"/install_manifest*.txt "$work"
lists=("$work"/kept/*)
((${#lists[@]} == 0)) || mv "${lists[@]}" "$build"
mv "$work/ma[d]e" "$work/moved"

cd "$work/moved"
for file in bin/graft include/graft/abi.h include/graft/strategy.hpp lib/cmake/Graft/{GraftConfig.cmake,exports.map} \
  lib/graft/plugins/fedavg.so share/graft/template/every/.gitignore share/graft/configs/quickstart.toml share/doc/graft/README.md; do
  [[ -e $file ]] || { echo "install.sh: $file was not installed"; exit 1; }
done
for program in "$build/bin/graft" bin/graft; do  # an empty part of it is the working folder
  path=$(readelf -d "$program" | sed -nE 's/.*R(UN)?PATH.*\[(.*)\]/\2/p')
  [[ :$path: != *::* ]] || { echo "install.sh: $program looks for libraries in the working folder: $path"; exit 1; }
done
cd "$work"
version=$(moved/bin/graft --version)
listed=$(GRAFT_PLUGIN_PATH='' XDG_DATA_HOME=$work/none moved/bin/graft plugins)
[[ $listed == "$work/moved/lib/graft/plugins"* ]] || { echo "install.sh: other plugins than those installed: $listed"; exit 1; }
echo "$version in $(du -sh moved | cut -f1): $(find moved -type f | wc -l) files"
