"""Line and branch coverage of src/ from what llvm-cov exports: `coverage.py EXPORT SRC [FILE...]`.

A generic function is compiled once for every type that it is used with; a branch counts as taken one way if any of
these took it so, and a line as run if any ran it. Unit tests inside src/ do not count.
"""

import json
import sys
from collections import defaultdict

# Whole files of unit tests.
UNIT_TESTS = ("/exhaustive.rs", "/gaussian/tests.rs")


def first_line_of_tests(path):
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#[cfg(test)]"):
                return number
    return sys.maxsize


def main(export, source, *wanted):
    data = json.load(open(export))["data"][0]
    branches = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    lines = defaultdict(dict)
    for function in data["functions"]:
        path = function["filenames"][0]
        if not path.startswith(source) or path.endswith(UNIT_TESTS):
            continue
        for row, column, last_row, last_column, taken, skipped, file, *_ in function["branches"]:
            if file == 0:
                sides = branches[path][row, column, last_row, last_column]
                sides[0] += taken
                sides[1] += skipped
        # Innermost regions last: the count of a line is that of the region which covers most of it most closely.
        here = {}
        for row, _, last_row, _, count, file, _, kind in sorted(function["regions"], key=lambda r: (r[0] - r[2])):
            if file == 0 and kind == 0:
                for line in range(row, last_row + 1):
                    here[line] = count
        for line, count in here.items():
            lines[path][line] = lines[path].get(line, 0) + count

    missed, totals = [], [0, 0, 0, 0]
    print(f"{'file':44} {'lines':>6} {'run':>7} {'branches':>9} {'taken':>7}")
    for path in sorted(lines):
        end = first_line_of_tests(path)
        runs = [count for line, count in lines[path].items() if line < end]
        sides = {place: counts for place, counts in branches[path].items() if place[0] < end}
        numbers = [len(runs), sum(count > 0 for count in runs)]
        numbers += [2 * len(sides), sum(count > 0 for counts in sides.values() for count in counts)]
        totals = [a + b for a, b in zip(totals, numbers)]
        report(path[len(source) + 1 :], numbers)
        text = open(path).read().splitlines()
        for place, counts in sorted(sides.items()):
            if 0 in counts:
                never = " and ".join(["true", "false"][i] for i in (0, 1) if counts[i] == 0)
                missed.append((path[len(source) + 1 :], place[0], never, text[place[0] - 1].strip()))
    report("all", totals)
    print("\nnever")
    for name, row, never, line in missed:
        if not wanted or any(name in file for file in wanted):
            print(f"{name}:{row}: {never}: {line}")


def report(name, numbers):
    shares = [100 * b / a if a else 100 for a, b in (numbers[:2], numbers[2:])]
    print(f"{name:44} {numbers[0]:6} {shares[0]:6.1f}% {numbers[2]:9} {shares[1]:6.1f}%")


main(*sys.argv[1:])
