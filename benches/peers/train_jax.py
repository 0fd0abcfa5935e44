"""One gradient step of the layer of benches/learn.rs, by JAX.

    python train_jax.py

Prints the CPU time of a step (median and least, in ms), the time until the first one, and the most memory over that before, in MB.
The process keeps to one core if the system lets it, as the bench does.
"""

import os
import resource
import statistics
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np

INPUTS, NEURONS, OUTPUTS, STEPS, BATCH = 100, 128, 10, 1000, 32
SAMPLES = 25


@jax.custom_jvp
def spike(x):
    return (x > 0).astype(x.dtype)


@spike.defjvp
def surrogate(primals, tangents):
    (x,), (dx,) = primals, tangents
    return spike(x), dx * 0.3 * jnp.maximum(0.0, 1.0 - jnp.abs(x))


def loss(weights, inputs, classes):
    alpha, rho, kappa = (np.float32(np.exp(-1.0 / tau)) for tau in (20.0, 200.0, 20.0))

    def step(state, x):
        v, a, z, y = state
        v = alpha * v + x @ weights["in"] + z @ weights["rec"] - z
        a = rho * a + z
        z = spike(v - (1.0 + 0.1 * a))
        y = kappa * y + z @ weights["out"]
        return (v, a, z, y), y

    zeros = jnp.zeros((BATCH, NEURONS), jnp.float32)
    start = (zeros, zeros, zeros, jnp.zeros((BATCH, OUTPUTS), jnp.float32))
    _, outputs = jax.lax.scan(step, start, inputs)
    logarithms = jax.nn.log_softmax(outputs.mean(0))
    return -logarithms[jnp.arange(BATCH), classes].mean()


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    random = np.random.default_rng(0)

    def normal(rows, columns, deviation):
        return jnp.asarray(random.normal(0.0, deviation, (rows, columns)).astype(np.float32))

    inputs = jnp.asarray((random.random((STEPS, BATCH, INPUTS)) < 0.02).astype(np.float32))
    classes = jnp.arange(BATCH) % OUTPUTS
    weights = {
        "in": normal(INPUTS, NEURONS, 1.5 / np.sqrt(INPUTS)),
        "rec": normal(NEURONS, NEURONS, 0.5 / np.sqrt(NEURONS)),
        "out": normal(NEURONS, OUTPUTS, 1.0 / np.sqrt(NEURONS)),
    }
    gradient = jax.jit(jax.value_and_grad(loss))
    before = peak()
    start = time.perf_counter()
    jax.block_until_ready(gradient(weights, inputs, classes))
    first = time.perf_counter() - start
    times = []
    for _ in range(SAMPLES):
        start = time.process_time()
        jax.block_until_ready(gradient(weights, inputs, classes))
        times.append(1e3 * (time.process_time() - start))
    print(f"JAX {jax.__version__}: median {statistics.median(times):.1f} ms, min {min(times):.1f} ms, first {first:.2f} s, "
          f"memory {peak() - before:.0f} MB over {before:.0f} MB")


if __name__ == "__main__":
    main()
