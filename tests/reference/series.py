#!/usr/bin/env python3
"""Prints the polynomials of src/log_ratio.rs and src/elementary.rs: python3 series.py. Needs mpmath.

Each interpolates at Chebyshev nodes, which is within a factor two of the least possible error, at 60 digits; the
greatest error over the interval is printed beside it, relative to the function. Coefficients from the highest power
down.
"""
from mpmath import mp, mpf, atanh, cos, factorial, exp, nstr, pi, polyval, sqrt

mp.dps = 60


def atanh_tail(x):
    """(atanh(sqrt x)/sqrt x - 1)/x = 1/3 + x/5 + x^2/7 + ..."""
    return sum(x ** k / (2 * k + 3) for k in range(80))


def exp_tail(x):
    """(e^x - 1 - x)/x^2 = 1/2! + x/3! + x^2/4! + ..."""
    return sum(x ** k / factorial(k + 2) for k in range(40))


def sinh_tail(x):
    """(sinh(sqrt x)/sqrt x - 1)/x = 1/3! + x/5! + x^2/7! + ..."""
    return sum(x ** k / factorial(2 * k + 3) for k in range(20))


def interpolate(f, low, high, degree):
    """Coefficients, highest power first, by divided differences."""
    middle, radius = (low + high) / 2, (high - low) / 2
    nodes = [middle + radius * cos((2 * k + 1) * pi / (2 * degree + 2)) for k in range(degree + 1)]
    table = [f(x) for x in nodes]
    for depth in range(1, degree + 1):
        for i in range(degree, depth - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - depth])
    polynomial = [table[degree]]
    for i in range(degree - 1, -1, -1):
        polynomial = [a - nodes[i] * b for a, b in zip(polynomial + [mpf(0)], [mpf(0)] + polynomial)]
        polynomial[-1] += table[i]
    return polynomial


def show(name, f, low, high, degree):
    low, high = mpf(low), mpf(high)
    polynomial = interpolate(f, low, high, degree)
    points = [low + (high - low) * k / 1000 for k in range(1001)]
    error = max(abs(polyval(polynomial, x) / f(x) - 1) for x in points)
    print(f"{name}, degree {degree} on [{nstr(low, 4)}, {nstr(high, 4)}], error {nstr(error, 2)}:")
    print("   ", ", ".join(nstr(c, 17) for c in polynomial))


def main():
    for name, most in [("ln", mpf(2) / 50), ("near", mpf(1) / 9)]:
        for degree in [2, 3, 7, 10]:
            show(f"tail of atanh, {name}", atanh_tail, 0, most, degree)
    show("tail of exp, reduced", exp_tail, -mpf(7) / 20, mpf(7) / 20, 4)
    for degree in [2, 5]:
        show("tail of sinh", sinh_tail, 0, mpf(9) / 16, degree)
    for degree in [7, 16]:
        show("tail of exp", exp_tail, -1, 1, degree)


if __name__ == "__main__":
    main()
