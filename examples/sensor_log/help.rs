//! What `--help` says before and after the flags.

/// Before.
pub const ABOUT: &str = "\
Filters sensor logs and draws what was believed: each reading improves a Gaussian belief about a hidden state.

Without an argument it filters the four logs that come with the crate; with `nile`, `co2`, `coal` or `seattle` that
one; with a path any CSV file with a header line. It prints a summary of each log and writes a picture of it.";

/// After.
pub const EXAMPLES: &str = "\
A CSV file needs a time column (numbers, or ISO dates and date-times) and a value column; rows may be any time apart
but never go backwards. An empty field, NA or nan is a missing reading. Each unknown noise is chosen by the log
evidence of the first 5000 rows, and the summary prints it as a flag to repeat.

Examples:
  A thermometer that is now and then far off; the first column is the time, the second the value:
    sensor_log room.csv --sensor student-t --unit °C --title \"Server room\"

  A Geiger tube's counts per 5 s, drawn as counts per window, the rate believed per second:
    sensor_log geiger.csv --value counts_5s --sensor poisson --exposure 5 --time-unit second

  A position that keeps its velocity, all noise given: 0.3 m of reading noise, 0.05 m/s of drift a second:
    sensor_log track.csv --time t --value x --process constant-velocity --std-dev 0.3 --slope-noise 0.05 --unit m

Under cargo: cargo run --release --example sensor_log -- room.csv --sensor student-t";
