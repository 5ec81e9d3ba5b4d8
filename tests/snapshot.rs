//! Snapshots: every bit comes back, on every target in the same bytes, and no damage is taken for a belief.

#[path = "snapshot/trust.rs"]
mod trust;

use std::collections::HashSet;
use std::fmt::Debug;

use crc::{CRC_32_ISO_HDLC, Crc};
use elbow::likelihood::StudentT;
use elbow::{Error, Filter, Gaussian, LocalLevel, LocalLinearTrend, MeanField, OneSample, Real, Sensor, Snapshot};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

fn bytes_of<S: Snapshot>(state: &S) -> Vec<u8> {
    let mut buffer = vec![0xa5; S::SNAPSHOT_LEN];
    state.save(&mut buffer).unwrap().to_vec()
}

/// The same bytes with a checksum that fits.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let (data, checksum) = bytes.split_last_chunk_mut::<4>().unwrap();
    *checksum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(data).to_le_bytes();
    bytes
}

/// In bits as in values, and not a byte beyond its own is touched.
fn assert_round_trip<S: Snapshot + PartialEq + Debug>(state: &S) -> S {
    let bytes = bytes_of(state);
    let restored = S::restore(&bytes).unwrap();
    assert_eq!((&restored, bytes_of(&restored)), (state, bytes.clone()));
    let mut roomy = vec![0x5a; S::SNAPSHOT_LEN + 9];
    assert_eq!(state.save(&mut roomy), Ok(&bytes[..]));
    assert!(roomy[S::SNAPSHOT_LEN..].iter().all(|&byte| byte == 0x5a));
    let mut small = vec![0x5a; S::SNAPSHOT_LEN - 1];
    assert_eq!(state.save(&mut small), Err(Error::BufferTooSmall));
    assert!(small.iter().all(|&byte| byte == 0x5a));
    restored
}

/// The extremes of the type, subnormal numbers and a negative zero among long fractions of both signs.
fn numbers<T: Real, const N: usize>(seed: u32) -> [T; N] {
    std::array::from_fn(|i| {
        let k = seed + i as u32;
        let fraction = T::ONE / T::from_u32(2 * k + 3);
        match k % 7 {
            0 => -fraction,
            1 => -T::ZERO,
            2 => T::MAX,
            3 => T::MIN_POSITIVE * fraction,
            4 => -T::MIN_POSITIVE * T::EPSILON,
            5 => -T::MAX,
            _ => fraction,
        }
    })
}

fn pivots<T: Real, const N: usize>(seed: u32) -> [T; N] {
    std::array::from_fn(|i| match (seed + i as u32) % 3 {
        0 => T::MIN_POSITIVE,
        1 => T::MAX,
        _ => T::ONE / T::from_u32(2 * seed + 3),
    })
}

fn belief<T: Real, const N: usize>(seed: u32) -> Gaussian<T, N> {
    let lower = std::array::from_fn(|i| numbers(seed + 3 + i as u32));
    Gaussian::from_factor(numbers(seed), lower, pivots(seed)).unwrap()
}

/// The bits of a belief by its own accessors: what is dropped on both ways would not show in the bytes.
macro_rules! all_round_trip {
    ($type:ty, $n:literal) => {
        for seed in 0..21 {
            let belief: Gaussian<$type, $n> = belief(seed);
            let bits = |belief: &Gaussian<$type, $n>| {
                let (lower, pivots) = (belief.unit_lower(), belief.pivots());
                let all = belief.mean().iter().chain(lower.iter().flatten()).chain(&pivots);
                all.map(|x| x.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(bits(&assert_round_trip(&belief)), bits(&belief));
            let restored = assert_round_trip(&Filter::new(belief));
            assert_eq!(bits(restored.belief()), bits(&belief));
            assert_eq!(bytes_of(&restored), bytes_of(&belief));
            let shares: [$type; $n] = std::array::from_fn(|i| (-1.0 as $type) / (seed as $type + i as $type + 0.7));
            assert_round_trip(&MeanField::<$type, $n>::new(numbers(seed), shares).unwrap());
        }
    };
    ($type:ty) => {
        all_round_trip!($type, 1);
        all_round_trip!($type, 2);
        all_round_trip!($type, 3);
        all_round_trip!($type, 4);
        all_round_trip!($type, 5);
        all_round_trip!($type, 6);
        all_round_trip!($type, 7);
        all_round_trip!($type, 8);
        let mut level = LocalLevel::<$type>::new(0.3, 0.07).unwrap();
        assert_round_trip(&level);
        for reading in [1.1, -0.0, 1e-40, <$type>::MAX] {
            level.update(reading, 0.1).unwrap();
            assert_round_trip(&level);
            level.reset();
        }
    };
}

#[test]
fn every_bit_comes_back() {
    all_round_trip!(f32);
    all_round_trip!(f64);
}

#[cfg(feature = "micromath")]
#[test]
fn micromath_has_the_bytes_of_f32() {
    for seed in 0..21 {
        let coarse = belief::<micromath::F32, 4>(seed);
        assert_round_trip(&coarse);
        assert_eq!(bytes_of(&coarse), bytes_of(&belief::<f32, 4>(seed)));
    }
}

/// `tests/reference/snapshots.csv`, written by `snapshots.py` beside it, which holds the same states.
#[test]
fn the_bytes_are_those_of_the_reference() {
    fn assert_bytes<S: Snapshot + PartialEq + Debug>(name: &str, state: &S) {
        let mut lines = include_str!("reference/snapshots.csv").lines();
        let expected = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(',')).expect(name);
        let hex: String = bytes_of(state).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{name}");
    }
    fn assert_all<T: Real>(name: &str) {
        let t = T::from_f64;
        let zero = t(0.0);
        let lower = [[zero; 3], [t(0.5), zero, zero], [t(-0.1), t(1e-20), zero]];
        let belief = Gaussian::from_factor([t(20.25), -zero, t(1e-3)], lower, [t(4.0), t(0.01), t(2.5)]).unwrap();
        assert_bytes(&format!("gaussian_{name}"), &belief);
        assert_bytes(&format!("gaussian_{name}"), &Filter::new(belief));
        let field = MeanField::new([t(1.5), t(-2.5)], [t(-1.0), t(0.125)]).unwrap();
        assert_bytes(&format!("mean_field_{name}"), &field);
        let mut level = LocalLevel::new(t(0.5), t(0.25)).unwrap();
        assert_bytes(&format!("level_before_{name}"), &level);
        level.update(t(21.5), t(9.0)).unwrap();
        assert_bytes(&format!("level_after_{name}"), &level);
    }
    assert_all::<f32>("f32");
    assert_all::<f64>("f64");
}

/// All single wrong bits, and every `pair`th pair and `triple`th triple of them.
fn assert_damage_is_refused<S: Snapshot + Debug>(state: &S, pair: usize, triple: usize) {
    let mut bytes = bytes_of(state);
    let bits = 8 * bytes.len();
    let flip = |bytes: &mut [u8], bit: usize| bytes[bit / 8] ^= 1 << (bit % 8);
    let mut offset = 0;
    for i in 0..bits {
        flip(&mut bytes, i);
        assert!(S::restore(&bytes).is_err(), "{i}");
        for j in i + 1..bits {
            flip(&mut bytes, j);
            assert!((i + j) % pair != 0 || S::restore(&bytes).is_err(), "{i} {j}");
            offset = (offset + 1) % triple;
            for k in (j + 1 + offset..bits).step_by(triple) {
                flip(&mut bytes, k);
                assert!(S::restore(&bytes).is_err(), "{i} {j} {k}");
                flip(&mut bytes, k);
            }
            flip(&mut bytes, j);
        }
        flip(&mut bytes, i);
    }
    assert!(S::restore(&bytes).is_ok());
}

/// An optimised build tries all 1.2 and 3.9 million triples of the two short ones and a million of the third.
#[test]
fn up_to_three_wrong_bits_are_refused() {
    let thorough = !cfg!(debug_assertions);
    let stride = |sparse: usize, dense: usize| if thorough { dense } else { sparse };
    assert_damage_is_refused(&Filter::new(belief::<f32, 1>(4)), 1, stride(3, 1));
    assert_damage_is_refused(&LocalLevel::new(0.3_f32, 0.07).unwrap(), 1, stride(23, 1));
    assert_damage_is_refused(&Filter::new(belief::<f32, 4>(3)), stride(7, 1), stride(2999, 31));
    assert_damage_is_refused(&Filter::new(belief::<f64, 4>(3)), stride(31, 1), usize::MAX / 2);
}

/// The proof for every length that compiles: three wrong bits pass the checksum if they are a multiple of the
/// generator, x^k + x^j + 1 times a power of x. Below x^91639 there is none, and no x^k + 1.
#[test]
fn no_multiple_of_the_generator_has_two_or_three_terms() {
    let (mut power, mut powers) = (1_u32, HashSet::new());
    for k in 1..=91_639 {
        let carry = power >> 31;
        power = (power << 1) ^ (CRC_32_ISO_HDLC.poly * carry);
        let passes = power == 1 || powers.contains(&(power ^ 1));
        assert_eq!(passes, k == 91_639, "{k}");
        powers.insert(power);
    }
}

#[test]
fn what_is_no_snapshot_is_refused() {
    type Belief = Filter<f32, 2>;
    let bytes = bytes_of(&Filter::new(belief::<f32, 2>(1)));
    for length in 0..bytes.len() {
        assert_eq!(Belief::restore(&bytes[..length]), Err(Error::Corrupt), "{length}");
        assert_eq!(Belief::restore(&bytes[bytes.len() - length..]), Err(Error::Corrupt), "{length}");
    }
    for more in [&[0][..], &[0xff], &[0; 4], &[0; 200], &bytes] {
        assert_eq!(Belief::restore(&[&bytes, more].concat()), Err(Error::Incompatible));
        assert!(Belief::restore(&[more, &bytes].concat()).is_err());
    }
    for byte in 0..=255 {
        for length in [0, 4, 12, 15, 16, bytes.len(), 300] {
            assert_eq!(Belief::restore(&vec![byte; length]), Err(Error::Corrupt));
        }
    }
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
    for round in 0..20_000 {
        let mut noise = vec![0; if round % 2 == 0 { bytes.len() } else { rng.next_u32() as usize % 100 }];
        rng.fill_bytes(&mut noise);
        assert_eq!(Belief::restore(&noise), Err(Error::Corrupt));
        // Behind the right letters, then behind the whole header.
        for start in [4, 12] {
            let kept = start.min(noise.len());
            noise[..kept].copy_from_slice(&bytes[..kept]);
            assert_eq!(Belief::restore(&noise), Err(Error::Corrupt));
        }
    }
    // A length in the header that reaches into itself, with the right checksum for it.
    for length in 0..16_u16 {
        let mut short = bytes.clone();
        short[10..12].copy_from_slice(&length.to_le_bytes());
        short.truncate(length.into());
        if length >= 4 {
            short = sealed(short);
        }
        assert_eq!(Belief::restore(&short), Err(Error::Corrupt), "{length}");
    }
}

#[test]
fn an_intact_snapshot_of_something_else_is_named() {
    let bytes = bytes_of(&Filter::new(belief::<f32, 2>(1)));
    let padded = |length: usize| [&bytes[..], &vec![0xff; length - bytes.len()]].concat();
    assert_eq!(Filter::<f64, 2>::restore(&bytes), Err(Error::Incompatible));
    assert_eq!(Filter::<f32, 1>::restore(&bytes), Err(Error::Incompatible));
    assert_eq!(MeanField::<f32, 2>::restore(&bytes), Err(Error::Incompatible));
    assert_eq!(LocalLevel::<f32>::restore(&bytes), Err(Error::Incompatible));
    // The firmware reads as many bytes as its own snapshots have.
    assert_eq!(Filter::<f32, 3>::restore(&padded(Filter::<f32, 3>::SNAPSHOT_LEN)), Err(Error::Incompatible));
    // A belief of two unknowns and a mean field of two and a half would have the same length: the kind tells.
    let field = bytes_of(&MeanField::<f32, 1>::new([1.0], [0.5]).unwrap());
    assert_eq!(field.len(), Filter::<f32, 1>::SNAPSHOT_LEN);
    assert_eq!(Filter::<f32, 1>::restore(&field), Err(Error::Incompatible));
    // Every field of the header, with a checksum that fits. The letters and the length are what finds the rest.
    for place in 0..12 {
        let mut other = bytes.clone();
        other[place] ^= 2;
        let error = if (4..10).contains(&place) { Error::Incompatible } else { Error::Corrupt };
        assert_eq!(Filter::<f32, 2>::restore(&sealed(other)), Err(error), "{place}");
    }
}

/// With a checksum that fits, as a faulty program could write it.
#[test]
fn a_state_that_the_constructors_refuse_is_corrupt() {
    let not_finite = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::from_bits(0x7f80_0001)];
    let not_positive = [0.0, -0.0, -1.0, 1e-40];
    let with = |bytes: &[u8], place: usize, number: f32| {
        let mut changed = bytes.to_vec();
        changed[12 + 4 * place..16 + 4 * place].copy_from_slice(&number.to_le_bytes());
        sealed(changed)
    };
    let plain = Gaussian::from_factor([1.0_f32, 2.0], [[1.0, 0.0], [0.5, 1.0]], [4.0, 1.0]).unwrap();
    let bytes = bytes_of(&Filter::new(plain));
    for place in 0..5 {
        for number in not_finite {
            assert_eq!(Filter::<f32, 2>::restore(&with(&bytes, place, number)), Err(Error::Corrupt), "{place}");
        }
        for number in not_positive {
            let restored = Filter::<f32, 2>::restore(&with(&bytes, place, number));
            assert_eq!(restored.is_err(), [2, 4].contains(&place), "{place} {number:e}");
        }
    }
    let field = bytes_of(&MeanField::<f32, 1>::standard());
    for number in not_finite.into_iter().chain([43.5]) {
        assert_eq!(MeanField::<f32, 1>::restore(&with(&field, 1, number)), Err(Error::Corrupt));
    }
    let mut level = LocalLevel::new(0.5_f32, 0.25).unwrap();
    level.update(1.0, 1.0).unwrap();
    let bytes = bytes_of(&level);
    for place in [0, 1, 3, 4] {
        for number in not_finite {
            assert_eq!(LocalLevel::<f32>::restore(&with(&bytes, place, number)), Err(Error::Corrupt), "{place}");
        }
        for number in not_positive {
            let restored = LocalLevel::<f32>::restore(&with(&bytes, place, number));
            let refused = [0, 4].contains(&place) || place == 1 && number == -1.0;
            assert_eq!(restored.is_err(), refused, "{place} {number:e}");
        }
    }
    // The flag is one beside an estimate; zero goes with zeros.
    for (flag, valid) in [(0_u32, false), (1, true), (2, false), (0x100, false), (u32::MAX, false)] {
        let restored = LocalLevel::<f32>::restore(&with(&bytes, 2, f32::from_bits(flag)));
        assert_eq!(restored.is_ok(), valid, "{flag}");
    }
}

/// A run in one piece that seeds its generator anew at a reading, and one that sleeps there: the same bits ever after.
#[test]
fn a_restored_filter_goes_on_with_the_same_bits() {
    let trend = LocalLinearTrend::new([1e-4_f32, 1e-6]).unwrap();
    let prior = Gaussian::new([20.0_f32, 0.1], [[4.0, 0.2], [0.2, 0.1]]).unwrap();
    let seeded = |boots: u64| OneSample::new(Xoshiro128PlusPlus::seed_from_u64(boots));
    let step = |filter: &mut Filter<f32, 2>, estimator: &mut OneSample<Xoshiro128PlusPlus>, k: u16| {
        let mut sensor = Sensor::linear([1.0, 0.0], StudentT::new(0.1_f32, 4.0).unwrap());
        let reading = 20.0 + 0.01 * f32::from(k) + if k % 17 == 3 { 8.0 } else { 0.0 };
        filter.predict_for(&trend, 0.7).unwrap();
        filter.update(&mut sensor, reading, estimator).unwrap()
    };
    for sleep in [0, 1, 7, 50] {
        let (mut straight, mut estimator) = (Filter::new(prior), seeded(1));
        for k in 0..sleep {
            let _ = step(&mut straight, &mut estimator, k);
        }
        let kept = (1_u64, bytes_of(&straight));
        estimator = seeded(2);

        let mut restored = Filter::restore(&kept.1).unwrap();
        let mut restored_estimator = seeded(kept.0 + 1);
        for k in sleep..sleep + 200 {
            let expected = step(&mut straight, &mut estimator, k);
            assert_eq!(step(&mut restored, &mut restored_estimator, k), expected);
            assert_eq!(bytes_of(&restored), bytes_of(&straight), "{k}");
        }
    }
}
