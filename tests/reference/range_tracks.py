"""Range-only tracks against a particle filter: writes range_tracks.csv beside this file (numpy; a minute).

A target circles at 1 m/s with a radius of 3 m about (5, 4) m. Once a second one of three beacons in turn measures its
distance, with normal noise of 0.2 m. The filters model the state (x, y, and their velocities) as constant velocity with
white acceleration of density 0.5 m^2/s^3, from the prior N((7, 5, 0, 0), diag(4, 4, 1, 1)). One range between two such
steps leaves a posterior bent round its beacon: a hard case for one Gaussian.

Reference: means and standard deviations by a bootstrap particle filter with systematic resampling (Gordon, Salmond and
Smith 1993), the average of two independent runs of 400000 particles; half their distance is printed as its own error.
Beside it the means of an extended Kalman filter, written out here.
"""

import csv
import pathlib

import numpy as np

TRACKS, STEPS, PARTICLES = 6, 60, 400_000
BEACONS = np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 9.0]])
NOISE, DENSITY, DT = 0.04, 0.5, 1.0
PRIOR_MEAN, PRIOR_VARIANCE = np.array([7.0, 5.0, 0.0, 0.0]), np.array([4.0, 4.0, 1.0, 1.0])

F = np.eye(4)
F[0, 2] = F[1, 3] = DT
Q = DENSITY * np.kron(np.array([[DT**3 / 3, DT**2 / 2], [DT**2 / 2, DT]]), np.eye(2))


def readings(rng):
    angle = np.arange(STEPS) * DT / 3.0
    position = np.array([5.0, 4.0]) + 3.0 * np.stack([np.cos(angle), np.sin(angle)], 1)
    ranges = np.hypot(*(position - BEACONS[np.arange(STEPS) % 3]).T)
    return np.round(ranges + np.sqrt(NOISE) * rng.standard_normal(STEPS), 4)


def particle_filter(rng, ys):
    x = PRIOR_MEAN + np.sqrt(PRIOR_VARIANCE) * rng.standard_normal((PARTICLES, 4))
    root = np.linalg.cholesky(Q)
    rows = []
    for k, y in enumerate(ys):
        if k:
            x = x @ F.T + rng.standard_normal((PARTICLES, 4)) @ root.T
        beacon = BEACONS[k % 3]
        log_weight = -0.5 * (y - np.hypot(x[:, 0] - beacon[0], x[:, 1] - beacon[1])) ** 2 / NOISE
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        mean = weight @ x
        rows.append((mean, np.sqrt(weight @ (x - mean) ** 2)))
        points = (np.arange(PARTICLES) + rng.random()) / PARTICLES
        x = x[np.minimum(np.searchsorted(np.cumsum(weight), points), PARTICLES - 1)]
    return rows


def extended_kalman_filter(ys):
    mean, covariance = PRIOR_MEAN.copy(), np.diag(PRIOR_VARIANCE)
    rows = []
    for k, y in enumerate(ys):
        if k:
            mean, covariance = F @ mean, F @ covariance @ F.T + Q
        offset = mean[:2] - BEACONS[k % 3]
        distance = np.hypot(*offset)
        row = np.array([*offset / distance, 0.0, 0.0])
        gain = covariance @ row / (row @ covariance @ row + NOISE)
        mean = mean + gain * (y - distance)
        joseph = np.eye(4) - np.outer(gain, row)
        covariance = joseph @ covariance @ joseph.T + NOISE * np.outer(gain, gain)
        rows.append(mean)
    return rows


def main():
    out = []
    extended, own = [], []
    for track in range(TRACKS):
        rng = np.random.default_rng(track)
        ys = readings(rng)
        first, second = particle_filter(rng, ys), particle_filter(rng, ys)
        for k, (a, b, ekf) in enumerate(zip(first, second, extended_kalman_filter(ys))):
            mean, std_dev = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            own.append((a[0] - b[0]) / 2 / std_dev)
            extended.append((ekf - mean) / std_dev)
            numbers = [*BEACONS[k % 3], ys[k], *mean, *std_dev, *ekf]
            out.append([track, k, *(f"{x:.6g}" for x in numbers)])
    rms = lambda e: np.sqrt(np.mean(np.square(e)))
    print(f"rms error, standard deviations: the reference {rms(own):.4f}, extended Kalman filter {rms(extended):.4f}")
    names = ["x", "y", "vx", "vy"]
    columns = ["track", "step", "beacon_x", "beacon_y", "range"]
    columns += [f"{kind}_{name}" for kind in ("mean", "std_dev", "ekf") for name in names]
    with open(pathlib.Path(__file__).with_suffix(".csv"), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(out)


main()
