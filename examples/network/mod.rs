//! Layers of fixed size, on the chip and on the host: arithmetic alone, no maths library.

/// The parameters of a dense layer: for each output its weights, then its bias.
pub const fn size(inputs: usize, outputs: usize) -> usize {
    outputs * (inputs + 1)
}

/// W x + b.
pub fn dense<const I: usize, const O: usize>(parameters: &[f32], x: &[f32; I]) -> [f32; O] {
    let mut rows = parameters.chunks_exact(I + 1);
    core::array::from_fn(|_| {
        let row = rows.next().unwrap_or_default();
        x.iter().chain(&[1.0]).zip(row).map(|(x, w)| x * w).sum()
    })
}
