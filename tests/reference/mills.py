"""Prints the rational functions of src/likelihood/normal_distribution.rs with mpmath at 60 digits.

They interpolate (x + sqrt(pi/2)) (lambda(x) - x), lambda the reciprocal of Mills's ratio, at Chebyshev nodes of t =
(x - K)/(x + K), which maps x >= 0 onto [-1, 1): the map of Shepherd and Laframboise (1981), Math. Comp. 36, 249-253.
K is that of the best conditioned sums among 2, 2.5, ... 5. Prints the worst relative error over 2000 points too.
"""

from mpmath import cos, erfc, exp, lu_solve, matrix, mp, mpf, nstr, pi, polyval, sqrt

mp.dps = 60


def excess(x):
    """lambda(x) - x: by erfc, or by Laplace's continued fraction 1/(x + 2/(x + 3/(x + ...)))."""
    if x < 40:
        return sqrt(2 / pi) * exp(-x * x / 2) / erfc(x / sqrt(mpf(2))) - x
    tail = mpf(0)
    for k in range(400, 1, -1):
        tail = k / (x + tail)
    return 1 / (x + tail)


def target(t, K):
    x = K * (1 + t) / (1 - t)
    return (x + sqrt(pi / 2)) * excess(x)


def rational(K, m, n):
    """Coefficients of numerator and denominator, lowest power first, the denominator's constant one."""
    size = m + n + 1
    system, right = matrix(size, size), matrix(size, 1)
    for i in range(size):
        t = cos((i + mpf(1) / 2) * pi / size)
        right[i] = target(t, K)
        for j in range(m + 1):
            system[i, j] = t**j
        for j in range(1, n + 1):
            system[i, m + j] = -right[i] * t**j
    solution = list(lu_solve(system, right))
    return solution[: m + 1], [mpf(1), *solution[m + 1 :]]


for name, K, m, n in (("f32", mpf("3.5"), 6, 5), ("f64", mpf(4), 12, 12)):
    numerator, denominator = rational(K, m, n)
    worst = mpf(0)
    for i in range(1, 2000):
        t = cos(i * pi / 2000)
        value = polyval(numerator[::-1], t) / polyval(denominator[::-1], t)
        worst = max(worst, abs(value / target(t, K) - 1))
    print(f"{name}, K = {nstr(K)}: within {nstr(worst, 3)}; highest power first")
    for coefficients in (numerator, denominator):
        print("   ", ", ".join(nstr(c, 18) for c in reversed(coefficients)))
