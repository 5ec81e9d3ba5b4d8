//! Numbers from the fuzzer's bytes, and what every belief must keep.

use arbitrary::Unstructured;
use elbow::{Filter, Gaussian};

/// Numbers at which something ends.
const SPECIAL: [f32; 24] = [
    0.0,
    1.0,
    -1.0,
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    1e-20,
    1.0 - f32::EPSILON / 2.0,
    1.0 + f32::EPSILON,
    20.0,
    -90.0,
    88.7,
    1e10,
    1e20,
    -1e20,
    1e38,
    f32::MAX,
    f32::MIN,
];

/// A number below `below`. Like all here it is zero where the bytes have run out.
pub fn choice(bytes: &mut Unstructured<'_>, below: u8) -> u8 {
    bytes.arbitrary::<u8>().unwrap_or(0) % below
}

/// Any integer.
pub fn word(bytes: &mut Unstructured<'_>) -> u32 {
    bytes.arbitrary().unwrap_or(0)
}

/// A number of one of four kinds, by a byte and four more: any bits, a special one, one between -128 and 128 in steps of
/// 1/256, one of any size.
pub fn number(bytes: &mut Unstructured<'_>) -> f32 {
    let kind = choice(bytes, 4);
    let word = word(bytes);
    let [first, second, third, _] = word.to_le_bytes();
    match kind {
        0 => f32::from_bits(word),
        1 => SPECIAL[usize::from(first) % SPECIAL.len()],
        2 => f32::from(i16::from_le_bytes([first, second])) / 256.0,
        _ => {
            let size = (1.0 + f32::from(first) / 256.0) * 2.0_f32.powi(i32::from(second as i8));
            if third & 1 == 1 { -size } else { size }
        }
    }
}

/// An array of them.
pub fn numbers<const N: usize>(bytes: &mut Unstructured<'_>) -> [f32; N] {
    std::array::from_fn(|_| number(bytes))
}

/// A square of them.
pub fn matrix<const N: usize>(bytes: &mut Unstructured<'_>) -> [[f32; N]; N] {
    std::array::from_fn(|_| numbers(bytes))
}

/// A symmetric matrix: half of the time any, else a sum of squares.
pub fn symmetric<const N: usize>(bytes: &mut Unstructured<'_>) -> [[f32; N]; N] {
    let rows: [[f32; N]; N] = matrix(bytes);
    if choice(bytes, 2) == 0 {
        std::array::from_fn(|i| std::array::from_fn(|j| rows[i.max(j)][i.min(j)]))
    } else {
        let product = |i: usize, j: usize| (0..N).map(|k| rows[i][k] * rows[j][k]).sum();
        std::array::from_fn(|i| std::array::from_fn(|j| product(i.max(j), i.min(j))))
    }
}

/// A belief of any kind, the standard one where the numbers make none.
pub fn belief<const N: usize>(bytes: &mut Unstructured<'_>) -> Gaussian<f32, N> {
    let mean = numbers(bytes);
    let belief = match choice(bytes, 3) {
        0 => Gaussian::diagonal(mean, numbers(bytes)),
        1 => Gaussian::new(mean, symmetric(bytes)),
        _ => Gaussian::from_factor(mean, matrix(bytes), numbers(bytes)),
    };
    belief.unwrap_or(Gaussian::standard())
}

/// Every bit of a belief.
pub fn bits_of<const N: usize>(belief: &Gaussian<f32, N>) -> Vec<u32> {
    let lower = belief.unit_lower();
    belief.mean().iter().chain(lower.iter().flatten()).chain(&belief.pivots()).map(|x| x.to_bits()).collect()
}

/// What a filter's belief is at all times.
pub fn assert_valid<const N: usize>(filter: &Filter<f32, N>, after: &str) {
    let belief = filter.belief();
    let lower = belief.unit_lower();
    assert!(belief.mean().iter().chain(lower.iter().flatten()).all(|x| x.is_finite()), "{after}: {belief:?}");
    assert!(belief.pivots().iter().all(|d| d.is_normal() && *d > 0.0), "{after}: {belief:?}");
    assert!(!belief.entropy().is_nan(), "{after}: {belief:?}");
    assert!(belief.variance().iter().all(|variance| *variance > 0.0), "{after}: {belief:?}");
    assert!(belief.covariance().iter().flatten().all(|entry| !entry.is_nan()), "{after}: {belief:?}");
}
