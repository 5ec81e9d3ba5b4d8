"""Writes processes.csv: what processes do over a time step, by mpmath's matrix exponential.

For dz = (A z + b) dt + dW, W of covariance Qc per unit of time, the transition is e^(A dt), and the noise and the offset
are columns of exponentials too: vec Q' = (A (x) I + I (x) A) vec Q + vec Qc, c' = A c + b (not Van Loan's matrix, whose
other half grows as fast as a stiff model decays). Inputs are exact bit patterns of the scalar; expected values have 20
digits, from 60 and again from 80; the two must agree. `transition_scale` and `offset_scale` are the largest magnitudes
that an entry takes on the way, at dt/2^k: what its rounding is relative to. A named process has parameters, a general
model has drift, diffusion and input. Beside them stand a belief (mean, strict lower triangle of L, pivots) and what it
becomes: F mean + c with its scale (the largest term or the standard deviation), and the rows of the lower triangle
of F P F' + Q.
"""

import random
from pathlib import Path

from mpmath import matrix, mp, mpf
from continuous import Draw, unit_lower
from table import SCALARS

HERE = Path(__file__).parent
COLUMNS = ["process", "scalar", "n", "dt", "parameters", "drift", "diffusion", "input"]
COLUMNS += ["transition", "transition_scale", "offset", "offset_scale", "noise"]
COLUMNS += ["mean", "lower", "pivots", "advanced_mean", "advanced_mean_scale", "advanced"]
DECADES = [-12, -9, -6, -4, -2, -1, 0, 1, 2, 4, 6, 9, 12]


def diagonal(values):
    return [[x if i == j else 0 for j in range(len(values))] for i, x in enumerate(values)]


def chain(n):
    """n integrators one after another, the last one driven."""
    return [[int(j == i + 1) for j in range(n)] for i in range(n)], diagonal([0] * (n - 1) + [1]), [0] * n


def network():
    """Four heat capacities in a row, each ten times as large as the one before; the first is heated and disturbed."""
    drift = [[0] * 4 for _ in range(4)]
    for i in range(3):
        first, second = 0.5 * 10.0 ** (2 - i), 0.5 * 10.0 ** (1 - i)
        drift[i][i] -= first
        drift[i][i + 1] += first
        drift[i + 1][i] += second
        drift[i + 1][i + 1] -= second
    drift[3][3] -= 1e-4
    return drift, diagonal([0.3, 0, 0, 1e-6]), [1.5, 0, 0, 0]


# Name: drift, diffusion, input, time steps.
GENERAL = {
    "integrators_2": (*chain(2), [1e-6, 0.01, 1, 1e6]),
    "integrators_3": (*chain(3), [1e-4, 0.01, 1, 1e4]),
    "integrators_4": (*chain(4), [1e-3, 0.3, 1, 1e3]),
    "integrators_6": (*chain(6), [1e-2, 0.3, 7]),
    "decay": ([[-1]], [[2]], [0.5], [1e-12, 1e-6, 1e-3, 0.3, 1, 7, 40, 1e6, 1e12]),
    "growth": ([[0.5, 0.1], [0, 0.25]], [[0.1, 0.05], [0.05, 0.1]], [1, -1], [1e-3, 1, 20]),
    "rotation": ([[0, 1], [-1, 0]], diagonal([0.3, 0.3]), [0, 1], [1e-6, 0.1, 3, 100, 1e4]),
    "matern_3_2": ([[0, 1], [-1, -2]], diagonal([0, 4]), [0, 0], [1e-6, 1e-2, 0.7, 5, 60, 1e6]),
    "matern_5_2": (
        [[0, 1, 0], [0, 0, 1], [-8, -12, -6]],
        diagonal([0, 0, 85]),
        [0, 0, 0],
        [1e-4, 1e-2, 0.7, 5, 60, 1e6],
    ),
    "oscillator": ([[0, 1], [-400, -0.4]], diagonal([0, 16]), [0, 100], [1e-4, 0.01, 0.3, 10, 100]),
    "stiff": (
        [[-1e6, 2e5, 0], [0.3, -1, 0.1], [0, 2e-6, -1e-6]],
        [[1e3, 1, 0], [1, 0.5, 0], [0, 0, 1e-6]],
        [3, 0.1, 0],
        [1e-9, 1e-6, 1e-3, 1, 1e3, 1e6],
    ),
    "units": ([[0, 1e6], [-1e-6, -0.5]], diagonal([0, 1e-12]), [0, 1e-3], [1e-3, 1, 30]),
    "network": (*network(), [1e-4, 1e-2, 1, 100, 1e4, 1e6]),
    "coupled": (
        [[-1.2, 0.7, -0.3], [0.4, -0.9, 0.8], [-0.6, 0.2, -0.5]],
        [[1, 0.3, -0.2], [0.3, 0.5, 0.1], [-0.2, 0.1, 0.4]],
        [0.2, -0.1, 0.4],
        [1e-6, 1e-2, 0.4, 3, 50],
    ),
}


def trend(level, slope):
    return [[0, 1], [0, 0]], diagonal([level, slope]), [0, 0]


def ornstein_uhlenbeck(time, variance, level):
    return [[-1 / time]], [[2 * variance / time]], [level / time]


def integrated(time, variance):
    return [[0, 1], [0, -1 / time]], diagonal([0, 2 * variance / time]), [0, 0]


# Name: parameters, model, time steps in units of the first parameter where that is a time.
NAMED = {
    "random_walk": ([0.3], lambda rate: ([[0]], [[rate]], [0]), [1e-6, 1, 1e6]),
    "local_linear_trend": ([1e-4, 3e-6], trend, [1e-6, 1e-2, 1, 7, 1e4]),
    "constant_velocity": ([0.1], lambda density: trend(0, density), [1e-6, 1e-2, 1, 7, 1e4]),
    "ornstein_uhlenbeck": ([600.0, 4e-4, 0.7], ornstein_uhlenbeck, [600.0 * 10.0**k for k in DECADES]),
    "integrated_ornstein_uhlenbeck": ([2.0, 0.25], integrated, [2.0 * x * 10.0**k for k in DECADES for x in (1, 1.9)]),
}


def flat(rows):
    return [mpf(x) for row in rows for x in row]


def exact(drift, diffusion, input, dt):
    """Transition, offset and noise, flat."""
    n = len(drift)
    a, extent = matrix(drift), n * n
    moving = matrix(n + 1, n + 1)
    lyapunov = matrix(extent + 1, extent + 1)
    for i in range(n):
        moving[i, n] = mpf(input[i])
        for j in range(n):
            moving[i, j] = a[i, j]
            lyapunov[n * i + j, extent] = mpf(diffusion[i][j])
            for k in range(n):
                lyapunov[n * i + j, n * k + j] += a[i, k]
                lyapunov[n * i + j, n * i + k] += a[j, k]
    moved, spread = mp.expm(moving * dt), mp.expm(lyapunov * dt)
    transition = [moved[i, j] for i in range(n) for j in range(n)]
    return transition, [moved[i, n] for i in range(n)], [spread[i, extent] for i in range(extent)]


def scales(drift, input, dt):
    """The largest magnitudes on the way, from dt down to where nothing has moved yet."""
    n = len(drift)
    moving = matrix(n + 1, n + 1)
    for i in range(n):
        moving[i, n] = mpf(input[i])
        for j in range(n):
            moving[i, j] = mpf(drift[i][j])
    most = [mpf(0)] * (n * n), [mpf(0)] * n
    for k in range(0, 64, 2):
        moved = mp.expm(moving * dt / mpf(2) ** k)
        path = [moved[i, j] for i in range(n) for j in range(n)], [moved[i, n] for i in range(n)]
        most = tuple([max(x, abs(y)) for x, y in zip(a, b, strict=True)] for a, b in zip(most, path, strict=True))
    return most


def agree(a, b):
    return a == b or abs(a - b) <= mpf(10) ** -22 * abs(b)


def decimals(values, digits=20):
    return " ".join("0" if x == 0 else mp.nstr(x, digits, min_fixed=-2, max_fixed=6) for x in values)


def advanced(belief, transition, offset, noise):
    """The mean, its scale and the lower triangle of the covariance."""
    mean, lower, pivots = belief
    n = len(mean)
    f, q = (matrix([values[n * i : n * i + n] for i in range(n)]) for values in (transition, noise))
    full = matrix(unit_lower(n, lower))
    covariance = f * full * mp.diag(list(pivots)) * full.T * f.T + q
    terms = [[f[i, j] * mean[j] for j in range(n)] + [offset[i]] for i in range(n)]
    scale = [max(mp.sqrt(covariance[i, i]), *(abs(x) for x in terms[i])) for i in range(n)]
    return [sum(t) for t in terms], scale, [covariance[i, j] for i in range(n) for j in range(i + 1)]


def row(name, scalar, dt, parameters, model, stored):
    mp.dps = 60
    once = exact(*model, dt)
    mp.dps = 80
    twice = exact(*model, dt)
    for values, checks in zip(once, twice, strict=True):
        largest = max((abs(x) for x in checks), default=0)
        for x, y in zip(values, checks, strict=True):
            assert agree(x, y) or abs(y) < largest * mpf(10) ** -35, (name, dt, x, y)
    transition, offset, noise = twice
    mp.dps = 20
    transition_scale, offset_scale = scales(model[0], model[2], dt)
    mp.dps = 80
    draw = Draw(random.Random(f"{name} {scalar.name} {mp.nstr(dt, 5)}"), len(model[0]))
    belief = [[scalar.round(x) for x in part] for part in draw.belief()]
    mean, mean_scale, covariance = advanced(belief, transition, offset, noise)
    mp.dps = 20
    drift, diffusion, input = stored
    cells = [name, scalar.name, len(model[0]), scalar.bits(dt), scalar.list(parameters)]
    cells += [scalar.list(drift), scalar.list(diffusion), scalar.list(input)]
    cells += [decimals(transition), decimals(transition_scale, 3), decimals(offset), decimals(offset_scale, 3)]
    cells += [decimals(noise), *(scalar.list(part) for part in belief)]
    cells += [decimals(mean), decimals(mean_scale, 3), decimals(covariance)]
    return ",".join(str(cell) for cell in cells)


def main():
    lines = [",".join(COLUMNS)]
    for scalar in SCALARS:

        def rounded(rows):
            return [[scalar.round(x) for x in row] for row in rows]

        for name, (drift, diffusion, input, times) in GENERAL.items():
            model = rounded(drift), rounded(diffusion), rounded([input])[0]
            for dt in times:
                stored = flat(model[0]), flat(model[1]), model[2]
                lines.append(row(name, scalar, scalar.round(dt), [], model, stored))
        for name, (parameters, model, times) in NAMED.items():
            parameters = [scalar.round(x) for x in parameters]
            for dt in times:
                mp.dps = 80
                lines.append(row(name, scalar, scalar.round(dt), parameters, model(*parameters), ([], [], [])))
    (HERE / "processes.csv").write_text("\n".join(lines) + "\n")
    print(f"processes.csv: {len(lines) - 1} rows")


if __name__ == "__main__":
    main()
