"""What every tool simulates, and how it is timed."""

import json
import sys
import time

import numpy as np

TIME_STEP, TAU, TAU_A, V_TH, BETA = 0.1, 20.0, 200.0, 1.0, 0.1
# Spikes of CHECK_NEURONS neurons in CHECK_STEPS steps from rest are compared between tools.
CHECK_NEURONS, CHECK_STEPS = 1000, 20_000
STREAM_BYTES = 1 << 27
SIZES = [100, 1_000, 10_000, 100_000, 1_000_000]
CASES = [("counted", "constant"), ("recorded", "constant"), ("counted", "streamed")]


def dtype(precision):
    return {"f32": np.float32, "f64": np.float64}[precision]


def sizes():
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    return [n for n in SIZES if n <= largest]


def drive(neurons, of=np.float64):
    x = np.arange(neurons) * 0.6180339887498949
    return (0.8 + 1.2 * (x - np.floor(x))).astype(of)


def rows(steps, neurons, of):
    """Steps x neurons: the constant input and a small ripple."""
    base = drive(neurons)
    i = np.arange(neurons) * 13
    result = np.empty((steps, neurons), of)
    for step in range(steps):
        result[step] = base + 0.01 * (((step * 7 + i) % 21) - 10)
    return result


def stream_steps(neurons, of):
    return int(np.clip(STREAM_BYTES // (neurons * np.dtype(of).itemsize), 16, 20_000))


def best(run, neurons, steps=None, most_steps=200_000, sample=0.1, samples=5):
    """ns a neuron and step: the least CPU time of some runs. `run(steps)` may give the seconds itself."""

    def seconds(n):
        start = time.process_time()
        given = run(n)
        return given if isinstance(given, float) else time.process_time() - start

    if steps is None:
        steps = 64
        seconds(steps)
        while seconds(steps) < sample and steps < most_steps:
            steps = min(2 * steps, most_steps)
    seconds(steps)
    return min(seconds(steps) for _ in range(samples)) * 1e9 / (neurons * steps)


def say(**fields):
    print(json.dumps(fields), flush=True)


def say_step(tool, precision, neurons, spikes, drive, ns):
    say(kind="step", tool=tool, precision=precision, neurons=neurons, spikes=spikes, input=drive, ns=round(ns, 4))


def say_spikes(tool, precision, count):
    say(kind="spikes", tool=tool, precision=precision, spikes=int(count))
