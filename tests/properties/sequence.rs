//! Long random sequences of predictions and readings: in `f32` the covariance stays one, and the belief stays with its
//! `f64` twin.

use crate::dense::{Dense, carried, dot, matrix, times};
use crate::support::{Outcome, Scalar, cases, close, narrow, wide};
use elbow::likelihood::{Normal, Poisson, StudentT};
use elbow::{Dynamics, Filter, GaussHermite, Gaussian, Sensor, Status, noise};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::array;

const STEPS: usize = 200;

struct Draws(Xoshiro128PlusPlus);

impl Draws {
    /// Normal numbers of the single precision, which both twins read alike.
    fn normals<const N: usize>(&mut self) -> [f64; N] {
        wide(&noise::standard_normals::<f32, N, _>(&mut self.0))
    }

    fn normal(&mut self) -> f64 {
        let [x] = self.normals();
        x
    }

    /// A contraction towards zero by a tenth, with some mixing, and noise in the last unknown alone: semidefinite.
    fn dynamics<const N: usize>(&mut self) -> ([[f64; N]; N], [[f64; N]; N]) {
        let transition = array::from_fn(|i| {
            let mixing: [f64; N] = self.normals();
            let row: [f64; N] = array::from_fn(|j| if i == j { 0.9 } else { 0.1 * mixing[j] });
            wide(&narrow::<f32, N>(&row))
        });
        let added = wide(&narrow::<f32, N>(&array::from_fn(|i| if i + 1 == N { 0.5 } else { 0.0 })));
        (transition, matrix(|i, j| if i == j { added[i] } else { 0.0 }))
    }
}

fn predict<T: Scalar, const N: usize>(filter: &mut Filter<T, N>, transition: &[[f64; N]; N], added: &[[f64; N]; N]) {
    let dynamics = Dynamics::new(transition.map(|row| narrow(&row)), added.map(|row| narrow(&row)));
    filter.predict(&dynamics.expect("dynamics")).expect("a prediction");
}

/// Takes a reading in, and says how that ended.
fn read<T: Scalar, const N: usize>(filter: &mut Filter<T, N>, row: &[f64; N], variance: f64, reading: f64) -> Status {
    let normal = Normal::new(T::from_f64(variance)).expect("a variance");
    let mut sensor = Sensor::linear(narrow(row), normal);
    let update = filter.update(&mut sensor, T::from_f64(reading), &mut GaussHermite::<3>::new());
    update.expect("an update").status()
}

fn assert_valid<T: Scalar, const N: usize>(belief: &Gaussian<T, N>) -> Outcome {
    let numbers = belief.mean().iter().chain(belief.unit_lower().as_flattened()).all(|x| x.is_finite());
    let pivots = belief.pivots().iter().all(|&d| d.is_finite() && d >= T::MIN_POSITIVE);
    prop_assert!(numbers && pivots, "{:?}", belief);
    Ok(())
}

/// Beliefs apart by so much of the standard deviations that the twin once had: a sharp reading makes a belief narrower,
/// and not its numbers more exact.
fn together<T: Scalar, const N: usize>(
    belief: &Gaussian<T, N>,
    twin: &Dense<N>,
    widest: &[f64; N],
    allowed: f64,
    what: &str,
) -> Outcome {
    let got = Dense::of(belief);
    for i in 0..N {
        close(got.mean[i], twin.mean[i], allowed * (widest[i] + twin.mean[i].abs()), what)?;
        for j in 0..N {
            close(got.covariance[i][j], twin.covariance[i][j], allowed * widest[i] * widest[j], what)?;
        }
    }
    Ok(())
}

/// The dense filter in Joseph's form.
fn dense_read<const N: usize>(twin: &mut Dense<N>, row: &[f64; N], variance: f64, reading: f64) {
    let (with, eta) = twin.along(row);
    let gain = with.map(|c| c / (eta + variance));
    let innovation = reading - dot(row, &twin.mean);
    let keep = matrix(|i, j| f64::from(u8::from(i == j)) - gain[i] * row[j]);
    let kept = carried(&keep, &twin.covariance);
    twin.covariance = matrix(|i, j| kept[i][j] + gain[i] * variance * gain[j]);
    (0..N).for_each(|i| twin.mean[i] += gain[i] * innovation);
}

fn gaussian_sequence<const N: usize>(seed: u64) -> Outcome {
    let mut draws = Draws(Xoshiro128PlusPlus::seed_from_u64(seed));
    let start = Gaussian::<f32, N>::diagonal([0.0; N], [4.0; N]).expect("a belief");
    let (mut single, mut twin) = (Filter::new(start), Dense::of(&start));
    let mut double = Filter::new(Gaussian::<f64, N>::diagonal([0.0; N], [4.0; N]).expect("a belief"));
    let mut widest = [0.0_f64; N];
    for step in 0..STEPS {
        if step % 3 == 0 {
            let (transition, added) = draws.dynamics();
            predict(&mut single, &transition, &added);
            predict(&mut double, &transition, &added);
            let moved = carried(&transition, &twin.covariance);
            twin = Dense { mean: times(&transition, &twin.mean), covariance: matrix(|i, j| moved[i][j] + added[i][j]) };
        }
        widest = array::from_fn(|i| widest[i].max(twin.std_dev()[i]));
        let (row, reading) = (draws.normals(), draws.normal());
        // Noise of a tenth to ten.
        let variance = f64::from(10.0_f64.powf(draws.normal().clamp(-1.0, 1.0)) as f32);
        // A reading that `f32` cannot tell from none is kept from the others too.
        if read(&mut single, &row, variance, reading) == Status::Accepted {
            prop_assert_eq!(read(&mut double, &row, variance, reading), Status::Accepted);
            dense_read(&mut twin, &row, variance, reading);
        }
        assert_valid(single.belief())?;
        assert_valid(double.belief())?;
        // Noise and readings forget the roundings of earlier steps: the bound has no number of steps in it.
        let roundings = 8.0 * (N as f64 + 1.0);
        together(single.belief(), &twin, &widest, roundings * f64::from(f32::EPSILON), "f32")?;
        together(double.belief(), &twin, &widest, roundings * f64::EPSILON, "f64")?;
    }
    Ok(())
}

/// Nearly noiseless readings and no noise in the dynamics: the covariance shrinks towards singular, and stays one.
fn sharp_sequence<const N: usize>(seed: u64) -> Outcome {
    let mut draws = Draws(Xoshiro128PlusPlus::seed_from_u64(seed));
    let mut filter = Filter::new(Gaussian::<f32, N>::diagonal([0.0; N], [1e6; N]).expect("a belief"));
    for step in 0..STEPS {
        let (row, reading): ([f64; N], f64) = (draws.normals(), draws.normal());
        let row: [f32; N] = narrow(&row);
        let before = filter.belief().variance();
        match step % 4 {
            0 => {
                let mut counter = Sensor::linear(row.map(|a| 1e-3 * a), Poisson::new());
                let update = filter.update(&mut counter, (4.0 * reading.abs()) as u32, &mut GaussHermite::<5>::new());
                let _ = update.expect("an update");
            }
            1 => {
                let heavy = StudentT::new(1e-3, 4.0).expect("a scale");
                let mut range = Sensor::linear(row, heavy);
                let update = filter.update(&mut range, reading as f32, &mut GaussHermite::<5>::new());
                let _ = update.expect("an update");
            }
            _ => {
                read(&mut filter, &wide(&row), 1e-6, reading);
                let after = filter.belief().variance();
                for i in 0..N {
                    prop_assert!(after[i] <= before[i] * (1.0 + 8.0 * f32::EPSILON), "{:e} {:e}", after[i], before[i]);
                }
            }
        }
        assert_valid(filter.belief())?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_filter_stays_with_its_dense_twin(seed in any::<u64>()) {
        gaussian_sequence::<1>(seed)?;
        gaussian_sequence::<2>(seed)?;
        gaussian_sequence::<3>(seed)?;
        gaussian_sequence::<4>(seed)?;
    }

    #[test]
    fn sharp_readings_leave_a_covariance(seed in any::<u64>()) {
        sharp_sequence::<2>(seed)?;
        sharp_sequence::<3>(seed)?;
        sharp_sequence::<4>(seed)?;
        sharp_sequence::<6>(seed)?;
    }
}
