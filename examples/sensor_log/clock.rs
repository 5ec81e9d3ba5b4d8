//! Times: read from a field into an f64, and written back for people.
//!
//! A clock either counts in the column's own unit (seconds, years) or shows calendar times, held as seconds since 1970.
//! An f64 resolves a quarter of a microsecond there; an f32 would resolve two minutes, so only differences of times
//! become f32.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// What the times of a log are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clock {
    /// Plain numbers in a unit that the column chooses.
    Number,
    /// Dates or date-times. Without an offset in the field they are shown as they are written, with one in UTC.
    Calendar {
        /// Whether the fields carry an offset from UTC.
        offset: bool,
    },
}

/// How a time is written in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeFormat {
    /// A finite number.
    Number,
    /// Seconds since 1970.
    Unix,
    /// ISO 8601: a date or a date-time, with or without an offset.
    Iso,
    /// A strptime pattern.
    Pattern(String),
}

impl TimeFormat {
    /// The format of the first time of a log: a number if it is one, ISO 8601 otherwise.
    pub fn detect(field: &str) -> Self {
        if field.parse::<f64>().is_ok() { Self::Number } else { Self::Iso }
    }

    /// The clock of a log whose first time is `field`.
    pub fn clock(&self, field: &str) -> Clock {
        match self {
            Self::Number => Clock::Number,
            Self::Unix => Clock::Calendar { offset: true },
            Self::Iso => Clock::Calendar { offset: field.parse::<Timestamp>().is_ok() },
            Self::Pattern(pattern) => Clock::Calendar { offset: pattern.contains("%z") || pattern.contains("%:z") },
        }
    }

    /// The time in a field: the number itself, or seconds since 1970.
    pub fn parse(&self, field: &str) -> Result<f64, String> {
        if field.is_empty() {
            return Err("the time is missing".into());
        }
        match self {
            Self::Number | Self::Unix => match field.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                Ok(_) => Err(format!("`{field}` is not a finite time")),
                Err(_) => Err(format!("`{field}` is not a number, as times here are")),
            },
            Self::Iso => field
                .parse::<Timestamp>()
                .or_else(|_| {
                    field
                        .parse::<DateTime>()
                        .and_then(|civil| civil.to_zoned(TimeZone::UTC))
                        .map(|zoned| zoned.timestamp())
                })
                .map(seconds)
                .map_err(|_| format!("`{field}` is neither a number nor an ISO date or date-time (see --time-format)")),
            Self::Pattern(pattern) => strtime::parse(pattern, field)
                .and_then(|parts| {
                    parts.to_timestamp().or_else(|_| Ok(parts.to_datetime()?.to_zoned(TimeZone::UTC)?.timestamp()))
                })
                .map(seconds)
                .map_err(|_| format!("`{field}` does not match --time-format {pattern}")),
        }
    }
}

fn seconds(timestamp: Timestamp) -> f64 {
    timestamp.as_second() as f64 + f64::from(timestamp.subsec_nanosecond()) * 1e-9
}

/// The calendar's view of seconds since 1970, at the ends of the calendar where they lie beyond it.
pub fn calendar(seconds: f64) -> Zoned {
    let limit = seconds.clamp(Timestamp::MIN.as_second() as f64, Timestamp::MAX.as_second() as f64);
    let micros = (limit * 1e6).round() as i64;
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC)
}

impl Clock {
    /// A time as text, as fine as steps of `step` call for.
    pub fn show(self, time: f64, step: f64) -> String {
        match self {
            Self::Number => match time.fract() == 0.0 && time.abs() < 1e15 {
                true => format!("{time:.0}"),
                false => crate::number::resolved(time, step / 10.0),
            },
            Self::Calendar { .. } if step >= 86_400.0 && time.rem_euclid(86_400.0) == 0.0 => {
                calendar(time).strftime("%Y-%m-%d").to_string()
            }
            Self::Calendar { .. } if step >= 60.0 => calendar(time).strftime("%Y-%m-%d %H:%M").to_string(),
            Self::Calendar { .. } if step >= 1.0 => calendar(time).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Calendar { .. } => calendar(time).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        }
    }
}

/// The units of a calendar log's noise rates, in seconds.
pub const UNITS: [(&str, f64); 6] = [
    ("second", 1.0),
    ("minute", 60.0),
    ("hour", 3600.0),
    ("day", 86_400.0),
    ("week", 604_800.0),
    ("year", 31_556_952.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_offsets() {
        let iso = TimeFormat::detect("2012-09-20T15:13:40Z");
        assert_eq!(iso, TimeFormat::Iso);
        assert_eq!(iso.parse("1970-01-02"), Ok(86_400.0));
        assert_eq!(iso.parse("1970-01-02T00:00:00.5"), Ok(86_400.5));
        assert_eq!(iso.parse("1970-01-01T02:00:00+02:00"), Ok(0.0));
        assert_eq!(iso.parse("1969-12-31 23:59:59.25"), Ok(-0.75));
        assert!(iso.parse("1970-02-30").is_err());
        assert_eq!(iso.clock("2012-09-20T15:13:40Z"), Clock::Calendar { offset: true });
        assert_eq!(iso.clock("2012-09-20 15:13:40"), Clock::Calendar { offset: false });
    }

    #[test]
    fn numbers_and_patterns() {
        assert_eq!(TimeFormat::detect("1871"), TimeFormat::Number);
        assert_eq!(TimeFormat::Number.parse("0.010078907"), Ok(0.010078907));
        assert!(TimeFormat::Number.parse("inf").is_err());
        assert!(TimeFormat::Number.parse("1871-01-01").is_err());
        let pattern = TimeFormat::Pattern("%d.%m.%Y %H:%M".into());
        assert_eq!(pattern.parse("02.01.1970 00:01"), Ok(86_460.0));
        assert_eq!(TimeFormat::Pattern("%d/%m/%Y".into()).parse("03/01/1970"), Ok(172_800.0));
        assert!(pattern.parse("02.13.1970 00:01").is_err());
        assert_eq!(TimeFormat::Unix.parse("1600000002.5"), Ok(1_600_000_002.5));
    }

    #[test]
    fn shown_as_fine_as_the_step() {
        let calendar = Clock::Calendar { offset: false };
        assert_eq!(calendar.show(86_400.0, 604_800.0), "1970-01-02");
        assert_eq!(calendar.show(86_460.0, 3600.0), "1970-01-02 00:01");
        assert_eq!(calendar.show(5.0, 5.0), "1970-01-01 00:00:05");
        assert_eq!(calendar.show(1.001, 0.01), "1970-01-01 00:00:01.001");
        assert_eq!(Clock::Number.show(1899.0, 1.0), "1899");
        assert_eq!(Clock::Number.show(0.125, 0.01), "0.125");
    }
}
