"""References for small functions of lists.

    from_weights: w_i / sum w                       probabilities: e^(a_i) / sum e^a, of logits a
    bits: nats / ln 2
    range: |(z1, z2, ...) - beacon|                 bearing: atan2(y - station y, x - station x)
    altitude: pressure of the ISO 2533:1975 atmosphere at a geopotential altitude below 20 km,
        p0 (1 - L h/T0)^(g/(R L)) to 11 km, an exponential above it
    difference: a - b modulo a turn, in [-pi, pi]
    total: the sum of log evidences
`parameters` are the beacon, the station (both origins: the subtraction is exact there), or the pressure at sea level.
A `_scale` list holds what each value's rounding is relative to: for an altitude the pressure, for angles 1 radian or
the largest term, for the rest the value.
"""

import random

from mpmath import mp

import groups
from beliefs import Numbers, coarse
from table import SCALARS, F32, Table

LENGTHS = [1, 2, 4, 8]

# Logits, all but the first alike, whose softmax a search over 64ths found to lose the most digits: by number of classes
# the first one and how far the others are below it.
ALIKE = {
    "f32": {8: (63, 3), 16: (17, 10), 64: (-41, 105), 256: (57, 52)},
    "f64": {8: (-33, 336), 16: (2, 73), 64: (-48, 12), 256: (-21, 179)},
}


def from_weights(parameters, x):
    values = [w / sum(x) for w in x]
    return values, values


def probabilities(parameters, x):
    top = max(x)
    total = sum(mp.exp(a - top) for a in x)
    values = [mp.exp(a - top) / total for a in x]
    return values, values


def bits(parameters, x):
    values = [nats / mp.log(2) for nats in x]
    return values, values


def distance(parameters, x):
    values = [mp.sqrt(sum((a - b) ** 2 for a, b in zip(x, parameters, strict=True)))]
    return values, values


def bearing(parameters, x):
    value = mp.atan2(x[1] - parameters[1], x[0] - parameters[0])
    return [value], [max(abs(value), 1)]


def altitude(parameters, x):
    gravity, lapse, ground = mp.mpf("9.80665"), mp.mpf("0.0065"), mp.mpf("288.15")
    gas = mp.mpf("8.31432") / mp.mpf("0.028964420")
    inside, above = min(x[0], 11000), max(x[0] - 11000, 0)
    value = parameters[0] * (1 - lapse * inside / ground) ** (gravity / (gas * lapse))
    value *= mp.exp(-above * gravity / (gas * (ground - lapse * 11000)))
    return [value], [value]


def difference(parameters, x):
    apart = x[0] - x[1]
    value = apart - 2 * mp.pi * mp.nint(apart / (2 * mp.pi))
    return [value], [max(abs(x[0]), abs(x[1]), 1)]


def total(parameters, x):
    value = sum(x)
    return [value], [value]


def cases(rng, scalar):
    """(function, regime, parameters, inputs), before rounding."""
    single = scalar is F32
    far = 36 if single else 300
    for n in LENGTHS:
        weights = lambda low, high: [mp.mpf(10) ** rng.uniform(low, high) for _ in range(n)]
        for regime, x in [
            ("general", weights(-1, 1)),
            ("general", weights(-1, 1)),
            ("extreme", weights(-6, 6)),
            ("peaky", [mp.mpf(10) ** 6] + weights(-6, 0)[1:]),
            ("tiny", weights(-far, 1 - far)),
            ("huge", weights(far - 1, far)),
            ("subnormal", [scalar.smallest * rng.randrange(1, 10**6) for _ in range(n)]),
            ("zeros", [mp.mpf(i == 0) for i in range(n)]),
        ]:
            yield from_weights, regime, [], x
        for regime, sd in [("general", 1), ("general", 3), ("peaky", 30), ("wide", 5000)]:
            x = [max(-1e4, min(1e4, sd * rng.gauss(0, 1))) for _ in range(n)]
            yield probabilities, regime, [], x
            yield probabilities, "offset", [], [a + 1000 for a in x]
    for power in range(-far, far + 1, far // 12):
        yield bits, "*", [], [rng.choice([-1, 1]) * rng.uniform(1, 10) * mp.mpf(10) ** power]
    yield bits, "*", [], [mp.mpf(0)]
    for n in [1, 2, 3]:
        for power in [-16, -12, -6, -2, 0, 1, 2, 4, 6, 12, 18]:
            yield distance, "*", [mp.mpf(0)] * n, [rng.gauss(0, 1) * mp.mpf(10) ** power for _ in range(n)]
    for _ in range(40):
        angle, radius = rng.uniform(-mp.pi, mp.pi), mp.mpf(10) ** rng.uniform(-12, 12)
        yield bearing, "*", [mp.mpf(0)] * 2, [radius * mp.cos(angle), radius * mp.sin(angle)]
    for x, y in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1e-12), (-1, 1e-12), (-1, -1e-12), (1e-12, 1)]:
        yield bearing, "*", [mp.mpf(0)] * 2, [mp.mpf(x), mp.mpf(y)]
    for step in range(-10, 201, 5):
        yield altitude, "*", [mp.mpf(101325)], [mp.mpf(100 * step) + rng.uniform(0, 1)]
    for power in [-6, -3, 0]:
        yield altitude, "*", [mp.mpf(98000)], [mp.mpf(10) ** power]
    for turns in [0, 1, -1, 7, 1000, -100000]:
        for _ in range(6):
            yield difference, "*", [], [rng.uniform(-3.1, 3.1) + turns * 2 * mp.pi, rng.uniform(-3.1, 3.1)]
    for n in [-40, -30, -20, -12, -6, -1]:
        yield difference, "*", [], [mp.mpf(2), mp.mpf(2) + mp.mpf(10) ** n]
    for spread in [0, 1, 3, 6]:
        for _ in range(3):
            yield total, "*", [], [-(mp.mpf(10) ** rng.uniform(-spread, spread)) for _ in range(64)]


def many_classes(scalar):
    for n, (level, depth) in ALIKE[scalar.name].items():
        yield probabilities, "alike", [], *groups.logits(6, [(1, level), (n - 1, level - depth)])
    for case in groups.SOFTMAX[scalar.name]:
        yield probabilities, "groups", [], *groups.logits(*case)


def functions(seed):
    rng = random.Random(f"functions {seed}")
    columns = ["function", "scalar", "n", "regime", "parameters", "x", "value", "value_scale"]
    table = Table("functions", columns)
    drawn = [(scalar, case) for scalar in SCALARS for case in cases(rng, scalar)]
    many = [(scalar, case) for scalar in SCALARS for case in many_classes(scalar)]
    for scalar, (function, regime, parameters, x) in drawn + many:
        parameters, x = [scalar.round(a) for a in parameters], [scalar.round(a) for a in x]

        def evaluate():
            values, scale = function(parameters, x)
            return [Numbers(values), coarse([abs(s) for s in scale])]

        name = {distance: "range"}.get(function, function.__name__)
        table.add([name, scalar.name, len(x), regime, scalar.list(parameters), scalar.list(x)], evaluate)
    return table
