"""References for `Gaussian` and `MeanField`.

A Gaussian is stored as its mean, the strict lower triangle of its unit lower factor L in row order, and the pivots d:
covariance = L diag(d) L'. A mean-field one is stored as mean and log standard deviation. The rounded numbers define the
distributions exactly. With r = mu0 - mu1 and Lambda = covariance1^-1,
    KL = 1/2 [ tr(Lambda covariance0) - n + r' Lambda r + ln det covariance1 - ln det covariance0 ]
A `_scale` column holds the largest term of the value beside it.
"""

import random

from mpmath import mp

from table import SCALARS, F32, Table, scaled

LENGTHS = [1, 2, 3, 4, 8]
HALF = mp.mpf(1) / 2


def unit_lower(n, entries):
    """The full matrix of a unit lower triangle stored by its strict part."""
    rest = iter(entries)
    return [[next(rest) if j < i else mp.mpf(i == j) for j in range(n)] for i in range(n)]


def strict(lower):
    return [lower[i][j] for i in range(len(lower)) for j in range(i)]


def quadratic(lower, pivots, r):
    """r' covariance^-1 r, by forward substitution."""
    y = []
    for i in range(len(r)):
        y.append(r[i] - sum(lower[i][j] * y[j] for j in range(i)))
    return sum(a * a / d for a, d in zip(y, pivots))


def divergence(mean0, lower0, pivots0, mean1, lower1, pivots1):
    """KL(0 || 1)."""
    n = len(mean0)
    total = quadratic(lower1, pivots1, [a - b for a, b in zip(mean0, mean1)])
    for j in range(n):
        ratio = pivots0[j] / pivots1[j]
        column = [lower0[i][j] - lower1[i][j] for i in range(n)]
        total += ratio - 1 - mp.log(ratio) + quadratic(lower1, pivots1, column) * pivots0[j]
    return HALF * total


def log_density(mean, lower, pivots, x):
    square = HALF * quadratic(lower, pivots, [a - b for a, b in zip(x, mean)])
    logs = [-HALF * mp.log(d) for d in pivots]
    constant = -HALF * len(mean) * mp.log(2 * mp.pi)
    return scaled(constant + sum(logs) - square, constant, square, *logs)


def values(mean0, lower0, pivots0, mean1, lower1, pivots1, x):
    """entropy0, cross_entropy01, kl01, log_prob0_x, each with its scale."""
    n = len(mean0)
    constant = HALF * n * mp.log(2 * mp.pi * mp.e)
    logs0, logs1 = ([HALF * mp.log(d) for d in pivots] for pivots in (pivots0, pivots1))
    entropy = constant + sum(logs0)
    kl = divergence(mean0, lower0, pivots0, mean1, lower1, pivots1)
    energy = kl + sum(logs0) - sum(logs1) + HALF * n
    return [
        *scaled(entropy, constant, *logs0),
        *scaled(entropy + kl, constant, energy, kl, *logs1),
        *scaled(kl, kl),
        *log_density(mean0, lower0, pivots0, x),
    ]


def correlated(rng, n, condition):
    """Unit lower factor and pivots of a covariance with random axes and eigenvalues 1 .. 1/condition."""
    axes, _ = mp.qr(mp.matrix([[rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]))
    powers = [mp.mpf(condition) ** (-mp.mpf(i) / max(n - 1, 1)) for i in range(n)]
    covariance = axes * mp.diag(powers) * axes.T
    lower, pivots = unit_lower(n, iter([mp.mpf(0)] * n * n)), []
    for j in range(n):
        pivots.append(covariance[j, j] - sum(lower[j][k] ** 2 * pivots[k] for k in range(j)))
        for i in range(j + 1, n):
            dot = sum(lower[i][k] * lower[j][k] * pivots[k] for k in range(j))
            lower[i][j] = (covariance[i, j] - dot) / pivots[j]
    return strict(lower), pivots


class Draw:
    """Random beliefs of n dimensions: (mean, strict lower triangle, pivots), before rounding."""

    def __init__(self, rng, n):
        self.rng, self.n = rng, n

    def normals(self, sd=1, count=None):
        return [mp.mpf(sd * self.rng.gauss(0, 1)) for _ in range(self.n if count is None else count)]

    def belief(self, lowest=-1, highest=1):
        pivots = [mp.mpf(10) ** self.rng.uniform(lowest, highest) for _ in range(self.n)]
        scale = mp.sqrt(max(pivots))
        return [scale * x for x in self.normals()], self.normals(0.5, self.n * (self.n - 1) // 2), pivots

    def near(self, belief, by):
        mean, lower, pivots = belief
        mean = [m + by * mp.sqrt(d) * self.rng.gauss(0, 1) for m, d in zip(mean, pivots)]
        lower = [x + by * self.rng.gauss(0, 1) for x in lower]
        return mean, lower, [d * mp.exp(by * self.rng.gauss(0, 1)) for d in pivots]

    def inside(self, belief, sd=1.0):
        """A point of the belief."""
        mean, lower, pivots = belief
        full, noise = unit_lower(self.n, lower), self.normals(sd)
        step = [e * mp.sqrt(d) for e, d in zip(noise, pivots)]
        return [m + sum(full[i][j] * step[j] for j in range(i + 1)) for i, m in enumerate(mean)]


def pairs(draw, scalar):
    """(regime, belief 0, belief 1), before rounding."""
    base = draw.belief()
    yield "equal", base, base
    for by in [3e-7, 1e-5, 1e-3, 0.1] if scalar is F32 else [1e-14, 1e-10, 1e-5, 0.1]:
        yield "near-equal", base, draw.near(base, by)
    yield "general", draw.belief(), draw.belief()
    yield "general", draw.belief(-2, 2), draw.belief(-2, 2)
    wide = draw.belief(8, 12)
    wide = (draw.normals(10), wide[1], wide[2])
    yield "diffuse", draw.belief(-3, 0), wide
    yield "diffuse", wide, draw.belief(8, 12)
    tiny = draw.belief(-12, -8)
    yield "tiny", tiny, draw.near(tiny, 0.5)
    yield "extreme", draw.belief(-6, 6), draw.belief(-6, 6)
    unit = (draw.normals(), draw.normals(0, draw.n * (draw.n - 1) // 2), [1] * draw.n)
    yield "extreme", draw.belief(-12, -11.9), unit
    if draw.n > 1:
        one, two = ((draw.normals(), *correlated(draw.rng, draw.n, 1e6)) for _ in range(2))
        yield "correlated", one, two
        yield "correlated", one, (two[0], *draw.near(one, 1e-2)[1:])
        yield "ill-conditioned", one, (draw.inside(one), one[1], one[2])


def nearest_pairs(draw, scalar):
    """KL about 1e-14, means of zero and subnormal ones."""
    base = draw.belief()
    yield "near-equal", base, draw.near(base, 1e-7)
    yield "near-equal", base, draw.near(base, 2e-7)
    zero = [mp.mpf(0)] * draw.n
    yield "zeros", (zero, base[1], base[2]), (zero, [0 * x for x in base[1]], base[2])
    subnormal = [scalar.smallest * draw.rng.randrange(1, 1000) for _ in range(draw.n)]
    yield "subnormal", (subnormal, base[1], base[2]), (zero, *draw.near(base, 1e-2)[1:])


def gaussian(seed):
    rng = random.Random(f"gaussian {seed}")
    columns = "scalar,n,regime,mean0,lower0,pivots0,mean1,lower1,pivots1,x,entropy0,entropy0_scale,cross_entropy01"
    columns += ",cross_entropy01_scale,kl01,kl01_scale,log_prob0_x,log_prob0_x_scale"
    table = Table("gaussian", columns.split(","))
    nearest = random.Random(f"nearest gaussian {seed}")
    for scalar, rng, pairs_of in [(s, r, p) for r, p in ((rng, pairs), (nearest, nearest_pairs)) for s in SCALARS]:
        for n in LENGTHS:
            draw = Draw(rng, n)
            for regime, zero, one in pairs_of(draw, scalar):
                lists = [[scalar.round(x) for x in part] for part in (*zero, *one, draw.inside(zero, 2.0))]
                mean0, lower0, pivots0, mean1, lower1, pivots1, x = lists
                exact = (mean0, unit_lower(n, lower0), pivots0, mean1, unit_lower(n, lower1), pivots1, x)
                inputs = [scalar.name, n, regime, *(scalar.list(part) for part in lists)]
                table.add(inputs, lambda: values(*exact))
    return table


def mean_field_pairs(draw, scalar):
    def belief(lowest, highest, sd=1):
        return draw.normals(sd), [mp.mpf(draw.rng.uniform(lowest, highest)) for _ in range(draw.n)]

    base = belief(-2, 2)
    yield "equal", base, base
    for by in [3e-7, 1e-5, 1e-3, 0.1] if scalar is F32 else [1e-14, 1e-10, 1e-5, 0.1]:
        mean = [m + by * mp.exp(s) * draw.rng.gauss(0, 1) for m, s in zip(*base)]
        yield "near-equal", base, (mean, [s + by * draw.rng.gauss(0, 1) for s in base[1]])
    yield "general", belief(-2, 2), belief(-2, 2)
    yield "diffuse", belief(-3, 0), belief(9, 14, 10)
    yield "tiny", belief(-14, -9, 1e-5), belief(-14, -9, 1e-5)
    yield "extreme", belief(-7, 7), belief(-7, 7)
    for _ in range(4 if draw.n < 4 else 1):
        yield "extreme", belief(5, 7), belief(-7, -5)
    yield "extreme", belief(-14, -13), belief(13, 14)


def nearest_mean_fields(draw, scalar):
    """The same of a mean-field belief."""
    for regime, zero, one in nearest_pairs(draw, scalar):
        yield regime, *((mean, [mp.log(d) / 2 for d in pivots]) for mean, _, pivots in (zero, one))


def mean_field(seed):
    rng = random.Random(f"mean field {seed}")
    columns = "scalar,n,regime,mean0,log_std_dev0,mean1,log_std_dev1,x,entropy0,entropy0_scale,cross_entropy01"
    columns += ",cross_entropy01_scale,kl01,kl01_scale,log_prob0_x,log_prob0_x_scale"
    table = Table("mean_field", columns.split(","))
    nearest = random.Random(f"nearest mean field {seed}")
    passes = ((rng, mean_field_pairs), (nearest, nearest_mean_fields))
    for scalar, rng, pairs_of in [(s, r, p) for r, p in passes for s in SCALARS]:
        for n in LENGTHS:
            draw = Draw(rng, n)
            identity = unit_lower(n, [mp.mpf(0)] * (n * n))
            for regime, zero, one in pairs_of(draw, scalar):
                x = [m + 2 * draw.rng.gauss(0, 1) * mp.exp(s) for m, s in zip(*zero)]
                lists = [[scalar.round(x) for x in part] for part in (*zero, *one, x)]
                mean0, log0, mean1, log1, x = lists

                def evaluate():
                    pivots0, pivots1 = ([mp.exp(2 * s) for s in part] for part in (log0, log1))
                    return values(mean0, identity, pivots0, mean1, identity, pivots1, x)

                table.add([scalar.name, n, regime, *(scalar.list(part) for part in lists)], evaluate)
    return table
