//! Special values in every argument: a named error, or dynamics that are finite and leave a belief.

use elbow::{
    Dynamics, Error, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, OrnsteinUhlenbeck, Process,
};

const SPECIAL: [f32; 20] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-20,
    1e-10,
    0.5,
    1.0,
    -1.0,
    20.0,
    -90.0,
    1e10,
    1e20,
    f32::MAX,
    f32::MIN,
];

/// A step is finite with non-negative weights, or refused; a prediction leaves a belief, or what was there.
fn steps<const N: usize>(process: &impl Process<f32, N>, dt: f32) -> Option<Dynamics<f32, N>> {
    let mut filter = Filter::new(Gaussian::standard());
    let predicted = filter.predict_for(process, dt);
    let belief = filter.belief();
    assert!(belief.mean().iter().chain(belief.unit_lower().as_flattened()).all(|x| x.is_finite()));
    assert!(belief.pivots().iter().all(|d| d.is_normal() && *d > 0.0));
    assert!(predicted.is_ok() || belief == &Gaussian::standard());
    match process.step(dt) {
        Ok(step) => {
            assert!(dt.is_finite() && dt >= 0.0, "{dt:e}");
            let matrices = step.transition().as_flattened().iter().chain(step.loadings().as_flattened());
            assert!(matrices.chain(step.offset()).all(|x| x.is_finite()), "{dt:e}: {step:?}");
            assert!(step.weights().iter().all(|w| w.is_finite() && *w >= 0.0), "{dt:e}: {step:?}");
            Some(step)
        }
        Err(error) => {
            let expected = if dt.is_finite() { Error::OutOfRange } else { Error::NotFinite };
            assert_eq!((error, predicted), (expected, Err(expected)), "{dt:e}");
            None
        }
    }
}

#[test]
fn processes_name_what_is_wrong() {
    let positive = |x: f32| x.is_normal() && x > 0.0;
    for a in SPECIAL {
        for b in SPECIAL {
            let bias = OrnsteinUhlenbeck::new(a, b);
            assert_eq!(bias.is_ok(), positive(a) && positive(b), "{a:e} {b:e}");
            assert_eq!(IntegratedOrnsteinUhlenbeck::new(a, b).is_ok(), bias.is_ok(), "{a:e} {b:e}");
            for dt in SPECIAL {
                if let Ok(bias) = bias {
                    // Any time from any variance: it forgets the prior.
                    let step = steps(&bias, dt);
                    assert_eq!(step.is_some(), dt.is_finite() && dt >= 0.0, "{a:e} {b:e} {dt:e}");
                    assert!(step.is_none_or(|step| step.weights()[0] <= b && step.transition()[0][0] <= 1.0));
                    steps(&IntegratedOrnsteinUhlenbeck::new(a, b).expect("a process"), dt);
                }
                if let Ok(model) = LinearTimeInvariant::new([[a]], [[1.0]]) {
                    steps(&model, dt);
                }
                let drift = [[a, 1.0], [b, -0.5]];
                let Ok(model) = LinearTimeInvariant::new(drift, [[1.0, 0.0], [0.0, 0.0]]) else {
                    assert!(!(a.is_finite() && b.is_finite()));
                    continue;
                };
                steps(&model, dt);
                match model.with_input([a, b]) {
                    Ok(model) => drop(steps(&model, dt)),
                    Err(error) => panic!("{a:e} {b:e}: {error}"),
                }
            }
        }
        let level = OrnsteinUhlenbeck::new(1.0, 1.0).and_then(|bias| bias.with_level(a));
        assert_eq!(level.is_ok(), a.is_finite());
        assert_eq!(Dynamics::new([[1.0]], [[1.0]]).and_then(|step| step.with_offset([a])).is_ok(), a.is_finite());
        let bad = LinearTimeInvariant::new([[0.0]], [[a]]);
        assert_eq!(bad.is_ok(), a.is_finite() && a >= 0.0, "{a:e}");
    }
    let skewed = LinearTimeInvariant::new([[0.0; 2]; 2], [[1.0_f32, 0.5], [0.4, 1.0]]);
    assert_eq!(skewed, Err(Error::NotSymmetric));
    let input = LinearTimeInvariant::new([[0.0_f32]], [[1.0]]).and_then(|model| model.with_input([f32::NAN]));
    assert_eq!(input, Err(Error::NotFinite));
}

/// The longest step that the general model takes, and the first that it does not.
#[test]
fn the_number_of_doublings_is_bounded() {
    let model = LinearTimeInvariant::new([[-1.0_f32]], [[2.0]]).expect("a model");
    let longest = 2.0_f32.powi(60);
    let step = model.step(longest).expect("a step");
    assert!((step.noise_covariance()[0][0] - 1.0).abs() < 1e-6 && step.transition()[0][0].abs() < 1e-6);
    assert_eq!(model.step(longest.next_up()), Err(Error::OutOfRange));
}

/// No time: nothing moves, to the bit.
#[test]
fn no_time_changes_nothing() {
    let bias = OrnsteinUhlenbeck::new(2.0_f32, 3.0).and_then(|bias| bias.with_level(5.0)).expect("a process");
    let model = LinearTimeInvariant::new([[-1.0_f32, 3.0], [0.0, -2.0]], [[1.0, 0.5], [0.5, 2.0]]);
    let model = model.and_then(|model| model.with_input([1.0, 2.0])).expect("a model");
    for dt in [0.0, -0.0] {
        let step = bias.step(dt).expect("a step");
        assert_eq!((step.transition(), step.offset(), step.weights()), (&[[1.0]], &[0.0], &[0.0]));
        for step in [model.step(dt), IntegratedOrnsteinUhlenbeck::new(2.0, 3.0).and_then(|hover| hover.step(dt))] {
            let step = step.expect("a step");
            assert_eq!(step.transition(), &[[1.0, 0.0], [0.0, 1.0]]);
            assert_eq!((step.offset(), step.weights()), (&[0.0; 2], &[0.0; 2]));
        }
    }
}

/// The coarse scalar: what moves little in a step is as exact as in `f32`, and the general model takes no exponential.
#[cfg(feature = "micromath")]
#[test]
fn micromath_takes_short_steps_exactly() {
    use micromath::F32;
    let (single, coarse) = (OrnsteinUhlenbeck::new(3.0_f32, 2.0), OrnsteinUhlenbeck::new(F32(3.0), F32(2.0)));
    let (single, coarse) = (single.expect("a process"), coarse.expect("a process"));
    let hover = IntegratedOrnsteinUhlenbeck::new(3.0_f32, 2.0).expect("a process");
    let rough = IntegratedOrnsteinUhlenbeck::new(F32(3.0), F32(2.0)).expect("a process");
    let mut worst = [0.0_f32; 2];
    for k in -40..10_i32 {
        let dt = 1.5_f32.powi(k);
        let (expected, got) = (single.step(dt).expect("a step"), coarse.step(F32(dt)).expect("a step"));
        let mut apart = (got.transition()[0][0].0 - expected.transition()[0][0]).abs();
        apart = apart.max((got.weights()[0].0 / expected.weights()[0] - 1.0).abs());
        let (expected, got) = (hover.step(dt).expect("a step"), rough.step(F32(dt)).expect("a step"));
        for i in 0..2 {
            apart = apart.max((got.transition()[i][1].0 / expected.transition()[i][1] - 1.0).abs());
            apart = apart.max((got.weights()[i].0 / expected.weights()[i] - 1.0).abs());
        }
        let long = usize::from(dt > 0.7);
        worst[long] = worst[long].max(apart);
    }
    println!("short steps {:e}, long ones {:e}", worst[0], worst[1]);
    assert!(worst[0] < 2e-7 && worst[1] < 8e-4, "{worst:?}");

    let drift = [[-1.0, 3.0], [0.5, -2.0]];
    let model = LinearTimeInvariant::new(drift, [[1.0, 0.5], [0.5, 2.0]]).expect("a model");
    let rough = [[F32(1.0), F32(0.5)], [F32(0.5), F32(2.0)]];
    let rough = LinearTimeInvariant::new(drift.map(|row| row.map(F32)), rough).expect("a model");
    let (expected, got) = (model.step(0.7).expect("a step"), rough.step(F32(0.7)).expect("a step"));
    assert_eq!(&got.transition().map(|row| row.map(|x| x.0)), expected.transition());
    assert_eq!(&got.weights().map(|x| x.0), expected.weights());
}
