#!/usr/bin/env python3
"""Writes filters.csv: filtered beliefs along the real logs, by other means.

Every filter starts from its prior at the first reading (nile_kalman: at the
second), then predicts and updates in turn. Rows hold the step (the index of
the row in the log), the mean and the variance after the reading, and the log
evidence of all readings so far. Three ways to get them:

- kalman: the textbook recursion on dense matrices, 50 digits (mpmath).
  nile_kalman has variances 15099 and 1469.1 and starts from the first
  reading, N(1120, 15099), whose own evidence is not counted. co2_kalman is a
  level, a slope and an annual harmonic, see CO2 below, and its rows are the
  level on every 100th week and the last.
- exact: the density of a random walk on a uniform grid; predicting is a
  convolution with N(0, rate), updating a multiplication with the likelihood.
  The sums are trapezoidal, converged exponentially: halving the step has to
  leave every number unchanged to 1e-9, which the script checks.
- gaussian: the best that a Gaussian belief can do: the optimum of the scalar
  ELBO at every reading (estimators.py), and the evidence of each reading
  integrated under the predicted Gaussian.

The rates are near those that maximise the evidence: `filters.py rates` prints
it for rates around them.

    python3 filters.py        (mpmath, numpy; about a minute)
"""

import csv
import math
import pathlib
import sys

import numpy as np
from mpmath import matrix, mp, mpf

import estimators

HERE = pathlib.Path(__file__).resolve().parent


def column(log, index):
    with open(HERE.parent.parent / "examples" / "data" / log) as file:
        return [row[index] for row in list(csv.reader(file))[1:]]


class Walk:
    """A random walk seen through one sensor: prior N(mean, variance), variance rate per step."""

    def __init__(self, readings, model, mean, variance, rate, reach, step):
        self.readings, self.model = readings, model
        self.mean, self.variance, self.rate = mean, variance, rate
        self.reach, self.step = reach, step


def walks():
    coal = [int(x) for x in column("coal.csv", 1)]
    rain = [int(x) for x in column("seattle.csv", 1)][:366]
    nile = [float(x) for x in column("nile.csv", 1)]
    return {
        "coal": Walk(coal, lambda y: estimators.Poisson(1.0, y), 1.0, 1.0, 0.02, (-14, 8), 0.04),
        "seattle": Walk(rain, estimators.Bernoulli, 0.0, 4.0, 0.25, (-100, 60), 0.1),
        "nile_t": Walk(
            nile, lambda y: estimators.StudentT(100.0, 4.0, y), 1000.0, 40000.0, 1500.0, (-1600, 3600), 10.0
        ),
    }


def exact(walk, step):
    """(mean, variance, log evidence so far) after every reading, on a grid of this step."""
    low, high = walk.reach
    x = low + step * np.arange(round((high - low) / step) + 1)
    kernel = np.exp(-((x[:, None] - x[None, :]) ** 2) / (2 * walk.rate))
    kernel *= step / math.sqrt(2 * math.pi * walk.rate)
    density = np.exp(-((x - walk.mean) ** 2) / (2 * walk.variance)) / math.sqrt(2 * math.pi * walk.variance)
    total, rows = 0.0, []
    for i, reading in enumerate(walk.readings):
        density = kernel @ density if i else density
        log_joint = walk.model(reading).log_prob(x, np)
        top = log_joint.max()
        density = density * np.exp(log_joint - top)
        evidence = density.sum() * step
        density /= evidence
        total += math.log(evidence) + top
        mean = (x * density).sum() * step
        rows.append((mean, ((x - mean) ** 2 * density).sum() * step, total))
        assert density[0] * step + density[-1] * step < 1e-20
    return np.array(rows)


def gaussian(walk):
    """The same for a belief that is the optimum of the ELBO after every reading."""
    u, v, total, rows = walk.mean, walk.variance, 0.0, []
    for i, reading in enumerate(walk.readings):
        v += walk.rate if i else 0.0
        model = walk.model(reading)
        x = np.linspace(u - 12 * math.sqrt(v), u + 12 * math.sqrt(v), 20001)
        weight = np.exp(-((x - u) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
        total += math.log((weight * np.exp(model.log_prob(x, np))).sum() * (x[1] - x[0]))
        _, u, s = estimators.optima64(model, u, v)[0]
        v = s * s
        rows.append((u, v, total))
    return np.array(rows)


def kalman(readings, transition, noise, row, variance, mean, covariance):
    """The textbook filter; a reading of None is missing."""
    total, rows = mpf(0), []
    for i, reading in enumerate(readings):
        if i:
            mean, covariance = transition * mean, transition * covariance * transition.T + noise
        if reading is not None:
            gain = covariance * row.T
            spread = (row * gain)[0] + variance
            innovation = reading - (row * mean)[0]
            total -= (mp.log(2 * mp.pi * spread) + innovation**2 / spread) / 2
            mean, covariance = mean + gain * (innovation / spread), covariance - gain * gain.T / spread
        rows.append((mean[0], covariance[0, 0], total))
    return rows


def nile_kalman():
    one = matrix([[1]])
    variance, rate = mpf("15099"), mpf("1469.1")
    readings = [mpf(x) for x in column("nile.csv", 1)]
    rows = kalman([None] + readings[1:], one, one * rate, one, variance, matrix([readings[0]]), one * variance)
    return dict(enumerate(rows))


# CO2 above 340 ppm: level, slope per year, and a pair that turns once a year.
# The interval is 7/365.25 year, the reading's variance 1/4 ppm^2, the variance
# rates per year 1/2 (level), 1/16 (slope), 1/4 (each of the pair).
CO2 = {"mean": [-24, 1, 0, 0], "variance": [25, 1, 9, 9], "rates": ["0.5", "0.0625", "0.25"]}


def co2_kalman():
    dt = mpf(7) / mpf("365.25")
    level, slope, pair = (mpf(rate) for rate in CO2["rates"])
    turn, wave = mp.cos(2 * mp.pi * dt), mp.sin(2 * mp.pi * dt)
    transition = matrix([[1, dt, 0, 0], [0, 1, 0, 0], [0, 0, turn, wave], [0, 0, -wave, turn]])
    noise = matrix(4, 4)
    noise[0, 0], noise[0, 1] = level * dt + slope * dt**3 / 3, slope * dt**2 / 2
    noise[1, 0], noise[1, 1] = noise[0, 1], slope * dt
    noise[2, 2] = noise[3, 3] = pair * dt
    readings = [mpf(x) - 340 if x else None for x in column("co2.csv", 1)]
    covariance = mp.diag([mpf(v) for v in CO2["variance"]])
    rows = kalman(readings, transition, noise, matrix([[1, 0, 1, 0]]), mpf("0.25"), matrix(CO2["mean"]), covariance)
    last = len(rows) - 1
    return {i: rows[i] for i in [*range(0, last, 100), last]}


def rates():
    for name, walk in walks().items():
        for factor in (0.25, 0.5, 1.0, 2.0, 4.0):
            walk.rate *= factor
            print(name, "rate", walk.rate, "log evidence", exact(walk, walk.step)[-1][2])
            walk.rate /= factor


def main():
    with open(HERE / "filters.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["filter", "step", "mean", "variance", "log_evidence"])
        for name, rows in (("nile_kalman", nile_kalman()), ("co2_kalman", co2_kalman())):
            for step, row in rows.items():
                out.writerow([name, step, *(mp.nstr(x, 18) for x in row)])
        for name, walk in walks().items():
            density = exact(walk, walk.step)
            change = np.abs(exact(walk, walk.step / 2) / density - 1).max()
            assert change < 1e-9, (name, change)
            for kind, rows in (("exact", density), ("gaussian", gaussian(walk))):
                for step, row in enumerate(rows):
                    out.writerow([f"{name}_{kind}", step, *(f"{x:.11g}" for x in row)])


if __name__ == "__main__":
    mp.dps = 50
    rates() if sys.argv[1:] == ["rates"] else main()
