//! One-sample ELBOs against twins by other formulas: central differences of dense f64 expressions at fixed noise, exact
//! expectations, and a conjugate model whose posterior and evidence are known.

use elbow::elbo::{self, Elbo, GaussianGradient, MeanFieldGradient};
use elbow::{Error, Gaussian, MeanField, Real, noise};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const LN_TAU: f64 = 1.837_877_066_409_345_5;

/// Counts with log-linear rates: log p(y | z) = sum y_k (a_k . z) - exp(a_k . z), up to a constant.
const ROWS: [[f64; 3]; 4] = [[1.0, 0.2, -0.5], [0.3, -1.0, 0.4], [-0.2, 0.5, 0.8], [0.6, 0.6, 0.1]];
const COUNTS: [f64; 4] = [2.0, 0.0, 3.0, 1.0];

fn counts<T: Real>(z: &[T; 3]) -> (T, [T; 3]) {
    let (mut value, mut gradient) = (T::ZERO, [T::ZERO; 3]);
    for (row, count) in ROWS.iter().zip(COUNTS) {
        let row = row.map(T::from_f64);
        let eta = row[0] * z[0] + row[1] * z[1] + row[2] * z[2];
        // The exponential of the test's own scalar: 1 + x + x^2/2 + ... to convergence.
        let (mut rate, mut term) = (T::ONE, T::ONE);
        for k in 1..40 {
            term = term * eta / T::from_u32(k);
            rate += term;
        }
        value += T::from_f64(count) * eta - rate;
        for i in 0..3 {
            gradient[i] += row[i] * (T::from_f64(count) - rate);
        }
    }
    (value, gradient)
}

/// A full Gaussian by its parameters, in f64 and by dense formulas.
#[derive(Clone, Copy)]
struct Dense {
    mean: [f64; 3],
    lower: [[f64; 3]; 3],
    log_std_dev: [f64; 3],
}

impl Dense {
    fn column_scales(&self) -> [f64; 3] {
        self.log_std_dev.map(f64::exp)
    }
    fn covariance(&self) -> [[f64; 3]; 3] {
        let s = self.column_scales();
        let l = |i: usize, k: usize| {
            if i == k {
                1.0
            } else if i > k {
                self.lower[i][k]
            } else {
                0.0
            }
        };
        std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| l(i, k) * l(j, k) * s[k] * s[k]).sum()))
    }
    fn at(&self, eps: &[f64; 3]) -> [f64; 3] {
        let s = self.column_scales();
        let l = |i: usize, k: usize| {
            if i == k {
                1.0
            } else if i > k {
                self.lower[i][k]
            } else {
                0.0
            }
        };
        std::array::from_fn(|i| self.mean[i] + (0..3).map(|k| l(i, k) * s[k] * eps[k]).sum::<f64>())
    }
    /// By the inverse covariance (Cramer's rule) and the determinant.
    fn log_prob(&self, z: &[f64; 3]) -> f64 {
        let p = self.covariance();
        let (inverse, determinant) = invert(&p);
        let d: [f64; 3] = std::array::from_fn(|i| z[i] - self.mean[i]);
        let quadratic: f64 = (0..9).map(|k| d[k / 3] * inverse[k / 3][k % 3] * d[k % 3]).sum();
        -0.5 * (3.0 * LN_TAU + determinant.ln() + quadratic)
    }
    /// tr(Q^-1 P) + m' Q^-1 m - 3 + ln det Q/det P, halved.
    fn kl(&self, other: &Self) -> f64 {
        let (p, q) = (self.covariance(), other.covariance());
        let (inverse, determinant) = invert(&q);
        let m: [f64; 3] = std::array::from_fn(|i| self.mean[i] - other.mean[i]);
        let trace: f64 = (0..9).map(|k| inverse[k / 3][k % 3] * p[k % 3][k / 3]).sum();
        let quadratic: f64 = (0..9).map(|k| m[k / 3] * inverse[k / 3][k % 3] * m[k % 3]).sum();
        0.5 * (trace + quadratic - 3.0 + (determinant / invert(&p).1).ln())
    }
    fn gaussian<T: Real>(&self) -> Gaussian<T, 3> {
        let pivots = self.log_std_dev.map(|value| T::from_f64((2.0 * value).exp()));
        Gaussian::from_factor(self.mean.map(T::from_f64), self.lower.map(|row| row.map(T::from_f64)), pivots).unwrap()
    }
    /// The twelve parameters in turn: mean, strict lower triangle, log standard deviations.
    fn parameter(&mut self, k: usize) -> &mut f64 {
        match k {
            0..3 => &mut self.mean[k],
            3 => &mut self.lower[1][0],
            4 => &mut self.lower[2][0],
            5 => &mut self.lower[2][1],
            _ => &mut self.log_std_dev[k - 6],
        }
    }
}

fn invert(m: &[[f64; 3]; 3]) -> ([[f64; 3]; 3], f64) {
    let minor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant = (0..3).map(|j| m[0][j] * minor(0, j)).sum::<f64>();
    (std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i) / determinant)), determinant)
}

const Q: Dense = Dense {
    mean: [0.25, -0.5, 0.125],
    lower: [[0.0; 3], [0.5, 0.0, 0.0], [-0.25, 0.75, 0.0]],
    log_std_dev: [-0.5, -1.0, 0.25],
};
const PRIOR: Dense = Dense {
    mean: [0.0, 0.25, -0.5],
    lower: [[0.0; 3], [-0.5, 0.0, 0.0], [0.125, 0.25, 0.0]],
    log_std_dev: [0.0, 0.5, -0.25],
};
const NOISE: [[f64; 3]; 4] = [[0.0; 3], [0.5, -1.25, 0.75], [-2.0, 0.25, 1.5], [1.0, 2.5, -0.5]];

fn flat<T: Real>(gradient: &GaussianGradient<T, 3>) -> [T; 9] {
    let l = &gradient.unit_lower;
    assert!((0..3).all(|i| (i..3).all(|j| l[i][j] == T::ZERO)));
    let [m0, m1, m2] = gradient.mean;
    let [s0, s1, s2] = gradient.log_std_dev;
    [m0, m1, m2, l[1][0], l[2][0], l[2][1], s0, s1, s2]
}

/// Central differences of a function of the parameters of q.
fn differences(value: impl Fn(&Dense) -> f64) -> [f64; 9] {
    std::array::from_fn(|k| {
        let (mut up, mut down) = (Q, Q);
        *up.parameter(k) += 1e-5;
        *down.parameter(k) -= 1e-5;
        (value(&up) - value(&down)) / 2e-5
    })
}

fn assert_close(got: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    for (k, (g, e)) in got.iter().zip(expected).enumerate() {
        assert!((g - e).abs() <= tolerance * (1.0 + e.abs()), "{what} {k}: {g} for {e}");
    }
}

#[test]
fn full_gradients_equal_central_differences_of_the_twin() {
    for eps in NOISE {
        for weight in [1.0, 0.25] {
            let expected = differences(|q| counts(&q.at(&eps)).0 - weight * q.kl(&PRIOR));
            let bound =
                elbo::one_sample_weighted(&Q.gaussian(), &PRIOR.gaussian(), &counts::<f64>, &eps, weight).unwrap();
            assert_close(&flat(&bound.gradient), &expected, 2e-9, "f64");
            assert!((bound.value() - (counts(&Q.at(&eps)).0 - weight * Q.kl(&PRIOR))).abs() < 1e-13);
            let bound = elbo::one_sample_weighted(
                &Q.gaussian(),
                &PRIOR.gaussian(),
                &counts::<f32>,
                &eps.map(|e| e as f32),
                weight as f32,
            );
            let single: [f32; 9] = flat(&bound.unwrap().gradient);
            assert_close(&single.map(f64::from), &expected, 3e-6, "f32");

            // Through z alone, the parameters inside log q held still.
            let expected = differences(|q| {
                let z = q.at(&eps);
                counts(&z).0 + weight * (PRIOR.log_prob(&z) - Q.log_prob(&z))
            });
            let bound =
                elbo::one_sample_path_weighted(&Q.gaussian(), &PRIOR.gaussian(), &counts::<f64>, &eps, weight).unwrap();
            assert_close(&flat(&bound.gradient), &expected, 2e-9, "path f64");
            let z = Q.at(&eps);
            let value = counts(&z).0 + weight * (PRIOR.log_prob(&z) - Q.log_prob(&z));
            assert!((bound.value() - value).abs() < 1e-13);
            assert!((bound.entropy + Q.log_prob(&z)).abs() < 1e-13);
        }
    }
}

#[test]
fn mean_field_gradients_equal_central_differences_of_the_twin() {
    let build = |q: &Dense| MeanField::new(q.mean, q.log_std_dev).unwrap();
    let diagonal = |q: &Dense| Dense { lower: [[0.0; 3]; 3], ..*q };
    let prior = diagonal(&PRIOR);
    let flat = |g: &MeanFieldGradient<f64, 3>| [g.mean, g.log_std_dev].concat();
    let pick = |d: [f64; 9]| [&d[..3], &d[6..]].concat();
    for eps in NOISE {
        let expected = pick(differences(|q| counts(&diagonal(q).at(&eps)).0 - diagonal(q).kl(&prior)));
        let bound = elbo::one_sample(&build(&Q), &build(&prior), &counts::<f64>, &eps).unwrap();
        assert_close(&flat(&bound.gradient), &expected, 2e-9, "mean field");
        let expected = pick(differences(|q| {
            let z = diagonal(q).at(&eps);
            counts(&z).0 + prior.log_prob(&z) - diagonal(&Q).log_prob(&z)
        }));
        let bound = elbo::one_sample_path(&build(&Q), &build(&prior), &counts::<f64>, &eps).unwrap();
        assert_close(&flat(&bound.gradient), &expected, 2e-9, "mean field path");
        let z = diagonal(&Q).at(&eps);
        let (log_q, log_prior) = (diagonal(&Q).log_prob(&z), prior.log_prob(&z));
        assert_close(&[bound.entropy, bound.kl], &[-log_q, log_q - log_prior], 1e-13, "mean field path");
    }
}

/// Under N(m, P) the expectation of exp(a.z) is exp(a.m + a'Pa/2): the exact ELBO of the count model.
fn exact(q: &Dense) -> f64 {
    let p = q.covariance();
    let mut value = -q.kl(&PRIOR);
    for (row, count) in ROWS.iter().zip(COUNTS) {
        let mean: f64 = (0..3).map(|i| row[i] * q.mean[i]).sum();
        let variance: f64 = (0..9).map(|k| row[k / 3] * p[k / 3][k % 3] * row[k % 3]).sum();
        value += count * mean - (mean + 0.5 * variance).exp();
    }
    value
}

#[test]
fn values_and_gradients_are_unbiased() {
    const DRAWS: usize = 200_000;
    let (q, prior) = (Q.gaussian::<f32>(), PRIOR.gaussian::<f32>());
    let mut expected = differences(exact).to_vec();
    expected.push(exact(&Q));
    type Sample = fn(&Gaussian<f32, 3>, &Gaussian<f32, 3>, &[f32; 3]) -> Elbo<f32, GaussianGradient<f32, 3>>;
    let closed: Sample = |q, prior, eps| elbo::one_sample(q, prior, &counts::<f32>, eps).unwrap();
    let path: Sample = |q, prior, eps| elbo::one_sample_path(q, prior, &counts::<f32>, eps).unwrap();
    for (name, estimate) in [("closed", closed), ("path", path)] {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(20);
        let (mut sum, mut square) = ([0.0_f64; 10], [0.0_f64; 10]);
        for _ in 0..DRAWS {
            let bound = estimate(&q, &prior, &noise::standard_normals(&mut rng));
            let gradient: [f32; 9] = flat(&bound.gradient);
            for (k, x) in gradient.into_iter().chain([bound.value()]).map(f64::from).enumerate() {
                sum[k] += x;
                square[k] += x * x;
            }
        }
        for k in 0..10 {
            let mean = sum[k] / DRAWS as f64;
            let error = ((square[k] / DRAWS as f64 - mean * mean) / DRAWS as f64).sqrt();
            assert!(
                (mean - expected[k]).abs() < 5.0 * error + 1e-6,
                "{name} {k}: {mean} for {} +- {error}",
                expected[k]
            );
        }
    }
}

/// Two readings x = A z + noise of variance r; prior N(0, I) over z.
const A: [[f64; 2]; 2] = [[1.0, 0.5], [-0.3, 2.0]];
const X: [f64; 2] = [1.2, -0.7];
const R: f64 = 0.4;

fn linear(z: &[f64; 2]) -> (f64, [f64; 2]) {
    let residual: [f64; 2] = std::array::from_fn(|k| X[k] - A[k][0] * z[0] - A[k][1] * z[1]);
    let value = residual.iter().map(|e| -0.5 * (e * e / R + LN_TAU + R.ln())).sum();
    (value, std::array::from_fn(|i| (0..2).map(|k| A[k][i] * residual[k] / R).sum()))
}

/// The exact posterior N((A'A/r + I)^-1 A'x/r, (A'A/r + I)^-1) and the log evidence N(x | 0, A A' + r I).
fn conjugate() -> (Gaussian<f64, 2>, f64) {
    let inverse = |m: [[f64; 2]; 2]| {
        let d = m[0][0] * m[1][1] - m[0][1] * m[1][0];
        ([[m[1][1] / d, -m[0][1] / d], [-m[1][0] / d, m[0][0] / d]], d)
    };
    let identity = |i: usize, j: usize| f64::from(u8::from(i == j));
    let precision = std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..2).map(|k| A[k][i] * A[k][j] / R).sum::<f64>() + identity(i, j))
    });
    let (covariance, _) = inverse(precision);
    let b: [f64; 2] = std::array::from_fn(|i| (0..2).map(|k| A[k][i] * X[k] / R).sum());
    let mean = std::array::from_fn(|i| covariance[i][0] * b[0] + covariance[i][1] * b[1]);
    let marginal = std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..2).map(|k| A[i][k] * A[j][k]).sum::<f64>() + R * identity(i, j))
    });
    let (inverse, determinant) = inverse(marginal);
    let quadratic: f64 = (0..4).map(|k| X[k / 2] * inverse[k / 2][k % 2] * X[k % 2]).sum();
    (Gaussian::new(mean, covariance).unwrap(), -0.5 * (2.0 * LN_TAU + determinant.ln() + quadratic))
}

#[test]
fn evidence_is_the_bound_plus_the_divergence_from_the_posterior() {
    let (posterior, evidence) = conjugate();
    let prior = Gaussian::standard();
    let q = Gaussian::new([0.3, 0.1], [[0.5, -0.2], [-0.2, 0.3]]).unwrap();
    // The bound is quadratic in the noise: three Gauss-Hermite nodes each way are exact.
    let node = 3.0_f64.sqrt();
    let (mut bound, mut balance) = (0.0, 0.0);
    for (x, v) in [(-node, 1.0 / 6.0), (0.0, 2.0 / 3.0), (node, 1.0 / 6.0)] {
        for (y, w) in [(-node, 1.0 / 6.0), (0.0, 2.0 / 3.0), (node, 1.0 / 6.0)] {
            let sample = elbo::one_sample(&q, &prior, &linear, &[x, y]).unwrap();
            bound += v * w * sample.value();
            balance += v * w * (sample.entropy - sample.energy());
            assert_eq!(sample.free_energy(), -sample.value());
        }
    }
    assert!((bound + q.kl(&posterior) - evidence).abs() < 1e-13, "{bound} {evidence}");
    assert!((balance - bound).abs() < 1e-13);
}

#[test]
fn the_path_gradient_vanishes_at_the_posterior() {
    let (posterior, evidence) = conjugate();
    for eps in [[0.0, 0.0], [1.0, -2.0], [-3.0, 0.5], [0.1, 4.0]] {
        let bound = elbo::one_sample_path(&posterior, &Gaussian::standard(), &linear, &eps).unwrap();
        let g = bound.gradient;
        for slope in [g.mean[0], g.mean[1], g.unit_lower[1][0], g.log_std_dev[0], g.log_std_dev[1]] {
            assert!(slope.abs() < 2e-14, "{eps:?}: {g:?}");
        }
        assert!((bound.value() - evidence).abs() < 1e-13);
        // The closed form does not vanish at a sample: its expectation does.
        let closed = elbo::one_sample(&posterior, &Gaussian::standard(), &linear, &eps).unwrap();
        assert!(eps == [0.0; 2] || closed.gradient.mean[0].abs() > 1e-3);
    }
    // Mean field: one reading of each unknown, posterior variance 1/(1 + 4) and mean 4 x/5; far from zero in f32.
    let x = [2000.0_f32, -3.0];
    let model = |z: &[f32; 2]| (0.0, [4.0 * (x[0] - z[0]), 4.0 * (x[1] - z[1])]);
    let log = -0.5 * 5.0_f32.ln();
    let q = MeanField::new([0.8 * x[0], 0.8 * x[1]], [log; 2]).unwrap();
    for eps in [[0.5_f32, -1.0], [2.0, 2.0]] {
        let g = elbo::one_sample_path(&q, &MeanField::standard(), &model, &eps).unwrap().gradient;
        // 3e-3 is the rounding of 2000 times the precision 5; noise over sigma would leave 1e-2 and more.
        assert!(g.mean[0].abs() < 3e-3 && g.mean[1].abs() < 1e-5, "{g:?}");
    }
}

#[test]
fn gradients_of_equal_distributions_vanish_exactly() {
    let q = Q.gaussian::<f32>();
    let flat_model = |_: &[f32; 3]| (0.0, [0.0; 3]);
    let bound = elbo::one_sample(&q, &q, &flat_model, &[1.0, -1.0, 0.5]).unwrap();
    assert_eq!(flat(&bound.gradient), [0.0; 9]);
    assert_eq!(bound.kl, 0.0);
    let q = MeanField::new([0.3_f32, 0.1, -4.0], [0.2, -0.7, 1.0]).unwrap();
    let g = elbo::one_sample(&q, &q, &flat_model, &[1.0, -1.0, 0.5]).unwrap().gradient;
    assert_eq!([g.mean, g.log_std_dev], [[0.0; 3]; 2]);
}

#[test]
fn bad_input_is_named() {
    let q = Gaussian::<f32, 1>::standard();
    let good = |z: &[f32; 1]| (z[0], [1.0]);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(elbo::one_sample(&q, &q, &good, &[bad]), Err(Error::NotFinite));
        assert_eq!(elbo::one_sample_path(&q, &q, &good, &[bad]), Err(Error::NotFinite));
        assert_eq!(elbo::one_sample(&q, &q, &|_: &[f32; 1]| (bad, [0.0]), &[0.0]), Err(Error::NotFinite));
        assert_eq!(elbo::one_sample_path(&q, &q, &|_: &[f32; 1]| (0.0, [bad]), &[0.0]), Err(Error::NotFinite));
        assert_eq!(elbo::one_sample_weighted(&q, &q, &good, &[0.0], bad), Err(Error::NotFinite));
    }
    assert_eq!(elbo::one_sample_path_weighted(&q, &q, &good, &[0.0], -1.0), Err(Error::OutOfRange));
    let far = Gaussian::diagonal([3e38_f32], [1.0]).unwrap();
    assert_eq!(elbo::one_sample(&far, &q, &good, &[0.0]), Err(Error::OutOfRange));
    assert_eq!(elbo::one_sample_path(&far, &q, &good, &[0.0]), Err(Error::OutOfRange));
    // A KL of 2, or of 1.51 in closed form, times 1e38: the bound overflows, though neither of its parts does.
    let wide = Gaussian::diagonal([0.0_f32], [54.6]).unwrap();
    for (reconstruction, value) in [(-3e38_f32, None), (-2.2e38, None), (-1e38, Some(-3e38)), (3e38, Some(1e38))] {
        let model = |_: &[f32; 1]| (reconstruction, [0.0]);
        let path = elbo::one_sample_path_weighted(&q, &wide, &model, &[0.0], 1e38);
        let closed = elbo::one_sample_weighted(&q, &wide, &model, &[0.0], 1e38);
        for (bound, value) in [(path, value), (closed, value.map(|value| value + 0.491e38))] {
            match (bound, value) {
                (Ok(bound), Some(value)) => assert!((bound.value() / value - 1.0).abs() < 1e-3, "{}", bound.value()),
                (bound, _) => assert_eq!((bound, value), (Err(Error::OutOfRange), None)),
            }
        }
    }
    // The KL overflows, though its gradient does not, whatever the weight.
    let (apart, standard) = (MeanField::new([2e19_f32, 2e19], [0.0; 2]).unwrap(), MeanField::standard());
    let (wide, flat) = (MeanField::new([0.0; 2], [44.3_f32 - 1.0; 2]).unwrap(), |_: &[f32; 2]| (0.0, [0.0; 2]));
    let narrow = MeanField::new([0.0; 2], [-1.06_f32; 2]).unwrap();
    for weight in [0.0, 1e-30, 1.0] {
        for (q, prior) in [(apart, standard), (wide, narrow)] {
            let closed = elbo::one_sample_weighted(&q, &prior, &flat, &[0.0; 2], weight);
            assert_eq!(closed, Err(Error::OutOfRange), "{weight}");
        }
        let path = elbo::one_sample_path_weighted(&apart, &standard, &flat, &[0.0; 2], weight);
        assert_eq!(path, Err(Error::OutOfRange), "{weight}");
    }
    // Of very different widths, but none of the parts overflows.
    let bound = elbo::one_sample(&wide, &standard, &flat, &[0.0; 2]).unwrap();
    assert!((bound.kl / f32::exp(2.0 * 43.3) - 1.0).abs() < 1e-4, "{}", bound.kl);
    assert!((bound.gradient.log_std_dev[0] / f32::exp(2.0 * 43.3) + 1.0).abs() < 1e-4);
    // The gradient overflows, though the slope does not.
    let (independent, steep) = (MeanField::<f32, 1>::standard(), |_: &[f32; 1]| (0.0, [3e38]));
    assert_eq!(elbo::one_sample(&q, &q, &steep, &[2.0]), Err(Error::OutOfRange));
    assert_eq!(elbo::one_sample_path(&q, &q, &steep, &[2.0]), Err(Error::OutOfRange));
    assert_eq!(elbo::one_sample(&independent, &independent, &steep, &[2.0]), Err(Error::OutOfRange));
    assert_eq!(elbo::one_sample_path(&independent, &independent, &steep, &[2.0]), Err(Error::OutOfRange));

    let mut q = Gaussian::<f32, 1>::standard();
    let gradient = GaussianGradient { mean: [1.0], unit_lower: [[0.0]], log_std_dev: [1.0] };
    for rate in [f32::NAN, f32::INFINITY, 1e3, -1e3] {
        assert!(q.ascend(&gradient, rate).is_err());
        assert_eq!(q, Gaussian::standard());
    }
    let mut q = MeanField::<f32, 1>::standard();
    let gradient = MeanFieldGradient { mean: [1.0], log_std_dev: [1.0] };
    for rate in [f32::NAN, f32::INFINITY, 1e3, -1e3] {
        assert!(q.ascend(&gradient, rate).is_err());
        assert_eq!(q, MeanField::standard());
    }
}
