//! A few lines about a filtered log, for a person.

use crate::clock::Clock;
use crate::instrument::Response;
use crate::number::{resolved, significant};
use crate::report::{Choice, Report};
use crate::watch::{Episode, Kind, WINDOW};
use std::io::{self, Write};
use std::path::Path;

/// Writes the summary of a log whose picture is drawn.
pub fn write(out: &mut impl Write, report: &Report, picture: &Path) -> io::Result<()> {
    let (log, series, track) = (&report.log, &report.series, &report.track);
    let show = |time: f64| series.clock.show(time, series.step);
    writeln!(out, "{}: {}", log.name, log.title)?;
    line(out, "model", log.model.clone())?;
    if !log.chosen.is_empty() {
        line(out, "noise chosen", log.chosen.clone())?;
    }
    let (reads, rows) = (track.reads().count(), series.times.len());
    let (first, last) = series.span();
    let missing = if rows == reads { "none".to_string() } else { (rows - reads).to_string() };
    line(out, "readings", format!("{reads}, missing {missing}, from {} to {}", show(first), show(last)))?;

    let opening = track.reads().next().map_or(0.0, |(_, read)| read.surprise);
    let evidence = track.log_evidence();
    line(out, "log evidence", format!("{evidence:.3} nats; without the first reading {:.3}", evidence + opening))?;
    let mean = |sum: f64| sum / reads.max(1) as f64;
    let gain = mean(track.reads().map(|(_, read)| read.gain).sum());
    line(out, "information gain", format!("{} nats per reading, on average", significant(gain, 3)))?;
    // A vague prior of a log rate can expect more than any number says.
    let finite = track.reads().map(|(_, read)| read.innovation).filter(|innovation| innovation.is_finite());
    let square = mean(finite.map(|innovation| innovation * innovation).sum());
    line(out, "innovation", format!("{:.3} standard deviations rms; 1 if the model fits", square.sqrt()))?;
    let sampling = format!("{} samples a reading, seed {}", report.settings.samples, report.settings.seed);
    let (ours, other) = match report.settings.estimator {
        Choice::OneSample => (format!("one-sample, {sampling}"), "gauss-hermite".to_string()),
        Choice::GaussHermite => ("gauss-hermite".to_string(), format!("one-sample, {sampling}")),
    };
    line(out, "estimator", ours)?;
    let apart = report.distance;
    let worst = if apart.max > 0.0 { format!(" ({})", show(apart.time)) } else { String::new() };
    let (rms, max) = (significant(apart.rms, 2), significant(apart.max, 2));
    line(out, "distance", format!("{rms} posterior sd rms, {max} at most{worst}, to {other}"))?;
    if track.not_converged > 0 {
        line(out, "not converged", format!("{} readings", track.not_converged))?;
    }
    if let (Some(gate), rejected) =
        (report.settings.trust.gate, track.reads().filter(|(_, read)| read.rejected).count())
    {
        line(out, "gate", format!("{} sd: {rejected} of {reads} readings rejected", significant(gate, 4)))?;
    }
    for time in &track.diverged {
        line(
            out,
            "diverged",
            format!("{}: ten readings in a row rejected, the belief widened to the last", show(*time)),
        )?;
    }
    if let Some(std_dev) = track.learned {
        line(out, "noise learned", format!("standard deviation {} at the end", significant(std_dev, 3)))?;
    }

    if let Some(step) = track.steps.last() {
        let [low, middle, high] = [-2.0, 0.0, 2.0].map(|sds| log.response.of(step.mean + sds * step.std_dev));
        let digits = |value: f64| resolved(value, (high - low) / 400.0);
        let kind = if log.response == Response::Probability { "probability " } else { "" };
        let belief =
            format!("{kind}{}{}, 2 sigma {} to {}", digits(middle), unit(&log.unit), digits(low), digits(high));
        line(out, "final belief", belief)?;
    }
    for (name, mean, std_dev) in report.state.iter().filter(|part| !part.0.is_empty()) {
        let offset = if *name == "level" { log.response.centre() } else { 0.0 };
        line(
            out,
            "",
            format!("{name}: {} \u{b1} {}", resolved(mean + offset, std_dev / 10.0), significant(*std_dev, 2)),
        )?;
    }

    let most = track.most_surprising(series.span());
    if !most.is_empty() {
        line(out, "most surprising", format!("{:<20} {:>12} {:>12} {:>10}", "when", "reading", "expected", "nats"))?;
    }
    for (time, read) in most {
        let (reading, expected) = match log.response {
            Response::Level { .. } => (significant(read.value, 6), significant(read.expected, 5)),
            Response::Rate { .. } | Response::Amount | Response::Probability => {
                (significant(read.value, 6), significant(read.expected, 3))
            }
        };
        let rejected = if read.rejected { "  rejected" } else { "" };
        line(out, "", format!("{:<20} {reading:>12} {expected:>12} {:>10.2}{rejected}", show(time), read.surprise))?;
    }
    monitor(out, report)?;
    rivals(out, report)?;
    line(out, "picture", picture.display().to_string())
}

/// A line with its name in front, or without for one that goes on.
fn line(out: &mut dyn Write, name: &str, text: String) -> io::Result<()> {
    writeln!(out, "  {name:<17} {text}")
}

/// The times at which a flag of the monitor was up.
fn monitor(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let (Some(episodes), Some(false_alarm)) = (&report.track.episodes, report.settings.trust.false_alarm) else {
        return Ok(());
    };
    let flags = match episodes.len() {
        0 => "no flag".to_string(),
        1 => "one flag".to_string(),
        many => format!("{many} flags"),
    };
    line(out, "monitor", format!("{flags} in windows of {WINDOW} readings, false-alarm probability {false_alarm}"))?;
    let show = |time: f64| report.series.clock.show(time, report.series.step);
    let unit = match report.series.clock {
        Clock::Calendar { .. } => format!("{}s", report.log.time_unit),
        Clock::Number => report.log.time_unit.clone(),
    };
    for episode in episodes {
        let (first, last) = (show(episode.first), show(episode.last));
        let figures = figures(episode, &unit);
        line(out, "", format!("{:<14} {first:<20} to {last:<20} {figures}", episode.kind.name()))?;
    }
    Ok(())
}

/// The figure that put a flag up, at its worst, and what it is held against.
fn figures(episode: &Episode, time_unit: &str) -> String {
    let worst = &episode.worst;
    let digits = |value: f32| significant(f64::from(value), 3);
    match episode.kind {
        Kind::Quiet => {
            format!("mean square {}, healthy from {}", digits(worst.mean_square), digits(worst.mean_square_bounds.0))
        }
        Kind::Noisy => {
            format!("mean square {}, healthy to {}", digits(worst.mean_square), digits(worst.mean_square_bounds.1))
        }
        Kind::Biased => format!("mean {}, healthy to {}", digits(worst.mean), digits(worst.mean_bound)),
        Kind::Miscalibrated => {
            format!("G statistic {}, healthy to {}", digits(worst.calibration), digits(worst.calibration_bound))
        }
        Kind::Stuck if worst.repeat_surprise >= worst.repeat_surprise_bound => {
            let (nats, bound) = (digits(worst.repeat_surprise), digits(worst.repeat_surprise_bound));
            format!("{} repeats, {nats} nats, healthy to {bound}", worst.repeats)
        }
        Kind::Stuck => format!("entropy {} nats, mean square {}", digits(worst.entropy), digits(worst.mean_square)),
        Kind::Silent => format!("{} {time_unit} without a reading", digits(worst.since_last)),
    }
}

/// The models compared, the best first.
fn rivals(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let [best, second, ..] = report.rivals.as_slice() else { return Ok(()) };
    line(out, "compared", format!("{:<20} {:>14} {:>9} {:>14}", "sensor", "log evidence", "chosen", "less price"))?;
    for rival in &report.rivals {
        let (evidence, worth) = (rival.log_evidence, rival.worth());
        line(out, "", format!("{:<20} {evidence:>14.2} {:>9} {worth:>14.2}", rival.sensor, rival.chosen))?;
    }
    let ahead = best.worth() - second.worth();
    line(out, "", format!("{} is better than {} by {ahead:.2} nats", best.sensor, second.sensor))
}

fn unit(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}
