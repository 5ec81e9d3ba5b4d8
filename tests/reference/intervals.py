"""References for the likelihoods of intervals: quantized and censored readings.

likelihood_intervals.csv has the columns of likelihood.csv. Parameters: quantized: step, standard deviation, and the
lowest and highest reading where there are ends; censored: standard deviation, lower and upper rail. z is a standard
normal number, a and b the edges of the reading's interval in standard deviations about eta, mirrored so that a is the
nearer one; P = Phi(b) - Phi(a), phi(z | a, b) its truncated density:

    log_prob = ln P,    first = E[z | a, b]/sd,    second = (Var[z | a, b] - 1)/sd^2,

all of them from erfc at three times the table's digits. The scales, beside the value itself:
    a < 0, w^2 >= 2   the value times 1 + a^2: phi(a) changes by so much when a changes by one part in one
    else              log_prob: ln phi at the near edge (at the centre where cw < 1, w^2 < 2), its constant, the
                      logarithm of the rest
"""

import random

from mpmath import mp

from table import SCALARS, Table, scaled

HALF = mp.mpf(1) / 2


def above(x):
    """1 - Phi(x)."""
    return mp.erfc(x / mp.sqrt(2)) / 2


def truncated(a, b):
    """P, E z and 1 - Var z for z in (a, b), 0 <= a + b; b may be infinite."""
    end = mp.mpf(0) if mp.isinf(b) else mp.npdf(b)
    weighted = mp.mpf(0) if mp.isinf(b) else b * end
    probability = above(a) - (0 if mp.isinf(b) else above(b))
    mean = (mp.npdf(a) - end) / probability
    return probability, mean, mean**2 + (weighted - a * mp.npdf(a)) / probability


def interval(lower, upper, sd, eta):
    """log p and its derivatives in eta for a noisy value between two edges, with scales."""
    with mp.workdps(3 * mp.dps):
        a, b, sign = (lower - eta) / sd, (upper - eta) / sd, 1
        if a + b < 0:
            a, b, sign = -b, -a, -1
        probability, mean, lost = truncated(a, b)
        value, first, second = mp.log(probability), sign * mean / sd, -lost / sd**2
        terms = [value]
        width = b - a
        narrow = width**2 < 2 and (a + b) / 2 * width < 1
        factor = 1 + a * a if a < 0 and not narrow else 1
        if factor == 1:
            centre = (a + b) / 2 if narrow else a
            terms = [centre**2 / 2, mp.log(2 * mp.pi) / 2, value + centre**2 / 2 + mp.log(2 * mp.pi) / 2]
            terms += [mp.log(width)] if narrow else []
    columns = [*scaled(value, *terms, factor * value)]
    return [*columns, *scaled(first, factor * first), *scaled(second, factor * second)]


def quantized(step, sd, lowest, highest, y, eta):
    lower = -mp.inf if lowest is not None and y == lowest else y - step / 2
    upper = mp.inf if highest is not None and y == highest else y + step / 2
    return interval(lower, upper, sd, eta)


def censored(sd, lower, upper, y, eta):
    if lower < y < upper:
        terms = [-((y - eta) ** 2) / (2 * sd**2), -mp.log(2 * mp.pi) / 2, -mp.log(sd)]
        return [*scaled(sum(terms), *terms), *scaled((y - eta) / sd**2), *scaled(-1 / sd**2)]
    return interval(upper, mp.inf, sd, eta) if y >= upper else interval(-mp.inf, lower, sd, eta)


def quantized_rows(rng, scalar):
    """(regime, [step, sd, lowest, highest], y, eta)"""
    for width in [1e-6, 1e-3, 0.03, 0.3, 0.9, 1.2, 1.4, 1.43, 2.0, 3.3, 8.0, 40.0, 1e3, 1e5]:
        sd = scalar.round(10 ** rng.uniform(-2, 2))
        step = scalar.round(width * sd)
        y = scalar.round(step * rng.randrange(-20, 20))
        for centre in [0, 1e-4 * width, 0.02, 0.3, width * 0.3, width * 0.45]:
            if width - 2 * centre < 20:
                yield "near", [step, sd, None, None], y, y + rng.choice([-1, 1]) * centre * sd
        for beyond in [0, 1e-3, 0.2, 1.0, 3.0, 7.0]:
            yield "edge", [step, sd, None, None], y, y + rng.choice([-1, 1]) * (width / 2 + beyond) * sd
            yield "edge", [step, sd, None, None], y, y + rng.choice([-1, 1]) * (abs(width / 2 - 0.3 * beyond)) * sd
        for beyond in [12.0, 40.0, 1e3, 1e6, 1e12, 1e25]:
            yield "tail", [step, sd, None, None], y, y + rng.choice([-1, 1]) * (width / 2 + beyond) * sd
    for k in range(20):
        step, sd = scalar.round(0.1), scalar.round(10 ** rng.uniform(-2, 0))
        y = scalar.round(rng.randrange(1900, 2200) * 0.1)
        yield "offset", [step, sd, None, None], y, y + rng.gauss(0, 1) * (step + sd)
    for t in [-1e3, -20.0, -4.0, -1.0, -0.01, 0.0, 0.5, 2.0, 5.0]:
        sd = scalar.round(10 ** rng.uniform(-1, 1))
        yield "end", [mp.mpf(1), sd, mp.mpf(0), mp.mpf(255)], mp.mpf(255), 254.5 + t * sd
        yield "end", [mp.mpf(1), sd, mp.mpf(0), mp.mpf(255)], mp.mpf(0), 0.5 - t * sd


def censored_rows(rng, scalar):
    """(regime, [sd, lower, upper], y, eta)"""
    inside = [0.0, 1e-5, 0.01, 0.3, 1.0, 2.0, 3.5, 5.0, 9.0, 12.0]
    outside = [-1e-5, -0.01, -0.3, -1.0, -2.0, -3.5, -5.0, -9.0, -12.0, -40.0, -1e3, -1e6, -1e12, -1e25]
    for t in inside + outside:
        for upper in [True, False]:
            sd = scalar.round(10 ** rng.uniform(-2, 2))
            rails = [scalar.round(sd * rng.uniform(-9, -1)), scalar.round(sd * rng.uniform(1, 9))]
            past = rng.choice([0, 1.5])
            y = scalar.round(rails[1] + past) if upper else scalar.round(rails[0] - past)
            eta = rails[1] + t * sd if upper else rails[0] - t * sd
            yield "rail" if t >= 0 else "beyond", [sd, *rails], y, eta
    for residual in [0.0, 0.3, 4.0, 1e3, 1e12]:
        sd = scalar.round(10 ** rng.uniform(-2, 2))
        y = scalar.round(sd * rng.uniform(-3, 3))
        yield "density", [sd, -4 * sd, 4 * sd], y, y + residual * sd


FAMILIES = {"quantized": (quantized, quantized_rows), "censored": (censored, censored_rows)}


def likelihood(seed):
    rng = random.Random(f"intervals {seed}")
    columns = "scalar,likelihood,regime,parameters,reading,eta,log_prob,log_prob_scale,first,first_scale,second"
    table = Table("likelihood_intervals", f"{columns},second_scale".split(","))
    for scalar in SCALARS:
        for name, (family, rows) in FAMILIES.items():
            for regime, parameters, y, eta in rows(rng, scalar):
                eta = scalar.round(eta)
                stored = scalar.list([x for x in parameters if x is not None])
                inputs = [scalar.name, name, regime, stored, scalar.bits(y), scalar.bits(eta)]
                table.add(inputs, lambda: family(*parameters, y, eta))
    return table
