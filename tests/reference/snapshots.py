#!/usr/bin/env python3
"""Writes snapshots.csv: snapshots of known states, byte by byte, as src/snapshot/mod.rs lays them out.

A change of the format that is not meant shows as a difference from this file. One that is meant raises VERSION here
and there. The checksum is zlib's CRC-32.

    python3 snapshots.py
"""

import pathlib
import struct
import zlib

VERSION = 1
GAUSSIAN, MEAN_FIELD, LOCAL_LEVEL = 1, 2, 3


def snapshot(kind, scalar, dimension, content):
    length = 12 + len(content) + 4
    data = b"ELBO" + struct.pack("<HBBHH", VERSION, kind, {"f": 4, "d": 8}[scalar], dimension, length) + content
    return data + struct.pack("<I", zlib.crc32(data))


def numbers(scalar, *values):
    return struct.pack(f"<{len(values)}{scalar}", *values)


# The belief of three unknowns: mean, then each row of the unit lower triangle up to its pivot.
MEAN = [20.25, -0.0, 1e-3]
ROWS = [[4.0], [0.5, 0.01], [-0.1, 1e-20, 2.5]]
# A level with sensor_std_dev 0.5 and drift_per_sqrt_second 0.25, which it keeps as variances.
SETTINGS = [0.25, 0.0625]

lines = ["snapshot,hex"]
for scalar, name in [("f", "f32"), ("d", "f64")]:
    belief = numbers(scalar, *MEAN, *sum(ROWS, []))
    states = {
        "gaussian": snapshot(GAUSSIAN, scalar, 3, belief),
        "mean_field": snapshot(MEAN_FIELD, scalar, 2, numbers(scalar, 1.5, -2.5, -1.0, 0.125)),
        "level_before": snapshot(LOCAL_LEVEL, scalar, 1, numbers(scalar, *SETTINGS) + bytes(4) + numbers(scalar, 0.0, 0.0)),
        # After one reading, 21.5.
        "level_after": snapshot(
            LOCAL_LEVEL, scalar, 1, numbers(scalar, *SETTINGS) + b"\1\0\0\0" + numbers(scalar, 21.5, 0.25)
        ),
    }
    lines += [f"{state}_{name},{data.hex()}" for state, data in states.items()]

(pathlib.Path(__file__).resolve().parent / "snapshots.csv").write_text("\n".join(lines) + "\n")
