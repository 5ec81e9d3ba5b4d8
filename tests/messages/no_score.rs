// is not a `Score` in the scalar type `f32`
// implement `Score<f32>`: a check, `log_prob` and `score`
let mut sensor = Sensor::linear([1.0, 0.0], FromScore::new(Normal::new(0.04_f32)?, 0.01_f32)?);
let _ = filter.update(&mut sensor, 1.0_f32, &mut estimator)?;
