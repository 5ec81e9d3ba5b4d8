//! A process of the example's own: a trend with an annual season, built through `Dynamics::new`.

use crate::Scalar;
use elbow::{Dynamics, Error, Process};

/// Level, slope and one harmonic `(c, s)` of period 1; the reading sees `level + c`.
///
/// Over a time `dt` the level grows by `slope dt`, and the pair turns by the angle `2 pi dt`: `c' = c cos + s sin`,
/// `s' = s cos - c sin`. Level and slope wander as in a local linear trend, whose noise over `dt` is
/// `[[level dt + slope dt^3/3, slope dt^2/2], [slope dt^2/2, slope dt]]`; a turn leaves the pair's noise round:
/// `season dt` each.
#[derive(Clone, Copy, Debug)]
pub struct SeasonalTrend {
    /// Variance that the level gains per unit of time.
    pub level: Scalar,
    /// Variance that the slope gains per unit of time.
    pub slope: Scalar,
    /// Variance that each of the pair gains per unit of time.
    pub season: Scalar,
}

impl Process<Scalar, 4> for SeasonalTrend {
    fn step(&self, dt: Scalar) -> Result<Dynamics<Scalar, 4>, Error> {
        let (sin, cos) = (std::f32::consts::TAU * dt).sin_cos();
        let transition = [[1.0, dt, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, cos, sin], [0.0, 0.0, -sin, cos]];
        let level = dt * (self.level + self.slope * dt * dt / 3.0);
        let both = self.slope * dt * dt / 2.0;
        let (slope, season) = (self.slope * dt, self.season * dt);
        let noise =
            [[level, both, 0.0, 0.0], [both, slope, 0.0, 0.0], [0.0, 0.0, season, 0.0], [0.0, 0.0, 0.0, season]];
        Dynamics::new(transition, noise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::{Filter, Gaussian};

    fn moved(dt: &[Scalar]) -> Gaussian<Scalar, 4> {
        let prior = Gaussian::diagonal([0.0, 2.0, 3.0, 1.0], [1.0, 0.5, 0.2, 0.2]).expect("positive variances");
        let mut filter = Filter::new(prior);
        for dt in dt {
            filter.predict_for(&SeasonalTrend { level: 0.3, slope: 0.2, season: 0.1 }, *dt).expect("positive times");
        }
        *filter.belief()
    }

    #[test]
    fn a_quarter_turns_the_season_and_a_year_brings_it_back() {
        let quarter = *moved(&[0.25]).mean();
        for (have, want) in quarter.iter().zip([0.5, 2.0, 1.0, -3.0]) {
            assert!((have - want).abs() < 1e-6, "{have} for {want}");
        }
        let year = *moved(&[1.0]).mean();
        for (have, want) in year.iter().zip([2.0, 2.0, 3.0, 1.0]) {
            assert!((have - want).abs() < 2e-6, "{have} for {want}");
        }
    }

    #[test]
    fn two_halves_make_a_whole() {
        let (whole, halves) = (moved(&[0.5]), moved(&[0.25, 0.25]));
        for (one, two) in whole.covariance().as_flattened().iter().zip(halves.covariance().as_flattened()) {
            assert!((one - two).abs() < 1e-6, "{one} and {two}");
        }
    }
}
