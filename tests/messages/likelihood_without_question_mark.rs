// is not a likelihood in the scalar type `f32`
// (`?` where `new` returns a `Result`)
let mut sensor = Sensor::linear([1.0, 0.0], Normal::new(0.04_f32));
let _ = filter.update(&mut sensor, 1.0_f32, &mut estimator)?;
