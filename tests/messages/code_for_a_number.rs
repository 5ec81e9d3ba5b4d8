// expected `f32`, found `u16`
// you can convert a `u16` to an `f32`, producing the floating point representation of the integer
// code.into()
let code: u16 = 512;
let _ = filter.update(&mut sensor, code, &mut estimator)?;
