//! Denser than the tables, and wider: the answers are unknown, but there has to be one.

use elbow::estimator::Estimator;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Poisson, Probit, Quantized, StudentT, VonMises,
};
use elbow::{GaussHermite, Real, Status};

fn converges<T: Real, L: Likelihood<T>>(likelihood: &L, reading: L::Reading, mean: T, variance: T) -> bool {
    let solution = GaussHermite::<5>::new().solve(likelihood, reading, mean, variance);
    solution.is_ok_and(|solution| solution.status != Status::NotConverged)
}

fn sweep<T: Real>() {
    let variances = [0.01, 0.1, 1.0, 2.0, 4.0, 10.0, 25.0, 100.0, 400.0].map(T::from_f64);
    for variance in variances {
        for nu in [1.0, 2.0, 3.0, 4.0, 10.0, 30.0] {
            let student = StudentT::new(T::ONE, T::from_f64(nu)).expect("a scale");
            for i in 0..=400 {
                let reading = T::from_i32(i) * T::from_f64(0.25);
                assert!(converges(&student, reading, T::ZERO, variance), "nu {nu}, {reading:?}, v0 {variance:?}");
            }
        }
        for std_dev in [0.01, 0.05, 0.15, 0.2, 0.25, 0.4, 1.0, 3.0] {
            let std_dev = T::from_f64(std_dev);
            let open = Quantized::new(T::ONE, std_dev).expect("a step");
            let steps = open.with_ends(T::ZERO, T::from_f64(9.0)).expect("ends");
            let rail = Censored::new(std_dev, -T::MAX, T::ZERO).expect("a rail");
            for i in -100..=100 {
                let mean = T::from_i32(i) * T::from_f64(0.7);
                let ends = [converges(&steps, T::ZERO, mean, variance), converges(&rail, T::ZERO, mean, variance)];
                let within = converges(&open, T::from_f64(5.0), mean, variance);
                assert_eq!((within, ends), (true, [true; 2]), "sd {std_dev:?}, u0 {mean:?}, v0 {variance:?}");
            }
        }
        for kappa in [1e-3, 0.1, 1.0, 3.0, 10.0, 100.0, 1e4] {
            let compass = VonMises::new(T::from_f64(kappa)).expect("a concentration");
            for i in -50..=50 {
                let mean = T::from_i32(i) * T::from_f64(0.13);
                assert!(converges(&compass, T::ZERO, mean, variance), "{kappa}, u0 {mean:?}, v0 {variance:?}");
            }
        }
        for (std_dev, threshold) in [(0.01, 1.345), (0.1, 0.01), (0.1, 4.0), (1.0, 1.345), (1.0, 100.0), (5.0, 0.3)] {
            let robust = Huber::new(T::from_f64(std_dev), T::from_f64(threshold)).expect("a threshold");
            for i in -100..=100 {
                let reading = T::from_i32(i) * T::from_f64(0.7);
                assert!(converges(&robust, reading, T::ZERO, variance), "{threshold}, {reading:?}, v0 {variance:?}");
            }
        }
        for i in -60..=60 {
            let mean = T::from_i32(i) * T::from_f64(0.5);
            for count in [0, 1, 2, 3, 10, 100, 10_000, 1_000_000] {
                assert!(converges(&Poisson::new(), count, mean, variance), "{count}, u0 {mean:?}, v0 {variance:?}");
            }
            for (size, count) in [(0.01, 0), (0.01, 1000), (1.0, 0), (1.0, 5), (30.0, 100), (1e6, 0), (1e6, 1_000_000)]
            {
                let counts = NegativeBinomial::new(T::from_f64(size)).expect("a dispersion");
                assert!(converges(&counts, count, mean, variance), "{size} {count}, u0 {mean:?}, v0 {variance:?}");
            }
            for (shape, reading) in [(0.01, 1e-6), (0.3, 1.0), (1.0, 0.0), (1.0, 1e6), (50.0, 1.0), (1e6, 20.0)] {
                let amounts = Gamma::new(T::from_f64(shape)).expect("a shape");
                let reading = T::from_f64(reading);
                assert!(converges(&amounts, reading, mean, variance), "{shape}, u0 {mean:?}, v0 {variance:?}");
            }
            for outcome in [false, true] {
                let either = [
                    converges(&Bernoulli::new(), outcome, mean, variance),
                    converges(&Probit::new(), outcome, mean, variance),
                ];
                assert_eq!(either, [true; 2], "u0 {mean:?}, v0 {variance:?}");
            }
        }
    }
}

#[test]
fn gauss_hermite_always_converges() {
    sweep::<f32>();
    sweep::<f64>();
}
