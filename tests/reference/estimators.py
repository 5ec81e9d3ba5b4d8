#!/usr/bin/env python3
"""Writes scalar_updates.csv and scalar_updates_counts.csv: the optimum of the scalar ELBO, for many readings.

For a reading y, a prior N(u0, v0) on eta and a likelihood p(y | eta), the row
holds the (u, s) that maximises

    ELBO(u, s) = E_{N(u, s^2)}[log p(y | eta)] - KL(N(u, s^2) || N(u0, v0)),

its value, and the exact log evidence log int p(y | eta) N(eta | u0, v0) deta.
With g and h the first and second derivative of log p in eta, the optimum has

    E g = (u - u0) / v0,      1 / s^2 = 1 / v0 - E h      (E[g eps] = s E h).

Expectations are sums on a uniform grid (the trapezoidal rule), whose error is
about exp(-2 pi d / step) for an integrand analytic within d of the real axis,
and exp(-2 (pi s / step)^2) for the Gaussian weight alone. log p has its
nearest singularity at d = pi (Bernoulli), scale sqrt(nu) (Student-t); Poisson
expectations have closed forms. Every step is chosen for an error below 1e-40.

A damped Newton iteration in double precision finds the optimum, a Newton
iteration with the residual at 60 digits polishes it. A Student-t reading can
have two optima: the search starts from both sides and between; the lower one,
where it exists, fills the last three columns.

Columns: parameter_1, parameter_2 are the variance of normal; the scale and the
degrees of freedom of student_t; the exposure of poisson. The reading of
bernoulli is 0 or 1. Inputs are f32 numbers, written out exactly.

    python3 estimators.py     (mpmath, numpy; about a minute)
"""

import csv
import functools
import math
import multiprocessing
import pathlib

import numpy as np
from mpmath import mp, mpf

import counts

mp.dps = 60
HALF_WIDTH = 14.5  # of a grid, in standard deviations: exp(-105) is left out
DIGITS = 93.0  # -log of the accepted error of a sum


class Normal:
    def __init__(self, variance, reading):
        self.variance, self.y, self.strip = variance, reading, math.inf

    def log_prob(self, x, m):
        v = self.variance
        return -(x - self.y) ** 2 / (2 * v) - m.log(2 * m.pi * v) / 2

    def slopes(self, x, m):
        return (self.y - x) / self.variance, -1 / self.variance + 0 * x


class StudentT:
    def __init__(self, scale, nu, reading):
        self.scale, self.nu, self.y = scale, nu, reading
        self.strip = float(scale) * math.sqrt(nu)

    def log_prob(self, x, m):
        nu, r = self.nu, (x - self.y) / self.scale
        half = mpf(nu) / 2
        const = mp.loggamma(half + 0.5) - mp.loggamma(half) - mp.log(2 * half * mp.pi) / 2
        const -= mp.log(self.scale)
        const = float(const) if m is np else const
        return const - (nu + 1) * m.log1p(r * r / nu) / 2

    def slopes(self, x, m):
        nu, r = self.nu, (x - self.y) / self.scale
        w = (nu + 1) / (nu + r * r)
        return -w * r / self.scale, -w * (nu - r * r) / (nu + r * r) / self.scale**2


class Bernoulli:
    def __init__(self, reading):
        self.y, self.sign, self.strip = reading, 1 if reading else -1, math.pi

    def log_prob(self, x, m):
        t = self.sign * x
        if m is np:
            return -np.logaddexp(0, -t)
        return -mp.log1p(mp.exp(-t))

    def slopes(self, x, m):
        t = self.sign * x
        p = np.exp(-np.logaddexp(0, t)) if m is np else 1 / (1 + mp.exp(t))
        return self.sign * p, -p * (1 - p)


class Poisson:
    def __init__(self, exposure, reading):
        self.exposure, self.y, self.strip = exposure, reading, math.pi / 2

    def log_prob(self, x, m):
        e, y = mpf(self.exposure), self.y
        const = y * mp.log(e) - mp.loggamma(y + 1)
        const, e = (float(const), self.exposure) if m is np else (const, e)
        return y * x - e * m.exp(x) + const

    def moments(self, u, s, m):
        rate = self.exposure * m.exp(u + s * s / 2)
        return self.log_prob(u, m) + self.exposure * m.exp(u) - rate, self.y - rate, -rate

    def cross(self, u, s):
        rate = self.exposure * math.exp(u + s * s / 2)
        return -s * rate, -(1 + s * s) * rate


@functools.lru_cache(maxsize=None)
def grid(level):
    """Nodes and weights of E under N(0, 1), at step 1/(3 2^level)."""
    step = mpf(1) / (3 * 2**level)
    n = int(mp.ceil(HALF_WIDTH / step))
    nodes = [i * step for i in range(-n, n + 1)]
    scale = step / mp.sqrt(2 * mp.pi)
    return nodes, [scale * mp.exp(-x * x / 2) for x in nodes]


@functools.lru_cache(maxsize=None)
def grid64(level):
    nodes, weights = grid(level)
    return np.array([float(x) for x in nodes]), np.array([float(w) for w in weights])


def level(model, s):
    """The grid on which a sum over N(u, s^2) is exact for this likelihood."""
    step = 2 * math.pi * model.strip / DIGITS / float(s)
    return max(0, math.ceil(math.log2(1 / (3 * step)))) if step < 1 else 0


def moments(model, u, s):
    """E log p, E g, E h at 60 digits."""
    if hasattr(model, "moments"):
        return model.moments(u, s, mp)
    nodes, weights = grid(level(model, s))
    g, h = mpf(0), mpf(0)
    for x, w in zip(nodes, weights):
        first, second = model.slopes(u + s * x, mp)
        g, h = g + w * first, h + w * second
    return None, g, h


def mean_log_prob(model, u, s):
    if hasattr(model, "moments"):
        return model.moments(u, s, mp)[0]
    nodes, weights = grid(level(model, s))
    return mp.fsum(w * model.log_prob(u + s * x, mp) for x, w in zip(nodes, weights))


def kl(u, s, u0, v0, m):
    return (s * s / v0 + (u - u0) ** 2 / v0 - 1 - m.log(s * s / v0)) / 2


def elbo64(model, u0, v0, u, s):
    """The ELBO, its gradient and its Hessian in (u, s), double precision."""
    if hasattr(model, "moments"):
        value, g, h = model.moments(u, s, np)
        he, hee = model.cross(u, s)
    else:
        nodes, weights = grid64(level(model, s))
        x = u + s * nodes
        value = weights @ model.log_prob(x, np)
        first, second = model.slopes(x, np)
        g, h = weights @ first, weights @ second
        he, hee = weights @ (second * nodes), weights @ (second * nodes * nodes)
    value -= kl(u, s, u0, v0, math)
    gradient = np.array([g - (u - u0) / v0, s * h + 1 / s - s / v0])
    hessian = np.array([[h - 1 / v0, he], [he, hee - 1 / s**2 - 1 / v0]])
    return value, gradient, hessian


def climb(model, u0, v0, u, s):
    """A local maximum of the ELBO from (u, s): damped Newton on (u/s, log s)."""
    value, gradient, hessian = elbo64(model, u0, v0, u, s)
    for _ in range(500):
        slope = s * gradient
        curvature = s * s * hessian + np.diag([0.0, s * gradient[1]])
        eigenvalues, basis = np.linalg.eigh(curvature)
        step = basis @ ((basis.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-3))
        step /= max(1.0, abs(step[0]) / max(1.0, abs(u - u0) / s), abs(step[1]))
        if np.abs(step).max() < 1e-15:
            break
        for _ in range(60):
            trial = u + s * step[0], s * math.exp(step[1])
            new = elbo64(model, u0, v0, *trial)
            if new[0] > value:
                break
            step /= 2
        else:
            break
        (u, s), (value, gradient, hessian) = trial, new
    return value, u, s


def starts(model, u0, v0):
    if isinstance(model, StudentT):
        for part in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1):
            for s2 in (v0, 1 / (1 / v0 + 1 / model.scale**2), v0 / 9):
                yield u0 + part * (model.y - u0), math.sqrt(s2)
    elif isinstance(model, Poisson):
        w = max(model.y, 0.5)
        u = (u0 / v0 + w * math.log(w / model.exposure)) / (1 / v0 + w)
        yield u, 1 / math.sqrt(1 / v0 + model.exposure * math.exp(u))
    elif hasattr(model, "laplace"):
        yield model.laplace(u0, v0)
    else:
        yield u0, math.sqrt(v0)


def optima64(model, u0, v0):
    """The distinct local maxima, the highest first."""
    found = []
    for start in starts(model, u0, v0):
        value, u, s = climb(model, u0, v0, *start)
        if all(abs(u - other[1]) > 1e-3 * s for other in found):
            found.append((value, u, s))
    return sorted(found, reverse=True)


def polish(model, u0, v0, u, s):
    """Newton at 60 digits; the double-precision Hessian gains 8 digits or more a step."""
    inverse = np.linalg.inv(elbo64(model, u0, v0, u, s)[2])
    u, s = mpf(u), mpf(s)
    for _ in range(8):
        _, g, h = moments(model, u, s)
        gradient = g - (u - u0) / v0, s * h + 1 / s - s / v0
        du = -sum(mpf(inverse[0, j]) * gradient[j] for j in range(2))
        ds = -sum(mpf(inverse[1, j]) * gradient[j] for j in range(2))
        u, s = u + du, s + ds
        if abs(du) + abs(ds) < s * mpf("1e-27"):
            return u, s
    raise ArithmeticError(f"no convergence: {vars(model)} {u0} {v0}")


def log_evidence(model, u0, v0):
    """log int p(y | eta) N(eta | u0, v0) deta, the range cut where exp(-110) is left."""

    def log_joint(x):
        return model.log_prob(x, mp) - (x - u0) ** 2 / (2 * mpf(v0)) - mp.log(2 * mp.pi * v0) / 2

    if isinstance(model, Poisson):
        centre = climb_mode(model, u0, v0)
        width = 1 / math.sqrt(1 / v0 + model.exposure * math.exp(centre))
    elif hasattr(model, "laplace"):
        centre, width = model.laplace(u0, v0)
    else:
        centre, width = u0, math.sqrt(v0)
        if isinstance(model, Normal):
            width = 1 / math.sqrt(1 / v0 + 1 / model.variance)
            centre = (u0 / v0 + model.y / model.variance) * width**2
    step = min(width / 3.5, 2 * math.pi * model.strip / DIGITS)
    ends = []
    for direction in (-1, 1):
        reach, floor = width, log_joint(mpf(centre)) - 110
        while log_joint(centre + direction * mpf(reach)) > floor:
            reach *= 1.25
        ends.append(math.ceil(reach / step))
    terms = [mp.exp(log_joint(centre + i * mpf(step))) for i in range(-ends[0], ends[1] + 1)]
    return mp.log(mp.fsum(terms) * step)


def climb_mode(model, u0, v0):
    """The mode of a Poisson posterior: Newton on a concave function, from its left."""
    x = min(u0, math.log(max(model.y, 1e-3) / model.exposure))
    for _ in range(400):
        rate = model.exposure * math.exp(x)
        x += max(-1.0, min(1.0, (model.y - rate - (x - u0) / v0) / (rate + 1 / v0)))
    return x


def f32(x):
    return float(np.float32(x))


VARIANCES = [f32(v) for v in (0.01, 0.1, 1, 4, 25, 100)]
# (nu, v0, reading) at u0 = 0, scale 1; the answer changes sides within each nu.
TWO_OPTIMA = (
    (1.0, 100.0, 28.0), (2.0, 100.0, 34.0), (2.0, 100.0, -37.0), (2.0, 100.0, 43.0),
    (4.0, 100.0, 46.0), (4.0, 100.0, -52.0), (4.0, 100.0, 55.0), (4.0, 100.0, 73.0),
    (10.0, 100.0, -76.0), (10.0, 100.0, 82.0), (10.0, 100.0, 112.0),
    (10.0, 25.0, 34.0), (10.0, 25.0, -36.0),
)
RESIDUALS = (0, 0.5, 1, 2, 3, 5, 8, 12, 20, 50, 1000)


def cases():
    """(likelihood, parameter_1, parameter_2, reading, u0, v0), all of them f32."""
    for variance in (f32(0.01), 1.0, 25.0):
        for v0 in VARIANCES:
            for reading, u0 in ((0.75, 0.5), (-40.0, 3.0)):
                yield "normal", variance, "", reading, u0, v0
    for v0 in VARIANCES:
        for count in (0, 1, 3, 10, 100, 1000, 100000):
            for away in (-6, -2, 0, 2, 6):
                centre = math.log(max(count, 0.5))
                yield "poisson", 1.0, "", count, f32(centre + away * math.sqrt(v0)), v0
            for away in (-10, 10):
                yield "poisson", 1.0, "", count, f32(math.log(max(count, 0.5)) + away), v0
        for count, exposure in ((0, 60.0), (7, 60.0), (7, 0.25)):
            yield "poisson", exposure, "", count, 0.5, v0
        for outcome in (0, 1):
            for u0 in (-20, -8, -4, -2, -0.5, 0, 1, 3, 8, 20):
                yield "bernoulli", "", "", outcome, float(u0), v0
    for nu in (1.0, 2.0, 4.0, 10.0):
        for v0 in VARIANCES:
            for i, residual in enumerate(RESIDUALS):
                u0 = (0.0, 3.0, -5.0)[i % 3]
                yield "student_t", 1.0, nu, u0 + (-1) ** i * residual, u0, v0
            for residual in RESIDUALS[1::2] if v0 < 50 else ():
                yield "student_t", 0.5, nu, residual, 0.0, v0
    for nu, v0, residual in TWO_OPTIMA:
        yield "student_t", 1.0, nu, residual, 0.0, v0




def model_of(likelihood, first, second, reading):
    if likelihood == "normal":
        return Normal(first, reading)
    if likelihood == "student_t":
        return StudentT(first, second, reading)
    if likelihood == "bernoulli":
        return Bernoulli(reading)
    if likelihood in counts.MODELS:
        return counts.MODELS[likelihood](first, second, reading)
    return Poisson(first, reading)


def digits(x, n=20):
    return mp.nstr(x, n)


def row(case):
    *head, u0, v0 = case
    model = model_of(*head)
    best = []
    for _, u, s in optima64(model, u0, v0)[:2]:
        u, s = polish(model, u0, v0, u, s)
        value = mean_log_prob(model, u, s) - kl(u, s, mpf(u0), mpf(v0), mp)
        best.append((value, u, s))
    best.sort(reverse=True)
    record = list(case)
    record += [digits(best[0][1]), digits(best[0][2]), digits(best[0][0])]
    record.append(digits(log_evidence(model, u0, v0)))
    if len(best) > 1:
        record += [digits(best[1][1]), digits(best[1][2]), digits(best[1][0])]
    else:
        record += ["", "", ""]
    return record


HEADER = "likelihood parameter_1 parameter_2 reading u0 v0 u s elbo log_evidence u_other s_other elbo_other"


def write(name, rows):
    with multiprocessing.Pool() as pool:
        records = pool.map(row, list(rows), chunksize=4)
    path = pathlib.Path(__file__).resolve().parent / f"{name}.csv"
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER.split())
        out.writerows(records)


def main():
    write("scalar_updates", cases())
    write("scalar_updates_counts", counts.cases(f32, VARIANCES))


if __name__ == "__main__":
    main()
