//! The square root in `f32` of what is no positive normal number, one bit after the other: such numbers are rare enough
//! for code that is small and slow.

/// For a subnormal number the root that is nearest; zero and infinity are their own roots, and NaN or a number below
/// zero has none.
#[inline(never)]
pub fn rest_of_sqrt(x: f32) -> f32 {
    if x == 0.0 || x == f32::INFINITY {
        return x;
    }
    if !(x > 0.0) {
        return f32::NAN;
    }
    // x = n 2^-150; the digits of n 4^k in base 4 then fill a word, and each of them gives one bit of the root.
    let n = x.to_bits() << 1;
    let k = n.leading_zeros() / 2;
    let mut digits = n.wrapping_shl(k + k);
    let (mut root, mut rest) = (0_u32, 0_u32);
    // 25 times, as the first digit is not zero; the last bit rounds, and never is a tie.
    while root < 1 << 24 {
        rest = rest << 2 | digits >> 30;
        digits <<= 2;
        // (2 root + 1)^2 - (2 root)^2
        let growth = 4 * root + 1;
        root *= 2;
        if growth <= rest {
            rest -= growth;
            root += 1;
        }
    }
    f32::from_bits(((root + 1) >> 1) + ((66 - k) << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `f64`, whose root of an `f32` rounds to the nearest `f32`.
    #[test]
    fn the_nearest_root_of_subnormal_numbers() {
        let least = f32::MIN_POSITIVE.to_bits();
        let ends = (1..5000).chain(least - 5000..least);
        for bits in ends.chain((1..least).step_by(101)) {
            let x = f32::from_bits(bits);
            assert_eq!(rest_of_sqrt(x), libm::sqrt(f64::from(x)) as f32, "{bits}");
        }
    }

    #[test]
    fn numbers_without_digits() {
        assert_eq!(rest_of_sqrt(f32::INFINITY), f32::INFINITY);
        assert_eq!([0.0_f32, -0.0].map(|x| rest_of_sqrt(x).to_bits()), [0.0_f32, -0.0].map(f32::to_bits));
        assert!([f32::NAN, -1.0, -1e-40, -f32::INFINITY].map(rest_of_sqrt).iter().all(|root| root.is_nan()));
    }
}
