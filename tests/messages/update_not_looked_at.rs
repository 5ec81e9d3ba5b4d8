// unused `Update` that must be used
// its `status` says whether the reading was taken in
// use `let _ = ...`
filter.update(&mut sensor, 1.0, &mut estimator)?;
