#!/usr/bin/env python3
"""Writes sequences.csv: a simulated sequence of each kind of reading, and the exact filter's beliefs along it.

A random walk starts from N(mean, 1) and moves by N(0, RATE) a step; readings
are drawn from each kind's own model (numpy, seeded, rounded to f32 where they
are no counts). The exact filter is a density on a uniform grid: predicting is
a product with the matrix of transition densities, updating one with the
likelihood, which is scipy's here, written without any of the crate's formulas.
Halving the step of the grid has to leave every number unchanged to 1e-9.

Rows hold kind, parameters, step, reading, the mean and the variance of the
belief after it, and the log evidence of all readings so far. The mean the walk
starts from is that of the kind.

    python3 sequences.py        (numpy, scipy; half a minute)
"""

import csv
import math
import pathlib

import numpy as np
from scipy import special, stats

STEPS, RATE = 150, 0.02


def interval(y, eta, step, sd, ends):
    """ln of the probability of a step, from whichever tail is smaller."""
    low = np.where(y <= ends[0], -np.inf, (y - step / 2 - eta) / sd)
    high = np.where(y >= ends[1], np.inf, (y + step / 2 - eta) / sd)
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = special.log_ndtr(low), special.log_ndtr(high)
        return b + np.log1p(-np.exp(a - b))


def clipped(y, eta, sd, low, high):
    if y >= high:
        return special.log_ndtr((eta - high) / sd)
    if y <= low:
        return special.log_ndtr((low - eta) / sd)
    return stats.norm.logpdf(y, eta, sd)


def huber(y, eta, sd, k):
    r = np.abs(y - eta) / sd
    mass = math.sqrt(2 * math.pi) * (2 * stats.norm.cdf(k) - 1) + 2 / k * math.exp(-k * k / 2)
    return np.where(r <= k, -r * r / 2, k * k / 2 - k * r) - math.log(sd * mass)


def draw_huber(eta, rng):
    """By rejection: normal inside, exponential outside."""
    sd, k = 0.3, 1.5
    middle = math.sqrt(2 * math.pi) * (2 * stats.norm.cdf(k) - 1)
    outside = 2 / k * math.exp(-k * k / 2)
    if rng.random() < outside / (middle + outside):
        return eta + sd * rng.choice([-1, 1]) * (k + rng.exponential(1 / k))
    return eta + sd * stats.truncnorm.rvs(-k, k, random_state=rng)


class Kind:
    def __init__(self, parameters, mean, draw, log_prob, reach=(-9.0, 9.0)):
        self.parameters, self.mean, self.draw, self.log_prob, self.reach = parameters, mean, draw, log_prob, reach


KINDS = {
    "quantized": Kind(
        [1.0, 0.2], 0.0, lambda e, g: np.round(g.normal(e, 0.2)),
        lambda y, e: interval(y, e, 1.0, 0.2, (-np.inf, np.inf)),
    ),
    "quantized_ends": Kind(
        [0.5, 0.25, -1.0, 1.0], 0.0, lambda e, g: np.clip(np.round(g.normal(e, 0.25) * 2) / 2, -1, 1),
        lambda y, e: interval(y, e, 0.5, 0.25, (-1.0, 1.0)),
    ),
    "censored": Kind(
        [0.5, -0.5, 1.0], 0.0, lambda e, g: np.clip(g.normal(e, 0.5), -0.5, 1.0),
        lambda y, e: clipped(y, e, 0.5, -0.5, 1.0),
    ),
    "negative_binomial": Kind(
        [2.0, 1.5], 0.5, lambda e, g: g.poisson(g.gamma(2.0, 1.5 * math.exp(e) / 2.0)),
        lambda y, e: stats.nbinom.logpmf(y, 2.0, 2.0 / (2.0 + 1.5 * np.exp(e))), (-12.0, 10.0),
    ),
    "gamma": Kind(
        [1.5], 0.0, lambda e, g: g.gamma(1.5, math.exp(e) / 1.5),
        lambda y, e: stats.gamma.logpdf(y, 1.5, scale=np.exp(e) / 1.5),
    ),
    "huber": Kind([0.3, 1.5], 0.0, draw_huber, lambda y, e: huber(y, e, 0.3, 1.5)),
    "probit": Kind(
        [], 0.0, lambda e, g: int(g.normal(e, 1.0) > 0), lambda y, e: special.log_ndtr(e if y else -e), (-14.0, 14.0)
    ),
    "von_mises": Kind(
        [4.0], 2.5, lambda e, g: g.vonmises((e + math.pi) % (2 * math.pi) - math.pi, 4.0),
        lambda y, e: 4.0 * np.cos(y - e) - math.log(2 * math.pi * special.i0(4.0)), (-12.0, 17.0),
    ),
}


def simulate(name, kind):
    rng = np.random.default_rng(sum(map(ord, name)))
    eta = rng.normal(kind.mean, 1.0)
    readings = []
    for _ in range(STEPS):
        y = kind.draw(eta, rng)
        readings.append(float(np.float32(y)) if isinstance(y, (float, np.floating)) else int(y))
        eta += rng.normal(0.0, math.sqrt(RATE))
    return readings


def exact(kind, readings, step):
    low, high = kind.reach
    x = low + step * np.arange(round((high - low) / step) + 1)
    kernel = np.exp(-((x[:, None] - x[None, :]) ** 2) / (2 * RATE)) * (step / math.sqrt(2 * math.pi * RATE))
    density = np.exp(-((x - kind.mean) ** 2) / 2) / math.sqrt(2 * math.pi)
    total, rows = 0.0, []
    for i, reading in enumerate(readings):
        density = kernel @ density if i else density
        density = density * np.exp(kind.log_prob(reading, x))
        mass = density.sum() * step
        total += math.log(mass)
        density /= mass
        mean = (density * x).sum() * step
        rows.append((mean, (density * (x - mean) ** 2).sum() * step, total))
    return rows


def main():
    with open(pathlib.Path(__file__).resolve().parent / "sequences.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        head = ["kind", "parameter_1", "parameter_2", "parameter_3", "parameter_4", "start", "step", "reading"]
        out.writerow([*head, "mean", "variance", "log_evidence"])
        for name, kind in KINDS.items():
            readings = simulate(name, kind)
            # Huber's score has kinks, which the trapezoidal rule sees to second order only.
            step, close = (0.004, 1e-6) if name == "huber" else (0.02, 1e-9)
            coarse, fine = exact(kind, readings, 2 * step), exact(kind, readings, step)
            change = max(abs(a - b) for one, other in zip(coarse, fine) for a, b in zip(one, other))
            assert change < close, f"{name}: {change}"
            parameters = [repr(p) for p in kind.parameters] + [""] * (4 - len(kind.parameters))
            for i, (reading, row) in enumerate(zip(readings, fine)):
                out.writerow([name, *parameters, kind.mean, i, repr(reading), *(f"{number:.12g}" for number in row)])
            print(name, f"{change:.1e}")


if __name__ == "__main__":
    main()
