//! A monitor's figures and bounds, against `monitor.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row};
use elbow::{Monitor, Real};

pub fn row<T: Real + Bits, const W: usize>(row: &Row, check: &mut Check) {
    let number = |column| row.array::<T, 1>(column)[0];
    let whole = |column| row.text(column).parse::<usize>().expect("a number");
    let [innovations, evidences, times] = ["innovations", "evidences", "times"].map(|column| row.list::<T>(column));
    let mut monitor = Monitor::<T, W>::new(number("false_alarm")).expect("a probability");
    monitor = monitor.with_resolution(number("resolution")).expect("a resolution");
    for i in 0..whole("count") {
        let (innovation, evidence) = (innovations[i % innovations.len()], evidences[i % evidences.len()]);
        monitor.record(T::ONE, innovation, evidence).expect("a reading");
    }
    for i in 0..whole("steps") {
        monitor.elapse(times[i % times.len()]).expect("a time step");
    }
    let report = monitor.report();
    assert_eq!(report.readings, whole("count").min(W));
    if let Some(bins) = monitor.histogram() {
        check.list(row, "monitor.histogram", "histogram", bins.probabilities());
    }
    check.value(row, "monitor.mean", "mean", report.mean);
    check.value(row, "monitor.mean_square", "mean_square", report.mean_square);
    check.value(row, "monitor.surprise", "surprise", report.surprise);
    check.value(row, "monitor.entropy", "entropy", report.entropy);
    check.value(row, "monitor.calibration", "calibration", report.calibration);
    check.value(row, "monitor.repeat_surprise", "repeat_surprise", report.repeat_surprise);
    check.value(row, "monitor.since_last", "since_last", report.since_last);
    let (lower, upper) = report.mean_square_bounds;
    check.value(row, "monitor.mean_bound", "mean_bound", report.mean_bound);
    check.value(row, "monitor.mean_square_bounds", "lower", lower);
    check.value(row, "monitor.mean_square_bounds", "upper", upper);
    check.value(row, "monitor.calibration_bound", "calibration_bound", report.calibration_bound);
    check.value(row, "monitor.repeat_surprise_bound", "repeat_surprise_bound", report.repeat_surprise_bound);
}
