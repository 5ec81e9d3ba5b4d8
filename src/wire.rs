//! What beliefs and models look like to serde (feature `serde`): the arguments of a checked constructor, by name.
//!
//! A value is written as its form below and read back through the constructor, so that what the constructor refuses
//! cannot come in; the error is the constructor's, in words. What is derived from the arguments is computed again, and
//! every stored number comes back bit for bit from a format that keeps it (`serde_json` keeps an `f64` with its feature
//! `float_roundtrip`).
//!
//! Field names are read by formats such as JSON, their order by formats such as postcard: both are fixed, and so is the
//! order of the variants of [`Error`](crate::Error) and [`Status`](crate::Status).

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::array::{Array, Matrix};
use crate::factor::Factor;
use crate::gate::Criterion;
use crate::gaussian::check_finite;
use crate::likelihood::{Censored, Gamma, LearnedNormal, NegativeBinomial, Normal, Poisson, Quantized, StudentT};
use crate::monitor::{Entry, Memory};
use crate::predictor::{Altitude, Bearing, Range};
use crate::real::Real;
use crate::{
    Categorical, ConstantVelocity, Dynamics, Filter, Gate, GaussHermite, Gaussian, IntegratedOrnsteinUhlenbeck, Linear,
    LinearTimeInvariant, LocalLevel, LocalLinearTrend, Logits, MeanField, Monitor, Nonlinear, OrnsteinUhlenbeck,
    RandomWalk, VectorSensor,
};

/// The forms, each named as its type.
mod form {
    use serde::{Deserialize, Serialize};

    use super::{Array, Matrix, Real};

    #[derive(Serialize, Deserialize)]
    pub struct Categorical<T: Real, const N: usize> {
        pub probabilities: Array<T, N>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Logits<T: Real, const N: usize> {
        pub values: Array<T, N>,
    }

    /// The stored factor itself. Of `unit_lower` only the strict lower triangle is read.
    #[derive(Serialize, Deserialize)]
    pub struct Gaussian<T: Real, const N: usize> {
        pub mean: Array<T, N>,
        pub unit_lower: Matrix<T, N>,
        pub pivots: Array<T, N>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct MeanField<T: Real, const N: usize> {
        pub mean: Array<T, N>,
        pub log_std_dev: Array<T, N>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Filter<T: Real, const N: usize> {
        pub belief: crate::Gaussian<T, N>,
    }

    /// Both noises as variances.
    #[derive(Serialize, Deserialize)]
    pub struct LocalLevel<T: Real> {
        pub noise: crate::likelihood::Normal<T>,
        pub drift: crate::RandomWalk<T>,
        pub filter: Option<crate::Filter<T, 1>>,
    }

    /// The noise by its stored factor.
    #[derive(Serialize, Deserialize)]
    pub struct Dynamics<T: Real, const N: usize> {
        pub transition: Matrix<T, N>,
        pub offset: Array<T, N>,
        pub loadings: Matrix<T, N>,
        pub weights: Array<T, N>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct RandomWalk<T: Real> {
        pub variance_rate: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct LocalLinearTrend<T: Real> {
        pub level_rate: T,
        pub slope_rate: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct ConstantVelocity<T: Real> {
        pub acceleration_density: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct OrnsteinUhlenbeck<T: Real> {
        pub time_constant: T,
        pub stationary_variance: T,
        pub level: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct IntegratedOrnsteinUhlenbeck<T: Real> {
        pub time_constant: T,
        pub velocity_variance: T,
    }

    /// The diffusion by its stored factor.
    #[derive(Serialize, Deserialize)]
    pub struct LinearTimeInvariant<T: Real, const N: usize> {
        pub drift: Matrix<T, N>,
        pub input: Array<T, N>,
        pub loadings: Matrix<T, N>,
        pub weights: Array<T, N>,
    }

    /// The noise by its stored factor. Of `unit_lower` only the strict lower triangle is read.
    #[derive(Serialize, Deserialize)]
    pub struct VectorSensor<T: Real, const M: usize, const N: usize> {
        pub rows: Array<Array<T, N>, M>,
        pub offset: Array<T, M>,
        pub unit_lower: Matrix<T, M>,
        pub pivots: Array<T, M>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Linear<T: Real, const N: usize> {
        pub row: Array<T, N>,
        pub offset: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Nonlinear<P> {
        pub predictor: P,
        pub iterations: u16,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Range<T: Real, const D: usize> {
        pub beacon: Array<T, D>,
        pub indices: Array<usize, D>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Bearing<T: Real> {
        pub station: [T; 2],
        pub indices: [usize; 2],
    }

    #[derive(Serialize, Deserialize)]
    pub struct Altitude<T: Real> {
        pub sea_level_pressure: T,
        pub index: usize,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Normal<T: Real> {
        pub variance: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct LearnedNormal<T: Real> {
        pub variance: T,
        pub readings: T,
        pub forgetting: T,
        pub floor: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct StudentT<T: Real> {
        pub scale: T,
        pub degrees_of_freedom: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Poisson<T: Real> {
        pub exposure: T,
    }

    /// `-T::MAX` and `T::MAX` where there are no ends.
    #[derive(Serialize, Deserialize)]
    pub struct Quantized<T: Real> {
        pub step: T,
        pub std_dev: T,
        pub lowest: T,
        pub highest: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Censored<T: Real> {
        pub std_dev: T,
        pub lower: T,
        pub upper: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct NegativeBinomial<T: Real> {
        pub dispersion: T,
        pub exposure: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Gamma<T: Real> {
        pub shape: T,
    }

    /// One of the two thresholds.
    #[derive(Serialize, Deserialize)]
    pub struct Gate<T: Real> {
        pub innovation: Option<T>,
        pub log_evidence: Option<T>,
        pub limit: u32,
        pub rejected_in_a_row: u32,
        pub rejected: u32,
    }

    /// Of the arrays the first `readings` entries are read, oldest first.
    #[derive(Serialize, Deserialize)]
    pub struct Monitor<T: Real, const W: usize> {
        pub false_alarm: T,
        pub resolution: T,
        pub longest_gap: T,
        pub readings: u32,
        pub innovations: Array<T, W>,
        pub log_evidences: Array<T, W>,
        pub repeated: Array<bool, W>,
        pub last: Option<T>,
        pub repeats: u32,
        pub repeat_surprise: T,
        pub since_last: T,
    }

    #[derive(Serialize, Deserialize)]
    pub struct GaussHermite {}
}

/// Both directions for one type: the form of a value, and the checked constructor on a form.
macro_rules! wire {
    ($name:ident <T $(, $n:ident)*>, |$value:ident| { $($field:ident: $read:expr),* }, |$form:ident| $construct:expr) => {
        impl<T: Real + Serialize $(, const $n: usize)*> Serialize for $name<T $(, $n)*> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                form::$name { $($field: $read),* }.serialize(serializer)
            }
        }

        impl<'de, T: Real + Deserialize<'de> $(, const $n: usize)*> Deserialize<'de> for $name<T $(, $n)*> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $form = form::$name::deserialize(deserializer)?;
                let value: Result<Self, crate::Error> = $construct;
                value.map_err(D::Error::custom)
            }
        }
    };
}

wire!(Categorical<T, N>, |p| { probabilities: Array(*p.probabilities()) }, |p| Categorical::new(p.probabilities.0));

wire!(Logits<T, N>, |p| { values: Array(*p.values()) }, |p| Logits::new(p.values.0));

wire!(
    Gaussian<T, N>,
    |p| { mean: Array(*p.mean()), unit_lower: Matrix::from_rows(p.unit_lower()), pivots: Array(p.pivots()) },
    |p| Gaussian::from_factor(p.mean.0, p.unit_lower.rows(), p.pivots.0)
);

wire!(
    MeanField<T, N>,
    |p| { mean: Array(*p.mean()), log_std_dev: Array(*p.log_std_dev()) },
    |p| MeanField::new(p.mean.0, p.log_std_dev.0)
);

wire!(Filter<T, N>, |filter| { belief: *filter.belief() }, |filter| Ok(Filter::new(filter.belief)));

wire!(
    LocalLevel<T>,
    |level| { noise: level.noise, drift: level.drift, filter: level.filter },
    |level| Ok(LocalLevel { noise: level.noise, drift: level.drift, filter: level.filter })
);

wire!(
    Dynamics<T, N>,
    |dynamics| {
        transition: Matrix::from_rows(*dynamics.transition()),
        offset: Array(*dynamics.offset()),
        loadings: Matrix::from_rows(*dynamics.loadings()),
        weights: Array(*dynamics.weights())
    },
    |dynamics| {
        let step = Dynamics::from_factor(dynamics.transition.rows(), dynamics.loadings.rows(), dynamics.weights.0);
        step.and_then(|step| step.with_offset(dynamics.offset.0))
    }
);

wire!(RandomWalk<T>, |walk| { variance_rate: walk.variance_rate }, |walk| RandomWalk::new(walk.variance_rate));

wire!(
    LocalLinearTrend<T>,
    |trend| { level_rate: trend.level_rate, slope_rate: trend.slope_rate },
    |trend| LocalLinearTrend::new([trend.level_rate, trend.slope_rate])
);

wire!(
    ConstantVelocity<T>,
    |motion| { acceleration_density: motion.trend.slope_rate },
    |motion| ConstantVelocity::new(motion.acceleration_density)
);

wire!(
    OrnsteinUhlenbeck<T>,
    |deviation| {
        time_constant: deviation.time_constant(),
        stationary_variance: deviation.stationary().variance()[0],
        level: deviation.stationary().mean()[0]
    },
    |deviation| {
        let centred = OrnsteinUhlenbeck::new(deviation.time_constant, deviation.stationary_variance);
        centred.and_then(|centred| centred.with_level(deviation.level))
    }
);

wire!(
    IntegratedOrnsteinUhlenbeck<T>,
    |motion| {
        time_constant: motion.velocity.time_constant(),
        velocity_variance: motion.velocity.stationary().variance()[0]
    },
    |motion| IntegratedOrnsteinUhlenbeck::new(motion.time_constant, motion.velocity_variance)
);

wire!(
    LinearTimeInvariant<T, N>,
    |model| {
        drift: Matrix::from_rows(model.drift),
        input: Array(model.input),
        loadings: Matrix::from_rows(model.loadings),
        weights: Array(model.weights)
    },
    |model| {
        let still = LinearTimeInvariant::from_factor(model.drift.rows(), model.loadings.rows(), model.weights.0);
        still.and_then(|still| still.with_input(model.input.0))
    }
);

wire!(
    VectorSensor<T, M, N>,
    |sensor| {
        rows: Array(sensor.rows.map(Array)),
        offset: Array(sensor.offset),
        unit_lower: Matrix::from_rows(sensor.noise.unit_lower()),
        pivots: Array(sensor.noise.pivots())
    },
    |sensor| {
        let noise = Factor::from_parts(&sensor.unit_lower.rows(), sensor.pivots.0);
        noise.and_then(|noise| VectorSensor::from_factor(sensor.rows.0.map(|row| row.0), sensor.offset.0, noise))
    }
);

// The constructor of a linear sensor is const and leaves this check to the update.
wire!(Linear<T, N>, |linear| { row: Array(linear.row), offset: linear.offset }, |linear| {
    let (row, offset) = (linear.row.0, linear.offset);
    check_finite(&row).and_then(|()| check_finite(&[offset])).map(|()| Linear { row, offset })
});

impl<P: Serialize> Serialize for Nonlinear<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        form::Nonlinear { predictor: &self.predictor, iterations: self.iterations }.serialize(serializer)
    }
}

impl<'de, P: Deserialize<'de>> Deserialize<'de> for Nonlinear<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sensor = form::Nonlinear::deserialize(deserializer)?;
        Self::new(sensor.predictor, sensor.iterations).map_err(D::Error::custom)
    }
}

wire!(
    Range<T, N, M>,
    |range| { beacon: Array(range.beacon), indices: Array(range.indices) },
    |range| Range::new(range.beacon.0, range.indices.0)
);

wire!(
    Bearing<T, N>,
    |bearing| { station: bearing.station, indices: bearing.indices },
    |bearing| Bearing::new(bearing.station, bearing.indices)
);

wire!(
    Altitude<T, N>,
    |altitude| { sea_level_pressure: altitude.sea_level_pressure, index: altitude.index },
    |altitude| Altitude::new(altitude.sea_level_pressure, altitude.index)
);

wire!(Normal<T>, |noise| { variance: noise.variance() }, |noise| Normal::new(noise.variance));

wire!(
    LearnedNormal<T>,
    |noise| {
        variance: noise.variance(),
        readings: noise.readings(),
        forgetting: noise.forgetting(),
        floor: noise.floor()
    },
    |noise| {
        LearnedNormal::new(noise.variance, noise.readings)
            .and_then(|learnt| learnt.with_forgetting(noise.forgetting))
            .and_then(|learnt| learnt.with_floor(noise.floor))
    }
);

wire!(
    StudentT<T>,
    |noise| { scale: noise.scale(), degrees_of_freedom: noise.degrees_of_freedom() },
    |noise| StudentT::new(noise.scale, noise.degrees_of_freedom)
);

wire!(Poisson<T>, |counts| { exposure: counts.exposure }, |counts| Poisson::with_exposure(counts.exposure));

wire!(
    NegativeBinomial<T>,
    |counts| { dispersion: counts.dispersion(), exposure: counts.exposure() },
    |counts| NegativeBinomial::new(counts.dispersion).and_then(|bare| bare.with_exposure(counts.exposure))
);

wire!(Gamma<T>, |amounts| { shape: amounts.shape() }, |amounts| Gamma::new(amounts.shape));

wire!(
    Quantized<T>,
    |codes| { step: codes.step, std_dev: codes.std_dev, lowest: codes.lowest, highest: codes.highest },
    |codes| Quantized::new(codes.step, codes.std_dev).and_then(|steps| steps.with_ends(codes.lowest, codes.highest))
);

wire!(
    Censored<T>,
    |rails| { std_dev: rails.std_dev, lower: rails.lower, upper: rails.upper },
    |rails| Censored::new(rails.std_dev, rails.lower, rails.upper)
);

wire!(
    Gate<T>,
    |gate| {
        innovation: match gate.criterion { Criterion::Innovation(most) => Some(most), _ => None },
        log_evidence: match gate.criterion { Criterion::LogEvidence(least) => Some(least), _ => None },
        limit: gate.limit,
        rejected_in_a_row: gate.rejected_in_a_row,
        rejected: gate.rejected
    },
    |gate| match (gate.innovation, gate.log_evidence) {
        (Some(most), None) => Gate::by_innovation(most, gate.limit),
        (None, Some(least)) => Gate::by_log_evidence(least, gate.limit),
        _ => Err(crate::Error::OutOfRange),
    }
    .and_then(|fresh| fresh.resumed(gate.rejected_in_a_row, gate.rejected))
);

wire!(
    Monitor<T, W>,
    |monitor| {
        false_alarm: monitor.false_alarm,
        resolution: monitor.resolution,
        longest_gap: monitor.longest_gap,
        readings: monitor.memory().readings as u32,
        innovations: Array(monitor.memory().entries.map(|entry| entry.innovation)),
        log_evidences: Array(monitor.memory().entries.map(|entry| entry.log_evidence)),
        repeated: Array(monitor.memory().entries.map(|entry| entry.repeated)),
        last: monitor.last,
        repeats: monitor.repeats,
        repeat_surprise: monitor.repeat_surprise,
        since_last: monitor.since_last
    },
    |form| {
        let entry = |innovation| Entry { innovation, log_evidence: T::ZERO, repeated: false };
        let mut entries = form.innovations.0.map(entry);
        for ((entry, &log_evidence), &repeated) in entries.iter_mut().zip(&form.log_evidences.0).zip(&form.repeated.0) {
            *entry = Entry { log_evidence, repeated, ..*entry };
        }
        let memory = Memory {
            readings: form.readings as usize,
            entries,
            last: form.last,
            repeats: form.repeats,
            repeat_surprise: form.repeat_surprise,
            since_last: form.since_last,
        };
        Monitor::new(form.false_alarm)
            .and_then(|monitor| monitor.with_resolution(form.resolution))
            .and_then(|monitor| monitor.with_longest_gap(form.longest_gap))
            .and_then(|monitor| monitor.resumed(&memory))
    }
);

impl<const Q: usize> Serialize for GaussHermite<Q> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        form::GaussHermite {}.serialize(serializer)
    }
}

impl<'de, const Q: usize> Deserialize<'de> for GaussHermite<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        form::GaussHermite::deserialize(deserializer)?;
        Ok(Self::new())
    }
}
