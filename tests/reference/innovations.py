#!/usr/bin/env python3
"""Writes innovations.csv: mean and standard deviation of a reading as predicted, for every likelihood.

With eta ~ N(u, v), the conditional mean M(eta) and variance V(eta) of a reading

    mean = E M,     variance = E V + E M^2 - (E M)^2,

each expectation by the trapezoidal rule at 50 digits (mpmath), without any of the closed forms: under a normal weight
it converges as e^(-2 pi d/h) with the step h, d the distance of the nearest pole of M or V, as e^(-2 pi^2/h^2) where
there is none. M and V are those of the distributions themselves (scipy's conventions). student_t with nu <= 2 has no
variance: V is then the square of the scale of the normal distribution with the same quartiles, the quartile by
bisection of Student's distribution function.

Columns: parameter_1 and parameter_2 are the variance of normal; scale and degrees of freedom of student_t; the exposure
of poisson; dispersion and exposure of negative_binomial; the shape of gamma. Inputs are f32 numbers, written out
exactly.

    python3 innovations.py     (mpmath; a minute)
"""

import functools
import pathlib
import struct

from mpmath import mp, mpf

mp.dps = 50


def f32(x):
    return mpf(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def quartile(nu):
    """t with P(|T| < t) = 1/2: the regularized incomplete beta function of t^2/(nu + t^2)."""
    inside = lambda t: mp.betainc(mpf(1) / 2, nu / 2, 0, t * t / (nu + t * t), regularized=True) - mpf(1) / 2
    low, high = mpf(0), mpf(10) ** 4
    for _ in range(150):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) < 0 else (low, middle)
    return low


@functools.cache
def student_variance(scale, nu):
    if nu > 2:
        return scale**2 * nu / (nu - 2)
    return (scale * quartile(nu) / (mp.sqrt(2) * mp.erfinv(mpf(1) / 2))) ** 2


MOMENTS = {
    "normal": lambda eta, variance, _: (eta, variance),
    "poisson": lambda eta, exposure, _: (exposure * mp.exp(eta),) * 2,
    "negative_binomial": lambda eta, r, exposure: (
        exposure * mp.exp(eta),
        exposure * mp.exp(eta) + (exposure * mp.exp(eta)) ** 2 / r,
    ),
    "gamma": lambda eta, shape, _: (mp.exp(eta), mp.exp(2 * eta) / shape),
    "bernoulli": lambda eta, *_: (1 / (1 + mp.exp(-eta)), 1 / (1 + mp.exp(-eta)) / (1 + mp.exp(eta))),
}


def predicted(name, one, two, mean, variance):
    if name == "student_t":
        noise = student_variance(one, two)
        moments = lambda eta: (eta, noise)
    else:
        moments = lambda eta: MOMENTS[name](eta, one, two)
    if variance == 0:
        first, second = moments(mean)
        return first, mp.sqrt(second)
    s = mp.sqrt(variance)
    # The logistic function has its poles at i pi. E M^2 of a log-normal has its mass 2 s above the mean.
    step = min(mpf("0.35"), 2 * mp.pi**2 / s / 130)
    points = [k * step for k in range(int(-16 / step), int((16 + 2 * s) / step) + 1)]
    values = [(step * mp.npdf(e), moments(mean + s * e)) for e in points]
    average = lambda f: mp.fsum(weight * f(m) for weight, m in values)
    first = average(lambda m: m[0])
    # Centred, so that a narrow prediction far from zero keeps its digits.
    return first, mp.sqrt(average(lambda m: m[1] + (m[0] - first) ** 2))


CASES = {
    "normal": [(0.04, 0), (9.0, 0)],
    "student_t": [(0.5, 0.1), (0.5, 0.7), (2.0, 1), (2.0, 2), (2.0, 2.1), (0.1, 4), (1.0, 1e4)],
    "poisson": [(1.0, 0), (60.0, 0), (0.01, 0)],
    "negative_binomial": [(0.05, 1.0), (2.0, 5.0), (1e6, 0.1)],
    "gamma": [(0.3, 0), (1.0, 0), (500.0, 0)],
    "bernoulli": [(0, 0)],
}


def main():
    lines = ["likelihood,parameter_1,parameter_2,mean,variance,predicted_mean,predicted_std_dev"]
    for name, cases in CASES.items():
        for case in cases:
            for mean in [-7.3, -0.4, 0.0, 1.7, 6.1]:
                for variance in [0.0, 1e-6, 0.04, 0.3, 1.0, 6.0, 40.0]:
                    inputs = [f32(x) for x in (*case, mean, variance)]
                    outputs = predicted(name, *inputs)
                    cells = [mp.nstr(x, 30, strip_zeros=True) for x in inputs] + [mp.nstr(x, 17) for x in outputs]
                    lines.append(",".join([name, *cells]))
    pathlib.Path(__file__).with_name("innovations.csv").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, "rows")


if __name__ == "__main__":
    main()
