//! Processes: what they do over a time step, against matrix exponentials and against each other.
//!
//! `tests/reference/processes.csv` (written by `processes.py` beside it) holds transitions, offsets and noises.
//! `cargo test --test processes -- --nocapture` prints the errors.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "processes/composition.rs"]
mod composition;
#[path = "common/csv.rs"]
mod csv;
#[path = "processes/exponentials.rs"]
mod exponentials;
#[path = "processes/special.rs"]
mod special;
#[path = "reference/table.rs"]
mod table;
