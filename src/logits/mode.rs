//! The largest of many logits: two at a time, so that opt-level "s" spends less on the loop.

use crate::real::Real;
use crate::unrolled::unrolled;

/// The position of the largest logit, the first of equal ones, and the logit.
#[inline]
pub fn of<T: Real>(logits: &[T]) -> (usize, T) {
    let (blocks, rest) = logits.as_chunks::<2>();
    let mut mode = (0, -T::INFINITY);
    for (i, block) in blocks.iter().enumerate() {
        larger(block, 2 * i, &mut mode);
    }
    for (i, &logit) in rest.iter().enumerate() {
        larger(&[logit], 2 * blocks.len() + i, &mut mode);
    }
    mode
}

/// Looks for a larger one in a few logits from a position on.
#[inline(always)]
fn larger<T: Real, const N: usize>(logits: &[T; N], start: usize, (mode, largest): &mut (usize, T)) {
    unrolled!(for i in 0..N {
        if logits[i] > *largest {
            (*mode, *largest) = (start + i, logits[i]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_largest() {
        let mut logits = [-3.0_f32; 11];
        assert_eq!(of(&logits), (0, -3.0));
        for position in (0..11).rev() {
            logits[position] = -1.0;
            assert_eq!(of(&logits), (position, -1.0));
        }
        for position in 0..11 {
            logits[position] = position as f32;
            assert_eq!(of(&logits), (position, position as f32));
        }
    }
}
