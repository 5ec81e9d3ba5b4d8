//! Axes, linear and logarithmic, with round ticks.

/// From one value to another, named with its unit.
pub struct Axis {
    pub name: String,
    pub from: f64,
    pub to: f64,
    pub logarithmic: bool,
}

impl Axis {
    /// A linear axis.
    pub fn new(name: &str, from: f64, to: f64) -> Self {
        Self { name: name.into(), from, to, logarithmic: false }
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    /// How far along the axis a value lies, from 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let (from, to) = (self.scaled(self.from), self.scaled(self.to));
        ((self.scaled(value) - from) / (to - from)).clamp(0.0, 1.0)
    }

    /// About `count` round values and their labels.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        let (from, to) = (self.scaled(self.from), self.scaled(self.to));
        if self.logarithmic && to - from < 2.5 {
            return within_decades(from, to).filter(|tick| (self.from..=self.to).contains(&tick.0)).collect();
        }
        let rough = (to - from) / count.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|step| *step >= rough);
        let least = if self.logarithmic { 1.0 } else { 0.0 };
        let step = step.unwrap_or(10.0 * power).max(least);
        let digits = (-step.log10()).ceil().max(0.0) as usize;
        let ticks = (0..).map(|k| ((from / step - 1e-9).ceil() + f64::from(k)) * step);
        let ticks = ticks.take_while(|tick| *tick <= to + 1e-9 * step);
        if self.logarithmic {
            ticks.map(|tick| (10_f64.powf(tick), power_of_ten(tick))).collect()
        } else {
            ticks.map(|tick| (tick, plain(tick, digits))).collect()
        }
    }
}

/// 1, 2 and 5 times the powers of ten, between two logarithms.
fn within_decades(from: f64, to: f64) -> impl Iterator<Item = (f64, String)> {
    let decades = from.floor() as i32..=to.floor() as i32;
    decades.flat_map(|decade| {
        [1.0, 2.0, 5.0].map(|times| {
            let value = times * 10_f64.powi(decade);
            let near = (-3..5).contains(&decade);
            let label = if near {
                plain(value, decade.min(0).unsigned_abs() as usize)
            } else {
                format!("{times}·{}", power_of_ten(f64::from(decade)))
            };
            (value, label)
        })
    })
}

/// With a minus sign that is as wide as a plus.
fn plain(value: f64, digits: usize) -> String {
    // A zero from rounding may be negative.
    format!("{:.digits$}", value + 0.0).replace('-', "\u{2212}")
}

/// 10 to this whole number.
fn power_of_ten(exponent: f64) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    format!("10{}", format!("{exponent:.0}").chars().map(raised).collect::<String>())
}
