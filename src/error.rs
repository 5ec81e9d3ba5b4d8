//! The one error type: a byte that names what was wrong.

use core::fmt;

/// What was wrong with an argument or a result.
///
/// A call that returns an `Error` has left its receiver as it was, bit for bit.
///
/// ```
/// use elbow::{Error, Gaussian};
/// assert_eq!(Gaussian::<f32, 1>::diagonal([0.0], [-1.0]), Err(Error::NotPositive));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Error {
    /// An argument, or a value that a user's own model returned, is NaN or infinite.
    NotFinite,
    /// An argument that must be greater than zero is not.
    NotPositive,
    /// Probabilities do not sum to one within rounding.
    NotNormalized,
    /// A covariance differs from its transpose by more than rounding.
    NotSymmetric,
    /// A covariance has a direction in which its variance is negative, or zero to working precision.
    NotPositiveDefinite,
    /// An argument lies outside its documented range, or a result outside the range of the scalar type.
    OutOfRange,
    /// A buffer is shorter than what is to be written into it.
    BufferTooSmall,
    /// Bytes are not an intact snapshot: never written, cut short, or damaged.
    Corrupt,
    /// Bytes are an intact snapshot of something else: another kind, scalar type, dimension or format version; or
    /// others follow it.
    Incompatible,
    /// As many readings in a row as its limit allows, or more, have been rejected by a gate: inflate or reset the
    /// belief.
    Diverged,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "a value is NaN or infinite: skip the reading, or check where it was computed",
            Self::NotPositive => "a value that must be greater than zero (a variance, a scale) is not: correct it",
            Self::NotNormalized => "probabilities do not sum to one: use from_weights to normalise them",
            Self::NotSymmetric => "a covariance is not symmetric: average it with its transpose",
            Self::NotPositiveDefinite => "a covariance is not positive definite: raise its diagonal",
            Self::OutOfRange => "a value is out of range: see the documented range, or work in centred units",
            Self::BufferTooSmall => "a buffer is too small: make it SNAPSHOT_LEN bytes",
            Self::Corrupt => "the bytes are no intact snapshot (never written, cut short or damaged): start afresh",
            Self::Incompatible => {
                "the bytes are a snapshot of another kind, scalar, dimension or version: start afresh"
            }
            Self::Diverged => "a gate has rejected its limit of readings in a row: inflate or reset the belief",
        })
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Error;
    use std::string::ToString;

    /// What was wrong, a colon, what to do. A new variant does not compile until it has a place in the row.
    #[test]
    fn every_error_says_what_was_wrong_and_what_to_do() {
        let first = Error::NotFinite;
        let next = |error| match error {
            Error::NotFinite => Some(Error::NotPositive),
            Error::NotPositive => Some(Error::NotNormalized),
            Error::NotNormalized => Some(Error::NotSymmetric),
            Error::NotSymmetric => Some(Error::NotPositiveDefinite),
            Error::NotPositiveDefinite => Some(Error::OutOfRange),
            Error::OutOfRange => Some(Error::BufferTooSmall),
            Error::BufferTooSmall => Some(Error::Corrupt),
            Error::Corrupt => Some(Error::Incompatible),
            Error::Incompatible => Some(Error::Diverged),
            Error::Diverged => None,
        };
        for error in std::iter::successors(Some(first), |&error| next(error)) {
            let text = error.to_string();
            let (wrong, advice) = text.split_once(": ").unwrap_or_default();
            assert!(wrong.len() > 15 && advice.len() > 9, "{error:?}: {text}");
            assert!(text.len() <= 90 && !text.ends_with('.'), "{error:?}: {text}");
        }
    }
}
