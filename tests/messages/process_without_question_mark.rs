// does not move a state of 2 numbers
// a constructor's `Result` needs a `?`
filter.predict_for(&LocalLinearTrend::new([1e-3, 1e-4]), 1.0)?;
