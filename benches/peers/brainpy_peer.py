"""BrainPy's own ALIFBellec2020 in a compiled loop over time, each precision in a process of its own."""

import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"

import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from protocol import BETA, CASES, CHECK_NEURONS, CHECK_STEPS, TAU, TAU_A, TIME_STEP, V_TH
from protocol import best, drive, dtype, rows, say_spikes, say_step, sizes, stream_steps

precision = sys.argv[2]
of = dtype(precision)
bm.set_platform("cpu")
bm.set_dt(TIME_STEP)
if precision == "f64":
    bm.enable_x64()


def runner(neurons, spikes, source_rows):
    population = bp.neurons.ALIFBellec2020(
        neurons, V_rest=0.0, V_th=V_TH, R=1.0, beta=BETA, tau=TAU, tau_a=TAU_A,
        V_initializer=bp.init.ZeroInit(), input_var=False,
    )
    constant = bm.asarray(drive(neurons, of))

    def step(index, row=None):
        bp.share.save(i=index, t=index * TIME_STEP, dt=TIME_STEP)
        population.update(constant if row is None else row)
        return population.spike.value if spikes == "recorded" else population.spike.value.sum()

    with_constant = bm.jit(lambda indices: bm.for_loop(step, indices))
    with_rows = bm.jit(lambda indices, given: bm.for_loop(step, (indices, given)))

    def run(steps):
        population.reset_state()
        indices = bm.arange(steps)
        start = time.process_time()
        out = with_constant(indices) if source_rows is None else with_rows(indices, source_rows)
        out = bm.as_jax(out)
        out.block_until_ready()
        run.out = out
        return time.process_time() - start

    return run


check = runner(CHECK_NEURONS, "counted", None)
check(CHECK_STEPS)
say_spikes("BrainPy", precision, np.asarray(check.out).sum())
for neurons in sizes():
    for spikes, source in CASES:
        steps = min(stream_steps(neurons, of), 2_000) if source == "streamed" else None
        source_rows = jnp.asarray(rows(steps, neurons, of)) if steps else None
        # Each number of steps is compiled anew, and a raster takes a byte a step and neuron.
        most = int(np.clip(5e8 // neurons, 64, 20_000))
        steps = steps or int(np.clip(3e7 // neurons, 64, most))
        ns = best(runner(neurons, spikes, source_rows), neurons, steps)
        say_step("BrainPy", precision, neurons, spikes, source, ns)
