#!/usr/bin/env python3
"""Compiles and runs every block of the author's guide: guide.py GUIDE PREFIX WORK [LIBTORCH], with Graft installed at PREFIX.

A block of cpp, toml or cmake that follows a line ending in "`NAME`:" is that file; a cmake block of graft_add_plugin() alone stands
in place of that line in CMakeLists.txt, and is built; sh blocks are run, one after another, in the folder of the files."""
import os
import pathlib
import re
import shutil
import subprocess
import sys


def blocks(text):
    """(language, file's name or None, body) of each fenced block."""
    language = name = None
    body = []
    for line in text.splitlines():
        if language is not None and line == "```":
            yield language, name, "\n".join(body) + "\n"
            language, name, body = None, None, []
        elif language is not None:
            body.append(line)
        elif line.startswith("```"):
            language = line[3:]
        elif line:
            named = re.search(r"`([\w.]+)`:$", line)
            name = named and named[1]


def run(command, folder, environment):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}\nthis block of the guide failed with exit status {done.returncode}")
    return done.stdout


def build_variant(line, work, environment, torch):
    native = "NATIVE" in line
    if native and not torch:
        return "skipped: no LibTorch was given"
    folder = work / ("native" if native else "target")
    folder.mkdir()
    whole = (work / "CMakeLists.txt").read_text()
    changed = re.sub(r"^graft_add_plugin\(.*$", line.strip(), whole, flags=re.M)
    assert changed != whole or line.strip() in whole, "the guide's CMakeLists.txt adds no plugin"
    (folder / "CMakeLists.txt").write_text(changed)
    for name in ("fedprox.cpp", "smoke.toml"):
        shutil.copy(work / name, folder)
    run("cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build && GRAFT_PLUGIN_PATH=build graft run smoke.toml --quiet", folder,
        {**environment, "GRAFT_TORCH": torch})
    return "built and run"


def try_block(language, name, body, work, environment, torch):
    if language == "sh":
        debugs = re.search("^gdb ", body, re.M)
        if debugs and not shutil.which("gdb"):
            return "skipped: gdb is not installed"
        said = run(body, work, environment)
        if debugs and "FedProx::step" not in said:
            sys.exit(said + "\nthe debugger did not stop in the step")
        return "run"
    if language == "cmake" and not name:
        return build_variant(body, work, environment, torch)
    if not name:
        sys.exit(f"a block of the guide is no file and no command:\n{body}")
    (work / name).write_text(body)
    if language == "cpp":
        run(f"g++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I{environment['PREFIX']}/include {name}", work, environment)
    return "compiled" if language == "cpp" else "used below"


def main():
    guide, prefix, work = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    torch = sys.argv[4] if len(sys.argv) > 4 else ""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    environment = {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}", "PREFIX": str(prefix), "XDG_DATA_HOME": str(work / "data"),
                   "OMP_NUM_THREADS": "1"}
    environment.pop("GRAFT_PLUGIN_PATH", None)
    for language, name, body in blocks(guide.read_text()):
        print(f"{name or body.splitlines()[0]}: {try_block(language, name, body, work, environment, torch)}", flush=True)


if __name__ == "__main__":
    main()
