//! Adam: against `reference/adam.py`, whatever the scale of the gradients, and unchanged by what is bad.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;

use accuracy::Measured;
use elbow::elbo::Adam;
use elbow::{Error, Real};

/// Of step t, exact in an f32: a sawtooth, and the same scaled.
fn gradient<T: Real>(t: i32) -> [T; 2] {
    let saw = T::from_i32((37 * t) % 64 - 20) / T::from_f64(16.0);
    [saw, saw * T::from_f64(4096.0)]
}

/// Steps after so many gradients, printed by the script.
const DEFAULT: [(i32, [f64; 2]); 4] = [
    (1, [0.9999999905882354, 0.9999999999977022]),
    (2, [0.20003926278265427, 0.20003926507733447]),
    (10, [0.5310705708622594, 0.5310705749943827]),
    (200, [0.4529605877794479, 0.45296059111915793]),
];
const QUICK: [(i32, [f64; 2]); 4] = [
    (1, [0.9999999905882354, 0.9999999999977022]),
    (2, [-0.07432941374073875, -0.07432941462450082]),
    (10, [0.7250096439980583, 0.7250096493549485]),
    (200, [0.47774536823334723, 0.47774537199348305]),
];

/// The errors of the steps in a table.
fn follow<T: Real + Into<f64>>(mut adam: Adam<T, 2>, table: &[(i32, [f64; 2])], measured: &mut Measured) {
    for t in 1..=200 {
        let step = adam.step(&gradient(t)).unwrap();
        for (_, expected) in table.iter().filter(|row| row.0 == t) {
            for k in 0..2 {
                let error = (step[k].into() - expected[k]).abs();
                let cells = ["adam.step", core::any::type_name::<T>(), "*"];
                assert!(measured.see(cells, 0.0, error, || format!("gradient {t}")));
            }
        }
    }
}

fn both<T: Real + Into<f64>>(measured: &mut Measured) {
    follow(Adam::<T, 2>::new(), &DEFAULT, measured);
    let quick = Adam::<T, 2>::new().with_decays(T::from_f64(0.5), T::from_f64(0.75)).unwrap();
    follow(quick, &QUICK, measured);
}

#[test]
fn the_steps_of_the_paper() {
    let mut measured = Measured::default();
    both::<f32>(&mut measured);
    both::<f64>(&mut measured);
    measured.finish();
}

#[test]
fn what_is_bad_changes_nothing() {
    let mut adam = Adam::<f32, 2>::new();
    adam.step(&[1.0, -2.0]).unwrap();
    let before = adam;
    for (bad, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::NEG_INFINITY, Error::NotFinite),
        (f32::MAX, Error::OutOfRange),
        (1e25, Error::OutOfRange),
        // Its share of the average can be held, the average without the start at zero not.
        (3e19, Error::OutOfRange),
    ] {
        assert_eq!(adam.step(&[0.5, bad]), Err(error), "{bad}");
        assert_eq!(adam, before);
    }
    for (decay, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (-1e-9, Error::OutOfRange),
        (1.0, Error::OutOfRange),
    ] {
        assert_eq!(Adam::<f32, 1>::new().with_decays(decay, 0.5), Err(error));
        assert_eq!(Adam::<f32, 1>::new().with_decays(0.5, decay), Err(error));
    }
}

#[test]
fn nothing_and_next_to_nothing_are_steps() {
    let mut adam = Adam::<f32, 3>::new();
    for _ in 0..3 {
        let step = adam.step(&[0.0, -0.0, f32::MIN_POSITIVE]).unwrap();
        assert!(step[0] == 0.0 && step[1] == 0.0 && (0.0..1e-29).contains(&step[2]), "{step:?}");
    }
    // Decays of nothing follow the sign alone.
    let mut sign = Adam::<f32, 1>::new().with_decays(0.0, 0.0).unwrap();
    for gradient in [3.0, -1e6, 2e-3] {
        assert!((sign.step(&[gradient]).unwrap()[0] - gradient.signum()).abs() < 1e-5);
    }
}
