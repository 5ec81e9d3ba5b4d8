// Dynamics<f32, 2>` does not move a state of 2 numbers
// one step of a `Dynamics` is `filter.predict(&dynamics)`
let step = Dynamics::new([[1.0_f32, 0.1], [0.0, 1.0]], [[0.1, 0.0], [0.0, 0.1]])?;
filter.predict_for(&step, 1.0)?;
