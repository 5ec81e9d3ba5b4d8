//! How a belief moves, and how it is kept.

use elbow::likelihood::LearnedNormal;
use elbow::{
    ConstantVelocity, Dynamics, Error, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, LocalLevel,
    LocalLinearTrend, MeanField, OrnsteinUhlenbeck, Process, RandomWalk, Real, Snapshot,
};

use super::Probe;
use super::distributions::{belief, take_belief};

pub fn filter<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let prior = belief::<T, 3>(p)?;
    let mut filter = Filter::new(prior);
    let motion = Dynamics::new(p.matrix(), p.covariance())?;
    let (dt, level, rate) = (p.positive(), p.positive(), p.positive());
    let by = p.numbers();
    for ended in [
        Filter::predict(&mut filter, &motion),
        Filter::shift(&mut filter, &by),
        Filter::inflate(&mut filter, T::ONE + rate),
    ] {
        p.end(ended);
    }
    take_belief(p, Filter::belief(&filter));
    let mut walk = Filter::new(Gaussian::diagonal([dt], [level])?);
    let ended = Filter::predict_for(&mut walk, &RandomWalk::new(rate)?, dt);
    p.end(ended);
    take_belief(p, Filter::belief(&walk));
    Filter::reset(&mut filter, prior);
    take_belief(p, Filter::belief(&filter));
    Ok(())
}

/// Everything that dynamics hold, and a belief that they move.
fn take_dynamics<T: Real, const N: usize>(p: &mut impl Probe<T>, motion: &Dynamics<T, N>) -> Result<(), Error> {
    p.take_rows(Dynamics::transition(motion));
    p.take_all(Dynamics::offset(motion));
    p.take_rows(Dynamics::loadings(motion));
    p.take_all(Dynamics::weights(motion));
    p.take_rows(&Dynamics::noise_covariance(motion));
    let prior = belief::<T, N>(p)?;
    let moved = Dynamics::propagate(motion, &prior);
    if let Some(moved) = p.end(moved) {
        take_belief(p, &moved);
    }
    Ok(())
}

pub fn dynamics<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let motion = Dynamics::<T, 3>::new(p.matrix(), p.covariance())?;
    let motion = Dynamics::with_offset(motion, p.numbers())?;
    take_dynamics(p, &motion)?;
    let same = Dynamics::from_factor(*motion.transition(), *motion.loadings(), *motion.weights())?;
    take_dynamics(p, &same)
}

/// Two steps of a process, one of them shorter by a thousand.
fn process<O: Process<T, N>, T: Real, const N: usize>(p: &mut impl Probe<T>, of: &O) -> Result<(), Error> {
    let dt = p.positive();
    for dt in [dt, dt * T::from_f64(1e-3)] {
        let step = Process::step(of, dt);
        if let Some(motion) = p.end(step) {
            take_dynamics(p, &motion)?;
        }
        let mut belief = Gaussian::standard();
        let ended = Process::advance(of, &mut belief, dt);
        if p.end(ended).is_some() {
            take_belief(p, &belief);
        }
    }
    Ok(())
}

pub fn random_walk<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let walk = RandomWalk::new(p.positive())?;
    process::<RandomWalk<T>, T, 1>(p, &walk)
}

pub fn kinematics<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let trend = LocalLinearTrend::new(p.positives())?;
    process::<LocalLinearTrend<T>, T, 2>(p, &trend)?;
    let motion = ConstantVelocity::new(p.positive())?;
    process::<ConstantVelocity<T>, T, 2>(p, &motion)
}

pub fn ornstein_uhlenbeck<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let reverting = OrnsteinUhlenbeck::new(p.positive(), p.positive())?;
    let reverting = OrnsteinUhlenbeck::with_level(reverting, p.number())?;
    p.take(OrnsteinUhlenbeck::time_constant(&reverting));
    take_belief(p, OrnsteinUhlenbeck::stationary(&reverting));
    process::<OrnsteinUhlenbeck<T>, T, 1>(p, &reverting)?;
    let integrated = IntegratedOrnsteinUhlenbeck::new(p.positive(), p.positive())?;
    process::<IntegratedOrnsteinUhlenbeck<T>, T, 2>(p, &integrated)
}

pub fn linear_time_invariant<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let model = LinearTimeInvariant::<T, 2>::new(p.matrix(), p.covariance())?;
    let model = LinearTimeInvariant::with_input(model, p.numbers())?;
    process::<LinearTimeInvariant<T, 2>, T, 2>(p, &model)
}

pub fn local_level<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let mut level = LocalLevel::new(p.positive(), p.positive())?;
    for _ in 0..4 {
        let updated = LocalLevel::update(&mut level, p.number(), p.positive());
        if let Some(smooth) = p.end(updated) {
            p.take(smooth);
        }
    }
    let predicted = LocalLevel::predict(&mut level, p.positive());
    p.end(predicted);
    p.take_all(&[LocalLevel::mean(&level).unwrap_or(T::ZERO), LocalLevel::std_dev(&level)]);
    let mut other = LocalLevel::with_settings(level, p.positive(), p.positive())?;
    LocalLevel::reset(&mut other);
    p.note(LocalLevel::belief(&other).is_none().into());
    snapshot::<LocalLevel<T>, T>(p, &level);
    Ok(())
}

/// What is saved, whether it comes back, and how damage to a byte of it is told.
pub fn snapshot<S: Snapshot + PartialEq, T: Real>(p: &mut impl Probe<T>, of: &S) {
    let mut buffer = [0; 512];
    let saved = Snapshot::save(of, &mut buffer).map(<[u8]>::len);
    if p.end(saved) != Some(S::SNAPSHOT_LEN) {
        return;
    }
    for &byte in buffer.iter().take(S::SNAPSHOT_LEN) {
        p.note(byte.into());
    }
    let restored: Result<S, Error> = Snapshot::restore(buffer.get(..S::SNAPSHOT_LEN).unwrap_or_default());
    p.note((restored.as_ref() == Ok(of)).into());
    if let Some(byte) = buffer.get_mut(p.word() as usize % S::SNAPSHOT_LEN) {
        *byte ^= 1;
    }
    let damaged: Result<S, Error> = Snapshot::restore(buffer.get(..S::SNAPSHOT_LEN).unwrap_or_default());
    p.end(damaged);
}

pub fn snapshots<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let kept = belief::<T, 3>(p)?;
    snapshot::<Gaussian<T, 3>, T>(p, &kept);
    snapshot::<Filter<T, 3>, T>(p, &Filter::new(kept));
    let learnt = LearnedNormal::new(p.positive(), T::ONE + p.positive())?;
    snapshot::<LearnedNormal<T>, T>(p, &learnt);
    let field = MeanField::<T, 3>::new(p.numbers(), p.numbers())?;
    snapshot::<MeanField<T, 3>, T>(p, &field);
    Ok(())
}
