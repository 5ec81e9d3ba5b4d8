// expected an array with a size of 2, found one with a size of 1
let _ = Dynamics::new([[1.0_f32, 0.1], [0.0, 1.0]], [[0.1]])?;
