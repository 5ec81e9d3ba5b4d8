#!/usr/bin/env python3
"""Writes the reference tables of the numeric kernels: python3 kernels.py [directory] [seed].

Needs mpmath. Without arguments it writes the committed files, beside this script; another seed draws other cases.
"""

import pathlib
import sys

import ascent
import beliefs
import closed
import continuous
import counts
import discrete
import functions
import innovations_closed
import intervals
import learned_normal
import monitor
import sensors

TABLES = [
    ascent.ascent,
    beliefs.beliefs,
    functions.functions,
    discrete.categorical,
    discrete.logits,
    continuous.gaussian,
    continuous.mean_field,
    sensors.likelihood,
    sensors.normal_quantile,
    counts.likelihood_counts,
    intervals.likelihood,
    closed.likelihood,
    innovations_closed.innovations,
    learned_normal.learned_normal,
    monitor.monitor,
]


def main(directory=pathlib.Path(__file__).parent, seed="1"):
    for table in TABLES:
        table(seed).write(pathlib.Path(directory))


if __name__ == "__main__":
    main(*sys.argv[1:])
