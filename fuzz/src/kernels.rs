//! The kernels in `f32` against the same inputs, exactly widened, in `f64`: never negative, zero on equals, NaN only for
//! NaN, and within [`HEADROOM`] of the budget wherever the regime is one that the budget covers.
//!
//! Logits, Gaussians and mean fields have the crate's own `f64` as their twin; probabilities, which are not normalised
//! to the digits of an `f64`, another formula: p ln(p/q) - p + q summed as p (u - ln(1 + u)) with u = (q - p)/p.

mod continuous;
mod discrete;

use crate::values::choice;
use arbitrary::Unstructured;

/// What the budget's own inputs, a few thousand, have not found of the worst case.
const HEADROOM: f64 = 2.0;

/// One family, and its two distributions.
pub fn run(bytes: &[u8]) {
    let mut input = Unstructured::new(bytes);
    let family = choice(&mut input, 10);
    match family {
        0 => discrete::categorical::<2>(&mut input),
        1 => discrete::categorical::<6>(&mut input),
        2 => discrete::logits::<2>(&mut input),
        3 => discrete::logits::<6>(&mut input),
        4 => continuous::gaussian::<1>(&mut input),
        5 => continuous::gaussian::<2>(&mut input),
        6 => continuous::gaussian::<3>(&mut input),
        7 => continuous::gaussian::<4>(&mut input),
        8 => continuous::mean_field::<1>(&mut input),
        _ => continuous::mean_field::<4>(&mut input),
    }
}

/// A second array: the first with some numbers moved by a few units in the last place, or another.
fn neighbour<const N: usize>(bytes: &mut Unstructured<'_>, of: &[f32; N]) -> [f32; N] {
    if choice(bytes, 2) == 0 {
        return crate::values::numbers(bytes);
    }
    of.map(|x| f32::from_bits(x.to_bits().wrapping_add(u32::from(choice(bytes, 64)))))
}
