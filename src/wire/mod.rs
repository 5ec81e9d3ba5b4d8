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
use crate::gaussian::check_finite;
use crate::predictor::{Altitude, Bearing, Range};
use crate::real::Real;
use crate::{
    Categorical, ConstantVelocity, Dynamics, Filter, GaussHermite, Gaussian, IntegratedOrnsteinUhlenbeck, Linear,
    LinearTimeInvariant, LocalLevel, LocalLinearTrend, Logits, MeanField, Nonlinear, OrnsteinUhlenbeck, RandomWalk,
    VectorSensor,
};

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

mod form;
mod likelihood;

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
