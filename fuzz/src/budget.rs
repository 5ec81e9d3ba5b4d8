//! The errors that tests/reference/budget.csv allows to `f32`.

/// The table.
const TABLE: &str = include_str!("../../tests/reference/budget.csv");

/// What is allowed to a function of up to four numbers, relative to the largest of the value, its terms where they cancel,
/// the floor and the smallest normal number.
#[derive(Clone, Copy)]
pub struct Allowed {
    pub error: f64,
    pub floor: f64,
}

/// The line for all regimes.
pub fn allowed(function: &str) -> Allowed {
    for line in TABLE.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[..3] == [function, "f32", "*"] {
            return Allowed {
                error: cells[4].parse().expect("a decimal"),
                floor: cells[6].parse().expect("a decimal"),
            };
        }
    }
    panic!("no budget for {function}")
}

impl Allowed {
    /// Within so many times what is allowed.
    pub fn check(self, got: f32, expected: f64, scale: f64, headroom: f64, what: &dyn std::fmt::Debug) {
        let unit = expected.abs().max(scale).max(self.floor).max(f32::MIN_POSITIVE.into());
        let (error, most) = ((f64::from(got) - expected).abs(), self.error * unit);
        assert!(error <= headroom * most, "{got:e} for {expected:e}: {:.2} of the budget: {what:?}", error / most);
    }
}
