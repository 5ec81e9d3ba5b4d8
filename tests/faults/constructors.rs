//! Constructors and divergences.

use crate::{SPECIAL, assert_valid, rng};
use elbow::likelihood::{
    Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Quantized, StudentT, VonMises,
};
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Gaussian, LocalLinearTrend, Logits, MeanField, OneSample,
    RandomWalk, bits,
};

#[test]
fn constructors_name_what_is_wrong() {
    for a in SPECIAL {
        for b in SPECIAL {
            if let Ok(p) = Categorical::new([a, b]) {
                assert!(a >= 0.0 && b >= 0.0 && (a + b - 1.0).abs() <= 8.0 * f32::EPSILON, "{a:e} {b:e}");
                assert!((0.0..0.7).contains(&p.entropy()));
            }
            match Categorical::from_weights([a, b]) {
                Ok(p) => {
                    let [x, y] = *p.probabilities();
                    assert!((x + y - 1.0).abs() < 1e-6 && x >= 0.0 && y >= 0.0, "{a:e} {b:e}: {x:e} {y:e}");
                }
                Err(Error::NotPositive) => assert!(a == 0.0 && b == 0.0),
                Err(Error::OutOfRange) => assert!(a < 0.0 || b < 0.0),
                Err(error) => assert!(error == Error::NotFinite && !(a.is_finite() && b.is_finite())),
            }
            if let Ok(p) = Logits::new([a, b]) {
                assert!((0.0..0.7).contains(&p.entropy()) && p.log_sum_exp().is_finite(), "{a:e} {b:e}");
                assert!(p.probabilities().probabilities().iter().all(|x| (0.0..=1.0).contains(x)));
            }
            let normal = Gaussian::diagonal([a], [b]);
            assert_eq!(normal.is_ok(), a.is_finite() && b.is_normal() && b > 0.0, "{a:e} {b:e}");
            if let Ok(q) = normal {
                assert!(q.entropy().is_finite() && q.sample(&mut rng())[0].is_finite() || a.abs() > 1e38);
            }
            let field = MeanField::new([a], [b]);
            assert_eq!(field.is_ok(), a.is_finite() && b.abs() <= 43.36, "{a:e} {b:e}");
            if let Ok(dynamics) = Dynamics::new([[a]], [[b]]) {
                assert!(a.is_finite() && b.is_finite() && b >= 0.0);
                if let Ok(after) = dynamics.propagate(&Gaussian::standard()) {
                    assert_valid(&after, "propagate");
                }
            }
            assert_eq!(LocalLinearTrend::new([a, b]).is_ok(), a.is_finite() && b.is_finite() && a >= 0.0 && b >= 0.0);
            if let Ok(noise) = StudentT::new(a, b) {
                assert!(a > 0.0 && (0.1..=1e8).contains(&b) && (a * a).is_normal());
                assert!(noise.log_prob(0.0, 0.0).is_finite(), "{a:e} {b:e}");
            }
            let steps = Quantized::new(a, b).is_ok_and(|steps| steps.log_prob(0.0, 0.0).is_finite());
            assert_eq!(steps, [a, b].iter().all(|x| (x * x).is_normal() && *x > 0.0), "{a:e} {b:e}");
            let robust = Huber::new(a, b).is_ok_and(|robust| robust.log_prob(0.0, 0.0).is_finite());
            assert_eq!(robust, (a * a).is_normal() && a > 0.0 && (1e-3..=1e3).contains(&b), "{a:e} {b:e}");
            assert_eq!(Censored::new(1.0, a, b).is_ok(), a.is_finite() && b.is_finite() && a < b, "{a:e} {b:e}");
        }
        assert_eq!(Normal::new(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(Censored::new(a, 0.0, 1.0).is_ok(), (a * a).is_normal() && a > 0.0, "{a:e}");
        assert_eq!(Poisson::with_exposure(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(NegativeBinomial::new(1.0).unwrap().with_exposure(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(NegativeBinomial::new(a).is_ok(), (1e-3..=1e8).contains(&a), "{a:e}");
        assert_eq!(Gamma::new(a).is_ok(), (1e-3..=1e8).contains(&a), "{a:e}");
        let compass = VonMises::new(a).is_ok_and(|compass| compass.log_prob(0.0, 1.0).is_finite());
        assert_eq!(compass, (1e-3..=1e12).contains(&a), "{a:e}");
        assert_eq!(RandomWalk::new(a).is_ok(), a.is_finite() && a >= 0.0);
        assert_eq!(ConstantVelocity::new(a).is_ok(), a.is_finite() && a >= 0.0);
        assert_eq!(bits(a).is_nan(), a.is_nan());
    }
    assert_eq!(OneSample::new(rng()).with_samples(0).err(), Some(Error::NotPositive));
    let bad = [[1.0, f32::NAN], [0.0, 1.0]];
    assert_eq!(Dynamics::new(bad, [[1.0, 0.0], [0.0, 1.0]]), Err(Error::NotFinite));
    assert_eq!(Dynamics::from_factor(bad, [[0.0; 2]; 2], [1.0; 2]), Err(Error::NotFinite));
    assert_eq!(Dynamics::from_factor([[1.0]], [[1.0]], [-1.0_f32]), Err(Error::OutOfRange));
    assert_eq!(Dynamics::from_factor([[1.0]], [[f32::NAN]], [1.0]), Err(Error::NotFinite));
    assert_eq!(Dynamics::new([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.5], [0.4, 1.0]]), Err(Error::NotSymmetric));
}

#[test]
fn divergences_of_special_beliefs_are_numbers() {
    let normals: Vec<Gaussian<f32, 2>> = SPECIAL
        .iter()
        .flat_map(|&m| SPECIAL.map(|v| Gaussian::from_factor([m, 1.0], [[1.0, 0.0], [m, 1.0]], [v, 1.0])))
        .flatten()
        .collect();
    assert!(normals.len() > 100);
    for p in &normals {
        for q in &normals {
            assert!(p.kl(q) >= 0.0, "{p:?} {q:?}");
            assert!(!p.cross_entropy(q).is_nan() && p.cross_entropy(q) > f32::NEG_INFINITY);
            assert!(p.log_prob(q.mean()) < f32::INFINITY);
        }
        assert_eq!(p.kl(p), 0.0, "{p:?}");
    }
    let fields: Vec<MeanField<f32, 1>> =
        SPECIAL.iter().flat_map(|&m| SPECIAL.map(|l| MeanField::new([m], [l]))).flatten().collect();
    for p in &fields {
        for q in &fields {
            assert!(p.kl(q) >= 0.0 && !p.cross_entropy(q).is_nan() && !p.log_prob(q.mean()).is_nan());
        }
        assert_eq!(p.kl(p), 0.0);
    }
    let logits: Vec<Logits<f32, 3>> =
        SPECIAL.iter().flat_map(|&a| SPECIAL.map(|b| Logits::new([a, b, 0.5]))).flatten().collect();
    for p in &logits {
        for q in &logits {
            let (kl, cross) = (p.kl(q), p.cross_entropy(q));
            assert!(kl >= 0.0 && kl.is_finite() && cross >= 0.0 && cross.is_finite(), "{p:?} {q:?}");
        }
        assert_eq!(p.kl(p), 0.0);
    }
}
