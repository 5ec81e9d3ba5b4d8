// unused `Result` that must be used
// this `Result` may be an `Err` variant, which should be handled
filter.update(&mut sensor, 1.0, &mut estimator);
