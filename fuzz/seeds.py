#!/usr/bin/env python3
"""Writes the seed corpus, seeds/TARGET/NAME: python3 seeds.py. The formats are those that src/ reads."""

import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent
OPERATIONS = "predict predict_for own_process update update_gated update_vector shift inflate reset save elapse replace"
LIKELIHOODS = "normal learned student_t huber quantized censored poisson negative_binomial gamma bernoulli probit"
LIKELIHOODS += " von_mises counter"
DIMENSIONS = {2: 0, 1: 1, 4: 2}


def number(x):
    """Any bits, then those."""
    return b"\x00" + struct.pack("<f", x)


def numbers(*values):
    return b"".join(map(number, values))


def identity(n, scale=1.0):
    return numbers(*(scale * (i == j) for i in range(n) for j in range(n)))


def covariance(n, scale=1.0):
    return identity(n, scale) + b"\x00"


def diagonal(n, variance=1.0):
    return numbers(*[0.5] * n) + b"\x00" + numbers(*[variance] * n)


def operation(name, *arguments):
    return bytes([OPERATIONS.split().index(name)]) + b"".join(arguments)


def reading(n, likelihood, first, second, value, count=3, predictor=0, solver=0, gated=False, extra=b"", sees=None):
    arguments = [bytes([LIKELIHOODS.split().index(likelihood)]), numbers(first, second, value), struct.pack("<I", count)]
    arguments += [extra, bytes([predictor, solver, 9, 2, 0, n - 1])]
    arguments += [sees if sees is not None else numbers(*[1.0] + [0.25] * (n - 1), 0.0)]
    return operation("update_gated" if gated else "update", *arguments)


def every_likelihood(n, solver, gated=False):
    yield reading(n, "normal", 0.5, 0.0, 1.25, solver=solver, gated=gated)
    yield reading(n, "learned", 0.5, 0.0, 0.75, solver=solver, gated=gated)
    yield reading(n, "student_t", 0.25, 4.0, 9.0, solver=solver, gated=gated)
    yield reading(n, "huber", 0.5, 1.345, -2.0, solver=solver, gated=gated)
    yield reading(n, "quantized", 1.0, 0.5, 2.0, count=3, solver=solver, gated=gated)
    yield reading(n, "quantized", 1.0, 0.5, 2.0, count=2, solver=solver, gated=gated, extra=numbers(-4.0, 4.0))
    yield reading(n, "censored", 0.5, -2.0, 2.0, solver=solver, gated=gated, extra=number(2.0))
    yield reading(n, "poisson", 5.0, 0.0, 0.0, count=7, solver=solver, gated=gated)
    yield reading(n, "negative_binomial", 2.0, 3.0, 0.0, count=11, solver=solver, gated=gated)
    yield reading(n, "gamma", 2.5, 0.0, 1.5, solver=solver, gated=gated)
    yield reading(n, "bernoulli", 0.0, 0.0, 0.0, count=1, solver=solver, gated=gated)
    yield reading(n, "probit", 0.0, 0.0, 0.0, count=0, solver=solver, gated=gated)
    yield reading(n, "von_mises", 50.0, 0.0, 3.0, solver=solver, gated=gated)
    yield reading(n, "counter", 0.0, 0.0, 0.0, count=2, solver=solver, gated=gated)


def filters():
    for n, tag in DIMENSIONS.items():
        for solver, name in enumerate(["gauss_hermite", "one_sample"]):
            save = operation("save", struct.pack("<3H", 5, 77, 130))
            run = bytes([tag]) + diagonal(n) + b"".join(every_likelihood(n, solver)) + save
            yield f"every_likelihood_{name}_{n}", run + operation("inflate", number(4.0)) + save
        moves = [operation("predict", b"\x00", identity(n), covariance(n, 0.25), numbers(*[0.0] * n))]
        moves += [operation("predict", b"\x01", identity(n), identity(n), numbers(*[0.5] * n), numbers(*[0.0] * n))]
        moves += [operation("predict_for", identity(n, -0.5), covariance(n), numbers(*[0.1] * n), number(0.5))]
        kinds = {1: 2, 2: 3, 4: 0}[n]
        own = [operation("own_process", bytes([kind]), number(1.5), numbers(*[0.5] * (3 if n == 1 else 2))) for kind in range(kinds)]
        moves += own or [operation("own_process", number(1.5))]
        moves += [operation("shift", numbers(*[1.0] * n)), operation("elapse", number(2.0))]
        moves += [operation("reset", diagonal(n, 2.0))]
        yield f"moves_{n}", bytes([tag]) + diagonal(n) + b"".join(moves)
        gated = b"".join(every_likelihood(n, 0, gated=True))
        yield f"gated_{n}", bytes([tag]) + diagonal(n) + gated
    n, normal = 2, dict(first=0.1, second=0.0, value=1.5)
    seen = [
        reading(n, "normal", **normal, predictor=2, sees=numbers(3.0, 4.0)),
        reading(n, "von_mises", 50.0, 0.0, 1.5, predictor=3, sees=numbers(3.0, 4.0)),
        reading(n, "normal", 0.1, 0.0, 1000.0, predictor=4, sees=number(1013.25)),
        reading(n, "normal", **normal, predictor=5, sees=numbers(1.0, 0.5)),
    ]
    yield "nonlinear_2", bytes([DIMENSIONS[n]]) + diagonal(n) + b"".join(seen)
    for m, tag in {2: 0, 3: 1, 1: 2}.items():
        rows = numbers(*(1.0 if i % n == j else 0.5 for i in range(m) for j in range(n)))
        readings = b"".join(b"\x01" + number(0.5 * i) for i in range(m))
        vector = operation("update_vector", bytes([tag]), rows, covariance(m, 0.5), numbers(*[0.0] * m * m), readings + b"\x00")
        gated = operation("update_vector", bytes([tag]), rows, covariance(m, 0.5), numbers(*[0.0] * m * m), readings + b"\x01")
        missing = operation("update_vector", bytes([tag]), rows, covariance(m, 0.5), numbers(*[0.0] * m * m), b"\x00" * m + b"\x00")
        yield f"vector_{m}", bytes([DIMENSIONS[n]]) + diagonal(n) + vector + gated + missing
    replaced = [
        operation("replace", b"\x00", number(3.0), struct.pack("<I", 2)),
        operation("replace", b"\x01", number(-14.0), struct.pack("<I", 2)),
        operation("replace", b"\x02"),
        operation("replace", b"\x03", numbers(1e-3, 0.1, 60.0)),
        operation("replace", b"\x04", numbers(0.04, 2.0, 0.99, 0.01)),
    ]
    watched = [reading(1, "normal", 0.25, 0.0, 0.5 + 0.25 * (k % 3)) for k in range(20)]
    yield "watched_1", bytes([DIMENSIONS[1]]) + diagonal(1) + b"".join(replaced + watched)


def kernels():
    """Two distributions: any, and neighbours a few units in the last place apart."""
    for family, (name, arrays) in enumerate(
        [("categorical", [2]), ("categorical", [6]), ("logits", [2]), ("logits", [6])]
        + [("gaussian", [n, n * n, n, n]) for n in (1, 2, 3, 4)]
        + [("mean_field", [n, n, n]) for n in (1, 4)]
    ):
        first = b"".join(numbers(*[0.5 + 0.25 * (k % 5) for k in range(size)]) for size in arrays)
        repeats = {"categorical": [arrays[0]], "logits": [arrays[0]], "mean_field": arrays[:2]}.get(name)
        repeats = repeats or [arrays[0]] * (arrays[0] + 2)
        other = b"".join(b"\x00" + numbers(*[0.75 + 0.5 * (k % 3) for k in range(size)]) for size in repeats)
        near = b"".join(b"\x01" + bytes(1 + k % 3 for k in range(size)) for size in repeats)
        yield f"{name}_{arrays[0]}_other", bytes([family]) + first + other
        yield f"{name}_{arrays[0]}_near", bytes([family]) + first + near


def snapshots():
    """The reference snapshots, and contents of the other kinds; each behind the bits to flip."""
    flips = struct.pack("<3H", 3, 100, 200)
    for line in (HERE / "../tests/reference/snapshots.csv").read_text().splitlines()[1:]:
        name, code = line.split(",")
        yield name, flips + bytes.fromhex(code)
    contents = {
        "gate_f32": (4, 4, 1, struct.pack("<IfIII", 0, 5.0, 3, 2, 4)),
        "learned_normal_f32": (6, 4, 1, struct.pack("<4f", 0.25, 16.0, 0.75, 0.125)),
        "monitor_f32": (5, 4, 16, struct.pack("<6f3I", 1e-3, 0.5, 60.0, 2.0, 1.5, 4.0, 1, 1, 2)
            + struct.pack("<32f", 0.5, -1.0, 0.5, -1.5, *[0.0] * 28) + struct.pack("<I", 2)),
    }
    for name, (kind, scalar, dimension, content) in contents.items():
        data = b"ELBO" + struct.pack("<HBBHH", 1, kind, scalar, dimension, 16 + len(content)) + content
        yield name, flips + data + struct.pack("<I", zlib.crc32(data))


def logs():
    """Five flags and the length of a pattern, then the file."""
    number_, count, flag, amount = range(4)
    text = b"t,v\n0,1.5\n1,NA\n2,-3e2\n4,7\n"
    yield "numbers", bytes([0, 0, 0, 0, number_, 0]) + text
    yield "counts_by_name", bytes([1, 2, 1, 1, count, 0]) + text.replace(b",", b";").replace(b"-3e2", b"3").replace(b"1.5", b"1")
    yield "flags_unix", bytes([0, 0, 2, 0, flag, 0]) + b"t,v\r\n1600000000.5,true\r\n1600000001,0\r\n"
    yield "dates", bytes([0, 0, 0, 0, number_, 0]) + b"\xef\xbb\xbft,v\n2012-01-01,1\n2012-01-02T03:04:05Z,\"2\"\n"
    pattern = b"%d.%m.%Y %H:%M"
    yield "pattern", bytes([0, 0, 4, 1, number_, len(pattern)]) + pattern + b"t;v\n02.01.1970 00:01;1\n03.01.1970 00:01;2\n"
    yield "backwards", bytes([0, 0, 0, 0, number_, 0]) + b"t,v\n5,1\n4,2\n"
    yield "amounts", bytes([0, 0, 0, 0, amount, 0]) + b"t,v\n0,1e-3\n1,20\n"
    yield "ragged", bytes([0, 0, 0, 2, number_, 0]) + b"t\tv\n\"a\nb\"\t1\n1\n"


def main():
    for target, seeds in {"filter": filters, "kernels": kernels, "snapshot": snapshots, "csv": logs}.items():
        directory = HERE / "seeds" / target
        directory.mkdir(parents=True, exist_ok=True)
        for name, seed in seeds():
            (directory / name).write_bytes(seed)


if __name__ == "__main__":
    main()
