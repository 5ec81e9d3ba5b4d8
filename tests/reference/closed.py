"""References for the likelihoods whose averages under a normal belief have a closed form: probit, von Mises, Huber.

likelihood_closed.csv has the columns of likelihood.csv. Parameters: probit none; von_mises: concentration kappa; huber:
standard deviation, threshold. The scales, beside the value itself:
    probit      as of censored (intervals.py)
    von_mises   log_prob: the loss kappa (1 - cos d), the normaliser less kappa; second: kappa; first: kappa where d is
                more than a radian from whole turns
    huber       log_prob: the loss, ln C, the logarithm of the standard deviation
"""

import random

from mpmath import mp

from intervals import interval
from table import SCALARS, Table, scaled


def probit(y, eta):
    return interval(mp.mpf(0), mp.inf, mp.mpf(1), eta) if y else interval(-mp.inf, mp.mpf(0), mp.mpf(1), eta)


def von_mises(kappa, y, eta):
    with mp.workdps(2 * mp.dps):
        d = y - eta
        d -= 2 * mp.pi * mp.nint(d / (2 * mp.pi))
        loss = 2 * kappa * mp.sin(d / 2) ** 2
        # Beyond 1000 the asymptotic series, whose smallest term is about e^-2000.
        scaled_bessel = mp.besseli(0, kappa) * mp.exp(-kappa) if kappa < 1000 else asymptotic(kappa)
        normalizer = mp.log(2 * mp.pi * scaled_bessel)
        first, second = kappa * mp.sin(d), -kappa * mp.cos(d)
    columns = scaled(-loss - normalizer, loss, normalizer, mp.log(2 * mp.pi))
    return [*columns, *scaled(first, kappa if abs(d) > 1 else 0), *scaled(second, kappa)]


def asymptotic(kappa):
    """e^-kappa I_0(kappa), Abramowitz and Stegun 9.7.1."""
    total, term, n = mp.mpf(1), mp.mpf(1), 1
    while term > mp.eps * total:
        term *= (2 * n - 1) ** 2 / (8 * n * kappa)
        total, n = total + term, n + 1
    return total / mp.sqrt(2 * mp.pi * kappa)


def huber(sd, k, y, eta):
    r = (y - eta) / sd
    loss = r * r / 2 if abs(r) < k else k * abs(r) - k * k / 2
    constant = mp.log(mp.sqrt(2 * mp.pi) * mp.erf(k / mp.sqrt(2)) + 2 / k * mp.exp(-k * k / 2))
    second = -1 / sd**2 if abs(r) < k else mp.mpf(0)
    columns = scaled(-loss - constant - mp.log(sd), loss, constant, mp.log(sd))
    return [*columns, *scaled(max(-k, min(k, r)) / sd), *scaled(second)]


def probit_rows(rng, scalar):
    """(regime, [], y, eta)"""
    for size in [0.0, 1e-30, 1e-5, 0.01, 0.3, 1.0, 2.0, 3.5, 5.0, 9.0, 12.0, 40.0, 1e3, 1e6, 1e12, 1e25]:
        for y in [0, 1]:
            yield "beyond", [], y, -size if y else size
            if size < 13:
                yield "agrees", [], y, size if y else -size


def von_mises_rows(rng, scalar):
    """(regime, [kappa], y, eta)"""
    for kappa in [1e-3, 0.03, 0.5, 2.0, 6.4, 11.9, 12.1, 23.9, 24.1, 50.0, 2e3, 1e6, 1e12]:
        kappa = scalar.round(kappa)
        for d in [0.0, 1e-6, 0.01, 0.3, 1.0, 1.57, 2.2, 3.0, 3.1415, 4.0, 6.28]:
            y = rng.uniform(-3, 3)
            yield "turn", [kappa], y, y + rng.choice([-1, 1]) * d
    for turns in [3, 40, 1e3, 3e4, 5e5]:
        for d in [1e-3, 0.5, 2.0, 3.14]:
            y = rng.uniform(-3, 3)
            kappa = scalar.round(10 ** rng.uniform(-1, 3))
            yield "turns", [kappa], y, y + rng.choice([-1, 1]) * (6.283185307 * turns + d)
    if scalar.width > 8:
        for turns in [1e9, 3e12, 6e14]:
            yield "turns", [scalar.round(4.0)], rng.uniform(-3, 3), rng.choice([-1, 1]) * 6.283185307 * turns


def huber_rows(rng, scalar):
    """(regime, [sd, k], y, eta)"""
    for k in [1e-3, 0.1, 0.6, 1.345, 2.0, 4.0, 30.0, 1e3]:
        sd, k = scalar.round(10 ** rng.uniform(-3, 3)), scalar.round(k)
        for r in [0.0, 0.01, 0.3, 0.9, 1.1, 1.7, 20.0, 1e6, 1e20]:
            y = rng.gauss(0, 1) * float(sd)
            yield "*", [sd, k], y, y + rng.choice([-1, 1]) * r * float(k * sd)


FAMILIES = {
    "probit": (probit, probit_rows),
    "von_mises": (von_mises, von_mises_rows),
    "huber": (huber, huber_rows),
}


def likelihood(seed):
    rng = random.Random(f"closed {seed}")
    columns = "scalar,likelihood,regime,parameters,reading,eta,log_prob,log_prob_scale,first,first_scale,second"
    table = Table("likelihood_closed", f"{columns},second_scale".split(","))
    for scalar in SCALARS:
        for name, (family, rows) in FAMILIES.items():
            for regime, parameters, y, eta in rows(rng, scalar):
                eta = scalar.round(eta)
                y = y if name == "probit" else scalar.round(y)
                reading = y if name == "probit" else scalar.bits(y)
                inputs = [scalar.name, name, regime, scalar.list(parameters), reading, scalar.bits(eta)]
                table.add(inputs, lambda: family(*parameters, y, eta))
    return table
