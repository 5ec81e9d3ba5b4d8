//! How a belief moves: dynamics, processes, and the filter's own steps.

use crate::design::{Scalar, all, around, triples};
use crate::distributions::{two, unit};
use crate::outcome::{Outcome, both, cross};
use elbow::{
    ConstantVelocity, Dynamics, Error, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, LocalLevel,
    LocalLinearTrend, OrnsteinUhlenbeck, Process, RandomWalk,
};

/// Finite entries, weights that are not negative.
fn take<T: Scalar, const N: usize>(out: &mut Outcome<T>, motion: &Dynamics<T, N>) {
    Dynamics::transition(motion).as_flattened().iter().for_each(|&x| out.finite(x));
    Dynamics::loadings(motion).as_flattened().iter().for_each(|&x| out.finite(x));
    Dynamics::offset(motion).iter().for_each(|&x| out.finite(x));
    for &weight in Dynamics::weights(motion) {
        out.finite(weight);
        out.holds(weight >= T::ZERO, weight);
    }
}

/// Moves an ordinary belief.
fn propagate<T: Scalar, const N: usize>(out: &mut Outcome<T>, motion: &Dynamics<T, N>) {
    let moved = out.end(Dynamics::propagate(motion, &Gaussian::standard()));
    moved.iter().for_each(|belief| out.belief(belief));
}

fn dynamics<T: Scalar>() {
    cross("Dynamics::new", around(unit()), |[a, b, c, d, e, f, g]: [T; 7], out| {
        if let Some(motion) = out.end(Dynamics::new([[a, b], [c, d]], [[e, f], [f, g]])) {
            take(out, &motion);
            propagate(out, &motion);
        }
    });
    cross("Dynamics::from_factor", triples(), |v: [T; 12], out| {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = v;
        let Some(motion) = out.end(Dynamics::from_factor([[a, b], [c, d]], [[e, f], [g, h]], [i, j])) else { return };
        if let Some(motion) = out.end(Dynamics::with_offset(motion, [k, l])) {
            take(out, &motion);
            propagate(out, &motion);
        }
    });
    cross("Dynamics::noise_covariance", around(unit()), |[e, f, g, h, i, j]: [T; 6], out| {
        let still = [[T::ONE, T::ZERO], [T::ZERO, T::ONE]];
        if let Some(motion) = out.end(Dynamics::from_factor(still, [[e, f], [g, h]], [i, j])) {
            out.numbers(Dynamics::noise_covariance(&motion).as_flattened());
        }
    });
}

/// A process of special numbers over special times.
fn process<O: Process<T, N>, T: Scalar, const N: usize, const K: usize>(
    name: &str,
    design: impl Iterator<Item = [T; K]>,
    make: impl Fn(&mut Outcome<T>, &[T; K]) -> Result<O, Error>,
) {
    cross(name, design, |row, out| {
        let made = make(out, &row);
        let Some(of) = out.end(made) else { return };
        let dt = row[K - 1];
        if let Some(motion) = out.end(Process::step(&of, dt)) {
            take(out, &motion);
        }
        let mut filter = Filter::new(Gaussian::<T, N>::standard());
        out.change(&mut filter, |filter| Filter::predict_for(filter, &of, dt));
        out.belief(filter.belief());
        let mut belief = Gaussian::<T, N>::standard();
        out.change(&mut belief, |belief| Process::advance(&of, belief, dt));
        out.belief(&belief);
    });
}

fn processes<T: Scalar>() {
    process::<RandomWalk<T>, T, 1, 2>("RandomWalk::new", all(), |_, v| RandomWalk::new(v[0]));
    process::<LocalLinearTrend<T>, T, 2, 3>("LocalLinearTrend::new", all(), |_, v| LocalLinearTrend::new([v[0], v[1]]));
    process::<ConstantVelocity<T>, T, 2, 2>("ConstantVelocity::new", all(), |_, v| ConstantVelocity::new(v[0]));
    process::<OrnsteinUhlenbeck<T>, T, 1, 4>("OrnsteinUhlenbeck::new", all(), |out, v| {
        let made = OrnsteinUhlenbeck::with_level(OrnsteinUhlenbeck::new(v[0], v[1])?, v[2])?;
        out.finite(OrnsteinUhlenbeck::time_constant(&made));
        out.belief(OrnsteinUhlenbeck::stationary(&made));
        Ok(made)
    });
    process::<IntegratedOrnsteinUhlenbeck<T>, T, 2, 3>("IntegratedOrnsteinUhlenbeck::new", all(), |_, v| {
        IntegratedOrnsteinUhlenbeck::new(v[0], v[1])
    });
    process::<LinearTimeInvariant<T, 1>, T, 1, 4>("LinearTimeInvariant::new of one", triples(), |_, v| {
        LinearTimeInvariant::with_input(LinearTimeInvariant::new([[v[0]]], [[v[1]]])?, [v[2]])
    });
    process::<LinearTimeInvariant<T, 2>, T, 2, 9>("LinearTimeInvariant::new", triples(), |_, v| {
        let [a, b, c, d, e, f, g, h, _] = *v;
        let model = LinearTimeInvariant::<T, 2>::new([[a, b], [c, d]], [[e, T::ZERO], [T::ZERO, f]])?;
        LinearTimeInvariant::with_input(model, [g, h])
    });
}

fn filter<T: Scalar>() {
    cross("Filter::shift", around(unit()), |[a, b, c, d, e, f, g]: [T; 7], out| {
        let Some(prior) = two(out, [a, b, c, d, e]) else { return };
        let mut filter = Filter::new(prior);
        out.change(&mut filter, |filter| Filter::shift(filter, &[f, g]));
        out.belief(Filter::belief(&filter));
        Filter::reset(&mut filter, prior);
        out.holds(*filter.belief() == prior, "reset");
    });
    cross("Filter::inflate", around(unit()), |[a, b, c, d, e, factor]: [T; 6], out| {
        let Some(prior) = two(out, [a, b, c, d, e]) else { return };
        let mut filter = Filter::new(prior);
        out.change(&mut filter, |filter| Filter::inflate(filter, factor));
        out.belief(filter.belief());
    });
    cross("Filter::predict", triples(), |v: [T; 12], out| {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = v;
        let Some(prior) = two(out, [a, b, c, d, e]) else { return };
        let noise = [[T::ONE, T::ZERO], [T::ZERO, j]];
        let Some(motion) = out.end(Dynamics::new([[f, g], [h, i]], noise)) else { return };
        let Some(motion) = out.end(motion.with_offset([k, l])) else { return };
        let mut filter = Filter::new(prior);
        out.change(&mut filter, |filter| Filter::predict(filter, &motion));
        out.belief(filter.belief());
    });
    cross("Filter::predict of an ordinary belief", around(unit()), |[f, g, h, i, j, k]: [T; 6], out| {
        let noise = [[T::ONE, T::ZERO], [T::ZERO, j]];
        let Some(motion) = out.end(Dynamics::new([[f, g], [h, i]], noise)) else { return };
        let Some(motion) = out.end(motion.with_offset([k, k])) else { return };
        let mut filter = Filter::new(Gaussian::standard());
        out.change(&mut filter, |filter| Filter::predict(filter, &motion));
        out.belief(filter.belief());
    });
}

fn local_level<T: Scalar>() {
    cross("LocalLevel::new", all(), |[noise, drift, other]: [T; 3], out| {
        let Some(level) = out.end(LocalLevel::new(noise, drift)) else { return };
        out.holds(LocalLevel::belief(&level).is_none() && LocalLevel::mean(&level).is_none(), "no reading");
        let other = out.end(LocalLevel::with_settings(level, other, noise));
        other.iter().for_each(|level| out.note(&LocalLevel::std_dev(level)));
    });
    let ordinary = [T::ONE; 6];
    cross("LocalLevel::update", around(ordinary), |[noise, drift, first, dt, second, again]: [T; 6], out| {
        let Some(mut level) = out.end(LocalLevel::new(noise, drift)) else { return };
        for (reading, dt) in [(first, dt), (second, again)] {
            if let Some(smooth) = out.change(&mut level, |level| LocalLevel::update(level, reading, dt)) {
                out.finite(smooth);
                out.holds(LocalLevel::mean(&level) == Some(smooth), smooth);
            }
            out.change(&mut level, |level| LocalLevel::predict(level, dt));
            LocalLevel::belief(&level).into_iter().for_each(|belief| out.belief(belief));
        }
        LocalLevel::reset(&mut level);
        out.holds(level.mean().is_none(), "reset");
    });
    cross("LocalLevel::std_dev", all(), |[noise, drift, reading, dt]: [T; 4], out| {
        let Some(mut level) = out.end(LocalLevel::new(noise, drift)) else { return };
        out.number(LocalLevel::std_dev(&level));
        out.change(&mut level, |level| level.update(reading, dt));
        out.number(LocalLevel::std_dev(&level));
    });
}

both! {
    steps_of_dynamics = dynamics;
    steps_of_processes = processes;
    steps_of_a_filter = filter;
    local_levels = local_level;
}
