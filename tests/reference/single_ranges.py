"""Single ranges from wide priors: writes single_ranges.csv beside this file (numpy; ten seconds).

The prior is N((distance, 0.2), [[1, 0.15 aspect], [0.15 aspect, aspect^2]]), the beacon the origin. The reading lies
`quantile` standard deviations of the first linearisation from its mean; those below 0.05 are left out. Mean and
standard deviations of the exact posterior by the trapezoidal rule on a polar grid, radii within seven noises of the
reading.
"""

import csv
import itertools
import pathlib

import numpy as np


def linearised(mean, covariance):
    """Mean and standard deviation of the range by cubature points."""
    root = np.sqrt(2.0) * np.linalg.cholesky(covariance)
    values = [np.hypot(*(mean + sign * root[:, j])) for j in range(2) for sign in (1, -1)]
    return np.mean(values), np.std(values)


def exact(mean, covariance, reading, noise):
    radius = reading + noise * np.linspace(-7, 7, 281)
    radius = radius[radius > 0]
    angle = np.linspace(-np.pi, np.pi, 1440, endpoint=False)
    r, a = np.meshgrid(radius, angle, indexing="ij")
    points = np.stack([r * np.cos(a), r * np.sin(a)], -1)
    offset = points - mean
    log = -0.5 * np.einsum("...i,ij,...j", offset, np.linalg.inv(covariance), offset)
    log += -0.5 * ((reading - r) / noise) ** 2
    weight = np.exp(log - log.max()) * r
    weight /= weight.sum()
    centre = np.einsum("ab,abi->i", weight, points)
    return centre, np.sqrt(np.einsum("ab,abi->i", weight, (points - centre) ** 2))


def main():
    path = pathlib.Path(__file__).with_suffix(".csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["distance", "aspect", "noise", "range", "mean_x", "mean_y", "std_dev_x", "std_dev_y"])
        cases = itertools.product([0.3, 1, 2, 4, 8], [0.3, 1, 3], [0.02, 0.1, 0.3, 1.0], [-2, -1, 0, 1, 2])
        for distance, aspect, noise, quantile in cases:
            mean = np.array([distance, 0.2])
            covariance = np.array([[1.0, 0.15 * aspect], [0.15 * aspect, aspect**2]])
            centre, spread = linearised(mean, covariance)
            reading = round(centre + quantile * np.hypot(spread, noise), 4)
            if reading >= 0.05:
                posterior = np.concatenate(exact(mean, covariance, reading, noise))
                writer.writerow([distance, aspect, noise, reading, *(f"{x:.6g}" for x in posterior)])


main()
