// expected `u32`, found `bool`
let mut counter = Sensor::linear([1.0, 0.0], Poisson::new());
let _ = filter.update(&mut counter, true, &mut estimator)?;
