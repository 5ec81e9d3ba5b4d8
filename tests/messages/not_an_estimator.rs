// is not an estimator in the scalar type `f32`
// pass `&mut GaussHermite::<5>::new()`
let _ = filter.update(&mut sensor, 1.0, &mut 5_u8)?;
