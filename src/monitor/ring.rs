//! What cannot be derived for a type that holds a ring buffer.

use super::Monitor;

/// By hand, because a ring buffer's own comparison holds a panic that no optimiser removes.
impl<T: PartialEq, const W: usize> PartialEq for Monitor<T, W> {
    fn eq(&self, other: &Self) -> bool {
        self.false_alarm == other.false_alarm
            && self.bounds == other.bounds
            && self.resolution == other.resolution
            && self.longest_gap == other.longest_gap
            && self.last == other.last
            && self.repeats == other.repeats
            && self.repeat_surprise == other.repeat_surprise
            && self.since_last == other.since_last
            && self.window.iter().eq(&other.window)
    }
}
