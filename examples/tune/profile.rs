//! What the log evidence says of one variance: its greatest value for each, the other variance free.

use crate::Scalar;
use crate::plot::{Axis, COLORS, Curve, Panel};
use elbow::{Error, LogEvidence, Maximum, NoiseFit, fit_noise};

/// The greatest log evidence for each variance `k`, and the parabola that `log_std_dev` stands for.
pub fn profile(
    fit: &NoiseFit<Scalar, 2>,
    k: usize,
    title: &str,
    unit: &str,
    log_evidence: impl Fn([Scalar; 2]) -> Result<LogEvidence<Scalar>, Error>,
) -> Panel {
    let std_dev = f64::from(fit.log_std_dev[k]);
    // Four standard deviations, and no more than a factor e^12, either way.
    let width = if fit.maximum[k] == Maximum::Inside { (4.0 * std_dev).min(12.0) } else { 100_f64.ln() };
    let best = f64::from(fit.variances[k]);
    let steps = || (-12..=12).map(|step| f64::from(step) / 12.0);
    let seen = steps().filter_map(|step| {
        let here = (best * (step * width).exp()) as Scalar;
        let other = |other: Scalar| if k == 0 { [here, other] } else { [other, here] };
        let free = fit_noise([fit.variances[1 - k]], |[noise]| log_evidence(other(noise))).ok()?;
        let below = f64::from(free.log_evidence - fit.log_evidence);
        (below > -10.0).then_some((f64::from(here), below))
    });
    let mut curves = vec![Curve::new("log evidence", COLORS[0], seen.collect())];
    if fit.maximum[k] == Maximum::Inside {
        let parabola = steps().map(|step| (best * (step * width).exp(), -0.5 * (step * width / std_dev).powi(2)));
        curves.push(Curve { dashed: true, ..Curve::new("parabola of its sd", COLORS[1], parabola.collect()) });
    }
    curves.push(Curve { width: 0, dot: 20, ..Curve::new("found", COLORS[4], vec![(best, 0.0)]) });
    let x = Axis { logarithmic: true, ..Axis::new(unit, best * (-width).exp(), best * width.exp()) };
    Panel::new(title, x, Axis::new("log evidence less its maximum (nats)", -10.0, 1.0), curves)
}
