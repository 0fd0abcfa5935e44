"""The model as a loop that numba compiles, which is what many write by hand in Python."""

import numba
import numpy as np

from protocol import BETA, CASES, CHECK_NEURONS, CHECK_STEPS, TAU, TAU_A, TIME_STEP, V_TH
from protocol import best, drive, dtype, rows, say_spikes, say_step, sizes, stream_steps


@numba.njit(fastmath=True)
def counted(v, a, rows, stay_v, stay_a, gain, threshold, beta, steps):
    total = 0
    for step in range(steps):
        row = rows[step % rows.shape[0]]
        of_step = 0
        for i in range(len(v)):
            next_v = v[i] * stay_v + row[i] * gain
            next_a = a[i] * stay_a
            spike = next_v > threshold + beta * next_a
            v[i] = next_v - (threshold if spike else threshold - threshold)
            a[i] = next_a + (threshold if spike else threshold - threshold)
            of_step += spike
        total += of_step
    return total


@numba.njit(fastmath=True)
def recorded(v, a, rows, stay_v, stay_a, gain, threshold, beta, steps, events):
    """The numbers of spiking neurons, written into a ring."""
    total, at = 0, 0
    for step in range(steps):
        row = rows[step % rows.shape[0]]
        if at + len(v) > len(events):
            at = 0
        for i in range(len(v)):
            next_v = v[i] * stay_v + row[i] * gain
            next_a = a[i] * stay_a
            if next_v > threshold + beta * next_a:
                next_v -= threshold
                next_a += threshold
                events[at] = i
                at += 1
                total += 1
            v[i] = next_v
            a[i] = next_a
    return total


def runner(of, neurons, spikes, drive_rows):
    stay_v, stay_a = np.exp(-TIME_STEP / TAU), np.exp(-TIME_STEP / TAU_A)
    events = np.zeros(max(1 << 20, 4 * neurons), np.uint32)
    numbers = [of(x) for x in (stay_v, stay_a, 1 - stay_v, V_TH, BETA)]

    def run(steps):
        run.total = 0
        v, a = np.zeros(neurons, of), np.zeros(neurons, of)
        if spikes == "recorded":
            run.total = recorded(v, a, drive_rows, *numbers, steps, events)
        else:
            run.total = counted(v, a, drive_rows, *numbers, steps)

    return run


for precision in ("f32", "f64"):
    of = dtype(precision)
    check = runner(of, CHECK_NEURONS, "recorded", drive(CHECK_NEURONS, of)[None, :])
    check(CHECK_STEPS)
    say_spikes("numba", precision, check.total)
    for neurons in sizes():
        for spikes, source in CASES:
            steps = stream_steps(neurons, of) if source == "streamed" else None
            drive_rows = rows(steps, neurons, of) if steps else drive(neurons, of)[None, :]
            ns = best(runner(of, neurons, spikes, drive_rows), neurons, steps, most_steps=10**7)
            say_step("numba", precision, neurons, spikes, source, ns)
