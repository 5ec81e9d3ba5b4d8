//! The operations of the machine, but for the readings.

use super::Machine;
use crate::values::{belief, choice, matrix, number, numbers, symmetric, word};
use arbitrary::Unstructured;
use elbow::likelihood::LearnedNormal;
use elbow::{
    ConstantVelocity, Dynamics, Error, Filter, Gate, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant,
    LocalLinearTrend, Monitor, OrnsteinUhlenbeck, RandomWalk,
};

/// What is done next; seeds.py has the same order.
#[derive(Debug, Clone, Copy)]
pub enum Operation {
    Predict,
    PredictFor,
    OwnProcess,
    Update,
    UpdateGated,
    UpdateVector,
    Shift,
    Inflate,
    Reset,
    Save,
    Elapse,
    Replace,
}

const OPERATIONS: [Operation; 12] = [
    Operation::Predict,
    Operation::PredictFor,
    Operation::OwnProcess,
    Operation::Update,
    Operation::UpdateGated,
    Operation::UpdateVector,
    Operation::Shift,
    Operation::Inflate,
    Operation::Reset,
    Operation::Save,
    Operation::Elapse,
    Operation::Replace,
];

impl Operation {
    /// The next one.
    pub fn next(bytes: &mut Unstructured<'_>) -> Self {
        OPERATIONS[usize::from(choice(bytes, OPERATIONS.len() as u8))]
    }
}

/// Processes of one dimension only.
pub trait OwnProcesses {
    /// Predicts by one of them.
    fn predict_by_own(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error>;
}

impl OwnProcesses for Filter<f32, 1> {
    fn predict_by_own(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        let (kind, dt) = (choice(bytes, 2), number(bytes));
        let [first, second, level] = numbers(bytes);
        match kind {
            0 => self.predict_for(&RandomWalk::new(first)?, dt),
            _ => self.predict_for(&OrnsteinUhlenbeck::new(first, second)?.with_level(level)?, dt),
        }
    }
}

impl OwnProcesses for Filter<f32, 2> {
    fn predict_by_own(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        let (kind, dt) = (choice(bytes, 3), number(bytes));
        let [first, second] = numbers(bytes);
        match kind {
            0 => self.predict_for(&LocalLinearTrend::new([first, second])?, dt),
            1 => self.predict_for(&ConstantVelocity::new(first)?, dt),
            _ => self.predict_for(&IntegratedOrnsteinUhlenbeck::new(first, second)?, dt),
        }
    }
}

/// It has none.
impl OwnProcesses for Filter<f32, 4> {
    fn predict_by_own(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        self.predict_for(&LinearTimeInvariant::new([[0.0; 4]; 4], [[0.0; 4]; 4])?, number(bytes))
    }
}

impl<const N: usize> Machine<N>
where
    Filter<f32, N>: OwnProcesses,
{
    /// Does it, with arguments from the bytes. An argument that its constructor refuses is an error, too.
    pub fn apply(&mut self, operation: Operation, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        match operation {
            Operation::Predict => {
                let dynamics = match choice(bytes, 2) {
                    0 => Dynamics::new(matrix(bytes), symmetric(bytes)),
                    _ => Dynamics::from_factor(matrix(bytes), matrix(bytes), numbers(bytes)),
                };
                let dynamics = dynamics?.with_offset(numbers(bytes))?;
                assert!(dynamics.noise_covariance().iter().flatten().all(|entry| !entry.is_nan()), "{dynamics:?}");
                self.filter.predict(&dynamics)
            }
            Operation::PredictFor => {
                let process = LinearTimeInvariant::new(matrix(bytes), symmetric(bytes))?.with_input(numbers(bytes))?;
                self.filter.predict_for(&process, number(bytes))
            }
            Operation::OwnProcess => self.filter.predict_by_own(bytes),
            Operation::Update => self.update(bytes, false),
            Operation::UpdateGated => self.update(bytes, true),
            Operation::UpdateVector => self.update_vector(bytes),
            Operation::Shift => self.filter.shift(&numbers(bytes)),
            Operation::Inflate => self.filter.inflate(number(bytes)),
            Operation::Reset => {
                self.filter.reset(belief(bytes));
                Ok(())
            }
            Operation::Save => {
                self.save(bytes);
                Ok(())
            }
            Operation::Elapse => self.monitor.elapse(number(bytes)),
            Operation::Replace => self.replace(bytes),
        }
    }

    /// Another gate, monitor or learnt noise.
    fn replace(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        match choice(bytes, 5) {
            0 => self.gate = Gate::by_innovation(number(bytes), word(bytes))?,
            1 => self.gate = Gate::by_log_evidence(number(bytes), word(bytes))?,
            2 => self.monitor.reset(),
            3 => {
                let monitor = Monitor::new(number(bytes))?.with_resolution(number(bytes))?;
                self.monitor = monitor.with_longest_gap(number(bytes))?;
            }
            _ => {
                let noise = LearnedNormal::new(number(bytes), number(bytes))?;
                self.noise = noise.with_forgetting(number(bytes))?.with_floor(number(bytes))?;
            }
        }
        Ok(())
    }
}
