#!/bin/sh
# Removes what cmake --install wrote, by the lists that it left in the build folder, and the folders that are empty then:
# uninstall.sh BUILD. Only Graft's own folders go; those above may be anybody's.
set -eu
found= count=0 last=
for list in "$1"/install_manifest*.txt; do
  [ -e "$list" ] || continue
  found=yes
  while IFS= read -r file || [ -n "$file" ]; do
    rm -f -- "${DESTDIR-}$file"
    count=$((count + 1)) last=$file
    folder=${file%/*}
    while case /$folder/ in */graft/* | */graft-sdk/* | */Graft/*) ;; *) false ;; esac; do
      rmdir -- "${DESTDIR-}$folder" 2>/dev/null || break
      folder=${folder%/*}
    done
  done <"$list"
  rm -- "$list"
done
[ "$found" ] || { echo "$1: nothing was installed from here, or what was is removed already" >&2; exit 1; }
echo "removed $count files, the last one ${DESTDIR-}$last; what users added lies in their own folders and stays"
