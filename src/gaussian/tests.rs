//! What the public tests do not reach, and overflows.

use super::*;

#[test]
fn kl_equals_the_textbook_formula_far_from_equality() {
    let p = Gaussian::new([1.0_f64, -2.0], [[2.0, 0.5], [0.5, 1.0]]).unwrap();
    let q = Gaussian::new([0.0_f64, 1.0], [[1.0, -0.3], [-0.3, 3.0]]).unwrap();
    // tr(Q^-1 P), (mu1 - mu0)' Q^-1 (mu1 - mu0) and the determinants, by hand.
    let determinant = 3.0 - 0.09;
    let trace = (3.0 * 2.0 + 2.0 * 0.3 * 0.5 + 1.0 * 1.0) / determinant;
    let squared = (3.0 * 1.0 + 2.0 * 0.3 * 1.0 * -3.0 + 1.0 * 9.0) / determinant;
    let expected = 0.5 * (trace + squared - 2.0 + libm::log(determinant / (2.0 - 0.25)));
    assert!((p.kl(&q) - expected).abs() < 1e-14 * expected);
    assert!((p.cross_entropy(&q) - p.entropy() - p.kl(&q)).abs() < 1e-14);
}

#[test]
fn log_prob_integrates_to_one() {
    let p = Gaussian::new([0.2_f64, -0.1], [[0.5, 0.3], [0.3, 0.4]]).unwrap();
    let step = 0.05;
    let mut total = 0.0;
    for i in -120..=120_i32 {
        for j in -120..=120_i32 {
            total += libm::exp(p.log_prob(&[f64::from(i) * step, f64::from(j) * step])) * step * step;
        }
    }
    assert!((total - 1.0).abs() < 1e-12, "{total}");
}

#[test]
fn at_carries_unit_noise_to_the_columns_of_the_factor() {
    let p = Gaussian::new([1.0_f64, 2.0], [[4.0, 2.0], [2.0, 10.0]]).unwrap();
    assert_eq!((p.at(&[1.0, 0.0]), p.at(&[0.0, 1.0])), ([3.0, 3.0], [1.0, 5.0]));
}

#[test]
fn overflow_is_infinite_and_never_nan() {
    let wide = Gaussian::diagonal([3e38_f32, -3e38], [3e38, 3e38]).unwrap();
    let narrow = Gaussian::diagonal([-3e38_f32, 3e38], [2e-38, 2e-38]).unwrap();
    let skewed = Gaussian::from_factor([0.0_f32; 2], [[1.0, 0.0], [3e38, 1.0]], [1.0, 1.0]).unwrap();
    let other = Gaussian::from_factor([0.0_f32; 2], [[1.0, 0.0], [-3e38, 1.0]], [1.0, 1.0]).unwrap();
    for (p, q) in [(&wide, &narrow), (&narrow, &wide), (&skewed, &other), (&wide, &skewed), (&skewed, &narrow)] {
        assert!(p.kl(q) >= 0.0 && p.cross_entropy(q) > 0.0);
        assert!(p.log_prob(q.mean()) < 0.0);
    }
    assert!(skewed.log_prob(&[f32::NAN, 0.0]).is_nan());
}

#[test]
fn bad_arguments_are_named() {
    assert_eq!(Gaussian::diagonal([f32::NAN], [1.0]), Err(Error::NotFinite));
    assert_eq!(Gaussian::diagonal([0.0_f32], [f32::INFINITY]), Err(Error::NotFinite));
    assert_eq!(Gaussian::diagonal([0.0_f32], [0.0]), Err(Error::NotPositive));
    assert_eq!(Gaussian::diagonal([0.0_f32], [1e-40]), Err(Error::OutOfRange));
    let lower = [[1.0, 0.0], [f32::INFINITY, 1.0]];
    assert_eq!(Gaussian::from_factor([0.0_f32; 2], lower, [1.0; 2]), Err(Error::NotFinite));
}
