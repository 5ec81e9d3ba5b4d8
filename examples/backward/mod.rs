//! Gradients of the layers in `network/`, from the output back.

/// Given the gradient in a layer's output, adds that in its parameters to `gradient`, and returns that in its input.
pub fn dense_back<const I: usize, const O: usize>(
    parameters: &[f32],
    x: &[f32; I],
    slope: &[f32; O],
    gradient: &mut [f32],
) -> [f32; I] {
    let mut back = [0.0; I];
    let rows = parameters.chunks_exact(I + 1).zip(gradient.chunks_exact_mut(I + 1));
    for (slope, (weights, gradient)) in slope.iter().zip(rows) {
        for (back, weight) in back.iter_mut().zip(weights) {
            *back += slope * weight;
        }
        for (gradient, x) in gradient.iter_mut().zip(x.iter().chain(&[1.0])) {
            *gradient += slope * x;
        }
    }
    back
}
