//! Filters sensor logs: `cargo run --release --example sensor_log`, with `-- --help` for logs of your own.

mod axis;
mod clock;
mod field;
mod fit;
mod flags;
mod header;
mod help;
mod instrument;
mod models;
mod number;
mod own;
mod own_flags;
mod picture;
mod plan;
mod problem;
mod process;
mod report;
mod shipped;
mod strip;
mod style;
mod summary;
mod table;
mod thin;
mod track;
mod trust;
mod watch;

use flags::Flags;
use own_flags::Own;
use problem::Problem;
use report::Report;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// The number type of every filter here, as in firmware.
type Scalar = f32;

fn main() -> ExitCode {
    let flags = match Flags::read(std::env::args_os()) {
        Ok(flags) => flags,
        Err(error) if error.use_stderr() => return failure(&flags::one_line(&error), 2),
        Err(help) => {
            let _ = write!(io::stdout(), "{help}");
            return ExitCode::SUCCESS;
        }
    };
    match run(&flags) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the summary has seen enough.
        Err(Problem::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(problem @ Problem::Flags(_)) => failure(&problem.to_string(), 2),
        Err(problem) => failure(&problem.to_string(), 1),
    }
}

/// Says why in one line, even when nobody listens.
fn failure(why: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "sensor_log: {why}");
    ExitCode::from(code)
}

fn run(flags: &Flags) -> Result<(), Problem> {
    let settings = flags.settings();
    let mut out = io::stdout().lock();
    let asked = flags.log.as_deref();
    let named = |name: &&str| asked.is_none_or(|path| path.as_os_str() == *name);
    let names: Vec<&str> = shipped::NAMES.into_iter().filter(named).collect();
    if let (true, Some(path)) = (names.is_empty(), asked) {
        if !path.exists() {
            let what =
                format!("there is no such file, nor a log of that name; the logs are {}", shipped::NAMES.join(", "));
            return Err(Problem::File { file: path.into(), what });
        }
        return tell(&mut out, &own::filter(path, &flags.own, &settings)?);
    }
    if flags.own != Own::default() {
        return Err(Problem::Flags(
            "a log that comes with the crate has its own model: name a CSV file with these flags".into(),
        ));
    }
    for (index, name) in names.into_iter().enumerate() {
        let report = shipped::filter(name, &settings)?;
        if index > 0 {
            writeln!(out)?;
        }
        tell(&mut out, &report)?;
    }
    Ok(out.flush()?)
}

/// Draws a log, then prints its summary: nothing is printed of a log that cannot be drawn.
fn tell(out: &mut impl Write, report: &Report) -> Result<(), Problem> {
    let picture = report.draw()?;
    Ok(summary::write(out, report, &picture)?)
}
