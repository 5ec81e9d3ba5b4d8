//! The weather of Seattle, 2012 to 2015, day by day.

use std::num::ParseFloatError;

#[derive(Clone, Copy)]
pub struct Weather {
    pub rain: bool,
    /// The highest and the lowest temperature of the day, in degrees Celsius.
    pub high: f32,
    pub low: f32,
    /// In m/s.
    pub wind: f32,
}

pub fn seattle() -> Result<Vec<Weather>, ParseFloatError> {
    let rain = include_str!("../data/seattle.csv").lines();
    let air = include_str!("../data/seattle_air.csv").lines();
    let number = |line: &str, column| line.split(',').nth(column).unwrap_or_default().parse::<f32>();
    let day = |(rain, air)| {
        let (high, low, wind) = (number(air, 1)?, number(air, 2)?, number(air, 3)?);
        Ok(Weather { rain: number(rain, 1)? > 0.0, high, low, wind })
    };
    rain.zip(air).skip(1).map(day).collect()
}
