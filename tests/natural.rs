//! Natural gradients: against the Fisher information taken from KL itself, in any units, bounded, and unchanged by what
//! is bad.

use elbow::elbo::{GaussianGradient, MeanFieldGradient};
use elbow::{Error, Gaussian, MeanField};

/// Mean, entries (1, 0), (2, 0) and (2, 1) of L, log standard deviations.
type Flat = [f64; 9];

fn gradient(x: &Flat) -> GaussianGradient<f64, 3> {
    let unit_lower = [[0.0; 3], [x[3], 0.0, 0.0], [x[4], x[5], 0.0]];
    GaussianGradient { mean: [x[0], x[1], x[2]], unit_lower, log_std_dev: [x[6], x[7], x[8]] }
}

fn flat(q: &Gaussian<f64, 3>) -> Flat {
    let (m, l, d) = (q.mean(), q.unit_lower(), q.pivots().map(|d| 0.5 * d.ln()));
    [m[0], m[1], m[2], l[1][0], l[2][0], l[2][1], d[0], d[1], d[2]]
}

fn belief() -> Gaussian<f64, 3> {
    let lower = [[1.0, 0.0, 0.0], [-1.7, 1.0, 0.0], [0.6, 2.5, 1.0]];
    Gaussian::from_factor([0.4, -1.0, 3.0], lower, [0.2, 3.0, 0.05]).unwrap()
}

const GRADIENT: Flat = [0.3, -0.7, 0.2, 0.15, -0.4, 0.25, 0.5, -0.9, 0.35];

/// What `ascend_natural` adds to the parameters, for a rate of one.
fn step(q: &Gaussian<f64, 3>, slope: &Flat) -> Flat {
    let mut moved = *q;
    moved.ascend_natural(&gradient(slope), 1e-4).unwrap();
    let (before, after) = (flat(q), flat(&moved));
    std::array::from_fn(|k| (after[k] - before[k]) / 1e-4)
}

/// x'Fy from KL(q(theta + h x) || q(theta)) = h^2 x'Fx/2 + O(h^3), the odd part taken away.
fn fisher(q: &Gaussian<f64, 3>, x: &Flat, y: &Flat) -> f64 {
    let kl = |sign: f64, h: f64| {
        let mut moved = *q;
        moved.ascend(&gradient(&std::array::from_fn(|k| x[k] + sign * y[k])), h).unwrap();
        moved.kl(q)
    };
    let even = |sign| kl(sign, 1e-4) + kl(sign, -1e-4);
    (even(1.0) - even(-1.0)) / (4.0 * 1e-8)
}

/// F times the step is the gradient, component by component.
#[test]
fn the_step_is_the_gradient_in_the_metric_of_kl() {
    let q = belief();
    let step = step(&q, &GRADIENT);
    for k in 0..9 {
        let mut unit = [0.0; 9];
        unit[k] = 1.0;
        let back = fisher(&q, &unit, &step);
        assert!((back - GRADIENT[k]).abs() < 1e-4, "component {k}: {back} for {}", GRADIENT[k]);
    }
}

#[test]
fn a_mean_field_steps_as_the_diagonal_gaussian() {
    let (mean, log_std_dev) = ([0.5, -2.0], [-1.2, 0.7]);
    let (slope, log_slope) = ([0.4, -0.1], [-0.3, 0.2]);
    let mut field = MeanField::new(mean, log_std_dev).unwrap();
    let mut full = Gaussian::diagonal(mean, log_std_dev.map(|log: f64| (2.0 * log).exp())).unwrap();
    for rate in [0.2, 5.0] {
        field.ascend_natural(&MeanFieldGradient { mean: slope, log_std_dev: log_slope }, rate).unwrap();
        let gradient = GaussianGradient { mean: slope, unit_lower: [[0.0; 2]; 2], log_std_dev: log_slope };
        full.ascend_natural(&gradient, rate).unwrap();
        for i in 0..2 {
            assert!((field.mean()[i] - full.mean()[i]).abs() < 1e-14);
            assert!((field.log_std_dev()[i] - 0.5 * full.pivots()[i].ln()).abs() < 1e-14);
        }
    }
}

/// However large a gradient, x'Fx = 1: twice KL to second order, which a step this long leaves by its third.
#[test]
fn no_step_is_longer_than_half_a_nat() {
    let q = belief();
    let unbounded = step(&q, &GRADIENT);
    let length = fisher(&q, &unbounded, &unbounded).sqrt();
    for rate in [1.0, 1e3, 1e12] {
        let mut moved = q;
        moved.ascend_natural(&gradient(&GRADIENT), rate).unwrap();
        for (k, (after, before)) in flat(&moved).iter().zip(flat(&q)).enumerate() {
            let expected = unbounded[k] * rate.min(1.0 / length);
            assert!((after - before - expected).abs() < 1e-4 * (1.0 + expected.abs()), "component {k} at rate {rate}");
        }
    }
}

#[test]
fn what_is_bad_changes_nothing() {
    let start = Gaussian::<f32, 2>::new([1.0, 2.0], [[2.0, 0.5], [0.5, 1.0]]).unwrap();
    let field = MeanField::<f32, 2>::new([1.0, 2.0], [0.5, -0.5]).unwrap();
    let fine = GaussianGradient { mean: [0.1; 2], unit_lower: [[0.0, 0.0], [0.1, 0.0]], log_std_dev: [0.1; 2] };
    for (bad, error) in
        [(f32::NAN, Error::NotFinite), (f32::INFINITY, Error::OutOfRange), (f32::MAX, Error::OutOfRange)]
    {
        for part in 0..3 {
            let mut gradient = fine;
            match part {
                0 => gradient.mean[1] = bad,
                1 => gradient.unit_lower[1][0] = bad,
                _ => gradient.log_std_dev[0] = bad,
            }
            let (mut q, mut r) = (start, field);
            assert_eq!(q.ascend_natural(&gradient, 0.1), Err(error), "{bad} in part {part}");
            assert_eq!(q, start);
            let gradient = MeanFieldGradient { mean: gradient.mean, log_std_dev: gradient.log_std_dev };
            if part != 1 {
                assert_eq!(r.ascend_natural(&gradient, 0.1), Err(error), "{bad} in part {part}");
                assert_eq!(r, field);
            }
        }
    }
    for rate in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut q = start;
        assert_eq!(q.ascend_natural(&fine, rate), Err(Error::NotFinite));
        assert_eq!(q, start);
    }
}
