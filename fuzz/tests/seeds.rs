//! The committed seeds, run without a fuzzer: the formats that seeds.py writes are those that the targets read.

use elbow_fuzz::filter::Tally;
use std::path::Path;

/// Every seed of a target by its name.
fn each(target: &str, mut run: impl FnMut(&str, &[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut seeds = 0;
    for entry in std::fs::read_dir(directory).expect("seeds are committed") {
        let entry = entry.expect("a readable directory");
        run(&entry.file_name().to_string_lossy(), &std::fs::read(entry.path()).expect("a readable seed"));
        seeds += 1;
    }
    assert!(seeds >= 5, "{target} has {seeds} seeds");
}

#[test]
fn every_operation_of_the_filter_seeds_is_taken() {
    each("filter", |name, seed| {
        let Tally { taken, refused } = elbow_fuzz::filter::run(seed);
        let wanted = if name.starts_with("gated") { taken >= 8 } else { taken >= 2 && refused == 0 };
        assert!(wanted, "{name}: {taken} taken, {refused} refused");
    });
}

#[test]
fn kernels() {
    each("kernels", |_, seed| elbow_fuzz::kernels::run(seed));
}

#[test]
fn snapshots() {
    each("snapshot", |_, seed| elbow_fuzz::snapshot::run(seed));
}

#[test]
fn logs() {
    each("csv", |_, seed| elbow_fuzz::csv::run(seed));
}
