//! Snapshots in memory that fails: a write that the power cut off, a page that was erased, a burst of wrong bits.

use elbow::{Error, Filter, Gaussian, Snapshot};

fn saved(filter: &Filter<f32, 2>) -> Vec<u8> {
    let mut buffer = vec![0; Filter::<f32, 2>::SNAPSHOT_LEN];
    filter.save(&mut buffer).unwrap().to_vec()
}

/// A filter, and the same after a reading that moved every number of it.
fn before_and_after() -> [Filter<f32, 2>; 2] {
    [([1.0, 2.0], [[2.0, 0.5], [0.5, 1.0]]), ([1.25, 1.75], [[1.5, 0.25], [0.25, 0.75]])]
        .map(|(mean, covariance)| Filter::new(Gaussian::new(mean, covariance).unwrap()))
}

/// New bytes up to where the power failed, then old ones, erased flash or zeros: the old state, the new one, or refused.
#[test]
fn a_write_that_was_cut_off() {
    let [old, new] = before_and_after();
    let (old_bytes, new_bytes) = (saved(&old), saved(&new));
    for length in 0..=new_bytes.len() {
        let mixed = [&new_bytes[..length], &old_bytes[length..]].concat();
        let expected = match Filter::restore(&mixed) {
            Ok(state) if mixed == old_bytes => state == old,
            Ok(state) if mixed == new_bytes => state == new,
            other => other == Err(Error::Corrupt),
        };
        assert!(expected, "{length}");
        for rest in [0x00, 0xff] {
            let mut cut = vec![rest; new_bytes.len()];
            cut[..length].copy_from_slice(&new_bytes[..length]);
            let refused = Filter::<f32, 2>::restore(&cut).is_err();
            assert!(refused || cut == new_bytes, "{length} {rest:x}");
        }
    }
}

/// Wrong bits within a stretch of 32, any pattern of them, at every place: a CRC-32 misses none.
#[test]
fn a_burst_of_wrong_bits() {
    let bytes = saved(&before_and_after()[0]);
    let mut pattern = 1_u32;
    for first in 0..8 * (bytes.len() - 4) {
        for _ in 0..200 {
            pattern = pattern.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The burst begins with a wrong bit.
            let burst = pattern.rotate_right(7) | 1;
            let mut damaged = bytes.clone();
            for bit in (0..32).filter(|bit| burst >> bit & 1 == 1) {
                damaged[(first + bit) / 8] ^= 1 << ((first + bit) % 8);
            }
            assert!(Filter::<f32, 2>::restore(&damaged).is_err(), "{first} {burst:x}");
        }
    }
}
