// `f32` is not a family of beliefs
// give a `Gaussian<T, N>` or a `MeanField<T, N>`
let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
let _ = elbo::one_sample(&1.0_f32, &2.0_f32, &model, &[0.1]);
