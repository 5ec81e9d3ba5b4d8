//! The user's own CSV file: a model from flags, what they leave open taken from the readings; several sensors compared.
//!
//! Sensor and process are types, so the choice of one is a branch, once, and everything after it is generic.

use crate::Scalar;
use crate::fit::Parameter;
use crate::instrument::Response;
use crate::models::SensorModel;
use crate::number::significant;
use crate::own_flags::Own;
use crate::plan::{level, logarithm, plan};
use crate::problem::Problem;
use crate::report::{Report, Rival, Settings};
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, LearnedNormal, NegativeBinomial, Normal, Poisson, Quantized, StudentT,
};
use std::path::Path;

/// Degrees of freedom where the user gives none: tails heavy enough that a wild reading hardly moves the level.
const DEGREES_OF_FREEDOM: f64 = 4.0;

/// What a reading leaves of the weight of those before, where the user does not say.
const FORGETTING: f64 = 0.99;

/// Readings that the guess of a noise to be learnt is worth.
const GUESS: Scalar = 4.0;

/// Filters the user's file with every sensor asked for, and reports the best.
pub fn filter(file: &Path, flags: &Own, settings: &Settings) -> Result<Report, Problem> {
    flags.check()?;
    let mut reports = Vec::new();
    for model in flags.sensors() {
        let report = one(model, file, flags, settings)?;
        reports.push((report.rival(model.name()), report));
    }
    reports.sort_by(|a, b| b.0.worth().total_cmp(&a.0.worth()));
    let rivals: Vec<Rival> = reports.iter().map(|(rival, _)| rival.clone()).collect();
    let (_, best) = reports.swap_remove(0);
    Ok(Report { rivals: if rivals.len() > 1 { rivals } else { Vec::new() }, ..best })
}

/// Filters the user's file with one sensor.
fn one(model: SensorModel, file: &Path, flags: &Own, settings: &Settings) -> Result<Report, Problem> {
    let square = |std_dev: f64| (std_dev * std_dev) as Scalar;
    match model {
        SensorModel::Normal => {
            let mut plan = level::<Normal<Scalar>>(file, flags, settings)?;
            plan.sensor_noise = Some(Parameter::new("--std-dev", flags.std_dev, plan.wander / 2.0));
            plan.sensor = "Normal sensor".into();
            plan.filter(|std_dev| Normal::new(square(std_dev)))
        }
        SensorModel::StudentT => {
            let mut plan = level::<StudentT<Scalar>>(file, flags, settings)?;
            let degrees = flags.degrees_of_freedom.unwrap_or(DEGREES_OF_FREEDOM);
            plan.sensor_noise = Some(Parameter::new("--scale", flags.scale, plan.wander / 3.0));
            plan.sensor = format!("Student-t sensor, {} degrees of freedom", significant(degrees, 3));
            plan.filter(|scale| StudentT::new(scale as Scalar, degrees as Scalar))
        }
        SensorModel::Learned => {
            let mut plan = level::<LearnedNormal<Scalar>>(file, flags, settings)?;
            let (guess, forgetting) =
                (flags.std_dev.unwrap_or(plan.wander / 2.0), flags.forgetting.unwrap_or(FORGETTING));
            plan.sensor = format!("Normal sensor that learns, from {}, forgetting {forgetting}", significant(guess, 3));
            plan.filter(|_| LearnedNormal::new(square(guess), GUESS)?.with_forgetting(forgetting as Scalar))
        }
        SensorModel::Quantized => {
            let mut plan = level::<Quantized<Scalar>>(file, flags, settings)?;
            let Some(step) = flags.step.or_else(|| plan.series.smallest_difference()) else {
                return Err(Problem::Flags("all readings are the same: say how wide a --step is".into()));
            };
            plan.sensor_noise = Some(Parameter::new("--std-dev", flags.std_dev, plan.wander / 2.0));
            plan.sensor = format!("Quantized sensor, steps of {}", significant(step, 4));
            plan.filter(|std_dev| Quantized::new(step as Scalar, std_dev as Scalar))
        }
        SensorModel::Censored => {
            let mut plan = level::<Censored<Scalar>>(file, flags, settings)?;
            let says = |rail: Option<f64>, name: &str| rail.map(|rail| format!(", {name} {}", significant(rail, 6)));
            let said = [says(flags.lower, "lower"), says(flags.upper, "upper")].map(Option::unwrap_or_default).concat();
            let centre = plan.centre();
            let rail = |rail: Option<f64>, none: Scalar| rail.map_or(none, |rail| (rail - centre) as Scalar);
            let (lower, upper) = (rail(flags.lower, -Scalar::MAX), rail(flags.upper, Scalar::MAX));
            plan.sensor_noise = Some(Parameter::new("--std-dev", flags.std_dev, plan.wander / 2.0));
            plan.sensor = format!("Censored sensor{said}");
            plan.filter(|std_dev| Censored::new(std_dev as Scalar, lower, upper))
        }
        SensorModel::Gamma => {
            let mut plan = logarithm::<Gamma<Scalar>>(file, flags, settings, Response::Amount)?;
            plan.sensor_noise = Some(Parameter::new("--shape", flags.shape, 2.0));
            plan.sensor = "Gamma sensor".into();
            plan.filter(|shape| Gamma::new(shape as Scalar))
        }
        SensorModel::Poisson => {
            let exposure = flags.exposure.unwrap_or(1.0);
            let mut plan = logarithm::<Poisson<Scalar>>(file, flags, settings, Response::Rate { exposure })?;
            plan.sensor = format!("Poisson sensor, exposure {}", significant(exposure, 4));
            plan.filter(|_| Poisson::with_exposure(exposure as Scalar))
        }
        SensorModel::NegativeBinomial => {
            let exposure = flags.exposure.unwrap_or(1.0);
            let mut plan = logarithm::<NegativeBinomial<Scalar>>(file, flags, settings, Response::Rate { exposure })?;
            plan.sensor_noise = Some(Parameter::new("--dispersion", flags.dispersion, 10.0));
            plan.sensor = format!("Negative binomial sensor, exposure {}", significant(exposure, 4));
            plan.filter(|dispersion| NegativeBinomial::new(dispersion as Scalar)?.with_exposure(exposure as Scalar))
        }
        SensorModel::Bernoulli => {
            let mut plan = plan::<Bernoulli>(file, flags, settings, Response::Probability)?;
            plan.sensor = "Bernoulli sensor".into();
            plan.filter(|_| Ok(Bernoulli::new()))
        }
    }
}
