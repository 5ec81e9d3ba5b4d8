//! ELBOs of a user's own model, steps along their gradients, and noise from a log.

use crate::design::{Scalar, all, around, triples};
use crate::distributions::{two, unit};
use crate::outcome::{Outcome, both, cross};
use elbow::elbo::{
    Adam, Elbo, GaussianGradient, LogDensity, MeanFieldGradient, one_sample, one_sample_path, one_sample_path_weighted,
    one_sample_weighted,
};
use elbow::{Error, Gaussian, LogEvidence, Maximum, MeanField, fit_noise};

fn take<T: Scalar, G>(out: &mut Outcome<T>, bound: &Elbo<T, G>) {
    for part in [bound.reconstruction, bound.kl, bound.entropy, bound.weight] {
        out.finite(part);
    }
    out.of("Elbo::value", Elbo::value(bound));
    out.of("Elbo::free_energy", Elbo::free_energy(bound));
    out.of("Elbo::energy", Elbo::energy(bound));
}

/// A model that is the numbers it was given, wherever it is asked.
fn constant<T: Scalar>(value: T, slope: T) -> impl Fn(&[T; 2]) -> (T, [T; 2]) {
    move |_| (value, [slope, slope])
}

fn elbo_of_gaussian<T: Scalar>() {
    cross("one_sample of Gaussian", triples(), |v: [T; 10], out| {
        let [a, b, c, d, e, value, slope, noise, other, weight] = v;
        let Some(q) = two(out, [a, b, c, d, e]) else { return };
        bounds_of_gaussian(out, &q, (value, slope), [noise, other], weight);
    });
    let ordinary = Gaussian::<T, 2>::standard();
    cross("one_sample of a standard Gaussian", around(unit()), |[value, slope, noise, other, weight]: [T; 5], out| {
        bounds_of_gaussian(out, &ordinary, (value, slope), [noise, other], weight);
    });
}

fn bounds_of_gaussian<T: Scalar>(
    out: &mut Outcome<T>,
    q: &Gaussian<T, 2>,
    (value, slope): (T, T),
    noise: [T; 2],
    weight: T,
) {
    let (model, prior) = (constant(value, slope), Gaussian::standard());
    out.note(&LogDensity::log_density(&model, &noise));
    for bound in [
        one_sample(q, &prior, &model, &noise),
        one_sample_path(q, &prior, &model, &noise),
        one_sample_weighted(q, &prior, &model, &noise, weight),
        one_sample_path_weighted(q, &prior, &model, &noise, weight),
    ] {
        if let Some(bound) = out.end(bound) {
            take(out, &bound);
            let GaussianGradient { mean, unit_lower, log_std_dev } = bound.gradient;
            mean.iter().chain(unit_lower.as_flattened()).chain(&log_std_dev).for_each(|&x| out.finite(x));
            let mut moved = *q;
            out.change(&mut moved, |moved| Gaussian::ascend(moved, &bound.gradient, T::from_f64(0.5)));
            out.belief(&moved);
        }
    }
}

fn elbo_of_mean_field<T: Scalar>() {
    cross("one_sample of MeanField", triples(), |[a, b, c, d, value, slope, noise, other, weight]: [T; 9], out| {
        let Some(q) = out.end(MeanField::new([a, b], [c, d])) else { return };
        let (model, prior, noise) = (constant(value, slope), MeanField::standard(), [noise, other]);
        for bound in [
            one_sample(&q, &prior, &model, &noise),
            one_sample_path(&q, &prior, &model, &noise),
            one_sample_weighted(&q, &prior, &model, &noise, weight),
            one_sample_path_weighted(&q, &prior, &model, &noise, weight),
        ] {
            if let Some(bound) = out.end(bound) {
                take(out, &bound);
                bound.gradient.mean.iter().chain(&bound.gradient.log_std_dev).for_each(|&x| out.finite(x));
            }
        }
    });
}

fn ascend<T: Scalar>() {
    cross("Gaussian::ascend", around(unit()), |[a, b, c, d, e, f, g, h, i, j, rate]: [T; 11], out| {
        let Some(mut q) = two(out, [a, b, c, d, e]) else { return };
        let gradient = GaussianGradient { mean: [f, g], unit_lower: [[T::ZERO; 2], [h, T::ZERO]], log_std_dev: [i, j] };
        let mut natural = q;
        out.change(&mut q, |q| Gaussian::ascend(q, &gradient, rate));
        out.belief(&q);
        out.change(&mut natural, |q| Gaussian::ascend_natural(q, &gradient, rate));
        out.belief(&natural);
    });
    cross("MeanField::ascend", around(unit()), |[a, b, c, d, rate]: [T; 5], out| {
        let Some(mut q) = out.end(MeanField::new([a], [b])) else { return };
        let gradient = MeanFieldGradient { mean: [c], log_std_dev: [d] };
        let mut natural = q;
        out.change(&mut q, |q| MeanField::ascend(q, &gradient, rate));
        out.change(&mut natural, |q| MeanField::ascend_natural(q, &gradient, rate));
        for q in [q, natural] {
            q.mean().iter().chain(q.log_std_dev()).for_each(|&x| out.finite(x));
        }
    });
    cross("Adam::step", all(), |[mean, square, first, second]: [T; 4], out| {
        out.holds(Adam::<T, 1>::default() == Adam::new(), "default");
        let Some(mut adam) = out.end(Adam::with_decays(Adam::<T, 1>::new(), mean, square)) else { return };
        for gradient in [first, second, first] {
            if let Some(step) = out.change(&mut adam, |adam| Adam::step(adam, &[gradient])) {
                out.finite(step[0]);
            }
        }
    });
}

fn noise<T: Scalar>() {
    cross("LogEvidence::total", all(), |terms: [T; 3], out| {
        let mut sum = LogEvidence::new();
        terms.into_iter().for_each(|term| LogEvidence::add(&mut sum, term));
        out.holds(LogEvidence::<T>::default() == LogEvidence::new(), "default");
        out.number(LogEvidence::total(&sum));
    });
    // The evidence is a parabola of the start's numbers, which may have no maximum, or the numbers themselves.
    cross("fit_noise", all(), |[start, height, bend]: [T; 3], out| {
        let found = fit_noise([start], |[variance]| {
            let mut sum = LogEvidence::new();
            sum.add(height - bend * (variance - T::ONE) * (variance - T::ONE));
            if variance == height { Err(Error::Diverged) } else { Ok(sum) }
        });
        if let Some(fit) = out.end(found) {
            fit.variances.iter().for_each(|&variance| out.variance(variance));
            out.finite(fit.start);
            out.finite(fit.log_evidence);
            // Near a maximum a step is taken without asking the evidence.
            out.holds(fit.log_evidence.into() >= fit.start.into() - 0.01, fit);
            out.holds(fit.maximum != [Maximum::Inside] || fit.log_std_dev[0].is_finite(), fit);
            fit.log_std_dev.iter().for_each(|&x| out.of("NoiseFit::log_std_dev", x));
        }
    });
}

both! {
    elbos_of_gaussians = elbo_of_gaussian;
    elbos_of_mean_fields = elbo_of_mean_field;
    steps_along_gradients = ascend;
    noise_from_a_log = noise;
}
