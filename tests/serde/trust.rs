//! A gate and a monitor, by their forms.

use crate::{assert_refused, assert_round_trip, text};
use elbow::likelihood::Normal;
use elbow::{Error, Filter, Gate, GaussHermite, Gaussian, Monitor, Sensor};

#[test]
fn a_gate_and_a_monitor_go_on_from_where_they_were() {
    let mut gate = Gate::by_innovation(3.0_f64, 5).unwrap();
    let mut monitor = Monitor::<f64, 16>::new(1e-3).unwrap().with_resolution(0.1).unwrap();
    assert_round_trip(&Gate::by_log_evidence(-14.5_f32, 1).unwrap());
    assert_round_trip(&monitor);
    let mut filter = Filter::new(Gaussian::<f64, 1>::standard());
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    for n in 0..40 {
        let reading = if n < 38 { f64::from(n / 3 % 9) } else { 30.0 };
        let update = filter.update_gated(&mut sensor, reading, &mut GaussHermite::<5>::new(), &mut gate);
        monitor.elapse(0.3).unwrap();
        if let Ok(update) = update {
            let innovation = update.normalized_innovation(&sensor, reading);
            monitor.record(reading, innovation, update.log_evidence(&sensor, reading)).unwrap();
        }
        assert_round_trip(&gate);
        assert_round_trip(&monitor);
    }
    assert!(gate.rejected() > 0 && gate.rejected_in_a_row() > 0);
    let gate = |rows: &str| format!(r#"{{{rows}"limit":3,"rejected_in_a_row":2,"rejected":1}}"#);
    assert_refused::<Gate<f32>>(&gate(r#""innovation":5,"log_evidence":null,"#), Error::OutOfRange);
    assert_refused::<Gate<f32>>(&gate(r#""innovation":5,"log_evidence":-9,"#), Error::OutOfRange);
    assert_refused::<Gate<f32>>(&gate(r#""innovation":-5,"log_evidence":null,"#), Error::NotPositive);
    // An innovation beyond 4, more readings than there is room for, repeats of nothing, a negative time.
    let text = text(&monitor);
    let innovation = text.find(r#""innovations":["#).unwrap() + r#""innovations":["#.len();
    let comma = innovation + text[innovation..].find(',').unwrap();
    assert_refused::<Monitor<f64, 16>>(&format!("{}4.5{}", &text[..innovation], &text[comma..]), Error::OutOfRange);
    for (from, to) in [
        (r#""readings":16"#, r#""readings":17"#),
        (r#""readings":16"#, r#""readings":0"#),
        (r#""since_last":"#, r#""since_last":-1"#),
        (r#""false_alarm":0.001"#, r#""false_alarm":0.5"#),
    ] {
        assert!(text.contains(from), "{text}");
        assert_refused::<Monitor<f64, 16>>(&text.replace(from, to), Error::OutOfRange);
    }
}
