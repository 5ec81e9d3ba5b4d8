//! What types say in a serial log (feature `defmt`) whose fields are not what its reader wants to know: of a belief the
//! means and standard deviations, in the state's units, and not the factor of its covariance; of a figure its bound.
//! Whatever else they hold is a getter away. The texts stay on the host: a chip sends an index and the numbers.

use defmt::{Format, Formatter, intern, write};

use crate::gate::Criterion;
use crate::likelihood::{LearnedNormal, NegativeBinomial, Poisson, StudentT, VonMises};
use crate::real::Real;
use crate::{
    ConstantVelocity, Dynamics, Filter, Flags, Gate, GaussHermite, Gaussian, LocalLevel, LogEvidence, MeanField,
    Monitor, Report, Update, VectorSensor, VectorUpdate,
};

impl<T: Real + Format, const N: usize> Format for Gaussian<T, N> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "mean {}, std dev {}", self.mean(), self.variance().map(|variance| variance.sqrt()));
    }
}

impl<T: Real + Format, const N: usize> Format for MeanField<T, N> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "mean {}, std dev {}", self.mean(), self.std_dev());
    }
}

impl<T: Real + Format, const N: usize> Format for Filter<T, N> {
    fn format(&self, f: Formatter<'_>) {
        self.belief().format(f);
    }
}

impl<T: Real + Format> Format for LocalLevel<T> {
    fn format(&self, f: Formatter<'_>) {
        match self.mean() {
            Some(mean) => write!(f, "level {}, std dev {}", mean, self.std_dev()),
            None => write!(f, "no reading yet"),
        }
    }
}

impl<T: Real + Format> Format for Update<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "{}: mean {} -> {}, std dev {} -> {}",
            self.status(),
            self.prior_mean(),
            self.mean(),
            self.prior_variance().sqrt(),
            self.variance().sqrt()
        );
    }
}

impl<T: Real + Format, const M: usize> Format for VectorUpdate<T, M> {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "{}: {=usize} of {=usize} components, squared innovation {}",
            self.status(),
            self.observed(),
            M,
            self.squared_innovation()
        );
    }
}

impl<T: Format> Format for Gate<T> {
    fn format(&self, f: Formatter<'_>) {
        match &self.criterion {
            Criterion::Innovation(most) => write!(f, "beyond {} std dev", most),
            Criterion::LogEvidence(least) => write!(f, "below {} nats", least),
        }
        let Self { limit, rejected_in_a_row, rejected, .. } = *self;
        write!(f, ": {=u32} in a row (limit {=u32}), {=u32} in all", rejected_in_a_row, limit, rejected);
    }
}

/// The names of those that are up.
impl Format for Flags {
    fn format(&self, f: Formatter<'_>) {
        if !self.any() {
            write!(f, "healthy");
        }
        let names = [
            (self.quiet, intern!("quiet")),
            (self.noisy, intern!("noisy")),
            (self.biased, intern!("biased")),
            (self.miscalibrated, intern!("miscalibrated")),
            (self.stuck, intern!("stuck")),
            (self.silent, intern!("silent")),
        ];
        let mut further = false;
        for (_, name) in names.into_iter().filter(|(up, _)| *up) {
            if further {
                write!(f, ", ");
            }
            write!(f, "{=istr}", name);
            further = true;
        }
    }
}

impl<T: Format> Format for Report<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}: {=usize} innovations, mean {} (+-{})", self.flags, self.readings, self.mean, self.mean_bound);
        let (lower, upper) = &self.mean_square_bounds;
        write!(f, ", mean square {} ({} to {})", self.mean_square, lower, upper);
        write!(f, ", calibration {} (to {})", self.calibration, self.calibration_bound);
        write!(f, ", entropy {} nats, surprise {} nats", self.entropy, self.surprise);
        write!(
            f,
            ", {=u32} repeats of {} nats (to {})",
            self.repeats, self.repeat_surprise, self.repeat_surprise_bound
        );
        write!(f, ", last {} ago", self.since_last);
    }
}

/// Its report, and not a window of up to 4096 readings.
impl<T: Real + Format, const W: usize> Format for Monitor<T, W> {
    fn format(&self, f: Formatter<'_>) {
        self.report().format(f);
    }
}

impl<T: Real + Format> Format for LogEvidence<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{} nats", self.total());
    }
}

impl<T: Real + Format, const N: usize> Format for Dynamics<T, N> {
    fn format(&self, f: Formatter<'_>) {
        let noise = self.noise_covariance();
        write!(f, "Dynamics {{ transition: {}, offset: {}, noise: {} }}", self.transition(), self.offset(), noise);
    }
}

impl<T: Real + Format, const M: usize, const N: usize> Format for VectorSensor<T, M, N> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "VectorSensor {{ rows: {}, offset: {}, noise: {} }}", self.rows, self.offset, self.covariance());
    }
}

impl<T: Format> Format for ConstantVelocity<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "ConstantVelocity {{ acceleration_density: {} }}", self.trend.slope_rate);
    }
}

impl<T: Format> Format for Poisson<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Poisson {{ exposure: {} }}", self.exposure);
    }
}

impl<T: Real + Format> Format for NegativeBinomial<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "NegativeBinomial {{ dispersion: {}, exposure: {} }}", self.dispersion(), self.exposure());
    }
}

impl<T: Real + Format> Format for StudentT<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "StudentT {{ scale: {}, degrees_of_freedom: {} }}", self.scale(), self.degrees_of_freedom());
    }
}

impl<T: Real + Format> Format for LearnedNormal<T> {
    fn format(&self, f: Formatter<'_>) {
        let (readings, forgetting) = (self.readings(), self.forgetting());
        write!(f, "LearnedNormal {{ variance: {}, readings: {}, ", self.variance(), readings);
        write!(f, "forgetting: {}, floor: {} }}", forgetting, self.floor());
    }
}

impl<const Q: usize> Format for GaussHermite<Q> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "GaussHermite<{=usize}>", Q);
    }
}

impl<T: Real + Format> Format for VonMises<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "VonMises {{ concentration: {} }}", self.concentration());
    }
}
