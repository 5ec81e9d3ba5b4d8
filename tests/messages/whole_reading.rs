// expected `f32`, found integer
// use a float literal
let _ = filter.update(&mut sensor, 1, &mut estimator)?;
