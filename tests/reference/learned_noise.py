#!/usr/bin/env python3
"""Writes learned_noise_updates.csv and learned_noise.csv: noise that nobody told.

The model: r ~ InverseGamma(alpha, beta) beside eta ~ N(mean, variance), one
reading y ~ N(eta, r).

learned_noise_updates.csv holds the joint mean-field optimum q(eta) q(r) of
single readings: shift and variance of eta, and beta'/alpha'. All fixed points
are found as the real roots of a cubic (mpmath, 50 digits), and the one of
highest ELBO is taken, the ELBO summed from its five terms as they stand
in the definition:
E log p(y|eta, r) + E log p(eta) + E log p(r) + H[q(eta)] + H[q(r)].

Its columns elbo and log_evidence are of the model with r integrated out, y ~ Student-t about eta: E log p(y|eta) -
KL(q(eta) || p(eta)) of that q(eta), by learned_normal.py; and ln of the integral of N(y | mean, variance + r) over r,
by the trapezoidal rule in ln r.

learned_noise.csv holds a seeded series, a random walk of the level with
variance rate 0.05 and noise of variance 1, and the exact posterior after
every reading: mean and variance of the level, 1/E[1/r], and the log
evidence so far. Given r the level is Gaussian, so that a Kalman filter for each
of 2000 values of ln r with their posterior weights is exact up to the
trapezoidal rule; half as many have to give the same to 1e-8.
Prior: level N(0, 4), r ~ InverseGamma(1, 4). The first reading comes without
a step before it.

    python3 learned_noise.py        (mpmath, numpy; some minutes)
"""

import itertools
import math
import multiprocessing
import pathlib

import numpy as np
from learned_normal import mean_logarithm
from mpmath import mp, mpf

HERE = pathlib.Path(__file__).resolve().parent
mp.dps = 50


def single(x):
    """Rounded to f32, exactly."""
    return mpf(float(np.float32(float(x))))


def fixed_points(alpha, beta, variance, innovation):
    """Every r = beta'/alpha' that reproduces itself."""
    a, v, e = alpha + mpf(1) / 2, variance, innovation
    # (a r - beta)(v + r)^2 - (v r (v + r) + e^2 r^2)/2 = 0
    cubic = [a, 2 * a * v - beta - v / 2 - e * e / 2, a * v * v - 2 * beta * v - v * v / 2, -beta * v * v]
    roots = mp.polyroots(cubic, maxsteps=2000, extraprec=400)
    return [mp.re(r) for r in roots if abs(mp.im(r)) < mpf(10) ** -30 * abs(r) and mp.re(r) > 0]


def elbo(alpha, beta, variance, innovation, r):
    """Of the q(eta) and q(r) that belong to a fixed point, from the definition."""
    a = alpha + mpf(1) / 2
    b = a * r
    v = variance * r / (variance + r)
    u = innovation * variance / (variance + r)
    log_r = mp.log(b) - mp.digamma(a)
    likelihood = -(mp.log(2 * mp.pi) + log_r + ((innovation - u) ** 2 + v) * a / b) / 2
    prior = -(mp.log(2 * mp.pi * variance) + (u * u + v) / variance) / 2
    noise = alpha * mp.log(beta) - mp.loggamma(alpha) - (alpha + 1) * log_r - beta * a / b
    entropies = mp.log(2 * mp.pi * mp.e * v) / 2 + a + mp.log(b) + mp.loggamma(a) - (1 + a) * mp.digamma(a)
    return likelihood + prior + noise + entropies


def predicted_elbo(alpha, beta, variance, innovation, shift, posterior):
    """Of q(eta) alone, r integrated out."""
    nu, scale = 2 * alpha, mp.sqrt(beta / alpha)
    a = mp.sqrt(nu) * scale
    constant = mp.loggamma(alpha + mpf(1) / 2) - mp.loggamma(alpha) - mp.log(nu * mp.pi) / 2 - mp.log(scale)
    expected = constant - (alpha + mpf(1) / 2) * mean_logarithm((innovation - shift) / a, mp.sqrt(posterior) / a)
    return expected - (posterior / variance - 1 - mp.log(posterior / variance) + shift**2 / variance) / 2


def log_evidence(alpha, beta, variance, innovation):
    # e^(-beta e^-w) limits the strip to pi/2, at large alpha the width 1/sqrt(alpha) the step: 30 digits either way.
    step = min(mpf("0.12"), mpf("0.5") / mp.sqrt(alpha))
    constant = alpha * mp.log(beta) - mp.loggamma(alpha)

    def log_term(w):
        total = variance + mp.exp(w)
        return constant - alpha * w - beta * mp.exp(-w) - (mp.log(2 * mp.pi * total) + innovation**2 / total) / 2

    # From the mode of r's prior outwards as long as a term counts; the other factor turns slowly.
    start, terms = mp.log(beta / alpha), []
    for direction in (1, -1):
        k = 0 if direction > 0 else 1
        while True:
            term = log_term(start + direction * k * step)
            terms.append(term)
            if term < max(terms) - 70 and k * step > mp.log(1 + innovation**2 / beta) * (direction > 0):
                break
            k += 1
    return mp.log(mp.fsum(mp.exp(term) for term in terms) * step)


def update(setting):
    """One line, or none: two optima as good as one another are no test."""
    readings, forgetting, noise, variance, innovation = setting
    noise, variance, innovation = single(noise), single(variance), single(innovation)
    alpha = mpf(readings) / 2 * forgetting
    beta = alpha * noise
    points = fixed_points(alpha, beta, variance, innovation)
    values = sorted(((elbo(alpha, beta, variance, innovation, r), r) for r in points), reverse=True)
    if len(values) > 1 and values[0][0] - values[1][0] < mpf("0.01"):
        return None
    r = values[0][1]
    v = variance * r / (variance + r)
    shift = innovation * variance / (variance + r)
    reported = predicted_elbo(alpha, beta, variance, innovation, shift, v)
    evidence = log_evidence(alpha, beta, variance, innovation)
    text = [mp.nstr(x, 20) for x in [noise, variance, innovation, shift, v, r, reported, evidence]]
    return ",".join([str(readings), str(forgetting), *text[:3], str((len(values) + 1) // 2), *text[3:]])


def updates():
    settings = itertools.product(
        [1, 2, 8, 64, 4096], [1, 0.75, 0.5], [0.04, 1, 900], [0.01, 1, 100, 3600], [0, 0.3, 2, 7, 40, 600]
    )
    with multiprocessing.Pool() as pool:
        lines = [line for line in pool.map(update, settings, chunksize=8) if line]
    columns = "readings,forgetting,noise,variance,innovation,optima,shift,posterior,learned,elbo,log_evidence"
    (HERE / "learned_noise_updates.csv").write_text("\n".join([columns, *lines]) + "\n")


def exact(readings, count):
    """(mean, variance, 1/E[1/r], log evidence) after each reading."""
    log_r = np.linspace(math.log(1e-3), math.log(1e5), count)
    r = np.exp(log_r)
    step = log_r[1] - log_r[0]
    # InverseGamma(1, 4) in ln r.
    log_weight = math.log(4) - log_r - 4 / r + math.log(step)
    mean, variance = np.zeros(count), np.full(count, 4.0)
    rows = []
    for k, y in enumerate(readings):
        if k > 0:
            variance = variance + 0.05
        total = variance + r
        log_weight = log_weight - 0.5 * (np.log(2 * np.pi * total) + (y - mean) ** 2 / total)
        gain = variance / total
        mean, variance = mean + gain * (y - mean), variance * r / total
        highest = log_weight.max()
        weight = np.exp(log_weight - highest)
        evidence = highest + math.log(weight.sum())
        weight /= weight.sum()
        level = float(weight @ mean)
        spread = float(weight @ (variance + (mean - level) ** 2))
        rows.append((level, spread, 1 / float(weight @ (1 / r)), evidence))
    return rows


def series():
    rng = np.random.default_rng(1)
    level = np.cumsum(np.concatenate([[0.0], rng.normal(0, math.sqrt(0.05), 199)]))
    readings = [round(float(x), 3) for x in level + rng.normal(0, 1, 200)]
    rows, half = exact(readings, 2000), exact(readings, 1000)
    for row, other in zip(rows, half, strict=True):
        assert all(abs(a - b) < 1e-8 for a, b in zip(row, other, strict=True)), (row, other)
    lines = ["reading,mean,variance,noise,log_evidence"]
    lines += [",".join([str(y), *(f"{x:.12g}" for x in row)]) for y, row in zip(readings, rows, strict=True)]
    (HERE / "learned_noise.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    updates()
    series()
