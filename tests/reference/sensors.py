"""References for the likelihoods and for the normal quantile behind `noise::standard_normal`.

likelihood.csv: log_prob(y | eta) and its first two derivatives in eta, from the rounded parameters, reading and eta.
Parameters: normal: variance; student_t: scale, degrees of freedom; poisson: exposure; bernoulli: none. The scales,
beside the value itself:
    normal      log_prob: the constant, the logarithm, the square
    student_t   log_prob: the constant (its gamma functions taken together), the logarithm of the scale, the tail;
                second: nu + 1 over (nu + r^2) scale^2, r the residual in scales (it changes sign at r^2 = nu)
    poisson     log_prob: |eta first|, its change when eta changes by one part in one; first: y and the rate; both
                derivatives are left empty for an f32 rate above 1e17, where the crate caps it
normal_quantile.csv: `word` is the one word drawn from the generator. Its top bit is the sign, k the other bits (31 for
f32, 63 for f64): p = (k + 1/2) / 2^32 or 2^64, z = quantile(p) <= 0, negated when the top bit is set.
"""

import random

from mpmath import mp

from table import SCALARS, F32, F64, Table, scaled

HALF = mp.mpf(1) / 2
CAP = {F32: mp.mpf(10) ** 17, F64: mp.inf}


def normal(variance, y, eta):
    square = (y - eta) ** 2 / (2 * variance)
    terms = [-HALF * mp.log(2 * mp.pi), -HALF * mp.log(variance), -square]
    return [*scaled(sum(terms), *terms), *scaled((y - eta) / variance), *scaled(-1 / variance)]


def student_t(scale, nu, y, eta):
    r = (eta - y) / scale
    constant = mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) - HALF * mp.log(nu * mp.pi)
    terms = [constant, -mp.log(scale), -(nu + 1) / 2 * mp.log1p(r * r / nu)]
    curvature = (nu + 1) / (nu + r * r) / scale**2
    first = -(nu + 1) * r / (nu + r * r) / scale
    return [*scaled(sum(terms), *terms), *scaled(first), *scaled(-curvature * (nu - r * r) / (nu + r * r), curvature)]


def poisson(exposure, y, eta, most):
    rate = exposure * mp.exp(eta)
    value = y * (eta + mp.log(exposure)) - rate - mp.loggamma(y + 1)
    slopes = [*scaled(y - rate, y, rate), *scaled(-rate)]
    return [*scaled(value, eta * (y - rate)), *(slopes if rate < most else [None] * 4)]


def bernoulli(y, eta):
    away = -eta if y else eta
    other, same = 1 / (1 + mp.exp(-away)), 1 / (1 + mp.exp(away))
    return [*scaled(-mp.log1p(mp.exp(away))), *scaled(other if y else -other), *scaled(-other * same)]


def normal_rows(rng, scalar):
    """(regime, parameters, y, eta)"""
    for variance in [1e-8, 0.3, 1.0, 2e6]:
        sd = variance**0.5
        eta = rng.gauss(0, 1)
        for residual in [0.0, 1e-3, 0.7, 5.0, 40.0]:
            yield "body", [variance], eta + residual * sd, eta
        yield "offset", [variance], 350 + rng.gauss(0, sd), 350.0
    for variance, residual in [(1.0, 1e6), (1e-4, 1e15), (1e10, 1e21), (1e20, 1e28), (1.0, 1e30)]:
        yield "tail", [variance], residual, rng.gauss(0, 1)
        yield "tail", [variance], rng.gauss(0, 1), residual


def student_t_rows(rng, scalar):
    for nu in [0.5, 1, 2, 4, 10, 100, 1e6]:
        scale, eta = 10 ** rng.uniform(-3, 3), rng.gauss(0, 1)
        for residual in [0.0, 1e-4, 0.3, 0.97 * nu**0.5, 3.0, 20.0]:
            yield "body", [scale, nu], eta + residual * scale * rng.choice([-1, 1]), eta
        for residual in [1e3, 1e8, 1e20, 1e30]:
            yield "tail", [rng.choice([0.1, 1.0, 7.0]), nu], rng.choice([-residual, residual]), eta
    for nu in [3.5, 7, 30, 1e3]:
        eta = 10 * rng.gauss(0, 1)
        yield "body", [rng.uniform(0.2, 4), nu], eta + 2 * rng.gauss(0, 1), eta


def poisson_rows(rng, scalar):
    for y in [0, 1, 2, 5, 15, 16, 40, 300, 10**4, 10**6, 4 * 10**9]:
        exposure = scalar.round(10 ** rng.uniform(-3, 3) if y % 2 else 1.0)
        mode = mp.log(mp.mpf(max(y, HALF)) / exposure)
        for away in [0, 1e-3, -1e-3, 2e-5]:
            yield "mode", [exposure], y, mode + away
        for away in [0.3, -2.0]:
            yield "body", [exposure], y, mode + away
        for eta in [-80, -9, 11, 32, 80] if y < 10**5 else [-80, 32, 80]:
            yield "tail", [exposure], y, eta + rng.uniform(-0.1, 0.1)
    for y in range(3, 15):
        yield "body", [1.0], y, mp.log(y + HALF)
    for y, eta in [(0, -100), (3, -100), (3, 88.5), (0, 89), (3, 95)]:
        yield "tail", [1.0], y, eta
    for y, exposure in [(0, 1e-3), (3, 1e-3), (7, 1e3), (123456, 60.0)]:
        yield "body", [exposure], y, mp.log((y + HALF) / exposure) + rng.gauss(0, 0.5)


def bernoulli_rows(rng, scalar):
    for eta in [0.0, 1e-30, 1e-6, 0.01, 0.7, 1.0, 4.0, 9.3, 16.7, 25.0, 37.5, 60.0, 86.0, 100.0]:
        for y in [0, 1]:
            yield "*", [], y, eta * rng.choice([-1, 1])


FAMILIES = {"normal": normal, "student_t": student_t, "poisson": poisson, "bernoulli": bernoulli}
ROWS = {"normal": normal_rows, "student_t": student_t_rows, "poisson": poisson_rows, "bernoulli": bernoulli_rows}


def likelihood(seed, name="likelihood", families=FAMILIES, rows=ROWS):
    rng = random.Random(f"{name} {seed}")
    columns = "scalar,likelihood,regime,parameters,reading,eta,log_prob,log_prob_scale,first,first_scale,second"
    table = Table(name, f"{columns},second_scale".split(","))
    for scalar in SCALARS:
        for name, family in families.items():
            discrete = name in ("poisson", "bernoulli", "negative_binomial")
            for regime, parameters, y, eta in rows[name](rng, scalar):
                parameters, eta = [scalar.round(x) for x in parameters], scalar.round(eta)
                y = y if discrete else scalar.round(y)
                reading = y if discrete else scalar.bits(y)
                inputs = [scalar.name, name, regime, scalar.list(parameters), reading, scalar.bits(eta)]
                arguments = [*parameters, mp.mpf(y), eta] + [CAP[scalar]] * (name in ("poisson", "gamma"))
                table.add(inputs, lambda: family(*arguments))
    return table


def quantile(p):
    """The standard normal quantile for 0 < p < 1/2, by Newton's method on ln of the tail."""
    z = -mp.sqrt(-2 * mp.log(2 * p))
    for _ in range(60):
        tail = mp.erfc(-z / mp.sqrt(2)) / 2
        step = (mp.log(tail) - mp.log(p)) * tail / mp.npdf(z)
        z -= step
        if abs(step) < abs(z) * mp.mpf(10) ** (10 - mp.dps):
            return z
    raise ArithmeticError(f"no convergence at {p}")


def normal_quantile(seed):
    rng = random.Random(f"normal quantile {seed}")
    table = Table("normal_quantile", ["scalar", "regime", "word", "z"])
    for scalar in SCALARS:
        bits = 31 if scalar is F32 else 63
        total = 2 << bits
        tail = [0, 1, 2, 5, *(1 << i for i in range(3, bits - 5, 3 if scalar is F32 else 6))]
        tail += [int(total * mp.exp(-r * r)) for r in ([4.2, 3.1] if scalar is F32 else [5.001, 4.999, 6.1, 3.1])]
        body = [int(total * x) for x in [0.02425, 0.0749, 0.0751, 0.12, 0.2, 0.3, 0.4, 0.45, 0.49]]
        body += [int(total * rng.uniform(0.01, 0.5)) for _ in range(12)]
        centre = [total // 2 - 1 - i for i in [0, 1, 6, 100, 1 << 10, 1 << 18, 1 << 24]]
        for regime, counts in [("tail", tail), ("body", body), ("centre", centre)]:
            for i, k in enumerate(counts):
                sign = i % 2
                word = k | sign << bits

                def evaluate():
                    z = quantile((k + HALF) / total)
                    return [-z if sign else z]

                table.add([scalar.name, regime, f"{word:0{scalar.width}x}"], evaluate)
    return table
