//! What the fuzz targets run: a module for each, whose `run` takes the fuzzer's bytes and panics at a broken promise.
//!
//! The targets are a line each, so that tests/seeds.rs can run the same on the committed seeds, without a fuzzer.

pub mod csv;
pub mod filter;
pub mod kernels;
pub mod snapshot;
pub mod values;

mod budget;

// The main job's CSV reader, under the names by which its files know each other.
#[path = "../../examples/sensor_log/clock.rs"]
pub mod clock;
#[path = "../../examples/sensor_log/field.rs"]
pub mod field;
#[path = "../../examples/sensor_log/number.rs"]
pub mod number;
#[path = "../../examples/sensor_log/problem.rs"]
pub mod problem;
#[path = "../../examples/sensor_log/table.rs"]
pub mod table;
