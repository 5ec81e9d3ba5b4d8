"""References for the innovations of likelihoods that stop, turn, saturate or learn.

innovations_closed.csv: a reading less its predicted mean, and the standard deviation of the prediction, under eta ~
N(mean, variance). Parameters: censored: standard deviation, lower and upper rail; quantized and quantized_codes: step,
standard deviation, lowest and highest reading where there are ends; probit: none; huber: standard deviation, threshold;
von_mises: concentration; learned_normal: variance, readings, forgetting factor.

    censored, quantized  x ~ N(mean, s^2) that stops at both ends, s^2 the variance, that of the noise and for quantized
                         step^2/12: moments from erfc at 200 digits; a standard deviation below s/1000 is s/1000
    quantized_codes      the codes' own probabilities, Phi of their edges, summed: what s^2 with step^2/12 costs
    probit               Phi(mean/sqrt(1 + variance)), and the standard deviation of yes or no with that probability
    huber                the mean square of its density, from erf
    von_mises            the difference less whole turns; pi^2/3 + 4 sum (-1)^n I_n/I_0 e^(-n^2 variance/2)/n^2 to the
                         last digit, and for kappa above 200 in a belief far from half a turn the mean square of its
                         density by quadrature, to 40 digits and more
    learned_normal       normal noise of the variance learnt so far

The scales, beside the value itself: of a value the standard deviation; quantized_codes: s; probit: both times 1 + x^2,
x = mean/sqrt(1 + variance), by so much they change when x changes by one part in one.
"""

import random

from mpmath import mp

from table import F64, SCALARS, Scale, Table

HALF = mp.mpf(1) / 2
FAR = 10**6  # a rail so many standard deviations away is none


def clipped(y, mean, square, lower, upper):
    """Innovation and standard deviation of N(mean, square) that stops at both rails; infinite ones are none."""
    with mp.workdps(200):
        s = mp.sqrt(square)
        a, b = (lower - mean) / s, (upper - mean) / s
        a, b = -mp.inf if a < -FAR else a, mp.inf if b > FAR else b
        below = mp.erfc(-a / mp.sqrt(2)) / 2
        above = mp.erfc(b / mp.sqrt(2)) / 2
        # About the mean; an end that is infinite has no weight.
        low, high = (0 if mp.isinf(a) else a), (0 if mp.isinf(b) else b)
        inside, start, end = 1 - below - above, mp.npdf(a), mp.npdf(b)
        first = low * below + high * above + start - end
        second = low**2 * below + high**2 * above + inside + low * start - high * end
        # About itself, so that nothing is lost far beyond a rail.
        deviation = max(mp.sqrt(abs(second - first**2)), mp.mpf(1) / 1000)
        y = min(max(y, lower), upper)
        return innovation(y - mean - s * first, s * deviation)


def innovation(value, std_dev, scale=None):
    return [value, Scale(value, std_dev if scale is None else scale), std_dev, Scale(std_dev, scale or 0)]


def censored(y, mean, variance, sd, lower, upper):
    return clipped(y, mean, variance + sd**2, lower, upper)


def quantized(y, mean, variance, step, sd, lowest=-mp.inf, highest=mp.inf):
    return clipped(y, mean, variance + sd**2 + step**2 / 12, lowest, highest)


def quantized_codes(y, mean, variance, step, sd, lowest=-mp.inf, highest=mp.inf):
    with mp.workdps(mp.dps + 10):
        s = mp.sqrt(variance + sd**2)
        # 16 standard deviations hold all but 10^-56.
        first = max(lowest, step * mp.floor((mean - 16 * s) / step))
        last = min(highest, step * mp.ceil((mean + 16 * s) / step))
        codes = [first + k * step for k in range(int(mp.nint((last - first) / step)) + 1)]
        edges = [-mp.inf, *(code + step / 2 for code in codes[:-1]), mp.inf]
        reached = [mp.ncdf((edge - mean) / s) for edge in edges]
        weights = [b - a for a, b in zip(reached, reached[1:])]
        average = mp.fsum(w * code for w, code in zip(weights, codes))
        square = mp.fsum(w * (code - average) ** 2 for w, code in zip(weights, codes))
        unit = mp.sqrt(s * s + step**2 / 12)
        return innovation(y - average, mp.sqrt(square), unit)


def probit(y, mean, variance):
    x = mean / mp.sqrt(1 + variance)
    yes, no = mp.erfc(-x / mp.sqrt(2)) / 2, mp.erfc(x / mp.sqrt(2)) / 2
    value, std_dev = no if y else -yes, mp.sqrt(yes * no)
    rare = value if abs(value) < HALF else mp.mpf(0)
    return [value, Scale(value, (1 + x * x) * abs(rare)), std_dev, Scale(std_dev, (1 + x * x) * std_dev)]


def huber(y, mean, variance, sd, k):
    edge = mp.exp(-k * k / 2)
    inside = mp.sqrt(mp.pi / 2) * mp.erf(k / mp.sqrt(2))
    # Beyond k the density falls as e^(-k^2/2 - x), the reading is k + x/k.
    square = (inside - k * edge + edge / k * (k * k + 2 + 2 / k**2)) / (inside + edge / k)
    return innovation(y - mean, mp.sqrt(variance + sd**2 * square))


def von_mises(y, mean, variance, kappa):
    with mp.workdps(mp.dps + 40):
        d = y - mean
        d -= 2 * mp.pi * mp.nint(d / (2 * mp.pi))
        # The density farther out than this is below 10^-45 of that at its centre.
        if kappa > 200 and variance < mp.mpf(1) / 100:
            unit = 1 / mp.sqrt(kappa)
            density = lambda x: mp.exp(-2 * kappa * mp.sin(x * unit / 2) ** 2)
            edges = [0, 1, 3, 6, 10, 15, 22]
            whole = mp.quad(density, edges)
            square = variance + mp.quad(lambda x: (x * unit) ** 2 * density(x), edges) / whole
        else:
            square, n, whole = mp.pi**2 / 3, 1, mp.besseli(0, kappa)
            while True:
                term = 4 * mp.besseli(n, kappa) / whole * mp.exp(-n * n * variance / 2) / n**2
                square += -term if n % 2 else term
                if term < mp.eps * square:
                    break
                n += 1
    return innovation(d, mp.sqrt(square))


def learned_normal(y, mean, variance, noise, readings, forgetting):
    return innovation(y - mean, mp.sqrt(variance + noise))


WIDTHS = [0.0, 1e-6, 0.04, 0.7, 1.0, 30.0, 1e6]


def clipped_rows(rng, noise):
    """(regime, lower, upper, reading, mean) in units of the unclipped prediction's standard deviation."""
    for near in [0.0, 0.02, 0.5, 1.0, 2.0, 3.5, 6.0, 9.0, 30.0]:
        for far in [1.0, 4.0, 40.0]:
            side = rng.choice([-1, 1])
            ends = sorted([side * near, -side * far])
            yield "inside", *ends, rng.choice([ends[0], ends[1], 0.2 * (ends[0] + ends[1])]), 0.0
    for away in [0.01, 0.3, 1.0, 1.7, 2.4, 3.0, 3.6, 4.1, 4.3, 6.0, 12.0, 40.0, 1e3, 1e8]:
        for width in [1.5, 4.0, 1e3]:
            ends = [-width, 0.0] if rng.random() < 0.5 else [0.0, width]
            yield "beyond", *ends, rng.choice(ends), away if ends[1] == 0 else -away
    for width in [1.2, 0.5, 0.2, 0.05, 0.02, 0.01, 5e-3, 3e-3, 2.1e-3, 1e-3, 1e-6]:
        for mean in [0.0, 0.3, -0.8, 2.0]:
            yield "narrow", -width / 2, width / 2, rng.choice([-width, width]), mean + rng.uniform(-0.05, 0.05)


def censored_rows(rng, scalar):
    for i, (regime, lower, upper, reading, mean) in enumerate(clipped_rows(rng, 1)):
        sd = 10 ** rng.uniform(-2, 2)
        variance = WIDTHS[i % len(WIDTHS)] * sd**2
        s = (variance + sd**2) ** 0.5
        centre = rng.choice([0, 0, 3]) * s
        ends = [centre + s * lower, centre + s * upper]
        yield regime, [sd, *ends], centre + s * reading, centre + s * mean, variance
    for t in [-40.0, -3.0, -0.5, 0.2, 1.0, 2.5, 8.0, 1e5]:
        most = float(scalar.largest)
        yield "one rail", [0.5, -most, 250.0], 249.5, 250 - t, 0.75
        yield "one rail", [0.5, -2.0, most], -2.0, t - 2, 0.75


def quantized_rows(rng, scalar):
    for i, (regime, lower, upper, reading, mean) in enumerate(clipped_rows(rng, 1)):
        step = 10 ** rng.uniform(-2, 2)
        sd = step * [0.02, 0.3, 1.0, 5.0][i % 4]
        variance = WIDTHS[i % len(WIDTHS)] * sd**2
        s = (variance + sd**2 + step**2 / 12) ** 0.5
        # Ends are a step apart at least.
        if (upper - lower) * s > 1.001 * step:
            yield regime, [step, sd, s * lower, s * upper], s * reading, s * mean, variance
    for step, sd, variance in [(0.1, 0.01, 0.0), (1.0, 5.0, 1e4), (1e-3, 1e-5, 1e-12), (2.0, 0.5, 30.0)]:
        yield "open", [step, sd], 7 * step, rng.gauss(0, 1), variance
        yield "open", [step, sd], 350.0, 350.0 + rng.gauss(0, 1) * step, variance


def codes_rows(rng, scalar):
    """Steps of so many standard deviations of the noisy value."""
    for regime, ratios in [("fine", [0.2, 0.5, 1.0]), ("coarse", [1.5, 2.0, 3.0])]:
        for ratio in ratios:
            for part in [0.0, 0.4, 1.0]:
                for mean in [0.0, 0.3, 0.5, 17.2]:
                    total = 1 / ratio
                    yield regime, [1.0, total * (1 - part * 0.9) ** 0.5], 1.0, mean, part * 0.9 * total**2
            ends = [0.0, 31.0]
            for mean in [-1.0, 0.2, 15.7, 30.9, 33.0]:
                name = f"{regime} with ends"
                yield name, [1.0, 0.3 / ratio, *ends], 31.0, mean, 0.91 / ratio**2


def probit_rows(rng, scalar):
    far = [14.0, 30.0, 37.0] if scalar is F64 else [10.0, 12.8]
    for x in [0.0, 1e-30, 1e-5, 0.1, 0.7, 1.5, 3.0, 4.5, 6.0, 9.0, *far]:
        for i, variance in enumerate([0.0, 1e-6, 0.3, 20.0, 1e6]):
            sign = rng.choice([-1, 1])
            yield "tail" if x > 6 else "*", [], i % 2, sign * x * (1 + variance) ** 0.5, variance
    yield "*", [], 1, 3e15, 1e30
    yield "*", [], 0, -1e15, 1e36


def huber_rows(rng, scalar):
    for k in [1e-3, 0.05, 0.6, 1.345, 2.0, 4.0, 30.0, 1e3]:
        for i, width in enumerate(WIDTHS):
            sd = 10 ** rng.uniform(-3, 3)
            mean = rng.gauss(0, 1) * sd
            yield "*", [sd, k], mean + rng.choice([0.3, -2, 50, -1e6]) * sd, mean, width * sd**2
    yield "*", [1e-15, 1.345], 1e-14, 0.0, 1e-36
    yield "*", [1e15, 1.345], -1e17, 0.0, 1e30


def von_mises_rows(rng, scalar):
    differences = [0.0, 1e-6, 0.3, -1.5, 3.1, -3.1415, 4.0, 6.28]
    variances = [0.0, 1e-8, 1e-3, 0.03, 0.059, 0.07, 0.3, 1.0, 4.0, 30.0, 1e4]
    for kappa in [1e-3, 0.4, 2.0, 9.0, 15.9, 16.6, 40.0, 300.0, 2e4, 1e9, 1e12]:
        for i, variance in enumerate(variances):
            if kappa > 200 and 0.01 < variance < 0.1:
                continue
            y = rng.uniform(-3, 3)
            narrow = variance + 1 / kappa + 1 / (2 * kappa**2) < 1 / 16
            between = 12 < kappa < 1000 and not narrow
            regime = "narrow" if narrow else "between" if between else "wide"
            yield regime, [kappa], y, y + differences[i % len(differences)], variance
    for turns in [1, 40, 1e3, 3e4, 5e5] + ([1e9, 6e14] if scalar is F64 else []):
        for d in [1e-3, 0.5, -2.0, 3.1]:
            yield "turns", [2.0], rng.uniform(-3, 3), 6.283185307179586 * turns + d, 0.3


def learned_normal_rows(rng, scalar):
    noises = [1e-30, 1e-6, 0.04, 1.0, 2e5, 1e30] + ([1e-280, 1e280] if scalar is F64 else [])
    for noise in noises:
        for i, width in enumerate(WIDTHS):
            readings, forgetting = [1.0, 3.5, 200.0, 1e5][i % 4], [1.0, 0.98, 0.5][i % 3]
            sd = noise**0.5
            mean = rng.gauss(0, 1) * sd
            parameters = [noise, readings, forgetting]
            yield "*", parameters, mean + rng.choice([0.3, -2, 50, -1e6]) * sd, mean, width * noise


FAMILIES = {
    "censored": (censored, censored_rows),
    "quantized": (quantized, quantized_rows),
    "quantized_codes": (quantized_codes, codes_rows),
    "probit": (probit, probit_rows),
    "huber": (huber, huber_rows),
    "von_mises": (von_mises, von_mises_rows),
    "learned_normal": (learned_normal, learned_normal_rows),
}


def innovations(seed):
    rng = random.Random(f"innovations {seed}")
    columns = "scalar,likelihood,regime,parameters,reading,mean,variance,value,value_scale,std_dev,std_dev_scale"
    table = Table("innovations_closed", columns.split(","))
    for scalar in SCALARS:
        for name, (family, rows) in FAMILIES.items():
            for regime, parameters, reading, mean, variance in rows(rng, scalar):
                parameters = [scalar.round(x) for x in parameters]
                mean, variance = scalar.round(mean), scalar.round(variance)
                y = reading if name == "probit" else scalar.round(reading)
                stored = y if name == "probit" else scalar.bits(y)
                cells = [scalar.name, name, regime, scalar.list(parameters), stored]
                cells += [scalar.bits(mean), scalar.bits(variance)]
                table.add(cells, lambda: family(y, mean, variance, *parameters))
    return table
