#!/usr/bin/env python3
"""Runs the same population in this project, BrainPy, Brian2, numba and NEST, and prints one table of all.

    python3 benches/peers/compare.py --environments ~/alif-peers

Needs Python 3.11 or later, a C++ compiler for Brian2, and the network at its first run: the tools are installed by pip, in the versions of
the `requirements` files, into virtual environments in the folder given. All runs are kept on one core. See README.md beside this file.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
# Environment, script, and the precision that the script takes in a process of its own.
TOOLS = {
    "numba": ("brainpy", "numba_peer.py", [None]),
    "brainpy": ("brainpy", "brainpy_peer.py", ["f32", "f64"]),
    "brian2": ("brian2", "brian2_peer.py", ["f32", "f64"]),
    "nest": ("nest", "nest_peer.py", [None]),
}
# How much the number of spikes may differ from ours: rounding moves single spikes, NEST resets one step later.
TOLERANCE = {"NEST": 0.02}
USUAL_TOLERANCE = 0.0005


def environment(folder, name):
    """The Python of an environment, which is made where it is missing."""
    place = folder / name
    wanted = (HERE / f"requirements-{name}.txt").read_text()
    stamp = place / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing {name} into {place}", file=sys.stderr)
        venv.create(place, with_pip=True)
        subprocess.check_call([place / "bin/pip", "install", "--quiet", "-r", HERE / f"requirements-{name}.txt"])
        stamp.write_text(wanted)
    return place / "bin/python"


def pinned(core):
    return ["taskset", "-c", str(core)] if shutil.which("taskset") else []


def lines(command, folder):
    """The JSON lines that a command prints; nothing of it if the command fails."""
    print("running", " ".join(map(str, command)), file=sys.stderr)
    environment = {**os.environ, "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(f"failed with {done.returncode}", file=sys.stderr)
        return []
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(arguments):
    ours = ["cargo", "bench", "--quiet", "-p", "alif-benches", "--bench", "peers", "--", str(arguments.largest)]
    found = lines(pinned(arguments.core) + ours, HERE)
    for tool in arguments.tools:
        name, script, precisions = TOOLS[tool]
        python = environment(arguments.environments, name)
        for precision in precisions:
            given = [str(arguments.largest)] + ([precision] if precision else [])
            found += lines(pinned(arguments.core) + [python, HERE / script, *given], HERE)
    return found


def spikes_agree(found):
    """A table of spike counts, and whether all are within their tolerance of ours."""
    counts = [line for line in found if line["kind"] == "spikes"]
    ours = next(line["spikes"] for line in counts if line["tool"].startswith("alif"))
    print("\nSpikes of 1000 neurons in 20,000 steps\n\n| tool | precision | spikes | to ours | |\n|---|---|---|---|---|")
    agree = True
    for line in counts:
        off = line["spikes"] / ours - 1
        good = abs(off) <= TOLERANCE.get(line["tool"], USUAL_TOLERANCE)
        agree &= good
        print(f"| {line['tool']} | {line['precision']} | {line['spikes']} | {off:+.3%} | {'agrees' if good else 'DIFFERS'} |")
    return agree


def tables(found):
    steps = [line for line in found if line["kind"] == "step"]
    sizes = sorted({line["neurons"] for line in steps})
    for precision in ("f32", "f64"):
        for spikes, source in (("counted", "constant"), ("recorded", "constant"), ("counted", "streamed")):
            cases = [
                line for line in steps
                if (line["precision"], line["spikes"], line["input"]) == (precision, spikes, source)
            ]
            if not cases:
                continue
            print(f"\n{precision}, {source} input, spikes {spikes}: ns a neuron and step (times that of our JIT, of our macro)\n")
            print("| tool | " + " | ".join(f"N = {n:,}" for n in sizes) + " |\n|---|" + "---|" * len(sizes))
            of = {(line["tool"], line["neurons"]): line["ns"] for line in cases}
            for tool in dict.fromkeys(line["tool"] for line in cases):
                cells = []
                for n in sizes:
                    ns = of.get((tool, n))
                    jit, macro = of.get(("alif (Cranelift)", n)), of.get(("alif (alif_model!)", n))
                    ratios = f" ({ns / jit:.1f}, {ns / macro:.1f})" if ns and jit and macro else ""
                    # A tool that is faster than ours is marked.
                    lost = " **faster**" if ns and jit and macro and not tool.startswith("alif") and ns < jit else ""
                    cells.append(f"{ns:.3f}{ratios}{lost}" if ns else "–")
                print(f"| {tool} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environments", type=pathlib.Path, default=pathlib.Path.home() / "alif-peers")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--largest", type=int, default=1_000_000, help="the largest number of neurons")
    parser.add_argument("--core", type=int, default=max(0, (os.cpu_count() or 1) - 1))
    parser.add_argument("--json", type=pathlib.Path, help="where to write all figures")
    arguments = parser.parse_args()
    arguments.environments.mkdir(parents=True, exist_ok=True)
    found = measure(arguments)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(line) + "\n" for line in found))
    tables(found)
    if not spikes_agree(found):
        sys.exit("the tools do not simulate the same")


if __name__ == "__main__":
    main()
