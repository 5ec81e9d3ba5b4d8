//! Monitors are equal when all that they remember is, and any flag counts.

use elbow::{Flags, Monitor};

/// Each differs from the first in one thing.
#[test]
fn monitors_that_remember_different_things_differ() {
    let fresh = || Monitor::<f32, 16>::new(1e-3).unwrap();
    let recorded = |readings: &[(f32, f32)]| {
        let mut monitor = fresh();
        for &(reading, innovation) in readings {
            monitor.record(reading, innovation, -1.0).unwrap();
        }
        monitor
    };
    let mut waiting = fresh();
    waiting.elapse(2.0).unwrap();
    let others = [
        Monitor::new(1e-2).unwrap(),
        fresh().with_resolution(0.5).unwrap(),
        fresh().with_longest_gap(5.0).unwrap(),
        waiting,
        recorded(&[(1.0, 0.5)]),
        recorded(&[(2.0, 0.5)]),
        recorded(&[(1.0, 0.25)]),
        recorded(&[(1.0, 0.5), (1.0, 0.5)]),
        recorded(&[(1.0, 0.5), (1.0, 0.25)]),
    ];
    for (i, monitor) in others.iter().enumerate() {
        assert_eq!(monitor, &monitor.clone());
        assert_ne!(monitor, &fresh(), "{i}");
        assert!(others[..i].iter().all(|other| other != monitor), "{i}");
    }
}

#[test]
fn any_flag_is_a_flag() {
    let down = Flags::default();
    assert!(!down.any());
    for up in [
        Flags { quiet: true, ..down },
        Flags { noisy: true, ..down },
        Flags { biased: true, ..down },
        Flags { miscalibrated: true, ..down },
        Flags { stuck: true, ..down },
        Flags { silent: true, ..down },
    ] {
        assert!(up.any(), "{up:?}");
    }
}
