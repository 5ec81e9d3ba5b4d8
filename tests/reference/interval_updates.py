#!/usr/bin/env python3
"""Writes scalar_updates_intervals.csv: the optimum of the scalar ELBO for quantized and censored readings.

The columns are those of scalar_updates.csv (estimators.py states the problem) with parameter_3 and parameter_4 more:
step, standard deviation, lowest and highest reading of quantized; standard deviation, lower and upper rail of censored.
The likelihood is log-concave, so there is one optimum: damped Newton at 25 digits from the normal approximation, then
at 60. Expectations and the log evidence are sums on a uniform grid; the integrand is analytic within 1.8 standard
deviations of the noise from the real axis (Phi has its nearest zeros at 2.8), and every expected value is summed on a
grid of half the step as well: the two agree to 25 digits.

    python3 interval_updates.py     (mpmath; some minutes)
"""

import csv
import math
import multiprocessing
import pathlib

from estimators import DIGITS, HALF_WIDTH, VARIANCES, digits, f32, kl
from intervals import above
from mpmath import mp, mpf

STRIP = 1.8


class Reading:
    """The value before the steps or the rail lies between two edges."""

    def __init__(self, lower, upper, sd):
        self.lower, self.upper, self.sd = mpf(lower), mpf(upper), mpf(sd)

    def at(self, x):
        """log p and its first two derivatives."""
        a, b, sign = (self.lower - x) / self.sd, (self.upper - x) / self.sd, 1
        if a + b < 0:
            a, b, sign = -b, -a, -1
        with mp.workdps(mp.dps + 25):
            near = mp.npdf(a)
            far = mpf(0) if mp.isinf(b) else mp.npdf(b)
            probability = above(a) - (0 if mp.isinf(b) else above(b))
            mean = (near - far) / probability
            lost = mean**2 + ((0 if mp.isinf(b) else b * far) - a * near) / probability
        return mp.log(probability), sign * mean / self.sd, -lost / self.sd**2


class Normal:
    """A reading between the rails."""

    def __init__(self, y, sd):
        self.y, self.sd = mpf(y), mpf(sd)

    def at(self, x):
        r = (self.y - x) / self.sd
        return -r * r / 2 - mp.log(2 * mp.pi * self.sd**2) / 2, r / self.sd, -1 / self.sd**2


def nodes(model, s, finer):
    step = min(mpf(1) / 3, 2 * mp.pi * STRIP * model.sd / DIGITS / s) / finer
    n = int(mp.ceil(HALF_WIDTH / step))
    scale = step / mp.sqrt(2 * mp.pi)
    return [(i * step, scale * mp.exp(-((i * step) ** 2) / 2)) for i in range(-n, n + 1)]


def moments(model, u, s, finer=1):
    """E log p, E g, E h, E[h eps], E[h eps^2]."""
    sums = [mpf(0)] * 5
    for x, w in nodes(model, s, finer):
        value, g, h = model.at(u + s * x)
        for i, term in enumerate((value, g, h, h * x, h * x * x)):
            sums[i] += w * term
    return sums


def newton(model, u0, v0, u, s, tolerance, bound):
    """Newton's method on the gradient in (u, s), steps of at most `bound` standard deviations."""
    for _ in range(200):
        _, g, h, he, hee = moments(model, u, s)
        gradient = g - (u - u0) / v0, s * h + 1 / s - s / v0
        a, b, c = h - 1 / v0, he, hee - 1 / s**2 - 1 / v0
        determinant = a * c - b * b
        du = -(c * gradient[0] - b * gradient[1]) / determinant
        ds = -(a * gradient[1] - b * gradient[0]) / determinant
        length = min(1, bound * max(s, abs(u - u0)) / max(abs(du), mpf("1e-99")), bound * s / max(abs(ds), mpf("1e-99")))
        u, s = u + length * du, s + length * ds
        if abs(du) + abs(ds) < s * tolerance:
            return u, s
    raise ArithmeticError(f"no convergence: {vars(model)} {u0} {v0}")


def log_evidence(model, u0, v0, u, s, finer):
    """log int p(y | eta) N(eta | u0, v0) deta, the range cut where exp(-110) is left."""

    def log_joint(x):
        return model.at(x)[0] - (x - u0) ** 2 / (2 * v0) - mp.log(2 * mp.pi * v0) / 2

    step = min(s / mpf("3.5"), 2 * mp.pi * STRIP * model.sd / DIGITS) / finer
    floor = log_joint(u) - 110
    total = mp.exp(log_joint(u))
    for direction in (-1, 1):
        i = 1
        while (term := log_joint(u + direction * i * step)) > floor:
            total += mp.exp(term)
            i += 1
    return mp.log(total * step)


def quantized_cases():
    for step, sd in ((1.0, 1.0), (1.0, f32(0.3)), (1.0, f32(0.1)), (1.0, 4.0)):
        for v0 in VARIANCES:
            for y, u0 in ((0.0, 0.0), (2.0, 1.75), (0.0, -0.5), (-3.0, 0.0), (5.0, -40.0)):
                yield "quantized", step, sd, "", "", y, u0, v0
    for v0 in VARIANCES:
        for y, u0 in ((255.0, 250.0), (255.0, 254.5), (255.0, 260.0), (0.0, 30.0), (0.0, -0.25), (254.0, 254.0)):
            yield "quantized", 1.0, f32(0.3), 0.0, 255.0, y, u0, v0


def censored_cases():
    for sd in (1.0, f32(0.3)):
        for v0 in VARIANCES:
            for y, u0 in ((3.0, -40.0), (3.0, 0.0), (3.0, 2.75), (3.5, 4.0), (3.0, 7.0), (3.0, 40.0), (-2.0, 0.5)):
                yield "censored", sd, -2.0, 3.0, "", y, u0, v0
    for v0 in VARIANCES:
        for y, u0 in ((0.5, 0.25), (2.5, -8.0)):
            yield "censored", 0.5, -2.0, 3.0, "", y, u0, v0

    for sd in (f32(0.21), f32(0.02)):
        for v0 in (f32(0.1), 1.0, 25.0, 100.0):
            for y, u0 in ((0.0, 0.0), (2.0, 1.75), (0.0, -0.5), (5.0, -40.0)):
                yield "quantized", 1.0, sd, "", "", y, u0, v0


def model_of(likelihood, first, second, third, fourth, reading):
    if likelihood == "quantized":
        lower = -mp.inf if reading == third else mpf(reading) - mpf(first) / 2
        upper = mp.inf if reading == fourth else mpf(reading) + mpf(first) / 2
        return Reading(lower, upper, second)
    if second < reading < third:
        return Normal(reading, first)
    return Reading(third, mp.inf, first) if reading >= third else Reading(-mp.inf, second, first)


def normal_approximation(model, u0, v0):
    """The nearest edge, or the middle of the step, as a normal reading."""
    if isinstance(model, Normal):
        centre, noise = model.y, model.sd**2
    elif mp.isinf(model.lower) or mp.isinf(model.upper):
        edge = model.upper if mp.isinf(model.lower) else model.lower
        if (u0 > edge) == mp.isinf(model.upper):
            return u0, mp.sqrt(v0) / 2
        centre, noise = edge, model.sd**2
    else:
        centre, noise = (model.lower + model.upper) / 2, model.sd**2 + (model.upper - model.lower) ** 2 / 12
    gain = v0 / (v0 + noise)
    return u0 + gain * (centre - u0), mp.sqrt(noise * gain)


def row(case):
    *head, u0, v0 = case
    model = model_of(*head)
    u0, v0 = mpf(u0), mpf(v0)
    mp.dps = 25
    u, s = newton(model, u0, v0, *normal_approximation(model, u0, v0), mpf("1e-12"), mpf("0.5"))
    mp.dps = 60
    u, s = newton(model, u0, v0, u, s, mpf("1e-27"), mpf("0.5"))
    values = []
    for finer in (1, 2):
        bound = moments(model, u, s, finer)[0] - kl(u, s, u0, v0, mp)
        values.append((bound, log_evidence(model, u0, v0, u, s, finer)))
    for coarse, fine in zip(*values):
        assert abs(coarse - fine) < mpf("1e-25") * max(1, abs(fine)), (case, coarse, fine)
    likelihood, *parameters, reading, u0, v0 = case
    record = [likelihood, *parameters[:2], reading, u0, v0, digits(mp.chop(u, mpf("1e-27"))), digits(s)]
    record += map(digits, values[1])
    return [*record, "", "", "", *parameters[2:]]


HEADER = "likelihood parameter_1 parameter_2 reading u0 v0 u s elbo log_evidence u_other s_other elbo_other"


def main():
    with multiprocessing.Pool() as pool:
        records = pool.map(row, [*quantized_cases(), *censored_cases()], chunksize=2)
    path = pathlib.Path(__file__).resolve().parent / "scalar_updates_intervals.csv"
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*HEADER.split(), "parameter_3", "parameter_4"])
        out.writerows(records)


if __name__ == "__main__":
    main()
