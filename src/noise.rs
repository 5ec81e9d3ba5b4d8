//! Standard normal noise by inversion: one word of the generator, one value.
//!
//! A word is a number c in (-1/2, 1/2), and the value the normal quantile of 1/2 + c: a rational function of c in the
//! centre, which needs no logarithm for 87.5 % of the words (85 % in `f64`), and of the logarithm of the tail's
//! probability p = 1/2 - |c| outside. For 64 bits they are those of Wichura (1988), algorithm AS 241, in the root of
//! the logarithm; for 32 bits those of `tests/reference/quantile.py`, which take no root. Nothing is rejected, so the
//! number of draws is fixed and a stuck generator cannot hang a program; the same words give the same values on every
//! target.

use rand_core::Rng;

use crate::log_ratio::{ln, ln_of_normal};
use crate::real::{Real, horner};

/// A value from the standard normal distribution.
///
/// Draws one word: `next_u32` for `f32`, `next_u64` for `f64`. The largest absolute value is 6.34 for `f32`
/// (probability 2^-33 on each side) and 9.16 for `f64` (2^-65).
///
/// # Accuracy
/// [Every figure](crate::accuracy#normal_quantile). The quantile of the drawn probability, relative: within 4.9e-7 for
/// `f32`, all 2^32 words tried (2.6e-7 at the words of the reference table), and 4.2e-16 for `f64`, by the table.
///
/// Source: Wichura (1988), *Applied Statistics* 37, 477-484, algorithm AS 241 (PPND16).
///
/// ```
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
/// let noise: f32 = elbow::noise::standard_normal(&mut rng);
/// assert!(noise.abs() < 6.4);
/// ```
pub fn standard_normal<T: Real, R: Rng + ?Sized>(rng: &mut R) -> T {
    let (c, probability) = T::centred_uniform(rng);
    if c.abs() <= centre() {
        central_quantile(c)
    } else {
        let magnitude = tail_quantile(-ln_of_normal(probability));
        if c > T::ZERO { magnitude } else { -magnitude }
    }
}

/// Independent values from the standard normal distribution, drawn in order of index.
///
/// ```
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
/// let noise: [f32; 3] = elbow::noise::standard_normals(&mut rng);
/// assert!(noise[0] != noise[1]);
/// ```
pub fn standard_normals<T: Real, const N: usize, R: Rng + ?Sized>(rng: &mut R) -> [T; N] {
    let mut noise = [T::ZERO; N];
    for value in &mut noise {
        *value = standard_normal(rng);
    }
    noise
}

/// The point that a standard normal exceeds with this probability, given with its complement to 1/2.
pub(crate) fn upper_quantile<T: Real>(probability: T, complement: T) -> T {
    if complement <= centre() { central_quantile(complement) } else { tail_quantile(-ln(probability)) }
}

/// The largest |c| of the centre.
#[inline(always)]
fn centre<T: Real>() -> T {
    T::from_f64(if T::DOUBLE { 0.425 } else { 0.4375 })
}

/// The quantile of 1/2 + c, in x = centre^2 - c^2.
#[inline(always)]
fn central_quantile<T: Real>(c: T) -> T {
    let x = centre::<T>() * centre() - c * c;
    if T::DOUBLE {
        let numerator = horner!(x; 2_509.080_928_730_122_7, 33_430.575_583_588_13, 67_265.770_927_008_7,
            45_921.953_931_549_87, 13_731.693_765_509_46, 1_971.590_950_306_551_3, 133.141_667_891_784_38,
            3.387_132_872_796_366_5);
        let denominator = horner!(x; 5_226.495_278_852_854, 28_729.085_735_721_943, 39_307.895_800_092_71,
            21_213.794_301_586_597, 5_394.196_021_424_751, 687.187_007_492_057_9, 42.313_330_701_600_91, 1.0);
        c * numerator / denominator
    } else {
        c * horner!(x; 85.036_656_754_3, 211.499_086_809, 59.814_421_677_1, 3.506_560_873_49)
            / horner!(x; 94.139_069_926_5, 101.291_382_294, 20.502_868_131_6, 1.0)
    }
}

/// The point that a standard normal exceeds with probability e^-t, outside the centre.
#[inline]
fn tail_quantile<T: Real>(t: T) -> T {
    if !T::DOUBLE {
        return horner!(t; 0.001_656_682_793_06, 0.120_667_968_785, 1.168_060_591_32, 1.009_668_252_5, -1.275_327_980_61)
            / horner!(t; 4.456_145_081_66e-5, 0.013_425_252_842_9, 0.359_297_433_402, 1.635_979_667_59, 1.0);
    }
    let r = t.sqrt();
    if r <= T::from_f64(5.0) {
        let x = r - T::from_f64(1.6);
        horner!(x; 7.745_450_142_783_414e-4, 0.022_723_844_989_269_184, 0.241_780_725_177_450_6, 1.270_458_252_452_368_4,
            3.647_848_324_763_204_5, 5.769_497_221_460_691, 4.630_337_846_156_546, 1.423_437_110_749_683_5)
            / horner!(x; 1.050_750_071_644_416_9e-9, 5.475_938_084_995_345e-4, 0.015_198_666_563_616_457,
                0.148_103_976_427_480_08, 0.689_767_334_985_1, 1.676_384_830_183_803_8, 2.053_191_626_637_759, 1.0)
    } else {
        let x = r - T::from_f64(5.0);
        horner!(x; 2.010_334_399_292_288_1e-7, 2.711_555_568_743_487_6e-5, 1.242_660_947_388_078_4e-3,
            0.026_532_189_526_576_124, 0.296_560_571_828_504_87, 1.784_826_539_917_291_3, 5.463_784_911_164_114,
            6.657_904_643_501_103)
            / horner!(x; 2.044_263_103_389_939_7e-15, 1.421_511_758_316_446e-7, 1.846_318_317_510_054_8e-5,
                7.868_691_311_456_133e-4, 0.014_875_361_290_850_615, 0.136_929_880_922_735_8, 0.599_832_206_555_888, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::convert::Infallible;
    use rand_core::TryRng;

    /// A generator that gives one word for ever; in 64 bits the same probability as in 32.
    struct Word(u32);

    impl TryRng for Word {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(self.0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(u64::from(self.0) << 32 | 0x8000_0000)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill(0);
            Ok(())
        }
    }

    /// The two quantile functions share no coefficient.
    #[test]
    fn f32_equals_f64() {
        let mut worst = 0.0_f64;
        let tails = (0..20_000).flat_map(|k| [k, u32::MAX / 2 - k, u32::MAX - k]);
        for word in (0..=u32::MAX).step_by(40_009).chain(tails) {
            let (single, double): (f32, f64) = (standard_normal(&mut Word(word)), standard_normal(&mut Word(word)));
            worst = worst.max((f64::from(single) / double - 1.0).abs());
        }
        assert!(worst < 4.4e-7, "{worst:e}");
    }
}
