// Normal<f64>` is not a likelihood in the scalar type `f32`
// filter, sensor and likelihood share one scalar type: name it once, as in `type Scalar = f32`
let mut sensor = Sensor::linear([1.0, 0.0], Normal::new(0.04_f64)?);
let _ = filter.update(&mut sensor, 1.0_f64, &mut estimator)?;
