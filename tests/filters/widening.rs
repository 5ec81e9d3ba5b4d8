//! Readings that make the belief wider: outliers of a heavy-tailed sensor.

use elbow::likelihood::StudentT;
use elbow::{Filter, GaussHermite, Gaussian, Sensor};

/// What the sensor does not see, and what is not known from what it sees, keeps its variance: the sums that the change
/// is made of are rounded, and must not make it surer.
#[test]
fn a_state_that_is_not_seen_is_never_surer() {
    let mut widened = 0;
    for k in 0..1000_u16 {
        let variance = 0.5 + 0.013 * f32::from(k);
        let mut filter = Filter::new(Gaussian::diagonal([0.0_f32; 2], [1.0, variance]).expect("a belief"));
        let mut sensor = Sensor::linear([0.0, 1.0], StudentT::new(1.0, 3.0).expect("noise"));
        let reading = 3.0 + 2.0 * variance.sqrt();
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).expect("an update");
        if update.variance() > update.prior_variance() {
            widened += 1;
            let after = filter.belief().variance();
            assert!(after[0] >= 1.0 && after[1] > variance, "{variance}: {after:?}");
        }
    }
    assert!(widened > 100, "{widened}");
}
