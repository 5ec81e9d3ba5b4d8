//! What can go wrong, each told in one line that says where.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a log could not be filtered.
#[derive(Debug)]
pub enum Problem {
    /// One field of a file does not say what its column promises.
    Field {
        /// The file as the user named it.
        file: PathBuf,
        /// The line on which the row starts, from 1.
        line: u64,
        /// The column's name in the header.
        column: String,
        /// What is wrong with the field.
        what: String,
    },
    /// A file as a whole: missing, unreadable, without the column asked for.
    File {
        /// The file as the user named it.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The flags contradict each other or the log.
    Flags(String),
    /// The filter refused a reading.
    Filter {
        /// The file as the user named it.
        file: PathBuf,
        /// The line of the reading, from 1.
        line: u64,
        /// The column of the reading.
        column: String,
        /// The filter's own error.
        error: elbow::Error,
    },
    /// Standard output, or the terminal.
    Output(io::Error),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { file, line, column, what } => {
                write!(f, "{}, line {line}, column `{column}`: {what}", file.display())
            }
            Self::File { file, what } => write!(f, "{}: {what}", file.display()),
            Self::Flags(what) => f.write_str(what),
            Self::Filter { file, line, column, error } => {
                write!(f, "{}, line {line}, column `{column}`: the filter refused the reading: {error}", file.display())
            }
            Self::Output(error) => write!(f, "cannot write the summary: {error}"),
        }
    }
}

impl std::error::Error for Problem {}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// A model's numbers come from flags, so the crate's refusal of one is a problem with the flags.
impl From<elbow::Error> for Problem {
    fn from(error: elbow::Error) -> Self {
        Self::Flags(format!("a number of the model does not fit an f32 or its sensor: {error}"))
    }
}
