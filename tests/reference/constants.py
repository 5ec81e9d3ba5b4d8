"""Prints the tables of src/constants.rs with mpmath at 60 digits.

Hermite: nodes and weights of Gauss-Hermite quadrature for the standard normal density (probabilists' form).
Legendre: nodes and weights of Gauss-Legendre quadrature on (-1, 1).
Stirling: ln n! - (n + 1/2) ln n + n - ln(2 pi) / 2 for n = 1..15 (Loader 2000, table 1).
Faddeeva: polynomial coefficients of Weideman (1994), SIAM J. Numer. Anal. 31, equation 38, N = 16, highest power first.
"""
from mpmath import mp, mpf, mpc, sqrt, pi, exp, log, factorial, legendre, polyroots, nstr, tan, mpmathify, taylor

mp.dps = 60


def hermite(n):
    """Coefficients of He_n, highest power first."""
    previous, current = [mpf(1)], [mpf(1), mpf(0)]
    if n == 0:
        return previous
    for k in range(1, n):
        following = current + [mpf(0)]
        for i, c in enumerate(previous):
            following[i + 2] -= k * c
        previous, current = current, following
    return current


def value(coefficients, x):
    total = mpf(0)
    for c in coefficients:
        total = total * x + c
    return total


def gauss_hermite(n):
    below = hermite(n - 1)
    nodes = sorted(r.real for r in polyroots(hermite(n), maxsteps=400, extraprec=400))
    return [(x, factorial(n) / (n * value(below, x)) ** 2) for x in nodes if x > -mpf(10) ** -20]


def gauss_legendre(n):
    nodes = polyroots(taylor(lambda x: legendre(n, x), 0, n)[::-1], maxsteps=400, extraprec=400)
    above = sorted(x.real for x in nodes if x.real > -mpf(10) ** -20)
    return [(x, 2 * (1 - x * x) / ((n + 1) * legendre(n + 1, x)) ** 2) for x in above]


def faddeeva(n):
    """Weideman's a_n: the Fourier coefficients of exp(-t^2)(L^2 + t^2) on t = L tan(theta / 2)."""
    m = 2 * n
    length = sqrt(n / sqrt(mpf(2)))
    samples = []
    for k in range(-m + 1, m):
        t = length * tan(k * pi / m / 2)
        samples.append((k, exp(-t * t) * (length ** 2 + t * t)))
    coefficients = []
    for j in range(1, n + 1):
        total = sum(f * exp(mpc(0, -1) * pi * j * k / m) for k, f in samples)
        coefficients.append((total / (2 * m)).real)
    return length, coefficients[::-1]


def show(x):
    x = mpmathify(x)
    return nstr(x if abs(x) > mpf(10) ** -40 else mpf(0), 21)


for q in (3, 5, 9):
    print(f"HERMITE_{q}")
    for node, weight in gauss_hermite(q):
        print(f"    ({show(node)}, {show(weight)}),")
print("LEGENDRE_5")
for node, weight in gauss_legendre(5):
    print(f"    ({show(node)}, {show(weight)}),")
print("STIRLING")
for n in range(1, 16):
    print(f"    {show(log(factorial(n)) - (n + mpf(1) / 2) * log(n) + n - log(2 * pi) / 2)},")
length, table = faddeeva(16)
print("FADDEEVA, length", show(length))
for a in table:
    print(f"    {show(a)},")
