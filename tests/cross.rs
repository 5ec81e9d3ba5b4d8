//! The special-value cross: seventeen values at which something ends, in every argument of every public function at
//! once, in `f32` and `f64`.
//!
//! A call either names an error and leaves its receiver as it was, bit for bit, or what it gives is finite and valid. A
//! function that returns a plain number gives NaN for NaN only, and an infinity where `cross/infinities.rs` says so.
//! `cargo firmware test` names a public function that these files do not call.
//!
//! Every result goes into a hash, one for each function and scalar in `tests/reference/cross.csv`: debug and release
//! builds are held to the same bits. A debug build takes one row in eight, and all with `ELBOW_ALL` set. After a change
//! of numerics that is meant,
//!
//! ```text
//! ELBOW_ACCEPT=1 cargo test --release --test cross
//! ```
//!
//! writes the table again, and `cargo test --test cross` holds the other profile against it.

#[path = "cross/design.rs"]
mod design;
#[path = "cross/distributions.rs"]
mod distributions;
#[path = "cross/infinities.rs"]
mod infinities;
#[path = "cross/likelihoods.rs"]
mod likelihoods;
#[path = "cross/models.rs"]
mod models;
#[path = "cross/outcome.rs"]
mod outcome;
#[path = "cross/sensors.rs"]
mod sensors;
#[path = "cross/snapshots.rs"]
mod snapshots;
#[path = "cross/states.rs"]
mod states;
#[path = "common/stuck.rs"]
mod stuck;
