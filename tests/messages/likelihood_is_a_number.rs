// is not a likelihood in the scalar type `f32`
// such as `Normal::new(variance)?`
let mut sensor = Sensor::linear([1.0, 0.0], 0.04);
let _ = filter.update(&mut sensor, 1.0_f32, &mut estimator)?;
