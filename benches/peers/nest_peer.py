"""NEST's built-in adaptive neuron of Bellec et al. (2020), in double precision, which is all that NEST has.

Its reset acts one step later than that of the other tools, so its number of spikes is close to theirs and not the same. It takes no
input of its own for each step and neuron.
"""

import time

import nest

from protocol import BETA, CHECK_NEURONS, CHECK_STEPS, TAU, TAU_A, TIME_STEP, V_TH
from protocol import best, drive, say_spikes, say_step, sizes

nest.set_verbosity("M_ERROR")


def runner(neurons, spikes):
    nest.ResetKernel()
    nest.resolution = TIME_STEP
    # The step of this model is V' = p V + (1 - p) R I with R = tau / C.
    settings = dict(tau_m=TAU, C_m=TAU, E_L=0.0, V_th=V_TH, t_ref=TIME_STEP, adapt_tau=TAU_A, adapt_beta=BETA, V_m=0.0)
    population = nest.Create("eprop_iaf_adapt", neurons, settings)
    population.I_e = list(drive(neurons))
    recorder = nest.Create("spike_recorder") if spikes == "recorded" else None
    if recorder:
        nest.Connect(population, recorder)

    def run(steps):
        start = time.process_time()
        nest.Simulate(steps * TIME_STEP)
        run.total = recorder.n_events if recorder else 0
        return time.process_time() - start

    return run


check = runner(CHECK_NEURONS, "recorded")
check(CHECK_STEPS)
say_spikes("NEST", "f64", check.total)
for neurons in [n for n in sizes() if n <= 100_000]:
    for spikes in ("counted", "recorded"):
        steps = max(50, min(20_000, 10_000_000 // neurons))
        say_step("NEST", "f64", neurons, spikes, "constant", best(runner(neurons, spikes), neurons, steps, samples=3))
