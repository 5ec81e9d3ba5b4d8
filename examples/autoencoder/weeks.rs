//! Weeks of temperatures from the log of Seattle's weather.

use super::INPUTS;

pub const DAYS: usize = 7;

/// Seven days from a date on.
pub struct Week {
    pub date: &'static str,
    pub temperatures: [f32; INPUTS],
}

/// A week from each day on that has six after it.
pub fn weeks() -> impl Iterator<Item = Week> {
    let mut lines = include_str!("../data/seattle_air.csv").lines();
    lines.next(); // the header
    core::iter::from_fn(move || {
        let days = lines.clone();
        let date = lines.next()?.split(',').next()?;
        let mut temperatures = [0.0; INPUTS];
        for (day, line) in days.take(DAYS).enumerate() {
            let mut fields = line.split(',').skip(1);
            temperatures[day] = scaled(fields.next()?);
            temperatures[day + DAYS] = scaled(fields.next()?);
        }
        lines.clone().nth(DAYS - 2).map(|_| Week { date, temperatures })
    })
}

/// Degrees with one decimal, in units of 8 from 12.
fn scaled(field: &str) -> f32 {
    let digits = field.bytes().filter(u8::is_ascii_digit);
    let tenths = digits.fold(0_i16, |number, digit| 10 * number + i16::from(digit - b'0'));
    let tenths = if field.starts_with('-') { -tenths } else { tenths };
    (f32::from(tenths) - 120.0) / 80.0
}
