// expected `f32`, found `bool`
let _ = filter.update(&mut sensor, true, &mut estimator)?;
