//! How a run can fail.

use std::fmt;
use std::process::ExitCode;

#[derive(Debug)]
pub enum Failure {
    /// Something has to be installed, by this command.
    Missing { what: String, command: String },
    /// The compiler or the linker refused an image.
    Build(String),
    /// An image did not end within the time limit.
    TimedOut { image: String, seconds: u64 },
    /// An image ended otherwise than with success.
    Ended { image: String, how: String },
    /// An image printed something else than the file beside it says; which result that is, in a trace.
    Differs { image: String, line: usize, expected: String, found: String, result: Option<String> },
    /// Rows cost more than was accepted, or were never accepted.
    Costlier { rows: Vec<String>, accepted_with: String, measured_with: String },
    /// A linked image holds what it must not, or lacks a function of the crate.
    Unproven(String),
    /// A file cannot be read or written, a program not be started, output not be decoded.
    Machine(String),
}

impl Failure {
    /// Names what could not be done, for `map_err`.
    pub fn machine<E: fmt::Display>(doing: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::Machine(format!("{doing}: {error}"))
    }

    /// 3 where something has to be installed first, else 1.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Missing { .. }) { 3 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { what, command } => write!(f, "missing: {what}; install with: {command}"),
            Self::Build(image) => write!(f, "does not build: {image}"),
            Self::TimedOut { image, seconds } => write!(f, "timed out: {image} did not end within {seconds} s"),
            Self::Ended { image, how } => write!(f, "ended badly: {image}, {how}"),
            Self::Differs { image, line, expected, found, result } => {
                write!(f, "differs: {image}, line {line}\n  expected: {expected}\n  found:    {found}")?;
                result.iter().try_for_each(|result| write!(f, "\n  {result}"))
            }
            Self::Costlier { rows, accepted_with, measured_with } => {
                writeln!(f, "worse by more than 3 %, or never accepted:\n  {}", rows.join("\n  "))?;
                write!(f, "accepted with {accepted_with}\nmeasured with {measured_with}")
            }
            Self::Unproven(what) => write!(f, "unproven: {what}"),
            Self::Machine(what) => f.write_str(what),
        }
    }
}
