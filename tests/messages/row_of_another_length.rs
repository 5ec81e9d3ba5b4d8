// a sensor with a `Linear<{float}, 3>` does not read a state of 2 numbers of the type `f32`
// `Sensor::linear` takes a row of 2 numbers
let mut sensor = Sensor::linear([1.0, 0.0, 0.0], Normal::new(0.04)?);
let _ = filter.update(&mut sensor, 1.0, &mut estimator)?;
