//! What a model of the user's file is made of: the readings, a prior and guesses from them, a process, and what is left
//! to the log evidence.

use crate::Scalar;
use crate::clock::Clock;
use crate::fit::{self, Parameter};
use crate::instrument::{Instrument, Response};
use crate::models::ProcessModel;
use crate::number::significant;
use crate::own_flags::Own;
use crate::problem::Problem;
use crate::report::{Log, Report, Settings, examine, progress};
use crate::table::{self, Series, quantile};
use crate::track::{self, Model};
use elbow::{
    ConstantVelocity, Error, GaussHermite, Gaussian, LocalLinearTrend, OrnsteinUhlenbeck, Process, RandomWalk,
};
use std::path::Path;

/// Rows that everything not given is chosen on, where the user does not say.
const FITTED: usize = 5000;

/// The only parameter of a process that is no rate of noise, or none without it.
const TIME_CONSTANT: &str = "--time-constant";

/// What every model of a log needs beside its sensor and process.
pub struct Plan<'a> {
    file: &'a Path,
    flags: &'a Own,
    settings: &'a Settings,
    /// The readings.
    pub series: Series,
    response: Response,
    /// The prior belief about the level, less the response's centre.
    prior: [f64; 2],
    /// How far readings lie apart from one row to the next, in the level's unit.
    pub wander: f64,
    /// The sensor's noise, if it has any.
    pub sensor_noise: Option<Parameter>,
    /// The sensor in words, its noise aside.
    pub sensor: String,
    time_unit: (String, f64),
}

/// The plan of a log of flags, whose predictor is the log odds.
pub fn plan<'a, L: Instrument>(
    file: &'a Path,
    flags: &'a Own,
    settings: &'a Settings,
    response: Response,
) -> Result<Plan<'a>, Problem> {
    let series = table::read(file, &flags.columns(), L::FIELD)?;
    let time_unit = match series.clock {
        Clock::Number => (flags.time_unit.clone().unwrap_or_else(|| series.time_column.clone()), 1.0),
        Clock::Calendar { .. } => {
            flags.calendar_unit(series.step).map(|(name, seconds)| (name.to_string(), seconds))?
        }
    };
    Ok(Plan {
        file,
        flags,
        settings,
        series,
        response,
        prior: [flags.prior_mean.unwrap_or(0.0), flags.prior_std_dev.unwrap_or(1.5)],
        wander: 0.3,
        sensor_noise: None,
        sensor: String::new(),
        time_unit,
    })
}

/// The plan of a log of counts or amounts, whose predictor is the logarithm of their mean.
pub fn logarithm<'a, L: Instrument>(
    file: &'a Path,
    flags: &'a Own,
    settings: &'a Settings,
    response: Response,
) -> Result<Plan<'a>, Problem> {
    let mut plan = plan::<L>(file, flags, settings, response)?;
    let usual = quantile(plan.fitted().present().collect(), 0.5);
    let usual = match response {
        Response::Rate { exposure } => usual.max(0.5) / exposure,
        _ => usual,
    };
    plan.prior[0] = flags.prior_mean.unwrap_or(usual.ln());
    Ok(plan)
}

/// The plan of a log of numbers: centred on the prior mean, the noises guessed from the differences between neighbours.
pub fn level<'a, L: Instrument>(file: &'a Path, flags: &'a Own, settings: &'a Settings) -> Result<Plan<'a>, Problem> {
    let mut plan = plan::<L>(file, flags, settings, Response::Level { centre: 0.0 })?;
    let values: Vec<f64> = plan.fitted().present().collect();
    let centre = flags.prior_mean.unwrap_or_else(|| quantile(values.clone(), 0.5));
    let rows = plan.series.lines.iter().zip(&plan.series.values);
    for (&line, value) in rows.filter_map(|(line, value)| Some((line, (*value)?))) {
        if !((value - centre) as Scalar).is_finite() {
            let (file, column) = (file.into(), plan.series.value_column.clone());
            return Err(Problem::Field { file, line, column, what: format!("`{value:e}` does not fit an f32") });
        }
    }
    let largest = values.iter().map(|value| (value - centre).abs()).fold(0.0, f64::max);
    let spread = largest
        * (values.iter().map(|value| ((value - centre) / largest).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    let spread = if spread > 0.0 { spread } else { centre.abs().max(1.0) * 1e-3 };
    let usual = quantile(values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect(), 0.5) * 1.5;
    plan.response = Response::Level { centre };
    plan.prior = [0.0, flags.prior_std_dev.unwrap_or(spread)];
    plan.wander = if usual > 0.0 { usual } else { spread };
    Ok(plan)
}

impl Plan<'_> {
    /// What a reading is less when it becomes an f32.
    pub fn centre(&self) -> f64 {
        self.response.centre()
    }

    /// The rows that everything not given is chosen on; all of them if the first ones hold no reading.
    fn fitted(&self) -> Series {
        let head = self.series.head(self.flags.fit_rows.map_or(FITTED, |rows| rows as usize));
        if head.present().next().is_some() { head } else { self.series.clone() }
    }

    /// Chooses the process, whose parameters follow the sensor's.
    pub fn filter<L: Instrument>(self, sensor: impl Fn(f64) -> Result<L, Error>) -> Result<Report, Problem> {
        let step = self.series.step / self.time_unit.1;
        let [mean, std_dev] = self.prior.map(|number| number as Scalar);
        let level = Parameter::new("--level-noise", self.flags.level_noise, self.wander / 2.0 / step.sqrt());
        let slope = Parameter::new("--slope-noise", self.flags.slope_noise, self.wander / 10.0 / step.powf(1.5));
        let spread = Parameter::new("--prior-std-dev", self.flags.prior_std_dev, self.prior[1]);
        let tau = Parameter::new(TIME_CONSTANT, self.flags.time_constant, 30.0 * step);
        let variance = |noise: &Parameter| (noise.value * noise.value) as Scalar;
        let time_unit = self.time_unit.1;
        let response = self.response;
        // A slope that carries the level through its whole prior in ten steps.
        let slope_prior = std_dev / (10.0 * step) as Scalar;
        let moving = || Gaussian::diagonal([mean, 0.0], [std_dev * std_dev, slope_prior * slope_prior]);
        match self.flags.process.unwrap_or_default() {
            ProcessModel::RandomWalk => self.examine("Random walk", vec![level], |noise, rates| {
                Ok(Model {
                    prior: Gaussian::diagonal([mean], [std_dev * std_dev])?,
                    process: RandomWalk::new(variance(&rates[0]))?,
                    row: [1.0],
                    likelihood: sensor(noise)?,
                    response,
                    time_unit,
                    names: ["level"],
                })
            }),
            ProcessModel::LocalLinearTrend => self.examine("Local linear trend", vec![level, slope], |noise, rates| {
                Ok(Model {
                    prior: moving()?,
                    process: LocalLinearTrend::new([variance(&rates[0]), variance(&rates[1])])?,
                    row: [1.0, 0.0],
                    likelihood: sensor(noise)?,
                    response,
                    time_unit,
                    names: ["level", "slope"],
                })
            }),
            ProcessModel::ConstantVelocity => self.examine("Constant velocity", vec![slope], |noise, rates| {
                Ok(Model {
                    prior: moving()?,
                    process: ConstantVelocity::new(variance(&rates[0]))?,
                    row: [1.0, 0.0],
                    likelihood: sensor(noise)?,
                    response,
                    time_unit,
                    names: ["level", "slope"],
                })
            }),
            ProcessModel::OrnsteinUhlenbeck => self.examine("Ornstein-Uhlenbeck", vec![tau, spread], |noise, rates| {
                let process = OrnsteinUhlenbeck::new(rates[0].value as Scalar, variance(&rates[1]))?;
                let process = process.with_level(mean)?;
                Ok(Model {
                    prior: *process.stationary(),
                    process,
                    row: [1.0],
                    likelihood: sensor(noise)?,
                    response,
                    time_unit,
                    names: ["level"],
                })
            }),
        }
    }

    /// Fits what is not given, then filters. `build` makes the model from the sensor's noise and the process's.
    fn examine<L: Instrument, P: Process<Scalar, N>, const N: usize>(
        self,
        process: &str,
        rates: Vec<Parameter>,
        build: impl Fn(f64, &[Parameter]) -> Result<Model<L, P, N>, Error>,
    ) -> Result<Report, Problem> {
        let sensors = usize::from(self.sensor_noise.is_some());
        let mut parameters: Vec<Parameter> = self.sensor_noise.iter().cloned().chain(rates).collect();
        let model = |parameters: &[Parameter]| {
            let (noise, rates) = parameters.split_at(sensors);
            build(noise.first().map_or(1.0, |parameter| parameter.value), rates)
        };
        let name = file_stem(self.file);
        let head = self.fitted();
        let trust = self.settings.trust.unwatched();
        let bar = progress(&head, 60, &format!("{name}: choosing the noise"));
        fit::maximise(&mut parameters, |parameters| {
            let track = model(parameters).map_err(Problem::from);
            let track = track.and_then(|model| track::run(&head, &model, trust, &mut GaussHermite::<5>::new(), &bar));
            track.map_or(f64::NEG_INFINITY, |track| track.log_evidence())
        });
        bar.finish_and_clear();
        let model = model(&parameters)?;
        let log = self.labels(name, process, &parameters);
        let chosen = parameters.iter().filter(|parameter| !parameter.given).count();
        Ok(Report { chosen, ..examine(log, self.series, &model, self.settings)? })
    }

    fn labels(&self, name: String, process: &str, parameters: &[Parameter]) -> Log {
        let (unit, column) = (self.flags.unit.clone().unwrap_or_default(), &self.series.value_column);
        let calendar = matches!(self.series.clock, Clock::Calendar { .. });
        let per = if self.flags.time_unit.is_some() || calendar { &self.time_unit.0 } else { "time" };
        let says = |parameter: &Parameter| {
            let (name, value) =
                (parameter.flag.trim_start_matches("--").replace('-', " "), significant(parameter.value, 3));
            if parameter.flag == TIME_CONSTANT { format!("{name} {value} {per}") } else { format!("{name} {value}") }
        };
        let (sensors, rates) = parameters.split_at(usize::from(self.sensor_noise.is_some()));
        let timed = rates.iter().any(|parameter| parameter.flag == TIME_CONSTANT);
        let per = if timed { String::new() } else { format!(" per \u{221a}{per}") };
        let rates = rates.iter().map(says).collect::<Vec<_>>().join(", ");
        let sensor = sensors.iter().map(says).fold(self.sensor.clone(), |text, noise| format!("{text}, {noise}"));
        let chosen = parameters.iter().filter(|parameter| !parameter.given);
        let mut chosen: Vec<String> = chosen.map(|p| format!("{} {}", p.flag, significant(p.value, 4))).collect();
        if calendar && !chosen.is_empty() {
            chosen.push(format!("--time-unit {}", self.time_unit.0));
        }
        let axis = match (self.response, unit.is_empty()) {
            (Response::Probability, _) => format!("probability of {column}"),
            (_, true) => column.clone(),
            (_, false) => format!("{column} ({unit})"),
        };
        Log {
            title: self.flags.title.clone().unwrap_or_else(|| name.clone()),
            name,
            model: format!("{process}, {rates}{per}; {sensor}"),
            axis,
            unit,
            time_unit: self.time_unit.0.clone(),
            response: self.response,
            chosen: chosen.join(" "),
        }
    }
}

/// A file's name without its extension, fit to name a picture by.
fn file_stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
    stem.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
