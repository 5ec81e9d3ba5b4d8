"""References for one-sample ELBOs and the steps that gradients make.

Beliefs q (0) and prior (1) as in continuous.py; of a mean-field one `pivots` are the log standard deviations and L is
the identity. The model has the same value and gradient g everywhere, so that only what the crate computes is judged.
With s_j = sqrt(d_j), Lambda = covariance^-1, weight w, z = mean0 + L s e:
    one_sample: KL(q || prior) and the entropy of q in closed form; gradients in
        mean: g - w Lambda1 (mean0 - mean1)
        L_ij: g_i s_j e_j - w d_j (Lambda1 (L0 - L1))_ij
        ln s_j: (L'g)_j s_j e_j - w ((L'Lambda1 L)_jj d_j - 1)
    one_sample_path: log q(z) - log prior(z) and -log q(z); with h = g + w Lambda0 (z - mean0) - w Lambda1 (z - mean1)
        gradients h, h_i s_j e_j, (L'h)_j s_j e_j
    ascend by a gradient (g, G, t): mean + rate g, L + rate G, d e^(2 rate t)
    ascend_natural: mean + rate P g; column j of L + rate L diag(d_i/d_j, i > j) L' G_j; d e^(rate t); the rate
        shortened to 1/length where rate length > 1, length^2 = g'P g + sum t^2/2 + sum_(i>j) d_i/d_j (L'G_j)_i^2
    of a mean-field belief mean + rate g, s + rate t, and mean + rate e^(2 s) g, s + rate t/2
A `_scale` list holds the largest term of each number.
"""

import random

from mpmath import mp

from beliefs import Numbers, coarse, column
from continuous import Draw, correlated, divergence, log_density, unit_lower
from table import SCALARS, F32, Table, scaled

LENGTHS = [1, 2, 4, 8]
INPUTS = "mean0 lower0 pivots0 mean1 lower1 pivots1 noise weight rate value".split()
INPUTS += "gradient lower_gradient log_gradient".split()
LISTS = [f"{kind}_{part}" for kind in ("closed", "path") for part in ("mean", "lower", "log")]
STEPS = [f"{kind}_{part}" for kind in ("plain", "natural") for part in ("mean", "lower", "pivots")]


def below(n):
    return [(i, j) for i in range(n) for j in range(i)]


def most(terms):
    return max((abs(x) for x in terms), default=mp.mpf(0))


class Belief:
    def __init__(self, mean, lower, pivots):
        n = len(mean)
        self.mean, self.entries, self.pivots = mean, lower, pivots
        self.full = unit_lower(n, lower)
        self.lower = mp.matrix(self.full)
        self.covariance = self.lower * mp.diag(list(pivots)) * self.lower.T
        self.precision = self.covariance**-1


def closed(q, prior, noise, weight, g):
    n = len(g)
    apart = [a - b for a, b in zip(q.mean, prior.mean)]
    width = [mp.sqrt(d) * e for d, e in zip(q.pivots, noise)]
    pulls = [[prior.precision[i, j] * apart[j] for j in range(n)] for i in range(n)]
    result = [Numbers([g[i] - weight * sum(pulls[i]) for i in range(n)])]
    result.append(coarse([max(abs(g[i]), weight * most(pulls[i])) for i in range(n)]))
    moved = q.lower - prior.lower
    values, scales = [], []
    for i, j in below(n):
        terms = [prior.precision[i, k] * moved[k, j] * q.pivots[j] for k in range(n)]
        values.append(g[i] * width[j] - weight * sum(terms))
        scales.append(max(abs(g[i] * width[j]), weight * most(terms)))
    result += [Numbers(values), coarse(scales)]
    values, scales = [], []
    quadratic = q.lower.T * prior.precision * q.lower
    for j in range(n):
        through = [q.lower[i, j] * g[i] * width[j] for i in range(n)]
        stretched = quadratic[j, j] * q.pivots[j] - 1
        values.append(sum(through) - weight * stretched)
        ratio = q.pivots[j] / prior.pivots[j]
        scales.append(max(most(through), weight * most([ratio - 1, stretched + 1 - ratio])))
    return [*result, Numbers(values), coarse(scales)]


def path(q, prior, noise, weight, g):
    n = len(g)
    width = [mp.sqrt(d) * e for d, e in zip(q.pivots, noise)]
    z = [m + s for m, s in zip(q.mean, q.lower * column(width))]
    pull, scales = [], []
    for i in range(n):
        own = [weight * q.precision[i, j] * (z[j] - q.mean[j]) for j in range(n)]
        other = [weight * prior.precision[i, j] * (z[j] - prior.mean[j]) for j in range(n)]
        lost = [weight * (abs(q.precision[i, j]) + abs(prior.precision[i, j])) * abs(z[j]) for j in range(n)]
        pull.append(g[i] + sum(own) - sum(other))
        scales.append(most([g[i], *own, *other, *lost]))
    result = [Numbers(pull), coarse(scales)]
    pairs = below(n)
    result += [Numbers([pull[i] * width[j] for i, j in pairs]), coarse([abs(scales[i] * width[j]) for i, j in pairs])]
    through = [[q.lower[i, j] * width[j] for i in range(n)] for j in range(n)]
    result.append(Numbers([sum(a * b for a, b in zip(through[j], pull)) for j in range(n)]))
    result.append(coarse([most(a * b for a, b in zip(through[j], scales)) for j in range(n)]))
    return result, z


def steps(q, x, logs):
    n = len(q.mean)
    rate, g, t = x["rate"][0], x["gradient"], x["log_gradient"]
    pairs, entries = below(n), dict(zip(below(n), x["lower_gradient"]))
    field = logs is not None
    plain = [[m + rate * a for m, a in zip(q.mean, g)]]
    plain.append([] if field else [e + rate * G for e, G in zip(q.entries, x["lower_gradient"])])
    stretched = [d * mp.exp(2 * rate * h) for d, h in zip(q.pivots, t)]
    plain.append([s + rate * h for s, h in zip(logs, t)] if field else stretched)
    natural = q.covariance * column(g)
    length = sum(a * b for a, b in zip(g, natural)) + sum(h * h for h in t) / 2
    moved = {}
    for j in range(n) if not field else []:
        product = q.lower.T * column([entries.get((i, j), 0) for i in range(n)])
        scaled_column = [product[i] * q.pivots[i] / q.pivots[j] if i > j else mp.mpf(0) for i in range(n)]
        length += sum(a * b for a, b in zip(scaled_column, product))
        for i, value in enumerate(q.lower * column(scaled_column)):
            moved[i, j] = value
    rate = min(rate, 1 / mp.sqrt(length))
    of = [[m + rate * a for m, a in zip(q.mean, natural)]]
    of.append([] if field else [e + rate * moved[pair] for e, pair in zip(q.entries, pairs)])
    stretched = [d * mp.exp(rate * h) for d, h in zip(q.pivots, t)]
    of.append([s + rate * h / 2 for s, h in zip(logs, t)] if field else stretched)
    result = []
    for mean, lower, pivots in (plain, of):
        for values, before in ((mean, q.mean), (lower, q.entries), (pivots, logs if field else q.pivots)):
            scale = [max(abs(b), abs(v - b)) for v, b in zip(values, before)]
            result += [Numbers(values), coarse(scale if values is not pivots or field else values)]
    return result


def values(family, n, x):
    field = family == "mean_field"
    none = [mp.mpf(0)] * (n * (n - 1) // 2)
    pivots = [[mp.exp(2 * s) for s in x[k]] if field else x[k] for k in ("pivots0", "pivots1")]
    q = Belief(x["mean0"], none if field else x["lower0"], pivots[0])
    prior = Belief(x["mean1"], none if field else x["lower1"], pivots[1])
    weight, g = x["weight"][0], x["gradient"]
    kl = divergence(q.mean, q.full, q.pivots, prior.mean, prior.full, prior.pivots)
    own, other = x["value"][0], weight * kl
    entropy = n * mp.log(2 * mp.pi * mp.e) / 2 + sum(mp.log(d) for d in q.pivots) / 2
    terms = [n * mp.log(2 * mp.pi * mp.e) / 2, *(mp.log(d) / 2 for d in q.pivots)]
    result = [kl, *scaled(own - other, own, other)]
    result += scaled(weight * (entropy + kl) - own, own, other, *(weight * a for a in terms))
    result += closed(q, prior, x["noise"], weight, g)
    lists, z = path(q, prior, x["noise"], weight, g)
    first, second = (log_density(b.mean, b.full, b.pivots, z) for b in (q, prior))
    largest = most([first[0], second[0], *(mp.mpf(s[1].text) for s in (first, second) if s[1].text)])
    far = [most(b.precision[i, j] * (z[i] - b.mean[i]) * z[j] for i in range(n) for j in range(n)) for b in (q, prior)]
    result += scaled(first[0] - second[0], largest, *far)
    return [*result, *lists, *steps(q, x, x["pivots0"] if field else None)]


def cases(draw, scalar):
    n = draw.n
    yield "general", draw.belief(), draw.belief()
    base = draw.belief()
    yield "equal", base, base
    for by in [1e-5, 1e-2] if scalar is F32 else [1e-10, 1e-2]:
        yield "near-equal", base, draw.near(base, by)
    yield "extreme", draw.belief(-6, 0), draw.belief(0, 6)
    if n > 1:
        one = (draw.normals(), *correlated(draw.rng, n, 1e3))
        yield "correlated", one, draw.near(one, 0.3)


def ascent(seed):
    rng = random.Random(f"ascent {seed}")
    columns = ["family", "scalar", "n", "regime", *INPUTS, "kl", "bound", "bound_scale", "energy", "energy_scale"]
    columns += [f"{name}{end}" for name in LISTS[:3] for end in ("", "_scale")] + ["path_kl", "path_kl_scale"]
    columns += [f"{name}{end}" for name in LISTS[3:] + STEPS for end in ("", "_scale")]
    table = Table("ascent", columns)
    for scalar in SCALARS:
        for n in LENGTHS:
            draw = Draw(rng, n)
            pairs = n * (n - 1) // 2
            for regime, zero, one in cases(draw, scalar):
                for family in ["gaussian", "mean_field"]:
                    if family == "mean_field" and regime == "correlated":
                        continue
                    parts = [*zero, *one]
                    if family == "mean_field":
                        parts[2], parts[5] = ([mp.log(d) / 2 for d in part] for part in (parts[2], parts[5]))
                        parts[1], parts[4] = [], []
                    deviation = [1 / mp.sqrt(d) for d in zero[2]]
                    parts += [draw.normals(), [rng.choice([1, 0.5, 2])], [rng.choice([0.01, 0.1, 0.5])]]
                    parts.append(draw.normals(5, 1))
                    parts += [[a * b for a, b in zip(draw.normals(), deviation)]]
                    parts += [draw.normals(1, pairs if family == "gaussian" else 0), draw.normals()]
                    x = {name: [scalar.round(a) for a in part] for name, part in zip(INPUTS, parts, strict=True)}
                    cells = [family, scalar.name, n, regime, *(scalar.list(x[name]) for name in INPUTS)]
                    table.add(cells, lambda: values(family, n, x))
    return table
