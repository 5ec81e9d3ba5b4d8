//! Gate and monitor as a user meets them.

use crate::program::Place;
use roxmltree::Document;

/// 600 readings with noise of half a degree about 20; wild at 101, 102 and 221; 40 higher from 301 on; stuck from 451
/// to 500; nothing from 551 to 580.
fn log() -> String {
    let mut text = "t,v\n".to_string();
    for k in (1..=600_i32).filter(|k| !(551..=580).contains(k)) {
        // Sums of fractions that fill the unit interval evenly: variance 1/4.
        let fraction = |step: f64| (f64::from(k) * step).fract() - 0.5;
        let noise = fraction(0.618_033_988_75) + fraction(0.414_213_562_37) + fraction(0.732_050_807_57);
        let level = if k > 300 { 60.0 } else { 20.0 } + if [101, 102, 221].contains(&k) { 30.0 } else { 0.0 };
        let reading = if (451..=500).contains(&k) { 60.2 } else { level + noise };
        text += &format!("{k},{reading:.2}\n");
    }
    text
}

const FLAGS: &str = "own.csv --std-dev 0.5 --level-noise 0.02 --prior-mean 20 --prior-std-dev 1";

#[test]
fn a_gate_keeps_wild_readings_out_and_follows_a_jump() {
    let place = Place::new("gate");
    place.write("own.csv", log());
    let gated = place.summary(&format!("{FLAGS} --gate 5"));
    // Three wild ones, and ten of the new level before it is believed.
    assert_eq!(gated.line("gate"), "5 sd: 13 of 570 readings rejected");
    assert_eq!(gated.line("diverged"), "310: ten readings in a row rejected, the belief widened to the last");
    assert!((gated.numbers("final belief")[0] - 60.0).abs() < 0.4, "{}", gated.line("final belief"));
    let surprising: Vec<&str> = gated.0.lines().filter(|line| line.ends_with("  rejected")).collect();
    assert_eq!(surprising.len(), 5, "{}", gated.0);
    // The legend and thirteen crosses of two strokes each.
    let picture = place.picture("own");
    let document = Document::parse(&picture).expect("well-formed");
    let strokes = document.descendants().filter(|node| node.attribute("stroke") == Some("#B01A3E"));
    assert_eq!(strokes.count(), 2 * 14);
    let free = place.summary(FLAGS);
    assert!(!free.0.contains("gate  ") && !free.0.contains("rejected"));
    assert!(!place.picture("own").contains("rejected"));
}

#[test]
fn counts_too_far_out_are_rejected_until_the_rate_is_believed() {
    let place = Place::new("gated_counts");
    let rows = (0..200).map(|k: u32| (k, if k < 100 { 2 + k % 3 } else { 80 + 7 * (k % 4) }));
    place.write("own.csv", rows.fold("t,n\n".to_string(), |text, (t, n)| text + &format!("{t},{n}\n")));
    let summary = place.summary("own.csv --sensor poisson --level-noise 0.01 --gate 6");
    assert_eq!(summary.line("gate"), "6 sd: 10 of 200 readings rejected");
    assert!(summary.line("diverged").starts_with("109: "));
    assert!((summary.numbers("final belief")[0] - 90.5).abs() < 4.0, "{}", summary.line("final belief"));
}

#[test]
fn each_fault_is_told_with_its_time() {
    let place = Place::new("monitor");
    place.write("own.csv", log());
    let summary = place.summary(&format!("{FLAGS} --gate 5 --monitor"));
    let episode = |kind: &str| {
        let words = summary.0.lines().filter_map(|line| line.trim_start().strip_prefix(kind));
        let times = |rest: &str| {
            let mut words = rest.split_whitespace();
            let first = words.next()?.parse::<f64>().ok()?;
            Some((first, words.nth(1)?.parse::<f64>().ok()?))
        };
        words.filter_map(times).collect::<Vec<_>>()
    };
    // One decimal's worth of the noise in steps of 0.01: two or three repeats are enough.
    let [(first, last)] = episode("stuck")[..] else { panic!("{}", summary.0) };
    assert!((453.0..=454.0).contains(&first) && last == 500.0, "{}", summary.0);
    assert_eq!(episode("silent"), [(550.0, 581.0)]);
    assert!(summary.line("silent").ends_with("31 t without a reading"), "{}", summary.line("silent"));
    let jump = episode("noisy");
    assert!(jump.iter().any(|(first, last)| (302.0..310.0).contains(first) && *last < 380.0), "{}", summary.0);
    assert!(episode("quiet").iter().all(|(first, _)| (451.0..564.0).contains(first)), "{}", summary.0);
    // A monitor only looks.
    assert_eq!(summary.line("log evidence"), place.summary(&format!("{FLAGS} --gate 5")).line("log evidence"));

    place.summary(&format!("{FLAGS} --gate 5 --monitor"));
    let picture = place.picture("own");
    let document = Document::parse(&picture).expect("well-formed");
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).map(str::trim).collect();
    assert!(["stuck", "silent", "noisy"].iter().all(|kind| texts.contains(kind)), "{texts:?}");
    let bars =
        document.descendants().filter(|node| node.has_tag_name("rect") && node.attribute("fill") == Some("#B01A3E"));
    let told = ["quiet", "noisy", "biased", "miscalibrated", "stuck", "silent"].map(|kind| episode(kind).len());
    assert_eq!(bars.count(), told.iter().sum::<usize>());
}

#[test]
fn a_healthy_log_raises_no_flag() {
    let place = Place::new("healthy");
    let summary = place.summary("nile --monitor --gate 5");
    assert_eq!(summary.line("monitor"), "no flag in windows of 64 readings, false-alarm probability 0.0001");
    assert_eq!(summary.line("gate"), "5 sd: 0 of 100 readings rejected");
    let watched = place.picture("nile");
    let plain = place.summary("nile");
    assert_eq!(watched, place.picture("nile"));
    assert_eq!(plain.line("log evidence"), summary.line("log evidence"));
    let strict = place.summary("coal --monitor --false-alarm 0.05");
    assert!(strict.line("monitor").ends_with("false-alarm probability 0.05"));
}
