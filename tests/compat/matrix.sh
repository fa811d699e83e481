#!/usr/bin/env bash
# The compatibility matrix: our plugins, built once with the SDK alone, under hosts on several LibTorch, against native builds for each
# of them. Every cell is whether a run's models are equal to the bit. Fetches wheels and builds a host each: long, and not a ctest.
#   tests/compat/matrix.sh WORK [VERSION…]   default: 2.11.0 2.13.0 and the newest that pip finds; WORK may be used again
set -euo pipefail
sources=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../..
mkdir -p "$1"
work=$(readlink -f "$1")
shift
newest() { python3 -m pip index versions torch 2>/dev/null | sed -nE 's/^torch \(([0-9.]+).*/\1/p'; }
versions=("$@")
((${#versions[@]})) || versions=(2.11.0 2.13.0 "$(newest)")
export OMP_NUM_THREADS=1
unset GRAFT_PLUGIN_PATH

# A LibTorch for the CPU out of a wheel, its CUDA libraries left aside: links beside it, so that what it asks for is where it looks.
fetch_torch() {  # VERSION; prints the folder
  local venv=$work/$1/venv packages
  [[ -e $venv/bin/pip ]] || python3 -m venv "$venv"
  packages=$(compgen -G "$venv/lib/python3*/site-packages")
  if [[ ! -e $packages/torch/lib/libtorch_cpu.so ]]; then
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "torch==$1" >&2
  fi
  if ldd "$packages/torch/lib/libtorch_cpu.so" | grep -q 'libcu.*not found'; then
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps 'nvidia-cuda-cupti==13.*' 'nvidia-cuda-runtime==13.*' >&2
  fi
  rm -rf "$packages/torch_cpu"
  mkdir -p "$packages/torch_cpu/lib"
  ln -s ../torch/include "$packages/torch_cpu/include"
  for library in "$packages"/torch/lib/lib{torch_cpu,c10,gomp}.so*; do ln -s "../../torch/lib/${library##*/}" "$packages/torch_cpu/lib/"; done
  ln -s libtorch_cpu.so "$packages/torch_cpu/lib/libtorch.so"  # the wheel's asks for libtorch_cuda.so
  echo "$packages/torch_cpu"
}

build_host() {  # VERSION: the program, and our plugins on at::Tensor
  local torch build=$work/$1/build natives
  torch=$(fetch_torch "$1")
  cmake -S "$sources" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O2 -DNDEBUG' -DGRAFT_TESTS=ON \
    -DGRAFT_BUNDLE_LIBTORCH=OFF -DLIBTORCH_ROOT="$torch" >"$work/$1/configure.log"
  mapfile -t natives < <(ninja -C "$build" -t targets all | sed -nE 's/^(native_[a-z_]+): phony$/\1/p')
  ninja -C "$build" graft "${natives[@]}" >"$work/$1/build.log" || { tail -n 30 "$work/$1/build.log" >&2; exit 1; }
}

build_plugins() {  # once, with no LibTorch
  cmake -S "$sources/tests/compat" -B "$work/once" -G Ninja -DCMAKE_BUILD_TYPE=Release >"$work/once.log"
  ninja -C "$work/once" >>"$work/once.log"
}

models() {  # VERSION PLUGINS NAME OVERRIDE…: one hash of all that a run leaves
  local graft=$work/$1/build/bin/graft plugins=$2 run=$work/$1/run-$3
  shift 3
  rm -rf "$run" "$run-models"
  local sets=()
  for one in "$@"; do sets+=(--set "$one"); done
  GRAFT_PLUGIN_PATH=$plugins "$graft" run "$sources/tests/compat/small.toml" --quiet --out "$run" "${sets[@]}" >&2
  GRAFT_PLUGIN_PATH=$plugins "$graft" export "$run" --out "$run-models" >/dev/null
  (cd "$run-models" && sha256sum ./* | sha256sum | cut -c1-12)
}

cell() {  # VERSION NAME OVERRIDE…
  local once native
  once=$(models "$1" "$work/once/plugins" "$2-once" "${@:3}")
  native=$(models "$1" "$work/$1/build/lib/native" "$2-native" "${@:3}")
  if [[ $once == "$native" ]]; then echo equal; else echo "DIFFERENT"; fi
}

build_plugins
for version in "${versions[@]}"; do build_host "$version"; done
cases=()
for id in fedavg local fedrep fedbabu perfedavg fedper fedbn attention fedprox scaffold ditto fedsim fedalt fedavg_p scaffold_p fedapm robust \
  dfedalt dfedsalt; do
  cases+=("$id|strategy={use='$id'}")
done
for variant in paper_param fedtorch_logit pfllib; do cases+=("apfl $variant|strategy={use='apfl', variant='$variant'}"); done
cases+=("perfedavg hf|strategy={use='perfedavg', variant='hf'}" "robust trimmed|strategy={use='robust', mean='trimmed', trim=0.3}"
  "fedsim l2 stateless|strategy={use='fedsim', l2=0.01, l2_to='initial', stateless=true}"
  "dfedalt ring metropolis|strategy={use='dfedalt', topology='ring', mixing='metropolis'}"
  "fedperfix + prefix|strategy={use='fedperfix'}"
  "fedperfix + prefix concat|strategy={use='fedperfix'}|modules=[{use='prefix', bottleneck=4, mode='concat'}]"
  "fedperfix + adapter|strategy={use='fedperfix'}|modules=[{use='adapter', bottleneck=4}]"
  "fedperfix + prompt|strategy={use='fedperfix'}|modules=[{use='prompt', tokens=3}]"
  "fedperfix + lora|strategy={use='fedperfix'}|modules=[{use='lora', rank=2}]")
printf '%-28s' "built once, under LibTorch"
printf '%12s' "${versions[@]}"
echo
for case in "${cases[@]}"; do
  IFS='|' read -ra words <<<"$case"
  printf '%-28s' "${words[0]}"
  for version in "${versions[@]}"; do printf '%12s' "$(cell "$version" "${words[0]// /_}" "${words[@]:1}")"; done
  echo
done
sum=$(cd "$work/once/plugins" && sha256sum ./*.so | sha256sum | cut -c1-12)
echo "the same files each time: sha256 of them all $sum; on $(uname -sm)"
