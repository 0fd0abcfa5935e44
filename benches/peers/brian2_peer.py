"""Brian2 as a standalone C++ program, with CPU time taken around each run of its network.

All cases of a precision are in one program; the clock is read by lines that are added to the generated `Network::run`.
"""

import os
import subprocess
import sys
import tempfile

import brian2 as b
import numpy as np

from protocol import BETA, CASES, CHECK_NEURONS, CHECK_STEPS, TAU, TAU_A, TIME_STEP, V_TH
from protocol import drive, dtype, rows, say_spikes, say_step, sizes, stream_steps

RUNS = 3
PROBE = """
    struct Probe {
        static double now() {
            timespec t;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
            return t.tv_sec + 1e-9 * t.tv_nsec;
        }
        double start = now();
        ~Probe() {
            double seconds = now() - start;
            FILE *file = fopen("seconds.txt", "a");
            fprintf(file, "%.9f\\n", seconds);
            fclose(file);
        }
    } probe;
"""

precision = sys.argv[2]
of = dtype(precision)
folder = tempfile.mkdtemp(prefix="brian2_")
b.prefs.core.default_float_dtype = of
b.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-fno-finite-math-only", "-march=native", "-std=c++17"]
b.set_device("cpp_standalone", build_on_run=False, directory=folder)
b.defaultclock.dt = TIME_STEP * b.ms

EQUATIONS = """
dV/dt = (drive - V) / tau : 1
da/dt = -a / tau_a : 1
"""
NAMES = dict(tau=TAU * b.ms, tau_a=TAU_A * b.ms, V_th=V_TH, beta=BETA)


def network(neurons, spikes, steps, streamed, name):
    names = dict(NAMES)
    if streamed:
        names["stimulus"] = b.TimedArray(rows(steps, neurons, of), dt=TIME_STEP * b.ms, name=name + "_stimulus")
    source = "drive = stimulus(t, i) : 1" if streamed else "drive : 1 (constant)"
    group = b.NeuronGroup(
        neurons, EQUATIONS + source, threshold="V > V_th + beta * a", reset="V -= V_th; a += 1",
        method="exact", namespace=names, name=name,
    )
    if not streamed:
        group.drive = drive(neurons)
    monitor = b.SpikeMonitor(group, record=spikes == "recorded", name=name + "_spikes")
    return b.Network(group, monitor), monitor


check_network, check_monitor = network(CHECK_NEURONS, "counted", CHECK_STEPS, False, "check")
check_network.run(CHECK_STEPS * TIME_STEP * b.ms)
cases = []
for neurons in sizes():
    for spikes, source in CASES:
        streamed = source == "streamed"
        if streamed and neurons > 100_000:
            continue
        steps = int(np.clip(1.5e8 // neurons, 50, 20_000))
        if streamed:
            steps = min(steps, stream_steps(neurons, of), 2_000)
        net, _ = network(neurons, spikes, steps, streamed, f"n{neurons}_{spikes}_{source}")
        for _ in range(RUNS):
            net.run(steps * TIME_STEP * b.ms)
        cases.append((neurons, spikes, source, steps))

b.device.build(directory=folder, compile=False, run=False)
path = os.path.join(folder, "network.cpp")
with open(path) as file:
    text = file.read()
brace = text.index("{", text.index("void Network::run(")) + 1
with open(path, "w") as file:
    file.write("#include <ctime>\n#include <cstdio>\n" + text[:brace] + PROBE + text[brace:])
subprocess.check_call(["make", "-j2"], cwd=folder, stdout=subprocess.DEVNULL)
subprocess.check_call(["./main"], cwd=folder, stdout=subprocess.DEVNULL)
b.get_device().has_been_run = True
say_spikes("Brian2", precision, check_monitor.num_spikes)
with open(os.path.join(folder, "seconds.txt")) as file:
    seconds = [float(line) for line in file][1:]
for at, (neurons, spikes, source, steps) in enumerate(cases):
    least = min(seconds[at * RUNS : (at + 1) * RUNS])
    say_step("Brian2", precision, neurons, spikes, source, least * 1e9 / (neurons * steps))
