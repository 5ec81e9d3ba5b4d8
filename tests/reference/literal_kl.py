"""How often the sum of p ln(p/q), computed in single precision, is negative where p and q nearly agree.

QUESTIONS.md quotes what this prints: python3 tests/reference/literal_kl.py
"""

import numpy as np

rng = np.random.default_rng(1)
f32 = np.float32
PAIRS, CLASSES = 20_000, 4

for difference in (1e-3, 1e-4):
    negative = 0
    for _ in range(PAIRS):
        p = rng.dirichlet(np.ones(CLASSES)).astype(f32)
        q = (p * (1 + difference * rng.standard_normal(CLASSES))).astype(f32)
        q = q / q.sum(dtype=f32)
        total = f32(0)
        for a, b in zip(p, q):
            total = total + a * np.log(a / b)
        negative += total < 0
    print(f"relative differences of {difference}: {100 * negative / PAIRS:.1f} % negative")
