#!/usr/bin/env python3
"""Prints the steps that tests/adam.rs expects: algorithm 1 of Kingma and Ba (2015) at 50 digits, from the sums that its
recursions stand for.

    pip install mpmath
    python3 adam.py
"""

from mpmath import mp, mpf, sqrt

mp.dps = 50


def gradient(t):
    """Of step t, exact in an f32: a sawtooth, and the same scaled."""
    saw = mpf((37 * t) % 64 - 20) / 16
    return saw, saw * 4096


def step(t, b1, b2):
    steps = []
    for k in range(2):
        gradients = [gradient(i)[k] for i in range(1, t + 1)]
        mean = sum((1 - b1) * b1 ** (t - i) * g for i, g in enumerate(gradients, 1))
        square = sum((1 - b2) * b2 ** (t - i) * g * g for i, g in enumerate(gradients, 1))
        steps.append(mean / (1 - b1**t) / (sqrt(square / (1 - b2**t)) + mpf("1e-8")))
    return steps


for b1, b2 in [("0.9", "0.999"), ("0.5", "0.75")]:
    for t in [1, 2, 10, 200]:
        print(f"({t}, {[float(x) for x in step(t, mpf(b1), mpf(b2))]}),  # decays {b1}, {b2}")
