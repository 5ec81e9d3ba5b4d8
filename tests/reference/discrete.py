"""References for `Categorical` and `Logits`.

Categorical, from the rounded probabilities as they stand (their sum is 1 only up to rounding):
    KL(p || q) = sum_i p_i ln(p_i / q_i) - p_i + q_i,  p_i = 0 adds q_i,  q_i = 0 < p_i gives inf
    cross entropy = max(0, -sum_i p_i ln q_i): a rounded q_i may exceed 1
    entropy = -sum_i p_i ln p_i, with the largest p_j > 1/2 replaced by 1 - sum of the others
Logits, from the rounded logits, with p = softmax(a), q = softmax(b) exactly normalised; `range` is the larger of
max - min over a and over b.
"""

import random

from mpmath import mp

import groups
from table import SCALARS, F32, Table, scaled

LENGTHS = [1, 2, 3, 4, 6, 8, 16, 32, 64]


def kl(p, q):
    total = mp.mpf(0)
    for a, b in zip(p, q, strict=True):
        if a > 0 and b == 0:
            return mp.inf
        total += b if a == 0 else a * mp.log(a / b) - a + b
    return total


def cross_entropy(p, q):
    if any(a > 0 and b == 0 for a, b in zip(p, q)):
        return mp.inf
    return max(mp.mpf(0), -sum((a * mp.log(b) for a, b in zip(p, q) if a > 0), mp.mpf(0)))


def entropy(p):
    top = max(range(len(p)), key=lambda i: p[i])
    if p[top] <= mp.mpf(1) / 2:
        return cross_entropy(p, p)
    rest = p[:top] + p[top + 1 :]
    lost = sum(rest, mp.mpf(0))
    return -(1 - lost) * mp.log1p(-lost) + cross_entropy(rest, rest)


def normalized(weights):
    total = sum(weights)
    return [w / total for w in weights]


def dirichlet(rng, n, alpha, smallest):
    return normalized([max(mp.mpf(rng.gammavariate(alpha, 1)), smallest) for _ in range(n)])


def near(rng, p, by):
    return normalized([x * (1 + by * rng.gauss(0, 1)) for x in p])


def dominant(rng, n, rest, at):
    """Class `at` has 1 - rest, the others share `rest` unevenly."""
    p = [rest * x for x in dirichlet(rng, n - 1, 1, mp.mpf(10) ** -3)]
    p.insert(at, 1 - mp.mpf(rest))
    return p


def with_zero(rng, p):
    at = rng.randrange(len(p))
    return normalized([mp.mpf(0) if i == at else x for i, x in enumerate(p)])


def powers(rng, n, lowest):
    return normalized([mp.mpf(10) ** rng.uniform(lowest, 0) for _ in range(n)])


def categorical_pairs(rng, scalar, n):
    """(regime, p, q), before rounding. Half of the cases serve n = 8, half n = 16, a quarter n = 32 and 64."""
    single = scalar is F32
    tiny, even = scalar.smallest_normal, [mp.mpf(1) / n] * n
    base = dirichlet(rng, n, 1, mp.mpf(10) ** -4)
    other = dirichlet(rng, n, 1, mp.mpf(10) ** -4)
    yield "equal", base, base
    for by in [4e-7, 3e-6, 1e-4, 1e-2, 0.2] if single else [1e-14, 1e-11, 1e-7, 1e-3, 0.2]:
        yield "near-equal", base, near(rng, base, by)
    for rest in [3e-7, 1e-3]:
        p = dominant(rng, n, rest, 0)
        yield "peaky", p, dominant(rng, n, rest * rng.uniform(0.4, 2.5), 0)
        yield "peaky", p, near(rng, p, 1e-5 if single else 1e-9)
    yield "peaky", dominant(rng, n, 1e-6, 0), dominant(rng, n, 1e-6, n - 1)
    for alpha in [0.3, 0.05]:
        yield "sparse", dirichlet(rng, n, alpha, 1e-30), dirichlet(rng, n, alpha, 1e-30)
    yield "uniform", even, base
    yield "uniform", even, near(rng, even, 1e-5 if single else 1e-10)
    yield "zeros", with_zero(rng, base), other
    yield "zeros", with_zero(rng, base), with_zero(rng, other)
    tail = [tiny * rng.uniform(0, 1) for _ in range(n - 1)]
    yield "subnormal", [1 - sum(tail)] + tail, [1 - sum(tail)] + [x * rng.uniform(0.5, 2) for x in tail]
    yield "subnormal", [x * tiny for x in base[1:]] + [mp.mpf(1)], base
    yield "extreme", powers(rng, n, -12), powers(rng, n, -12)
    yield "extreme", powers(rng, n, -36 if single else -300), powers(rng, n, -36 if single else -300)
    rest = mp.exp(-101)
    yield "far", dominant(rng, n, 1e-9, 0), dominant(rng, n, 1 - rest, 0)
    around = [rng.choice([0.5, 2**-0.5, 1, 2**0.5, 2]) * (1 + rng.gauss(0, 1e-3)) for _ in base]
    yield "ratio", base, normalized([x * r for x, r in zip(base, around)])
    yield "ratio", base, other
    slack = 3 * n * scalar.epsilon
    yield "slack", [x * (1 + slack) for x in base], [x * (1 - slack) for x in base]
    yield "slack", [x * (1 - slack) for x in base], [x * (1 + slack) for x in other]


def single_pairs(scalar):
    one, e = mp.mpf(1), scalar.epsilon
    yield "equal", [one], [one]
    for p, q in [(one, 1 - e), (1 + e, one), (1 + 3 * e, 1 - 3 * e), (1 - e / 2, 1 + 2 * e)]:
        yield "slack", [p], [q]


def categorical(seed):
    rng = random.Random(f"categorical {seed}")
    columns = "scalar,n,regime,p,q,entropy_p,cross_entropy_pq,kl_pq,kl_qp".split(",")
    table = Table("categorical", columns)

    def add(scalar, regime, p, q):
        p, q = [scalar.round(x) for x in p], [scalar.round(x) for x in q]
        n = len(p)
        for side in (p, q):
            assert min(side) >= 0 and abs(sum(side) - 1) <= 3.5 * n * scalar.epsilon, (regime, side)
        add_row = [scalar.name, n, regime, scalar.list(p), scalar.list(q)]
        table.add(add_row, lambda: [entropy(p), cross_entropy(p, q), kl(p, q), kl(q, p)])

    for scalar in SCALARS:
        fair, loaded = [mp.mpf(1) / 6] * 6, [mp.mpf("0.1")] * 5 + [mp.mpf("0.5")]
        add(scalar, "dice", fair, loaded)
        for n in LENGTHS:
            step, first = {8: (2, 1), 16: (2, 0), 32: (4, 1), 64: (4, 3)}.get(n, (1, 0))
            pairs = list(single_pairs(scalar) if n == 1 else categorical_pairs(rng, scalar, n))
            for regime, p, q in pairs[first::step]:
                add(scalar, regime, p, q)
    return table


def excess(a):
    """max(a), then log_sum_exp(a) - max(a), without cancellation."""
    top = max(range(len(a)), key=lambda i: a[i])
    return a[top], mp.log1p(sum((mp.exp(x - a[top]) for i, x in enumerate(a) if i != top), mp.mpf(0)))


def logits_values(a, b):
    """log_sum_exp(a) with its scale, then entropy, cross entropy and both divergences."""
    (top_a, excess_a), (top_b, excess_b) = excess(a), excess(b)
    p = [mp.exp(x - top_a - excess_a) for x in a]
    q = [mp.exp(x - top_b - excess_b) for x in b]

    def expected_energy(weights, values, top):
        return sum((w * (top - x) for w, x in zip(weights, values)), mp.mpf(0))

    log_ratio = [(x - top_a) - (y - top_b) + (excess_b - excess_a) for x, y in zip(a, b)]
    forward = sum((w * d for w, d in zip(p, log_ratio)), mp.mpf(0))
    reverse = sum((-w * d for w, d in zip(q, log_ratio)), mp.mpf(0))
    entropy_a = excess_a + expected_energy(p, a, top_a)
    cross = excess_b + expected_energy(p, b, top_b)
    log_sum = top_a + excess_a
    return [*scaled(log_sum, top_a), entropy_a, cross, forward, reverse]


def logits_pairs(rng, scalar, n):
    """(regime, a, b), before rounding; the same thinning as for probabilities."""
    single = scalar is F32
    step = 2 * scalar.epsilon

    def spread(sd):
        return [sd * rng.gauss(0, 1) for _ in range(n)]

    def moved(a, by):
        return [x + by * rng.gauss(0, 1) for x in a]

    base = spread(1)
    grid = [mp.mpf(round(1024 * x)) / 1024 for x in base]
    yield "equal", base, base
    yield "shifted", grid, [x + 1000 for x in grid]
    for by in [2e-6, 1e-4, 1e-2, 0.3] if single else [step * 8, 1e-11, 1e-7, 1e-3, 0.3]:
        yield "near-equal", base, moved(base, by)
    yield "offset", [x + 1000 for x in base], moved(base, 1e-2)
    yield "offset", [x + 1000 for x in base], [x - 500 for x in moved(base, 1e-3)]
    yield "sd 3", spread(3), spread(3)
    a = spread(3)
    yield "sd 3", a, moved(a, 1e-2)
    yield "sd 30", spread(30), spread(30)
    a = spread(30)
    yield "sd 30", a, moved(a, 0.1)
    for height in [12, 40]:
        a = base[1:] + [height + base[0]]
        yield "dominant", a, moved(a, 0.5)
        yield "dominant", a, spread(1)
    for depth in [8, 12, 16, 19, 20, 22, 30, 50, 90] if n < 4 else [8, 21, 90]:
        a = moved([0] + [-depth] * (n - 1), 0.3)
        yield "crossing", a, [x + rng.uniform(0, depth + 3) for x in a]
    wide = [rng.uniform(-1e4, 1e4) for _ in range(n)]
    yield "wide", wide, [rng.uniform(-1e4, 1e4) for _ in range(n)]
    tied = [1e4 + x if i < n / 2 else x * 1e4 for i, x in enumerate(base)]
    yield "wide", tied, moved(tied, 1)


def nearest_logits(rng, scalar, n):
    """KL about 1e-14, logits of zero and subnormal ones."""
    base = [rng.gauss(0, 1) for _ in range(n)]
    for by in [1e-7, 2e-7]:
        yield "near-equal", base, [x + by * rng.gauss(0, 1) for x in base]
    zeros = [mp.mpf(0)] * n
    yield "zeros", zeros, base
    subnormal = [scalar.smallest * rng.randrange(1, 1000) for _ in range(n)]
    yield "subnormal", subnormal, base


# What a search over 64ths of nats found to cost the most digits, by scalar and number of classes: for a divergence and
# for a cross entropy the logit of all classes of p, that of all but the first of q, and how much more the first has;
# for ln sum exp and for an entropy how far all classes but the first are below it.
ALIKE = {
    ("f32", 8): [(32, 18, 281), (32, 4, 686), 191, 996],
    ("f32", 16): [(8, 24, 326), (32, 40, 624), 338, 1018],
    ("f32", 64): [(32, 31, 474), (32, 19, 531), 764, 681],
    ("f32", 256): [(40, 42, 608), (26, 30, 830), 1050, 1020],
    ("f64", 8): [(3, 23, 117), (49, 4, 50), 1197, 1055],
    ("f64", 16): [(63, 49, 135), (20, 10, 174), 570, 626],
    ("f64", 64): [(38, 46, 129), (46, 7, 32), 529, 779],
    ("f64", 256): [(60, 17, 195), (9, 35, 84), 669, 678],
}


def alike(scalar, n):
    """Classes of one weight, the roundings of whose sum are alike too: (a, b)."""
    kl, cross, *depths = ALIKE[scalar.name, n]
    for level, other, step in [kl, cross]:
        yield groups.logits(6, [(1, level, other + step), (n - 1, level, other)])
    for depth in depths:
        yield groups.logits(6, [(1, 0, 0), (n - 1, -depth, 0)])


def logits(seed):
    rng = random.Random(f"logits {seed}")
    columns = "scalar,n,regime,a,b,range,log_sum_exp_a,log_sum_exp_a_scale,entropy_a,cross_entropy_ab,kl_ab,kl_ba"
    table = Table("logits", columns.split(","))
    for scalar in SCALARS:
        for n in [1, 2, 3, 4, 8, 16, 32, 64]:
            thin, first = {1: (6, 0), 16: (2, 1), 32: (4, 0), 64: (4, 2)}.get(n, (1, 0))
            for regime, a, b in list(logits_pairs(rng, scalar, n))[first::thin]:
                a, b = [scalar.round(x) for x in a], [scalar.round(x) for x in b]
                width = max(max(a) - min(a), max(b) - min(b))
                inputs = [scalar.name, n, regime, scalar.list(a), scalar.list(b), mp.nstr(width, 6)]
                table.add(inputs, lambda: logits_values(a, b))
    rng = random.Random(f"nearest logits {seed}")
    for scalar in SCALARS:
        for n in [2, 3, 4, 8]:
            for regime, a, b in nearest_logits(rng, scalar, n):
                a, b = [scalar.round(x) for x in a], [scalar.round(x) for x in b]
                width = max(max(a) - min(a), max(b) - min(b))
                inputs = [scalar.name, n, regime, scalar.list(a), scalar.list(b), mp.nstr(width, 6)]
                table.add(inputs, lambda: logits_values(a, b))
    many = [(s, "alike", a, b) for s in SCALARS for n in [8, 16, 64, 256] for a, b in alike(s, n)]
    few = [(s, "groups", *groups.logits(*case)) for s in SCALARS for case in groups.PAIRS[s.name]]
    for scalar, regime, a, b in many + few:
        width = max(max(a) - min(a), max(b) - min(b))
        inputs = [scalar.name, len(a), regime, scalar.list(a), scalar.list(b), mp.nstr(width, 6)]
        table.add(inputs, lambda: logits_values(a, b))
    return table
