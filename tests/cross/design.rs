//! The values, and which of them are put together.

use elbow::Real;

/// As many as the field of integers modulo 17 has members.
pub const VALUES: usize = 17;

/// A scalar of the cross.
pub trait Scalar: Real + std::fmt::LowerExp + Into<f64> {
    /// Its name in the table.
    const NAME: &str;
    /// NaN, infinities, zeros, the ends of the subnormal, normal and unit ranges, and a few in between.
    const SPECIAL: [Self; VALUES];
    /// The bit pattern, one for every NaN.
    fn bits(self) -> u64;
}

macro_rules! scalar {
    ($type:ident) => {
        impl Scalar for $type {
            const NAME: &str = stringify!($type);
            const SPECIAL: [Self; VALUES] = [
                $type::NAN,
                $type::INFINITY,
                $type::NEG_INFINITY,
                0.0,
                -0.0,
                $type::from_bits(1),
                $type::MIN_POSITIVE.next_down(),
                $type::MIN_POSITIVE,
                1e-30,
                0.5,
                1.0 - $type::EPSILON / 2.0,
                1.0,
                1.0 + $type::EPSILON,
                -1.0,
                // Its square overflows.
                $type::MAX * 1e-18,
                $type::MAX,
                $type::MIN,
            ];
            fn bits(self) -> u64 {
                if self.is_nan() { u64::MAX } else { self.to_bits().into() }
            }
        }
    };
}
scalar!(f32);
scalar!(f64);

/// Every combination of up to four values, 17^N.
pub fn all<T: Scalar, const N: usize>() -> impl Iterator<Item = [T; N]> {
    assert!(N <= 4, "triples are for more");
    (0..VALUES.pow(N as u32)).map(|row| std::array::from_fn(|i| T::SPECIAL[row / VALUES.pow(i as u32) % VALUES]))
}

/// Every combination of values in every three arguments, up to seventeen of them, in 17^3 rows: the orthogonal array of
/// Bush (1952), *Annals of Mathematical Statistics* 23, 426-434. Row (a, b, c) has a + b x + c x^2 modulo 17 in column
/// x, and three values in three columns are those of one quadratic.
pub fn triples<T: Scalar, const N: usize>() -> impl Iterator<Item = [T; N]> {
    assert!(N <= VALUES, "a column for every member of the field");
    (0..VALUES.pow(3)).map(|row| {
        let (a, b, c) = (row % VALUES, row / VALUES % VALUES, row / VALUES / VALUES);
        std::array::from_fn(|x| T::SPECIAL[(a + b * x + c * x * x) % VALUES])
    })
}

/// The same, and every combination of any three arguments beside ordinary ones: special values in all of them at once are
/// mostly refused.
pub fn around<T: Scalar, const N: usize>(ordinary: [T; N]) -> impl Iterator<Item = [T; N]> {
    let chosen = (0..N).flat_map(move |i| (i + 1..N).flat_map(move |j| (j + 1..N).map(move |k| [i, j, k])));
    triples::<T, N>().chain(chosen.flat_map(move |places| {
        all::<T, 3>().map(move |values| {
            let mut row = ordinary;
            places.into_iter().zip(values).for_each(|(place, value)| row[place] = value);
            row
        })
    }))
}

#[test]
fn the_design_covers_every_triple() {
    let index = |x: f32| f32::SPECIAL.iter().position(|y| y.bits() == x.bits()).expect("a special value");
    let mut seen = std::collections::HashSet::new();
    for row in triples::<f32, 17>() {
        let row = row.map(index);
        for (i, j, k) in [(0, 1, 2), (0, 8, 16), (3, 5, 11), (14, 15, 16)] {
            seen.insert((i, j, k, row[i], row[j], row[k]));
        }
    }
    assert_eq!(seen.len(), 4 * VALUES.pow(3));
}
