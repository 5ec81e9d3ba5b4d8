// expected a `Fn(&[f32; 2])` closure, found `[f32; 2]`
let mut sensor = Sensor::nonlinear([1.0_f32, 0.0], Normal::new(0.04_f32)?);
let _ = filter.update(&mut sensor, 1.0, &mut estimator)?;
