//! Bytes of any kind into every `restore`, as they come and with header and checksum put right: an error, or a state
//! that saves to the same bytes, and no longer restores once one to three of its bits are flipped.

use arbitrary::Unstructured;
use elbow::likelihood::LearnedNormal;
use elbow::{Filter, Gate, Gaussian, LocalLevel, MeanField, Monitor, Snapshot};

/// Into every kind of state.
pub fn run(bytes: &[u8]) {
    let mut input = Unstructured::new(bytes);
    let flips: [u16; 3] = input.arbitrary().unwrap_or_default();
    let rest = input.take_rest();
    every_kind(rest, flips);
}

fn every_kind(bytes: &[u8], flips: [u16; 3]) {
    both::<Gaussian<f32, 1>>(bytes, flips, 1, 4, 1);
    both::<Gaussian<f64, 2>>(bytes, flips, 1, 8, 2);
    both::<Filter<f32, 2>>(bytes, flips, 1, 4, 2);
    both::<Filter<f32, 4>>(bytes, flips, 1, 4, 4);
    both::<MeanField<f32, 2>>(bytes, flips, 2, 4, 2);
    both::<MeanField<f64, 3>>(bytes, flips, 2, 8, 3);
    both::<LocalLevel<f32>>(bytes, flips, 3, 4, 1);
    both::<LocalLevel<f64>>(bytes, flips, 3, 8, 1);
    both::<Gate<f32>>(bytes, flips, 4, 4, 1);
    both::<Gate<f64>>(bytes, flips, 4, 8, 1);
    both::<Monitor<f32, 16>>(bytes, flips, 5, 4, 16);
    both::<Monitor<f64, 40>>(bytes, flips, 5, 8, 40);
    both::<LearnedNormal<f32>>(bytes, flips, 6, 4, 1);
    both::<LearnedNormal<f64>>(bytes, flips, 6, 8, 1);
}

/// As they are, and as the content of an intact snapshot of this kind, scalar and dimension.
fn both<S: Snapshot>(bytes: &[u8], flips: [u16; 3], kind: u8, scalar: u8, dimension: u16) {
    check::<S>(bytes, flips);
    let length = S::SNAPSHOT_LEN as u16;
    let mut sealed = b"ELBO\x01\x00".to_vec();
    sealed.extend([kind, scalar]);
    sealed.extend(dimension.to_le_bytes());
    sealed.extend(length.to_le_bytes());
    // A whole snapshot lends its content.
    let content = bytes.strip_prefix(b"ELBO").and_then(|rest| rest.get(8..)).unwrap_or(bytes);
    sealed.extend(content);
    sealed.resize(S::SNAPSHOT_LEN - 4, 0);
    let checksum = crc32fast::hash(&sealed).to_le_bytes();
    sealed.extend(checksum);
    check::<S>(&sealed, flips);
}

/// An error, or a state that saves to these bytes; it is not found in them once bits are flipped.
pub fn check<S: Snapshot>(bytes: &[u8], flips: [u16; 3]) {
    let Ok(state) = S::restore(bytes) else { return };
    let mut saved = vec![0; S::SNAPSHOT_LEN];
    state.save(&mut saved).expect("the buffer is long enough");
    assert_eq!(bytes, saved, "not what was restored");
    assert_refused::<S>(&saved, flips);
    assert!(saved.pop().is_some() && S::restore(&saved).is_err(), "cut short, and restored");
}

/// Up to three different bits of an intact snapshot flipped.
pub fn assert_refused<S: Snapshot>(snapshot: &[u8], flips: [u16; 3]) {
    let mut damaged = snapshot.to_vec();
    let mut flipped = Vec::new();
    for flip in flips {
        let bit = usize::from(flip) % (8 * damaged.len());
        if !flipped.contains(&bit) {
            flipped.push(bit);
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(S::restore(&damaged).is_err(), "restored with the bits {flipped:?} flipped");
        }
    }
}
