"""The format of the reference tables: exact inputs, 40-digit expectations.

An input is stored as the bit pattern of the rounded f32 or f64, in hexadecimal, lists separated by spaces. An expected
value is a decimal of 40 significant digits, computed from those rounded inputs at 80 digits and again at 160; the two
must agree. Beside a value `v` that is a sum with cancellation stands `v_scale`, the magnitude of its largest term to
three digits; it is empty where that is no more than |v|.
"""

import struct

from mpmath import mp

DIGITS = 80
mp.dps = DIGITS


class Scalar:
    """A floating-point format: its rounding, its bit pattern, its epsilon, its largest, smallest normal and smallest subnormal number."""

    def __init__(self, name, pack, unsigned, width, mantissa, exponent):
        self.name, self.pack, self.unsigned, self.width = name, pack, unsigned, width
        self.epsilon = mp.mpf(2) ** -mantissa
        self.smallest_normal = mp.mpf(2) ** exponent
        self.smallest = self.smallest_normal * self.epsilon
        self.largest = (2 - self.epsilon) * mp.mpf(2) ** (1 - exponent)

    def round(self, x):
        """The exact value of x rounded to this format."""
        return mp.mpf(struct.unpack(self.pack, struct.pack(self.pack, float(x)))[0])

    def bits(self, x):
        """The bit pattern of a number of this format."""
        assert self.round(x) == x
        (pattern,) = struct.unpack(self.unsigned, struct.pack(self.pack, float(x)))
        return f"{pattern:0{self.width}x}"

    def list(self, values):
        return " ".join(self.bits(x) for x in values)


F32 = Scalar("f32", "<f", "<I", 8, 23, -126)
F64 = Scalar("f64", "<d", "<Q", 16, 52, -1022)
SCALARS = [F32, F64]


def decimal(x):
    """40 significant digits, or `inf`, `-inf`, `0`."""
    if mp.isinf(x):
        return "inf" if x > 0 else "-inf"
    return "0" if x == 0 else mp.nstr(x, 40, min_fixed=-2)


def agree(a, b):
    return a == b or abs(a - b) <= mp.mpf(10) ** -41 * abs(b)


class Scale:
    """The magnitude of the largest term, beside the value."""

    def __init__(self, value, largest):
        self.text = mp.nstr(largest, 3) if largest > abs(value) else ""


def scaled(value, *terms):
    """A value and its scale, as two columns."""
    return [value, Scale(value, max((abs(term) for term in terms), default=mp.mpf(0)))]


class Table:
    """Rows of one CSV file."""

    def __init__(self, name, columns):
        self.name, self.columns, self.lines = name, columns, [",".join(columns)]

    def add(self, inputs, evaluate):
        """One row: input columns as text, then the values of evaluate(): numbers, scales, lists, None."""
        values = evaluate()
        mp.dps = 2 * DIGITS
        again = evaluate()
        mp.dps = DIGITS
        cells = [str(cell) for cell in inputs]
        for value, check in zip(values, again, strict=True):
            if value is None:
                cells.append("")
            elif hasattr(value, "text"):
                assert value.text == check.text, (self.name, inputs, value.text, check.text)
                cells.append(value.text)
            else:
                assert agree(value, check), (self.name, inputs, value, check)
                cells.append(decimal(check))
        assert len(cells) == len(self.columns), (self.name, cells)
        self.lines.append(",".join(cells))

    def write(self, directory):
        text = "\n".join(self.lines) + "\n"
        (directory / f"{self.name}.csv").write_text(text)
        print(f"{self.name}.csv: {len(self.lines) - 1} rows, {len(text)} bytes")
