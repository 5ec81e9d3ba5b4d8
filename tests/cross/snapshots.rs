//! Snapshots that hold a special value anywhere, under a checksum that fits.

use crate::design::{Scalar, all};
use crate::outcome::{Outcome, both, cross, fingerprint};
use crc::{CRC_32_ISO_HDLC, Crc};
use elbow::likelihood::LearnedNormal;
use elbow::{Filter, Gate, Gaussian, LocalLevel, MeanField, Monitor, Snapshot};
use std::fmt::Debug;

/// The value in the place of every number and half of one: refused, or restored to what saves as the same bytes.
fn snapshot<S: Snapshot + Debug, T: Scalar>(name: &str, state: S) {
    let mut saved = vec![0; S::SNAPSHOT_LEN];
    Snapshot::save(&state, &mut saved).expect("a snapshot");
    cross(name, all(), |[value]: [T; 1], out| {
        let pattern = value.bits().to_le_bytes();
        let pattern = if T::NAME == "f32" { &pattern[..4] } else { &pattern[..] };
        for place in 0..S::SNAPSHOT_LEN - 4 - pattern.len() {
            let mut bytes = saved.clone();
            bytes[place..place + pattern.len()].copy_from_slice(pattern);
            let (data, checksum) = bytes.split_last_chunk_mut::<4>().expect("a checksum");
            *checksum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(data).to_le_bytes();
            restored::<S, T>(out, &bytes);
        }
        restored::<S, T>(out, &saved);
    });
}

fn restored<S: Snapshot + Debug, T: Scalar>(out: &mut Outcome<T>, bytes: &[u8]) {
    let restored: Option<S> = out.end(Snapshot::restore(bytes));
    if let Some(restored) = restored {
        let print = fingerprint(&restored);
        out.note(&print);
        let mut again = vec![0; S::SNAPSHOT_LEN];
        let saved = Snapshot::save(&restored, &mut again).map(<[u8]>::to_vec);
        out.holds(saved.as_deref() == Ok(bytes), "other bytes");
    }
}

fn snapshots<T: Scalar>() {
    let [half, one, two] = [0.5, 1.0, 2.0].map(T::from_f64);
    let belief = Gaussian::new([one, half], [[two, half], [half, one]]).expect("a belief");
    snapshot::<Gaussian<T, 2>, T>("Snapshot of Gaussian", belief);
    snapshot::<Filter<T, 2>, T>("Snapshot of Filter", Filter::new(belief));
    let field = MeanField::new([one, half], [half, -one]).expect("a belief");
    snapshot::<MeanField<T, 2>, T>("Snapshot of MeanField", field);
    let learnt = LearnedNormal::new(half, two).expect("a variance");
    snapshot::<LearnedNormal<T>, T>("Snapshot of LearnedNormal", learnt);
    let gate = Gate::by_innovation(two, 3).expect("a threshold");
    snapshot::<Gate<T>, T>("Snapshot of Gate", gate);
    let mut level = LocalLevel::new(half, one).expect("settings");
    level.update(two, one).expect("a reading");
    snapshot::<LocalLevel<T>, T>("Snapshot of LocalLevel", level);
    let mut monitor = Monitor::<T, 16>::new(T::from_f64(1e-3)).expect("a probability");
    for i in 0..5 {
        monitor.elapse(one).expect("a time");
        monitor.record(T::from_i32(i / 2), half, -one).expect("a reading");
    }
    snapshot::<Monitor<T, 16>, T>("Snapshot of Monitor", monitor);
}

both! {
    snapshots_of_anything = snapshots;
}
