//! A long log drawn at the width of a picture: of each column, what stands out is kept, and some of the rest; nothing
//! is averaged.

use crate::instrument::Response;
use crate::track::{Read, Track};

/// The belief at one place of the picture, in the file's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// When.
    pub time: f64,
    /// The lower end of the 2-sigma band.
    pub low: f64,
    /// The response at the predictor's mean.
    pub mean: f64,
    /// The upper end of the 2-sigma band.
    pub high: f64,
}

/// What the picture shows of a track.
pub struct Drawing {
    /// Mean and band.
    pub belief: Vec<Dot>,
    /// Readings with their times.
    pub reads: Vec<(f64, Read)>,
    /// Surprises with their times, the largest of each column.
    pub surprises: Vec<(f64, f64)>,
}

/// How many steps a column of the picture may hold on average before beliefs and readings are thinned.
const DENSE: usize = 6;

/// The part of a track within a window of time, thinned to `columns` columns if it is denser than the eye.
pub fn drawing(track: &Track, response: Response, window: (f64, f64), columns: usize) -> Drawing {
    let inside = |time: f64| (window.0..=window.1).contains(&time);
    let dots: Vec<Dot> = track
        .steps
        .iter()
        .filter(|step| inside(step.time))
        .map(|step| Dot {
            time: step.time,
            low: response.of(step.mean - 2.0 * step.std_dev),
            mean: response.of(step.mean),
            high: response.of(step.mean + 2.0 * step.std_dev),
        })
        .collect();
    let reads: Vec<(f64, Read)> = track.reads().filter(|(time, _)| inside(*time)).collect();
    let width = (window.1 - window.0) / columns as f64;
    let column = |time: f64| ((time - window.0) / width) as usize;
    let by_surprise = |a: &&(f64, Read), b: &&(f64, Read)| a.1.surprise.total_cmp(&b.1.surprise);
    let columned = reads.chunk_by(|a, b| column(a.0) == column(b.0));
    let highest = columned.filter_map(|part| part.iter().max_by(by_surprise));
    let surprises = highest.map(|(time, read)| (*time, read.surprise)).collect();
    if dots.len() <= DENSE * columns {
        return Drawing { belief: dots, reads, surprises };
    }
    let mut thin = Drawing { belief: Vec::new(), reads: Vec::new(), surprises };
    for part in dots.chunk_by(|a, b| column(a.time) == column(b.time)) {
        let low = part.iter().map(|dot| dot.low).fold(f64::INFINITY, f64::min);
        let high = part.iter().map(|dot| dot.high).fold(f64::NEG_INFINITY, f64::max);
        let by_mean = |a: &&Dot, b: &&Dot| a.mean.total_cmp(&b.mean);
        let mut kept: Vec<&Dot> = part.iter().min_by(by_mean).into_iter().chain(part.iter().max_by(by_mean)).collect();
        kept.sort_by(|a, b| a.time.total_cmp(&b.time));
        thin.belief.extend(kept.into_iter().map(|dot| Dot { low, high, ..*dot }));
    }
    for part in reads.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let by_value = |a: &&(f64, Read), b: &&(f64, Read)| a.1.value.total_cmp(&b.1.value);
        thin.reads.extend(part.iter().step_by((part.len() / 4).max(1)));
        thin.reads.extend(part.iter().min_by(by_value));
        thin.reads.extend(part.iter().max_by(by_value));
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Step;

    fn track(rows: usize) -> Track {
        let steps = (0..rows).map(|k| {
            let surprise = if k == rows / 3 { 50.0 } else { 1.0 };
            let value = if k == rows / 2 { 9.0 } else { (k % 2) as f64 };
            let read = Read { value, expected: 0.5, surprise, gain: 0.1, innovation: 0.0, rejected: false };
            Step { time: k as f64, mean: 0.5, std_dev: 0.1 + k as f64 * 1e-4, read: Some(read) }
        });
        Track { steps: steps.collect(), ..Track::default() }
    }

    #[test]
    fn a_short_log_is_drawn_whole() {
        let drawing = drawing(&track(500), Response::Level { centre: 0.0 }, (0.0, 499.0), 500);
        assert_eq!((drawing.belief.len(), drawing.reads.len(), drawing.surprises.len()), (500, 500, 500));
    }

    #[test]
    fn a_long_log_keeps_its_extremes() {
        let drawing = drawing(&track(10_000), Response::Level { centre: 0.0 }, (0.0, 9999.0), 100);
        assert!(drawing.belief.len() <= 202 && drawing.reads.len() <= 606 && drawing.surprises.len() <= 101);
        assert!(drawing.reads.iter().any(|(time, read)| *time == 5000.0 && read.value == 9.0));
        assert!(drawing.surprises.contains(&(3333.0, 50.0)));
        let last = drawing.belief.last().expect("a belief");
        assert!((last.high - (0.5 + 2.0 * (0.1 + 0.9999))).abs() < 1e-9, "the widest band of a column is drawn");
    }
}
