# For scripts that make mistakes and show what the program answers. `source answers.sh PROGRAM` goes to a new folder with a small
# manifest, m.toml, and counts.
program=$(readlink -f "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 5
unset GRAFT_LAUNCHER
export OMP_NUM_THREADS=1
count=0 wrong=0
small='rounds = 2
[data]
source = "shapes"
samples = 16
clients = 4
classes = 4
[backbone]
image_size = 16
width = 32
depth = 2
heads = 2
[strategy]
use = "fedavg"
[training]
batch = 8
'
printf '%s' "$small" >m.toml

expected() {  # WORDS: it was answered in another way
  wrong=$((wrong + 1))
  echo "       ^^^ expected $1"
}

summed_up() {  # OF_WHAT: the script's last line, and its status
  echo
  echo "$count $1, $wrong of them answered in another way than expected"
  ((wrong == 0))
}
