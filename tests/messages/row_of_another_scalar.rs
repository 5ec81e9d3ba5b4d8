// a sensor with a `Linear<f64, 2>` does not read a state of 2 numbers of the type `f32`
// filter, sensor and likelihood share one scalar type: name it once, as in `type Scalar = f32`
let mut sensor = Sensor::linear([1.0_f64, 0.0], Normal::new(0.04)?);
let _ = filter.update(&mut sensor, 1.0, &mut estimator)?;
