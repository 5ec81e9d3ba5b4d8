"""References for over-dispersed counts and for positive amounts.

likelihood_counts.csv: as likelihood.csv (see sensors.py). Parameters: negative_binomial: dispersion, exposure; gamma:
shape. The scales, beside the value itself:
    negative_binomial   log_prob: the first derivative times the larger of 1 and |eta|, its change when e^eta or eta
                        changes by one part in one; first: y (1 - q) and r q, q = m/(r + m) the share of the mean m
    gamma               log_prob: the same, and the logarithms of reading and shape; first: the shape and the shape
                        times w = y e^-eta; both derivatives are left empty for an f32 beyond 1e17, where the crate
                        caps it

scalar_updates_counts.csv: as scalar_updates.csv (see estimators.py), with the same parameters.
"""

import functools
import math

from mpmath import mp, mpf

import sensors


def negative_binomial(r, exposure, y, eta):
    m = exposure * mp.exp(eta)
    n, q, rest = y + r, m / (r + m), r / (r + m)
    value = mp.loggamma(n) - mp.loggamma(r) - mp.loggamma(y + 1) - r * mp.log1p(m / r) - y * mp.log1p(r / m)
    first = y * rest - r * q
    return [
        *sensors.scaled(value, first * max(1, abs(eta))),
        *sensors.scaled(first, y * rest, r * q),
        *sensors.scaled(-n * q * rest),
    ]


def gamma(k, y, eta, most):
    w = y * mp.exp(-eta)
    value = k * mp.log(k) - mp.loggamma(k) - k * (w + eta) + ((k - 1) * mp.log(y) if y else 0)
    first = k * (w - 1)
    terms = [first * max(1, abs(eta)), mp.log(y) if y else mpf(0), mp.log(k)]
    slopes = [*sensors.scaled(first, k, k * w), *sensors.scaled(-k * w)]
    return [*sensors.scaled(value, *terms), *(slopes if k * w < most else [None] * 4)]


def negative_binomial_rows(rng, scalar):
    """(regime, parameters, y, eta)"""
    for r in [0.01, 0.5, 3.7, 40.0, 1e3, 1e6]:
        for y in [0, 1, 4, 16, 200, 10**6]:
            exposure = scalar.round(10 ** rng.uniform(-3, 3) if y % 2 else 1.0)
            mode = mp.log(mp.mpf(max(y, 0.5)) / exposure)
            width = mp.sqrt((max(y, 0.5) + mp.mpf(r)) / (max(y, 0.5) * mp.mpf(r)))
            for away in [0, 1e-3, 0.7 if y % 2 else -2.0]:
                yield "body", [r, exposure], y, mode + away * min(width, 3)
            for eta in rng.sample([-95, -60, -9, 11, 32, 80, 87.5, 95], 2):
                yield "tail", [r, exposure], y, eta + rng.uniform(-0.1, 0.1)
    for y in [0, 3, 10**6]:
        yield "poisson", [1e8, 1.0], y, mp.log(max(y, 0.5)) + rng.gauss(0, 1) / (1 + y) ** 0.5
    for eta in [-80.0, 70.0]:
        yield "tail", [2.0, scalar.round(1e30)], 5, eta
        yield "tail", [2.0, scalar.round(1e-30)], 5, eta


def gamma_rows(rng, scalar):
    for k in [0.001, 0.3, 0.5, 0.9, 1.0, 2.0, 2.5, 20.0, 1e4, 1e8]:
        for size in [-30, -3, 0, 2, 30]:
            y = scalar.round(10 ** (size + rng.uniform(0, 1)))
            for away in [0, 1e-3, 4.0 if k < 1 else -1.6]:
                yield "body", [k], y, mp.log(y) + away / mp.sqrt(max(k, 0.25))
        y = scalar.round(10 ** rng.uniform(-2, 2))
        for eta in [-80, -30, 30, 95]:
            yield "tail", [k], y, eta + rng.uniform(-0.1, 0.1)
    for eta in [-90.0, -3.0, 0.0, 0.3, 50.0]:
        yield "zero", [1.0], 0.0, eta
    for eta in [-95.0, -90.5]:
        yield "tail", [rng.choice([0.4, 1.0, 6.0])], rng.uniform(1e-30, 9e-30), eta
    for y in [1e-42, 1e-37, 3e38]:
        yield "tail", [rng.choice([0.4, 1.0, 6.0])], y, rng.gauss(0, 2)


FAMILIES = {"negative_binomial": negative_binomial, "gamma": gamma}
ROWS = {"negative_binomial": negative_binomial_rows, "gamma": gamma_rows}


def likelihood_counts(seed):
    return sensors.likelihood(seed, "likelihood_counts", FAMILIES, ROWS)


class LogConcave:
    """What the search of an optimum and the integral of an evidence start from."""

    def laplace(self, u0, v0):
        """The mode of the posterior and its width: bisection of the slope, which decreases."""

        def slope(x):
            return float(self.slopes(mpf(x), mp)[0]) - (x - u0) / v0

        reach = 1.0
        while not (slope(u0 - reach) > 0 > slope(u0 + reach)):
            reach *= 2
        low, high = u0 - reach, u0 + reach
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) > 0 else (low, middle)
        return low, 1 / math.sqrt(1 / v0 - float(self.slopes(mpf(low), mp)[1]))


class NegativeBinomial(LogConcave):
    def __init__(self, dispersion, exposure, reading):
        self.r, self.exposure, self.y = dispersion, exposure, reading
        self.strip = math.pi

    @functools.cached_property
    def constant(self):
        r, y = mpf(self.r), self.y
        return mp.loggamma(y + r) - mp.loggamma(r) - mp.loggamma(y + 1)

    def log_prob(self, x, m):
        r, y, shift = mpf(self.r), self.y, mp.log(mpf(self.exposure) / self.r)
        if m is mp:
            x += shift
            return self.constant - r * mp.log1p(mp.exp(x)) - y * mp.log1p(mp.exp(-x))
        x = x + float(shift)
        return float(self.constant) - self.r * m.logaddexp(0, x) - y * m.logaddexp(0, -x)

    def slopes(self, x, m):
        shift = mp.log(mpf(self.exposure) / self.r)
        x = x + (shift if m is mp else float(shift))
        q, rest = (1 / (1 + mp.exp(-x)), 1 / (1 + mp.exp(x))) if m is mp else (
            m.exp(-m.logaddexp(0, -x)), m.exp(-m.logaddexp(0, x)))
        r = mpf(self.r) if m is mp else self.r
        return self.y * rest - r * q, -(self.y + r) * q * rest


class Gamma(LogConcave):
    def __init__(self, shape, reading):
        self.k, self.y, self.strip = shape, reading, math.pi / 2

    def constant(self, m):
        k, y = mpf(self.k), mpf(self.y)
        value = k * mp.log(k) - mp.loggamma(k) + ((k - 1) * mp.log(y) if y else 0)
        return value if m is mp else float(value)

    def log_prob(self, x, m):
        return self.constant(m) - self.k * (self.y * m.exp(-x) + x)

    def slopes(self, x, m):
        scaled = self.k * self.y * m.exp(-x)
        return scaled - self.k, -scaled

    def moments(self, u, s, m):
        scaled = self.k * self.y * m.exp(s * s / 2 - u)
        return self.constant(m) - scaled - self.k * u, scaled - self.k, -scaled

    def cross(self, u, s):
        scaled = self.k * self.y * math.exp(s * s / 2 - u)
        return s * scaled, -(1 + s * s) * scaled


MODELS = {
    "negative_binomial": NegativeBinomial,
    "gamma": lambda shape, _, reading: Gamma(shape, reading),
}


def cases(f32, variances):
    """(likelihood, parameter_1, parameter_2, reading, u0, v0), all of them f32."""
    for v0 in variances:
        deviation = math.sqrt(v0)
        for r in (0.1, 1.0, 5.0, 1e6):
            for i, count in enumerate((0, 3, 200)):
                exposure = (1.0, 0.25, 60.0)[i]
                centre = math.log(max(count, 0.5) / exposure)
                for away in ((-6, 0, 3), (-2, 0, 6), (-3, 2, 6))[i]:
                    yield "negative_binomial", f32(r), exposure, count, f32(centre + away * deviation), v0
        far = (0.5, 20, -10), (0.5, 0, 10), (3.0, 7, 10), (1e4, 100000, -10), (1e4, 0, 0), (1e4, 0, -10)
        for r, count, away in far:
            yield "negative_binomial", r, 1.0, count, f32(math.log(max(count, 0.5)) + away), v0
        for k in (0.25, 1.0, 5.0, 1e4):
            for i, reading in enumerate((f32(1e-4), 0.75, 300.0)):
                for away in ((-6, 0, 3), (-2, 0, 6), (-3, 2, 6))[i]:
                    yield "gamma", k, "", reading, f32(math.log(reading) + away * deviation), v0
        for k, away in ((1.0, -10), (1.0, 10), (50.0, -10), (50.0, 10)):
            yield "gamma", k, "", 2.0, f32(math.log(2) + away), v0
        yield "gamma", 1.0, "", 0.0, 0.5, v0
