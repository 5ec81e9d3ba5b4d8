"""References for what a belief computes of itself and for what a filter does with it.

A belief is stored as in continuous.py: mean, strict lower triangle of L, pivots d. With P = L diag(d) L':
    covariance P; at(e) = mean + L sqrt(d) e; shifted = mean + e; inflated = 2.5 P
    dynamics F, c, Q = G diag(w) G':  predicted mean F mean + c, covariance F P F' + Q
    a reading y = a.z + b + noise of variance R: the Kalman update, ln N(y | a.mean + b, a'Pa + R),
        information gain KL(N(u, v) || N(u0, v0)) of eta = a.z + b
    two readings y of rows A with noise covariance R: the joint Kalman update, its log evidence, and
        r' (A P A' + R)^-1 r, each reading less its prediction being r
and of the mean-field belief of the same mean with log standard deviations s: exp(s), mean + exp(s) e.
Matrices are stored by rows, expected covariances by the rows of their lower triangle, and lists have 20 digits. A
`_scale` holds what a number's rounding is relative to: its largest term, or its standard deviation if that is more; of
a quadratic form of residuals also what a residual's largest term moves by as much as its own size.
"""

import random

from mpmath import mp

from continuous import Draw, correlated, unit_lower
from table import SCALARS, F32, Table, scaled

LENGTHS = [1, 2, 4, 8]
INPUTS = "mean lower pivots noise transition offset loadings weights row bias variance reading".split()
INPUTS += "rows pair_covariance pair log_std_dev".split()
LISTS = ["covariance", "at", "at_scale", "shifted", "inflated", "noise_covariance", "predicted_mean"]
LISTS += ["predicted_mean_scale", "predicted", "updated_mean", "updated_mean_scale", "updated"]
NUMBERS = ["log_evidence", "log_evidence_scale", "information_gain", "information_gain_scale"]
PAIR = ["pair_mean", "pair_mean_scale", "pair_updated"]
PAIR_NUMBERS = ["pair_log_evidence", "pair_log_evidence_scale", "squared_innovation", "squared_innovation_scale"]
MEAN_FIELD = ["std_dev", "field_at", "field_at_scale"]


class Numbers:
    """A list of values, as one column."""

    def __init__(self, values, digits=20):
        self.text = " ".join("0" if x == 0 else mp.nstr(x, digits, min_fixed=-2, max_fixed=6) for x in values)


def coarse(values):
    return Numbers(values, 3)


def square(n, entries):
    return mp.matrix(n, n) if not entries else mp.matrix([list(entries[n * i : n * i + n]) for i in range(n)])


def triangle(m):
    return Numbers([m[i, j] for i in range(m.rows) for j in range(i + 1)])


def column(values):
    return mp.matrix([[x] for x in values])


def deviations(covariance):
    return [mp.sqrt(covariance[i, i]) for i in range(covariance.rows)]


def largest(*lists):
    return coarse([max(abs(x) for x in terms) for terms in zip(*lists)])


def kalman(mean, covariance, rows, bias, noise, reading):
    """The joint update: mean with its scale and covariance; residual, its scale, its covariance, the inverse of that."""
    n = len(mean)
    spread = rows * covariance * rows.T + noise
    residual = reading - rows * mean - bias
    inverse = spread**-1
    gain = covariance * rows.T * inverse
    updated, pull = covariance - gain * rows * covariance, inverse * residual
    steps = [
        sum(abs(pull[k]) * max(abs(covariance[i, j] * rows[k, j]) for j in range(n)) for k in range(rows.rows))
        for i in range(n)
    ]
    terms = [
        max(abs(reading[k]), abs(bias[k]), *(abs(rows[k, j] * mean[j]) for j in range(n))) for k in range(rows.rows)
    ]
    moved = [Numbers(mean + gain * residual), largest(mean, steps, deviations(updated)), triangle(updated)]
    return moved, residual, column(terms), spread, inverse


def evidence(residual, terms, spread, inverse):
    """ln N(residual | 0, spread) and the quadratic form, with their scales."""
    form = (residual.T * inverse * residual)[0]
    pull = inverse * residual
    moved = sum(abs(pull[k]) * terms[k] for k in range(len(terms)))
    determinant, constant = -mp.log(mp.det(spread)) / 2, -spread.rows * mp.log(2 * mp.pi) / 2
    terms = [form / 2, moved, determinant, constant]
    return [*scaled(determinant + constant - form / 2, *terms), *scaled(form, 2 * moved)]


def values(n, x):
    lower = mp.matrix(unit_lower(n, x["lower"]))
    mean, root = column(x["mean"]), lower * mp.diag([mp.sqrt(d) for d in x["pivots"]])
    covariance = lower * mp.diag(list(x["pivots"])) * lower.T
    terms = [[abs(root[i, j] * x["noise"][j]) for j in range(n)] for i in range(n)]
    at = mean + root * column(x["noise"])
    result = [triangle(covariance), Numbers(at), coarse([max(abs(m), *t) for m, t in zip(mean, terms)])]
    result += [Numbers([m + e for m, e in zip(x["mean"], x["noise"])]), triangle(covariance * mp.mpf("2.5"))]

    transition, loadings = square(n, x["transition"]), square(n, x["loadings"])
    noise = loadings * mp.diag(list(x["weights"])) * loadings.T
    predicted = transition * covariance * transition.T + noise
    moved = transition * mean + column(x["offset"])
    parts = [max(abs(transition[i, j] * mean[j]) for j in range(n)) for i in range(n)]
    result += [triangle(noise), Numbers(moved), largest(parts, x["offset"], deviations(predicted)), triangle(predicted)]

    row = mp.matrix([list(x["row"])])
    moved, residual, terms, spread, inverse = kalman(
        mean, covariance, row, column(x["bias"]), column(x["variance"]), column(x["reading"])
    )
    prior = (row * covariance * row.T)[0]
    posterior = prior - prior * prior * inverse[0]
    shift = prior * inverse[0] * residual[0]
    gain = (posterior / prior - 1 - mp.log(posterior / prior) + shift**2 / prior) / 2
    result += moved
    result += [*evidence(residual, terms, spread, inverse)[:2], *scaled(gain, shift / spread[0] * terms[0])]

    rows = mp.matrix([list(x["rows"][:n]), list(x["rows"][n:])])
    a, b, c = x["pair_covariance"]
    noise = mp.matrix([[a, b], [b, c]])
    moved, *rest = kalman(mean, covariance, rows, column([0, 0]), noise, column(x["pair"]))
    result += [*moved, *evidence(*rest)]

    widths = [mp.exp(s) for s in x["log_std_dev"]]
    steps = [w * e for w, e in zip(widths, x["noise"])]
    result += [Numbers(widths), Numbers([m + s for m, s in zip(mean, steps)]), largest(mean, steps)]
    return result


def cases(draw, scalar):
    """(regime, belief, overrides), before rounding."""
    n = draw.n
    deviation = lambda belief: mp.sqrt(max(belief[2]))
    yield "general", draw.belief(), {}
    yield "general", draw.belief(), {}
    base = draw.belief()
    yield "zeros", ([0] * n, base[1], base[2]), {"sparse": True}
    yield "offset", ([x + 1e4 * deviation(base) for x in draw.normals()], base[1], base[2]), {}
    yield "extreme", draw.belief(-6, 6), {}
    vague = draw.belief(7.5, 8)
    yield "vague", vague, {"noise ratio": 1e-12}
    yield "vague", ([0] * n, draw.normals(0, n * (n - 1) // 2), [mp.mpf(10) ** 8] * n), {"noise ratio": 1e-12}
    yield "faint", draw.belief(), {"noise ratio": 1e12}
    yield "far", draw.belief(), {"residual": 1000}
    tiny = draw.belief(-30, -28) if scalar is F32 else draw.belief(-290, -288)
    yield "tiny", tiny, {}
    subnormal = [scalar.smallest * draw.rng.randrange(1, 1000) for _ in range(n)]
    yield "subnormal", (subnormal, base[1], base[2]), {}
    if n > 1:
        for _ in range(2):
            yield "correlated", (draw.normals(), *correlated(draw.rng, n, 1e6)), {}


def inputs(draw, belief, overrides):
    """Everything else, in the units of the belief."""
    n, rng = draw.n, draw.rng
    mean, lower, pivots = belief
    scale = mp.sqrt(max(pivots))
    x = {"mean": mean, "lower": lower, "pivots": pivots, "noise": draw.normals()}
    x["transition"] = [(1 if i == j else 0) + 0.3 * rng.gauss(0, 1) for i in range(n) for j in range(n)]
    x["offset"] = [scale * e for e in draw.normals()]
    x["loadings"] = draw.normals(1, n * n)
    x["weights"] = [scale**2 * mp.mpf(10) ** rng.uniform(-3, 0) for _ in range(n)]
    x["row"], x["rows"] = draw.normals(), draw.normals(1, 2 * n)
    if "sparse" in overrides:
        x["transition"] = [int(i == j or j == i + 1) for i in range(n) for j in range(n)]
        x["offset"], x["weights"] = [0] * n, [0] * (n - 1) + [x["weights"][-1]]
        x["loadings"] = [int(i == j) for i in range(n) for j in range(n)]
        x["row"] = [1] + [0] * (n - 1)
    full = unit_lower(n, lower)
    spread = [sum((x["row"][i] * full[i][j]) ** 2 * pivots[j] for i in range(n)) for j in range(n)]
    prior = sum(sum(x["row"][i] * full[i][j] for i in range(n)) ** 2 * pivots[j] for j in range(n))
    prior = max(prior, max(spread) * mp.mpf(10) ** -6)
    variance = prior * overrides.get("noise ratio", mp.mpf(10) ** rng.uniform(-1, 1))
    x["bias"], x["variance"] = [scale * rng.gauss(0, 1)], [variance]
    far = overrides.get("residual", 1) * mp.sqrt(prior + variance)
    center = sum(a * m for a, m in zip(x["row"], mean))
    x["reading"] = [center + x["bias"][0] + far * rng.uniform(0.5, 2) * rng.choice([-1, 1])]
    together = rng.uniform(-0.9, 0.9)
    other = variance * mp.mpf(10) ** rng.uniform(-1, 1)
    x["pair_covariance"] = [variance, together * mp.sqrt(variance * other), other]
    x["pair"] = []
    for k, noise in enumerate([variance, other]):
        row = x["rows"][n * k : n * k + n]
        center = sum(a * m for a, m in zip(row, mean))
        x["pair"].append(center + overrides.get("residual", 1) * mp.sqrt(prior + noise) * rng.gauss(0, 1))
    x["log_std_dev"] = [mp.log(d) / 2 for d in pivots]
    return x


def beliefs(seed):
    rng = random.Random(f"beliefs {seed}")
    columns = ["scalar", "n", "regime", *INPUTS, *LISTS, *NUMBERS, *PAIR, *PAIR_NUMBERS, *MEAN_FIELD]
    table = Table("beliefs", columns)
    for scalar in SCALARS:
        for n in LENGTHS:
            draw = Draw(rng, n)
            for regime, belief, overrides in cases(draw, scalar):
                x = inputs(draw, belief, overrides)
                x = {name: [scalar.round(value) for value in x[name]] for name in INPUTS}
                cells = [scalar.name, n, regime, *(scalar.list(x[name]) for name in INPUTS)]
                table.add(cells, lambda: values(n, x))
    return table
