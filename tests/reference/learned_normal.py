"""References for a reading whose noise is learnt: its log density with the noise integrated out.

learned_normal.csv: parameters: variance, readings, forgetting factor, so that r ~ InverseGamma(alpha, alpha variance)
with alpha = forgetting readings/2, of which no more is counted than half a reading less than 2^17 (f32) or 2^26 (f64)
readings tell. With nu = 2 alpha and x = y - eta

    log_prob       Student's t with nu degrees of freedom and scale sqrt(variance), from its gamma functions
    first, second  its derivatives in eta
    mean_log_prob  its mean under N(eta, std_dev^2), where there is a std_dev, through
                   E ln(1 + x^2/a^2) = int_0^inf (1 - E e^(-t x^2/a^2)) e^-t/t dt,   a^2 = nu variance,
                   by the trapezoidal rule in ln t: E e^(-t x^2/a^2) of a normal x has no root in t's right half-plane

Scales as of student_t (sensors.py); of mean_log_prob the constant, the logarithm of the scale and the mean of the rest.
"""

import random

from mpmath import mp

from sensors import student_t
from table import F32, SCALARS, Table, scaled


def mean_logarithm(ratio, width):
    """E ln(1 + (ratio + width eps)^2) to 45 digits and more."""
    with mp.workdps(45 + mp.dps // 8):
        height = mp.dps * mp.log(10)
        step = 2 * mp.pi * mp.mpf("1.3") / height
        start, end = -height - mp.log(1 + ratio**2 + width**2), mp.log(height) + 1
        total = mp.mpf(0)
        for k in range(int(mp.ceil((end - start) / step)) + 1):
            t = mp.exp(start + k * step)
            spread = 1 + 2 * t * width**2
            total += -mp.expm1(-t * ratio**2 / spread - mp.log(spread) / 2) * mp.exp(-t)
        return total * step


def figures(scalar, variance, readings, forgetting, y, eta, std_dev):
    half = mp.mpf(1) / 2
    most = mp.mpf(2) ** (17 if scalar is F32 else 26)
    alpha = min(forgetting * min(readings, most) / 2, (most - 1) / 2)
    nu = 2 * alpha
    scale = mp.sqrt(variance)
    if std_dev is None:
        return [*student_t(scale, nu, y, eta), None, None]
    constant = mp.loggamma(nu / 2 + half) - mp.loggamma(nu / 2) - half * mp.log(nu * mp.pi)
    a = mp.sqrt(nu) * scale
    terms = [constant, -mp.log(scale), -(nu + 1) / 2 * mean_logarithm((y - eta) / a, std_dev / a)]
    return [*[None] * 6, *scaled(sum(terms), *terms)]


def rows(rng, scalar):
    """(regime, [variance, readings, forgetting], y, eta, std_dev)"""
    many = 2.0**17 if scalar is F32 else 2.0**26
    few = [(1.0, 0.5), (1.0, 1.0), (2.0, 0.98), (5.0, 0.75)]
    for readings, forgetting in [*few, (40.0, 0.95), (3e3, 1.0), (many, 1.0)]:
        for residual in [0.0, 1e-4, 0.3, 0.97 * (forgetting * readings) ** 0.5, 3.0, 20.0]:
            noise = 10 ** rng.uniform(-6, 6)
            eta = rng.gauss(0, 1) * noise**0.5
            y = eta + residual * noise**0.5 * rng.choice([-1, 1])
            yield "body", [noise, readings, forgetting], y, eta, None
        for residual in [1e3, 1e8, 1e20, 1e30]:
            noise = rng.choice([0.01, 1.0, 50.0])
            yield "tail", [noise, readings, forgetting], rng.choice([-residual, residual]), rng.gauss(0, 1), None
    extremes = [2e-31, 1e-20, 1e20, 3e31] + ([1e-290, 1e290] if scalar is not F32 else [])
    for noise in extremes:
        for residual in [0.2, -4.0, 300.0]:
            yield "extreme noise", [noise, 6.0, 0.9], residual * noise**0.5, 0.1 * noise**0.5, None
    for readings, forgetting in [(1.0, 0.5), (2.0, 1.0), (8.0, 0.9), (2e3, 1.0)]:
        nu = readings * forgetting
        for width in [0.34, 1.0, 40.0, 3e3]:
            for residual in [0.0, -3.0, 30.0]:
                noise = 10 ** rng.uniform(-4, 4)
                std_dev = width * (nu * noise) ** 0.5
                eta = rng.gauss(0, 1) * std_dev
                yield "*", [noise, readings, forgetting], eta + residual * std_dev, eta, std_dev


def learned_normal(seed):
    rng = random.Random(f"learned normal {seed}")
    columns = "scalar,regime,parameters,reading,eta,std_dev,log_prob,log_prob_scale,first,first_scale,second,"
    table = Table("learned_normal", f"{columns}second_scale,mean_log_prob,mean_log_prob_scale".split(","))
    for scalar in SCALARS:
        for regime, parameters, y, eta, std_dev in rows(rng, scalar):
            parameters, y, eta = [scalar.round(x) for x in parameters], scalar.round(y), scalar.round(eta)
            std_dev = None if std_dev is None else scalar.round(std_dev)
            width = "" if std_dev is None else scalar.bits(std_dev)
            inputs = [scalar.name, regime, scalar.list(parameters), scalar.bits(y), scalar.bits(eta), width]
            table.add(inputs, lambda: figures(scalar, *parameters, y, eta, std_dev))
    return table
