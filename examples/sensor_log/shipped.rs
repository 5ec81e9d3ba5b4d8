//! The logs that come with the crate, and a model for each.

use crate::Scalar;
use crate::instrument::{Instrument, Response};
use crate::problem::Problem;
use crate::process::SeasonalTrend;
use crate::report::{Log, Report, Settings, examine};
use crate::table::{self, Columns, Series};
use crate::track::Model;
use elbow::likelihood::{Bernoulli, Normal, Poisson};
use elbow::{Gaussian, RandomWalk};
use std::path::Path;

/// Their names, in the order they are filtered in.
pub const NAMES: [&str; 4] = ["nile", "co2", "coal", "seattle"];

/// Filters one of them.
pub fn filter(name: &str, settings: &Settings) -> Result<Report, Problem> {
    match name {
        "nile" => nile(settings),
        "co2" => co2(settings),
        "coal" => coal(settings),
        _ => seattle(settings),
    }
}

fn read<L: Instrument>(name: &str) -> Result<Series, Problem> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name).with_extension("csv");
    table::read(&file, &Columns { time: None, value: None, format: None, delimiter: b',' }, L::FIELD)
}

/// The local level model of Durbin and Koopman (2012), section 2.2.2: both variances are their maximum likelihood
/// estimates, and the prior is theirs, N(0, 1e7).
fn nile(settings: &Settings) -> Result<Report, Problem> {
    type Gauge = Normal<Scalar>;
    let response = Response::Level { centre: 1000.0 };
    let model = Model {
        prior: Gaussian::diagonal([-1000.0], [1e7])?,
        process: RandomWalk::new(1469.1)?,
        row: [1.0],
        likelihood: Gauge::new(15_099.0)?,
        response,
        time_unit: 1.0,
        names: ["level"],
    };
    let log = Log {
        name: "nile".into(),
        title: "Annual flow of the Nile at Aswan".into(),
        model: "Random walk of the level, 38.3 per √year; Normal sensor, standard deviation 122.9".into(),
        axis: "annual flow (10⁸ m³)".into(),
        unit: "10⁸ m³".into(),
        time_unit: "year".into(),
        response,
        chosen: String::new(),
    };
    examine(log, read::<Gauge>("nile")?, &model, settings)
}

/// The four noise variances are within 0.03 nats of the greatest log evidence. Weeks without a reading are only
/// predicted.
fn co2(settings: &Settings) -> Result<Report, Problem> {
    type Flask = Normal<Scalar>;
    let response = Response::Level { centre: 316.0 };
    let model = Model {
        prior: Gaussian::diagonal([0.0, 1.0, 0.0, 0.0], [25.0, 1.0, 9.0, 9.0])?,
        process: SeasonalTrend { level: 5.7, slope: 2e-4, season: 9e-4 },
        row: [1.0, 0.0, 1.0, 0.0],
        likelihood: Flask::new(0.039)?,
        response,
        time_unit: 365.2425 * 86_400.0,
        names: ["level", "slope per year", "", ""],
    };
    let log = Log {
        name: "co2".into(),
        title: "Carbon dioxide at Mauna Loa, weekly".into(),
        model: "Level, slope and an annual harmonic; Normal sensor, standard deviation 0.20 ppm".into(),
        axis: "CO₂ (ppm)".into(),
        unit: "ppm".into(),
        time_unit: "year".into(),
        response,
        chosen: String::new(),
    };
    examine(log, read::<Flask>("co2")?, &model, settings)
}

/// The walk's variance of 0.02 a year maximises the log evidence to one digit.
fn coal(settings: &Settings) -> Result<Report, Problem> {
    type Count = Poisson<Scalar>;
    let response = Response::Rate { exposure: 1.0 };
    let model = Model {
        prior: Gaussian::diagonal([1.0], [1.0])?,
        process: RandomWalk::new(0.02)?,
        row: [1.0],
        likelihood: Count::new(),
        response,
        time_unit: 1.0,
        names: ["log rate"],
    };
    let log = Log {
        name: "coal".into(),
        title: "Disasters in British coal mines with ten or more killed".into(),
        model: "Random walk of the log rate, 0.14 per √year; Poisson sensor".into(),
        axis: "disasters per year".into(),
        unit: "per year".into(),
        time_unit: "year".into(),
        response,
        chosen: String::new(),
    };
    examine(log, read::<Count>("coal")?, &model, settings)
}

/// The walk follows the seasons. The log evidence would have it twenty times faster (0.4 a day, 19 nats better): a
/// filter that follows each wet spell, and is sure of nothing in between.
fn seattle(settings: &Settings) -> Result<Report, Problem> {
    let response = Response::Probability;
    let model = Model {
        prior: Gaussian::diagonal([0.0], [2.25])?,
        process: RandomWalk::new(0.02)?,
        row: [1.0],
        likelihood: Bernoulli::new(),
        response,
        time_unit: 86_400.0,
        names: ["log odds"],
    };
    let log = Log {
        name: "seattle".into(),
        title: "Days with rain in Seattle".into(),
        model: "Random walk of the log odds, 0.14 per √day; Bernoulli sensor".into(),
        axis: "probability of rain".into(),
        unit: String::new(),
        time_unit: "day".into(),
        response,
        chosen: String::new(),
    };
    examine(log, read::<Bernoulli>("seattle")?, &model, settings)
}
