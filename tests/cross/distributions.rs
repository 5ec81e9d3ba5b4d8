//! Numbers, probabilities, normal distributions.

use crate::design::{Scalar, all, around, triples};
use crate::outcome::{Outcome, both, cross};
use crate::stuck::Stuck;
use elbow::noise::{standard_normal, standard_normals};
use elbow::{Categorical, Gaussian, Logits, MeanField, Surprisal, bits};

/// What a belief is asked, by itself and about a point.
type Of<B, T> = fn(&B) -> Vec<T>;
type At<B, X, T> = fn(&B, X) -> Vec<T>;

/// The same with its name.
type Named<D, X, R> = (&'static str, At<D, X, R>);

fn scalars<T: Scalar>() {
    cross("bits", all(), |[nats]: [T; 1], out| out.number(bits(nats)));
    // The patterns of the values are the words.
    cross("standard_normal", all(), |[word]: [T; 1], out| {
        out.within(standard_normal(&mut Stuck(word.bits())), -9.2, 9.2);
        let pair: [T; 2] = standard_normals::<T, 2, _>(&mut Stuck(!word.bits()));
        pair.into_iter().for_each(|z| out.within(z, -9.2, 9.2));
    });
}

/// Three probabilities, each in its range.
fn probabilities<T: Scalar>(out: &mut Outcome<T>, p: &Categorical<T, 3>) {
    let values = Categorical::probabilities(p);
    values.iter().for_each(|&p| out.within(p, 0.0, 1.0 + 12.0 * T::EPSILON.into()));
    let sum: f64 = values.iter().map(|&p| p.into()).sum();
    out.holds((sum - 1.0).abs() <= 12.0 * T::EPSILON.into(), sum);
}

fn categorical<T: Scalar>() {
    cross("Categorical::new", all(), |p: [T; 3], out| {
        if let Some(made) = out.end(Categorical::new(p)) {
            probabilities(out, &made);
        }
    });
    cross("Categorical::from_weights", all(), |weights: [T; 3], out| {
        if let Some(made) = out.end(Categorical::from_weights(weights)) {
            probabilities(out, &made);
            out.within(Categorical::entropy(&made), 0.0, 1.1);
        }
    });
    for (name, figure) in [
        ("Categorical::kl", Categorical::<T, 3>::kl as fn(&_, &_) -> T),
        ("Categorical::cross_entropy", |p, q| Categorical::cross_entropy(p, q)),
        ("Surprisal::cross_entropy", |p, q| {
            let surprisal = Surprisal::new(q);
            assert!(Surprisal::values(&surprisal).iter().all(|&nats| nats >= T::ZERO - T::EPSILON * T::from_f64(12.0)));
            Surprisal::cross_entropy(&surprisal, p)
        }),
    ] {
        cross(name, around([T::ONE; 6]), |[a, b, c, d, e, f]: [T; 6], out| {
            let (p, q) = (Categorical::from_weights([a, b, c]), Categorical::from_weights([d, e, f]));
            if let (Some(p), Some(q)) = (out.end(p), out.end(q)) {
                let value = figure(&p, &q);
                out.number(value);
                out.holds(value >= T::ZERO, value);
                out.holds(Categorical::kl(&p, &p) == T::ZERO, "itself");
            }
        });
    }
}

fn logits<T: Scalar>() {
    cross("Logits::new", all(), |values: [T; 3], out| {
        if let Some(made) = out.end(Logits::new(values)) {
            Logits::values(&made).iter().for_each(|&x| out.finite(x));
            probabilities(out, &Logits::probabilities(&made));
            out.finite(Logits::log_sum_exp(&made));
            out.within(Logits::entropy(&made), 0.0, 1.1);
        }
    });
    cross("Logits::kl", around([T::ONE; 6]), |[a, b, c, d, e, f]: [T; 6], out| {
        let (p, q) = (Logits::new([a, b, c]), Logits::new([d, e, f]));
        if let (Some(p), Some(q)) = (out.end(p), out.end(q)) {
            for value in [Logits::kl(&p, &q), Logits::cross_entropy(&p, &q)] {
                out.number(value);
                out.holds(value >= T::ZERO, value);
            }
            out.holds(Logits::kl(&p, &p) == T::ZERO, "itself");
        }
    });
}

/// A belief about two numbers from five.
pub fn two<T: Scalar>(out: &mut Outcome<T>, [m, n, l, d, e]: [T; 5]) -> Option<Gaussian<T, 2>> {
    let lower = [[T::ONE, T::ZERO], [l, T::ONE]];
    out.end(Gaussian::from_factor([m, n], lower, [d, e]))
}

/// Two of them with unit numbers.
pub fn unit<T: Scalar, const N: usize>() -> [T; N] {
    [T::ONE; N]
}

fn gaussian_constructors<T: Scalar>() {
    cross("Gaussian::new", around(unit()), |[m, n, a, b, c, d]: [T; 6], out| {
        if let Some(made) = out.end(Gaussian::new([m, n], [[a, b], [c, d]])) {
            out.belief(&made);
        }
    });
    cross("Gaussian::new of three", triples(), |v: [T; 12], out| {
        let [m, n, o, a, b, c, d, e, f, g, h, i] = v;
        if let Some(made) = out.end(Gaussian::new([m, n, o], [[a, b, c], [d, e, f], [g, h, i]])) {
            out.belief(&made);
        }
    });
    cross("Gaussian::diagonal", all(), |[m, n, d, e]: [T; 4], out| {
        if let Some(made) = out.end(Gaussian::diagonal([m, n], [d, e])) {
            out.belief(&made);
        }
    });
    cross("Gaussian::from_factor", triples(), |v: [T; 5], out| {
        if let Some(made) = two(out, v) {
            out.belief(&made);
            out.note(&(Gaussian::mean(&made), Gaussian::unit_lower(&made), Gaussian::pivots(&made)));
        }
    });
    let standard = Gaussian::<T, 2>::standard();
    assert_eq!(standard, Gaussian::diagonal([T::ZERO; 2], [T::ONE; 2]).expect("a belief"));
}

fn gaussian_figures<T: Scalar>() {
    let figures: [(&str, Of<Gaussian<T, 2>, T>); 3] = [
        ("Gaussian::covariance", |p| Gaussian::covariance(p).as_flattened().to_vec()),
        ("Gaussian::variance", |p| Gaussian::variance(p).to_vec()),
        ("Gaussian::entropy", |p| vec![Gaussian::entropy(p)]),
    ];
    for (name, figure) in figures {
        cross(name, around(unit()), |v: [T; 5], out| {
            if let Some(p) = two(out, v) {
                let values: Vec<T> = figure(&p);
                out.numbers(&values);
            }
        });
    }
    for (name, figure) in [
        ("Gaussian::kl", Gaussian::<T, 2>::kl as fn(&_, &_) -> T),
        ("Gaussian::cross_entropy", |p, q| Gaussian::cross_entropy(p, q)),
    ] {
        cross(name, around(unit()), |[a, b, c, d, e, f, g, h, i, j]: [T; 10], out| {
            if let (Some(p), Some(q)) = (two(out, [a, b, c, d, e]), two(out, [f, g, h, i, j])) {
                let value = figure(&p, &q);
                out.number(value);
                out.holds(!name.ends_with("kl") || value >= T::ZERO, value);
                out.holds(Gaussian::kl(&p, &p) == T::ZERO, "itself");
            }
        });
    }
    let figures: [Named<Gaussian<T, 2>, [T; 2], T>; 2] = [
        ("Gaussian::log_prob", |p, x| vec![Gaussian::log_prob(p, &x)]),
        ("Gaussian::at", |p, x| Gaussian::at(p, &x).to_vec()),
    ];
    for (name, figure) in figures {
        cross(name, around(unit()), |[a, b, c, d, e, f, g]: [T; 7], out| {
            if let Some(p) = two(out, [a, b, c, d, e]) {
                let values = figure(&p, [f, g]);
                out.numbers(&values);
            }
        });
    }
    cross("Gaussian::sample", around(unit()), |[a, b, c, d, e, word]: [T; 6], out| {
        if let Some(p) = two(out, [a, b, c, d, e]) {
            let drawn = Gaussian::sample(&p, &mut Stuck(word.bits()));
            out.numbers(&drawn);
        }
    });
}

fn mean_field<T: Scalar>() {
    let standard = MeanField::<T, 2>::standard();
    cross("MeanField::new", all(), |[m, n, r, s]: [T; 4], out| {
        if let Some(p) = out.end(MeanField::new([m, n], [r, s])) {
            MeanField::mean(&p).iter().for_each(|&x| out.finite(x));
            MeanField::std_dev(&p).iter().for_each(|&x| out.variance(x * x));
            MeanField::log_std_dev(&p).iter().for_each(|&x| out.finite(x));
            out.finite(MeanField::entropy(&p));
            out.holds(MeanField::kl(&p, &p) == T::ZERO, "itself");
            out.note(&MeanField::kl(&p, &standard));
        }
    });
    for (name, figure) in [
        ("MeanField::kl", MeanField::<T, 1>::kl as fn(&_, &_) -> T),
        ("MeanField::cross_entropy", |p, q| MeanField::cross_entropy(p, q)),
    ] {
        cross(name, all(), |[m, r, n, s]: [T; 4], out| {
            let (p, q) = (out.end(MeanField::new([m], [r])), out.end(MeanField::new([n], [s])));
            if let (Some(p), Some(q)) = (p, q) {
                let value = figure(&p, &q);
                out.number(value);
                out.holds(!name.ends_with("kl") || value >= T::ZERO, value);
            }
        });
    }
    let figures: [Named<MeanField<T, 1>, T, T>; 3] = [
        ("MeanField::log_prob", |p, x| vec![MeanField::log_prob(p, &[x])]),
        ("MeanField::at", |p, x| MeanField::at(p, &[x]).to_vec()),
        ("MeanField::sample", |p, x| MeanField::sample(p, &mut Stuck(x.bits())).to_vec()),
    ];
    for (name, figure) in figures {
        cross(name, all(), |[m, r, x]: [T; 3], out| {
            if let Some(p) = out.end(MeanField::new([m], [r])) {
                out.numbers(&figure(&p, x));
            }
        });
    }
}

both! {
    numbers = scalars;
    categoricals = categorical;
    logits_and_their_figures = logits;
    gaussians_from_anything = gaussian_constructors;
    figures_of_gaussians = gaussian_figures;
    mean_fields = mean_field;
}
