//! A few lines about a filtered log, for a person.

use crate::instrument::Response;
use crate::number::{resolved, significant};
use crate::report::{Choice, Report};
use std::io::{self, Write};

/// Writes the summary.
pub fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let (log, series, track) = (&report.log, &report.series, &report.track);
    let line = |out: &mut dyn Write, name: &str, text: String| writeln!(out, "  {name:<17} {text}");
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
            Response::Rate { .. } | Response::Probability => {
                (significant(read.value, 6), significant(read.expected, 3))
            }
        };
        line(out, "", format!("{:<20} {reading:>12} {expected:>12} {:>10.2}", show(time), read.surprise))?;
    }
    line(out, "picture", report.picture.display().to_string())
}

fn unit(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}
