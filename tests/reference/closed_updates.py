#!/usr/bin/env python3
"""Writes scalar_updates_closed.csv: the optimum of the scalar ELBO for probit, von Mises and Huber readings.

The columns are those of scalar_updates.csv, and so is the problem (estimators.py). Parameters: none of probit, the
concentration of von_mises, standard deviation and threshold of huber. Probit is a rail at zero under unit noise: the
sums of interval_updates.py. Of von Mises and Huber readings the expectations are known,

    von_mises   E cos(y - u - s eps) = exp(-s^2/2) cos(y - u), and the same of sine
    huber       moments of a normal distribution cut at both kinks, from erfc

and lead Newton's method to the optimum. At the end each row is checked against integrals of the log density and its
derivatives themselves: sums on a uniform grid (von_mises, entire), Gauss-Legendre between the kinks (huber).

A von Mises posterior has a mode at every copy of the reading modulo 2 pi: the search starts at the three nearest and
at the prior; the second best optimum, where there is one, fills the last three columns.

    python3 closed_updates.py     (mpmath, numpy; some minutes)
"""

import csv
import math
import multiprocessing
import pathlib

import interval_updates
from estimators import DIGITS, HALF_WIDTH, HEADER, VARIANCES, climb, digits, f32, kl, polish
from mpmath import mp, mpf

import numpy as np


class VonMises:
    def __init__(self, concentration, reading):
        self.kappa, self.y = concentration, reading
        self.log_normalizer = mp.log(2 * mp.pi * mp.besseli(0, concentration))

    def constant(self, m):
        return float(self.log_normalizer) if m is np else self.log_normalizer

    def log_prob(self, x, m):
        return self.kappa * m.cos(self.y - x) - self.constant(m)

    def slopes(self, x):
        return self.kappa * mp.sin(self.y - x), -self.kappa * mp.cos(self.y - x)

    def moments(self, u, s, m):
        weight, angle = self.kappa * m.exp(-s * s / 2), self.y - u
        return weight * m.cos(angle) - self.constant(m), weight * m.sin(angle), -weight * m.cos(angle)

    def cross(self, u, s):
        weight, angle = self.kappa * math.exp(-s * s / 2), self.y - u
        return -s * weight * math.sin(angle), -(1 - s * s) * weight * math.cos(angle)

    def starts(self, u0, v0):
        nearest = self.y - 2 * math.pi * round((self.y - u0) / (2 * math.pi))
        for turns in (0, -1, 1):
            copy = nearest + 2 * math.pi * turns
            for s in (1 / math.sqrt(1 / v0 + self.kappa), math.sqrt(v0) / 3):
                yield u0 + (copy - u0) * v0 / (v0 + 1 / self.kappa), s
        yield u0, math.sqrt(v0)

    def averages(self, u, s):
        """E log p, E g, E h by the trapezoidal rule."""
        step = min(mpf(1) / 3, 2 * mp.pi / DIGITS / max(s, mpf("1e-9")))
        n = int(mp.ceil(HALF_WIDTH / step))
        sums = [mpf(0)] * 3
        for i in range(-n, n + 1):
            weight, x = step / mp.sqrt(2 * mp.pi) * mp.exp(-((i * step) ** 2) / 2), u + s * i * step
            for j, term in enumerate((self.log_prob(x, mp), *self.slopes(x))):
                sums[j] += weight * term
        return sums

    def log_evidence(self, u0, v0):
        """The trapezoidal rule; within `strip` of the real axis the density grows by exp(DIGITS) at most."""
        u0, v0 = mpf(u0), mpf(v0)
        strip = mp.acosh(1 + DIGITS / self.kappa)
        step = min(mp.sqrt(v0) / 4, mp.pi * strip / DIGITS)
        n = int(mp.ceil((15 * mp.sqrt(v0) + mp.pi) / step))  # as far as the nearest copy at least
        points = (i * step for i in range(-n, n + 1))
        total = mp.fsum(mp.exp(self.log_prob(u0 + x, mp) - x * x / (2 * v0)) for x in points)
        return mp.log(total * step / mp.sqrt(2 * mp.pi * v0))


def cut(low, high):
    """P(low < z < high), E[z; .], E[z^2; .] for z standard normal."""
    edge = lambda z, power: mpf(0) if mp.isinf(z) else z**power * mp.npdf(z)
    return mp.ncdf(high) - mp.ncdf(low), edge(low, 0) - edge(high, 0), \
        mp.ncdf(high) - mp.ncdf(low) + edge(low, 1) - edge(high, 1)


def legendre(function, points):
    """The integral of a function that is smooth between neighbouring points."""
    points = sorted(points)
    return mp.quad(function, points, method="gauss-legendre", maxdegree=7)


class Huber:
    def __init__(self, std_dev, threshold, reading):
        self.sd, self.k, self.y = mpf(std_dev), mpf(threshold), mpf(reading)
        inside = mp.sqrt(2 * mp.pi) * (2 * mp.ncdf(self.k) - 1)
        self.constant = mp.log(self.sd * (inside + 2 / self.k * mp.exp(-self.k**2 / 2)))

    def log_prob(self, x):
        r = abs(self.y - x) / self.sd
        return -(r * r / 2 if r <= self.k else self.k * r - self.k**2 / 2) - self.constant

    def slopes(self, x):
        r = (self.y - x) / self.sd
        return max(-self.k, min(self.k, r)) / self.sd, -(abs(r) < self.k) / self.sd**2

    def kinks(self):
        return self.y - self.k * self.sd, self.y + self.k * self.sd

    def all(self, u, s):
        """E log p, E g, E h, E[h eps], E[h eps^2] from the moments of eps below, between and above the kinks."""
        with mp.workdps(60):
            u, s = mpf(u), mpf(s)
            low, high = ((kink - u) / s for kink in self.kinks())
            m, sigma = (self.y - u) / self.sd, s / self.sd
            left, middle, right = cut(-mp.inf, low), cut(low, high), cut(high, mp.inf)
            # r = m - sigma eps
            first = lambda part: m * part[0] - sigma * part[1]
            square = m * m * middle[0] - 2 * m * sigma * middle[1] + sigma**2 * middle[2]
            value = -square / 2 - self.k * (first(left) - first(right)) + self.k**2 / 2 * (left[0] + right[0])
            slope = self.k * left[0] + first(middle) - self.k * right[0]
            return value - self.constant, slope / self.sd, *(-part / self.sd**2 for part in middle)

    def moments(self, u, s, m):
        value, g, h, *_ = self.all(u, s)
        return (float(value), float(g), float(h)) if m is np else (value, g, h)

    def cross(self, u, s):
        return tuple(float(x) for x in self.all(u, s)[3:])

    def starts(self, u0, v0):
        shift = (float(self.y) - u0) * v0 / (v0 + float(self.sd) ** 2)
        most = float(self.k) * v0 / float(self.sd)
        yield u0 + max(-most, min(most, shift)), 1 / math.sqrt(1 / v0 + float(self.sd) ** -2)

    def averages(self, u, s):
        points = {u + s * k for k in (-14, -9, -6, -3, 0, 3, 6, 9, 14)}
        points |= {kink for kink in self.kinks() if abs(kink - u) < 14 * s}
        weight = lambda x: mp.npdf(x, u, s)
        parts = sorted(points)
        total = [mpf(0)] * 3
        for low, high in zip(parts, parts[1:]):
            middle = (low + high) / 2
            inside = self.slopes(middle)[1]
            total[0] += legendre(lambda x: weight(x) * self.log_prob(x), (low, high))
            total[1] += legendre(lambda x: weight(x) * self.slopes(x)[0], (low, high))
            total[2] += inside * legendre(weight, (low, high))
        return total

    def log_evidence(self, u0, v0):
        """Each of the three pieces is a normal density times a factor: points about the three centres and, for the
        exponential fall of the factor, beyond the kinks."""
        u0, v0 = mpf(u0), mpf(v0)
        sd0, noise = mp.sqrt(v0), self.sd**2
        inside = u0 + (self.y - u0) * v0 / (v0 + noise)
        centres = [(u0 - self.k * v0 / self.sd, sd0), (u0 + self.k * v0 / self.sd, sd0)]
        centres.append((inside, mp.sqrt(v0 * noise / (v0 + noise))))
        points = {c + s * k for c, s in centres for k in (-14, -9, -6, -3, -1, 0, 1, 3, 6, 9, 14)} | set(self.kinks())
        low, high = self.kinks()
        for reach in (1, 3, 8, 20, 50, 120):
            points |= {low - reach * self.sd / self.k, high + reach * self.sd / self.k}
        shift = max(self.log_prob(x) - (x - u0) ** 2 / (2 * v0) for x in points)
        total = legendre(lambda x: mp.exp(self.log_prob(x) - (x - u0) ** 2 / (2 * v0) - shift), points)
        return mp.log(total) + shift - mp.log(2 * mp.pi * v0) / 2


def cases():
    """(likelihood, parameter_1, parameter_2, reading, u0, v0), all of them f32."""
    for v0 in VARIANCES:
        for outcome in (0, 1):
            for u0 in (-20, -8, -3, -1, -0.25, 0, 0.5, 2, 5, 20):
                yield "probit", "", "", outcome, float(u0), v0
        for kappa in (0.5, 1.5, 4.0, 50.0, 2000.0):
            for y, u0 in ((0.5, 0.25), (1.75, 0.0), (3.0, 0.0), (-2.0, 1.0), (f32(0.1), f32(6.2)), (1.0, -40.0)):
                yield "von_mises", kappa, "", y, u0, v0
        for sd, k in ((1.0, f32(1.345)), (1.0, 0.25), (f32(0.3), 3.0), (f32(0.05), f32(1.345))):
            for y, u0 in ((0.0, 0.0), (1.0, 0.25), (2.5, 0.0), (-6.0, 1.0), (20.0, 0.0), (1000.0, -5.0)):
                yield "huber", sd, k, y, u0, v0


def closed_row(model, case):
    u0, v0 = case[-2:]
    found = []
    for start in model.starts(u0, v0):
        value, u, s = climb(model, u0, v0, *start)
        if all(abs(u - other[1]) > 1e-3 * s for other in found):
            found.append((value, u, s))
    best = []
    for _, u, s in sorted(found, reverse=True)[:2]:
        u, s = polish(model, u0, v0, u, s)
        value, g, h = model.averages(u, s)
        expected = (u - mpf(u0)) / v0, 1 / mpf(v0) - 1 / s**2
        for got, wanted in zip((g, h), expected):
            assert abs(got - wanted) < mpf("1e-20") * (1 / mpf(v0) + 1 / s**2 + abs(wanted)), (case, got, wanted)
        assert abs(value - model.moments(u, s, mp)[0]) < mpf("1e-20") * max(1, abs(value)), (case, value)
        best.append((value - kl(u, s, mpf(u0), mpf(v0), mp), u, s))
    best.sort(reverse=True)
    best = [(value, mp.chop(u, mpf("1e-27")), s) for value, u, s in best]
    record = [*case, *(digits(best[0][i]) for i in (1, 2, 0)), digits(model.log_evidence(u0, v0))]
    return record + ([digits(best[1][i]) for i in (1, 2, 0)] if len(best) > 1 else ["", "", ""])


def row(case):
    mp.dps = 40
    likelihood, first, second, reading, u0, v0 = case
    if likelihood == "von_mises":
        return closed_row(VonMises(first, reading), case)
    if likelihood == "huber":
        return closed_row(Huber(first, second, reading), case)
    # "At least zero" of eta under unit noise, or "at most".
    rail = ("censored", 1.0, -1e30, 0.0, "", 0.0) if reading else ("censored", 1.0, 0.0, 1e30, "", 0.0)
    return [*case, *interval_updates.row((*rail, u0, v0))[6:13]]


def main():
    with multiprocessing.Pool() as pool:
        records = pool.map(row, list(cases()), chunksize=2)
    path = pathlib.Path(__file__).resolve().parent / "scalar_updates_closed.csv"
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER.split())
        out.writerows(records)


if __name__ == "__main__":
    main()
