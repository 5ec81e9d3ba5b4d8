//! Axes with marks where a person would put them: at round numbers, and at the starts of years, months, days, hours.

use crate::clock::{Clock, calendar};
use crate::number;
use crate::style::{LEFT, RIGHT, WIDTH, width_of};
use jiff::{SpanRound, ToSpan, Unit, Zoned};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// A linear axis with labelled marks.
#[derive(Clone, Debug)]
pub struct Axis {
    range: Range<f64>,
    ticks: Vec<(f64, String)>,
    /// What the marks leave unsaid: the unit, or the days that hours belong to.
    pub caption: String,
}

/// The time axis's length in pixels.
const LENGTH: i32 = WIDTH - LEFT - RIGHT;

/// The room that a mark needs on the time axis, in pixels.
fn room_of(label: &str) -> i32 {
    width_of(label, 12) + 16
}

/// Steps between calendar marks: how many of which unit, and how the mark is written.
const CALENDAR: [(i64, Unit, f64, &str); 26] = [
    (1, Unit::Second, 1.0, "%H:%M:%S"),
    (2, Unit::Second, 1.0, "%H:%M:%S"),
    (5, Unit::Second, 1.0, "%H:%M:%S"),
    (15, Unit::Second, 1.0, "%H:%M:%S"),
    (30, Unit::Second, 1.0, "%H:%M:%S"),
    (1, Unit::Minute, 60.0, "%H:%M"),
    (2, Unit::Minute, 60.0, "%H:%M"),
    (5, Unit::Minute, 60.0, "%H:%M"),
    (15, Unit::Minute, 60.0, "%H:%M"),
    (30, Unit::Minute, 60.0, "%H:%M"),
    (1, Unit::Hour, 3600.0, "%H:%M"),
    (3, Unit::Hour, 3600.0, "%H:%M"),
    (6, Unit::Hour, 3600.0, "%m-%d %H:%M"),
    (12, Unit::Hour, 3600.0, "%m-%d %H:%M"),
    (1, Unit::Day, 86_400.0, "%Y-%m-%d"),
    (2, Unit::Day, 86_400.0, "%Y-%m-%d"),
    (7, Unit::Day, 86_400.0, "%Y-%m-%d"),
    (1, Unit::Month, 2_629_746.0, "%b %Y"),
    (3, Unit::Month, 2_629_746.0, "%b %Y"),
    (6, Unit::Month, 2_629_746.0, "%b %Y"),
    (1, Unit::Year, 31_556_952.0, "%Y"),
    (2, Unit::Year, 31_556_952.0, "%Y"),
    (5, Unit::Year, 31_556_952.0, "%Y"),
    (10, Unit::Year, 31_556_952.0, "%Y"),
    (50, Unit::Year, 31_556_952.0, "%Y"),
    (500, Unit::Year, 31_556_952.0, "%Y"),
];

impl Axis {
    /// An axis of numbers with at most about `count` marks.
    pub fn number(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = widened(low, high);
        Self { range: low..high, ticks: number::ticks(low, high, count), caption: String::new() }
    }

    /// A time axis that leaves a little room at both ends; `unit` captions plain numbers.
    pub fn time(clock: Clock, span: (f64, f64), unit: &str) -> Self {
        let (low, high) = widened(span.0, span.1);
        let room = (high - low) * 0.012;
        let (low, high) = (low - room, high + room);
        match clock {
            Clock::Number => {
                let wide = |ticks: &[(f64, String)]| ticks.iter().map(|tick| room_of(&tick.1)).sum::<i32>() > LENGTH;
                let mut ticks = number::ticks(low, high, 12);
                for count in (2..12).rev() {
                    if wide(&ticks) {
                        ticks = number::ticks(low, high, count);
                    }
                }
                Self { range: low..high, ticks, caption: unit.to_string() }
            }
            Clock::Calendar { offset } => {
                let (ticks, format) = calendar_ticks(low, high);
                let mut caption = match format.contains("%Y") {
                    true => String::new(),
                    false => days(span),
                };
                if offset {
                    caption = format!("{caption} UTC").trim().to_string();
                }
                Self { range: low..high, ticks, caption }
            }
        }
    }

    /// The value at the axis's ends or inside, whichever is nearest.
    pub fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.range.start, self.range.end)
    }
}

/// A range that is not empty.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if high > low {
        return (low, high);
    }
    let room = (low.abs() * 0.05).max(0.5);
    (low - room, low + room)
}

/// The day or days of a span.
fn days((first, last): (f64, f64)) -> String {
    let day = |time: f64| calendar(time).strftime("%Y-%m-%d").to_string();
    match (day(first), day(last)) {
        (one, same) if one == same => one,
        (one, other) => format!("{one} to {other}"),
    }
}

/// Marks at the starts of calendar units, as many as have room beside each other, and how they are written.
fn calendar_ticks(low: f64, high: f64) -> (Vec<(f64, String)>, &'static str) {
    let fits = |(many, _, seconds, format): &(i64, Unit, f64, &str)| {
        let mark = room_of(&calendar(low).strftime(format).to_string());
        (high - low) / (*many as f64 * seconds) * f64::from(mark) <= f64::from(LENGTH)
    };
    let (many, unit, _, format) = CALENDAR.iter().copied().find(fits).unwrap_or((2000, Unit::Year, 0.0, "%Y"));
    let mut ticks = Vec::new();
    let mut mark = start_of(&calendar(low), many, unit);
    while let Some(at) = &mark {
        let time = at.timestamp().as_second() as f64;
        if time > high || ticks.len() > 100 {
            break;
        }
        if time >= low {
            ticks.push((time, at.strftime(format).to_string()));
        }
        mark = following(at, many, unit);
    }
    (ticks, format)
}

/// The last mark at or before a time.
fn start_of(time: &Zoned, many: i64, unit: Unit) -> Option<Zoned> {
    let civil = time.datetime();
    let down = |number: i64, base: i64| (number - base).div_euclid(many) * many + base;
    let day = time.start_of_day().ok()?;
    match unit {
        Unit::Year => {
            let year = i16::try_from(down(civil.year().into(), 0)).ok()?;
            day.with().year(year.max(-9999)).month(1).day(1).build().ok()
        }
        Unit::Month => day.with().month(i8::try_from(down(civil.month().into(), 1)).ok()?).day(1).build().ok(),
        Unit::Day if many == 7 => day.checked_sub(i64::from(civil.weekday().to_monday_zero_offset()).days()).ok(),
        Unit::Day => day.with().day(i8::try_from(down(civil.day().into(), 1)).ok()?).build().ok(),
        _ => {
            let since =
                time.since(&day).ok()?.round(SpanRound::new().largest(Unit::Second).smallest(Unit::Second)).ok()?;
            let seconds = since.get_seconds();
            let length = many
                * if unit == Unit::Hour {
                    3600
                } else if unit == Unit::Minute {
                    60
                } else {
                    1
                };
            day.checked_add((seconds.div_euclid(length) * length).seconds()).ok()
        }
    }
}

/// The mark after one. Days are counted anew in each month.
fn following(mark: &Zoned, many: i64, unit: Unit) -> Option<Zoned> {
    let next = match unit {
        Unit::Year => mark.checked_add(many.years()),
        Unit::Month => mark.checked_add(many.months()),
        Unit::Day => mark.checked_add(many.days()),
        Unit::Hour => mark.checked_add(many.hours()),
        Unit::Minute => mark.checked_add(many.minutes()),
        _ => mark.checked_add(many.seconds()),
    };
    let next = next.ok()?;
    match unit == Unit::Day && many == 2 && next.month() != mark.month() {
        true => next.first_of_month().ok(),
        false => Some(next),
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.0).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let label = self.ticks.iter().find(|tick| tick.0 == *value).map_or("", |tick| tick.1.as_str());
        // A minus sign is as wide as a plus. Dates begin with a digit.
        label.strip_prefix('-').map_or_else(|| label.to_string(), |digits| format!("\u{2212}{digits}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TimeFormat;

    fn labels(from: &str, to: &str) -> Vec<String> {
        let time = |text: &str| TimeFormat::Iso.parse(text).expect("a date");
        let (ticks, _) = calendar_ticks(time(from), time(to));
        for (at, _) in &ticks {
            assert!((time(from)..=time(to)).contains(at));
        }
        ticks.into_iter().map(|tick| tick.1).collect()
    }

    #[test]
    fn marks_stand_at_starts() {
        assert_eq!(
            labels("1957-10-20", "2002-06-09"),
            ["1960", "1965", "1970", "1975", "1980", "1985", "1990", "1995", "2000"]
        );
        assert_eq!(labels("2013-07-01", "2014-05-30")[..2], ["Jul 2013".to_string(), "Aug 2013".to_string()]);
        assert_eq!(
            labels("2012-09-20T15:13", "2012-09-20T19:40"),
            ["15:30", "16:00", "16:30", "17:00", "17:30", "18:00", "18:30", "19:00", "19:30"]
        );
        assert_eq!(
            labels("2015-02-24", "2015-03-08T12:00"),
            ["2015-02-25", "2015-02-27", "2015-03-01", "2015-03-03", "2015-03-05", "2015-03-07"]
        );
        assert_eq!(labels("2015-09-08T11:39", "2015-09-15T16:00").len(), 7);
    }
}
