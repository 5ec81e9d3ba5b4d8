"""References for the figures of a monitor's window and for the bounds that they are held against.

monitor.csv: of `count` readings recorded the last W = n stay in the window, reading i with the innovation and the log
evidence that stand at i modulo the length of either list. Of the window

    mean, mean_square, surprise  means of nu, nu^2 and minus the log evidence, nu cut at -4 and 4; the scale of a mean
                                 is that of the magnitudes
    histogram, entropy           of Phi(nu) in eight bins of equal probability, Phi from erfc
    calibration                  2 W KL(histogram || uniform)/(1 + (8 + 1)/(6 W)), W the readings in it

and of the whole row, after `count` readings that are all the same number and `steps` steps of time

    repeat_surprise  the sum over all but the first of max(0, -(log evidence + ln resolution))
    since_last       the steps' sum, step i the one at i modulo their number

and in rows of their own, by regime the probability of a false alarm, its bounds, exactly (the crate's own by Wilson and
Hilferty's approximation): mean_bound, the two-sided quantile of a normal of variance 1/W; lower and upper, those of
chi-squared with W degrees of freedom over W; calibration_bound, the one-sided quantile of chi-squared with seven;
repeat_surprise_bound, minus its logarithm.
"""

import random

from mpmath import mp

from beliefs import Numbers
from sensors import quantile
from table import SCALARS, Table, scaled

FIGURES = "mean mean_scale mean_square mean_square_scale surprise surprise_scale histogram entropy entropy_scale"
FIGURES += " calibration calibration_scale repeat_surprise repeat_surprise_scale since_last since_last_scale"
BOUNDS = "mean_bound lower upper calibration_bound repeat_surprise_bound"


WINDOWS = [16, 64, 256, 4096]


def window(numbers, count, n):
    return [numbers[i % len(numbers)] for i in range(max(0, count - n), count)]


def average(values):
    return scaled(mp.fsum(values) / len(values), mp.fsum(abs(x) for x in values) / len(values))


def figures(n, count, innovations, evidences, resolution, steps, times):
    nu = [max(mp.mpf(-4), min(mp.mpf(4), x)) for x in window(innovations, count, n)]
    bins = [mp.mpf(0)] * 8
    for x in nu:
        bins[int(mp.floor(8 * mp.erfc(-x / mp.sqrt(2)) / 2))] += mp.mpf(1) / len(nu)
    entropy = -mp.fsum(p * mp.log(p) for p in bins if p)
    divergence = mp.fsum(p * mp.log(8 * p) for p in bins if p)
    calibration = 2 * len(nu) * divergence / (1 + mp.mpf(9) / (6 * len(nu)))
    result = [*average(nu), *average([x * x for x in nu]), *average([-x for x in window(evidences, count, n)])]
    result += [Numbers(bins, 40), *scaled(entropy), *scaled(calibration)]
    repeats = [max(mp.mpf(0), -(x + mp.log(resolution))) for x in window(evidences, count, count)[1:]]
    result += [*scaled(mp.fsum(repeats)), *scaled(mp.fsum(window(times, steps, steps)))]
    return result


def chi_squared(degrees, below, above):
    """The quantile of these probabilities, the smaller of which is used, by bisection and then Newton's method."""
    half = mp.mpf(degrees) / 2
    ends = (lambda x: (0, x / 2)) if below else (lambda x: (x / 2, mp.inf))
    tail = lambda x: mp.gammainc(half, *ends(x), regularized=True)
    wanted, sign = (below, 1) if below else (above, -1)
    low, high = mp.mpf(0), mp.mpf(degrees) * 12 + 100
    with mp.workdps(20):
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if sign * (tail(middle) - wanted) < 0 else (low, middle)
    x = (low + high) / 2
    for _ in range(40):
        density = mp.exp((half - 1) * mp.log(x) - x / 2 - half * mp.log(2) - mp.loggamma(half))
        step = sign * (tail(x) - wanted) / density
        x -= step
        if abs(step) < abs(x) * mp.mpf(10) ** (8 - mp.dps):
            return x
    raise ArithmeticError(f"no convergence: {degrees} {wanted}")


def bounds(n, false_alarm):
    half = false_alarm / 2
    calibration = chi_squared(7, None, false_alarm)
    lower, upper = chi_squared(n, half, None) / n, chi_squared(n, None, half) / n
    return [-quantile(half) / mp.sqrt(n), lower, upper, calibration, -mp.log(false_alarm)]


def rows(rng, scalar):
    """(n, regime, false alarm, resolution, count, innovations, log evidences, steps, times)"""
    uniform = lambda length, size: [rng.uniform(-size, size) for _ in range(length)]
    mixed = lambda length, size: [rng.choice([-1, 1]) * 10 ** rng.uniform(-size, size) for _ in range(length)]
    for n in WINDOWS:
        seven = [rng.gauss(0, 1) for _ in range(7)]
        surprises = [-abs(rng.gauss(0, 1)) - 0.5 for _ in range(11)]
        for count in [1, 2, n // 2 + 1, n, n + 5, 3 * n + 1]:
            if count < 9000:
                yield n, "normal", 1e-3, 0.01, count, seven, surprises, 1, [0.5]
        yield n, "equal", 1e-4, 0.1, n, [0.7], [-1.1], 10, [0.1]
        near = [1.3 + 1e-6 * k for k in range(5)], [-1.1 - 1e-6 * k for k in range(3)]
        yield n, "near-equal", 1e-2, 0.1, n + 3, *near, 100, [0.1]
        both = [side * (0.1 + k * 0.5) for k in range(8) for side in (1, -1)]
        yield n, "balanced", 1e-3, 1.0, n, both, [-0.7, 0.2], 64, [1.0, 1e-3]
        yield n, "different sizes", 1e-6, 1e-3, n, mixed(13, 8), [-abs(x) for x in mixed(17, 20)], 33, [1e-4, 1e3]
        yield n, "beyond", 0.1, 1.0, n, [9.0, -1e20, 3.0], [-40.0, -1e10], 3, [1e6]
        yield n, "tiny", 1e-5, 1.0, n, [1e-18, 2e-19], [-1e-20, -3e-25], 2, [1e-30]
        yield n, "uniform", 1e-3, 1.0, n, uniform(64, 2.5), uniform(9, 3), 1000, [0.25, 0.3]


def monitor(seed):
    rng = random.Random(f"monitor {seed}")
    inputs = "scalar n regime false_alarm resolution count innovations evidences steps times"
    table = Table("monitor", f"{inputs} {FIGURES} {BOUNDS}".split())
    for scalar in SCALARS:
        for n, regime, false_alarm, resolution, count, *lists, steps, times in rows(rng, scalar):
            false_alarm, resolution = scalar.round(false_alarm), scalar.round(resolution)
            innovations, evidences, times = ([scalar.round(x) for x in values] for values in (*lists, times))
            cells = [scalar.name, n, regime, scalar.bits(false_alarm), scalar.bits(resolution), count]
            cells += [scalar.list(innovations), scalar.list(evidences), steps, scalar.list(times)]
            of = lambda: figures(n, count, innovations, evidences, resolution, steps, times) + [None] * 5
            table.add(cells, of)
        for n in WINDOWS:
            for text in ["1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.1"]:
                false_alarm = scalar.round(text)
                cells = [scalar.name, n, text, scalar.bits(false_alarm), scalar.bits(mp.mpf(1)), 0, "", "", 0, ""]
                table.add(cells, lambda: [None] * 15 + bounds(n, false_alarm))
    return table
