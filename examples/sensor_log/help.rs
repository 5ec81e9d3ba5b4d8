//! What `--help` says before and after the flags.

/// Before.
pub const ABOUT: &str = "\
Filters sensor logs and draws what was believed: each reading improves a Gaussian belief about a hidden state.

Without an argument it filters the four logs that come with the crate; with `nile`, `co2`, `coal` or `seattle` that
one; with a path any CSV file with a header line. It prints a summary of each log and writes a picture of it.";

/// After.
pub const EXAMPLES: &str = "\
A CSV file needs a time column (numbers, or ISO dates and date-times) and a value column; rows may be any time apart
but never go backwards. An empty field, NA or nan is a missing reading. What the flags leave open is chosen by the
log evidence of the first 5000 rows (--fit-rows), and the summary prints it as flags to repeat. Of several sensors the
one with the greatest log evidence is drawn, less ln(readings)/2 nats for each number that was chosen for it.

Examples:
  A thermometer that is now and then far off; the first column is the time, the second the value:
    sensor_log room.csv --sensor student-t --unit °C --title \"Server room\"

  The same, drawn back to the level of its first eight weeks, and watched for faults from then on:
    sensor_log room.csv --process ornstein-uhlenbeck --fit-rows 1344 --monitor --gate 5

  A Geiger tube's counts per 5 s, the rate believed per second: Poisson, or do they scatter more?
    sensor_log geiger.csv --value counts_5s --sensor poisson,negative-binomial --exposure 5 --time-unit second

  A position that keeps its velocity, all noise given: 0.3 m of reading noise, 0.05 m/s of drift a second:
    sensor_log track.csv --time t --value x --process constant-velocity --std-dev 0.3 --slope-noise 0.05 --unit m

Under cargo: cargo run --release --example sensor_log -- room.csv --sensor student-t";
