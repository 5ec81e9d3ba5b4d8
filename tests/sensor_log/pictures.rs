//! The pictures: well-formed, with both panels, and the band where it belongs.

use crate::program::Place;
use roxmltree::{Document, Node};

/// The texts of a picture.
fn texts<'a>(document: &'a Document) -> Vec<&'a str> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect()
}

/// The points of the band, lower and upper edge by time: x, lower y, upper y; y grows downwards.
fn band(document: &Document) -> Vec<(f64, f64, f64)> {
    let polygon = document.descendants().find(|node| node.has_tag_name("polygon")).expect("a band");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let points = polygon.attribute("points").expect("points").split_whitespace();
    let points: Vec<(f64, f64)> =
        points.map(|point| point.split_once(',').expect("x,y")).map(|(x, y)| (number(x), number(y))).collect();
    let (lower, upper) = points.split_at(points.len() / 2);
    lower.iter().zip(upper.iter().rev()).map(|(low, high)| (low.0, low.1, high.1)).collect()
}

fn circles<'a>(document: &'a Document, radius: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.has_tag_name("circle") && node.attribute("r") == Some(radius))
}

#[test]
fn both_panels_with_axes_title_and_legend() {
    let place = Place::new("panels");
    place.run("");
    assert_eq!(place.pictures(), ["co2.svg", "coal.svg", "nile.svg", "seattle.svg"]);
    for (name, wanted) in [
        (
            "nile",
            ["Annual flow of the Nile at Aswan", "annual flow (10⁸ m³)", "surprise (nats)", "year", "1900", "2σ band"],
        ),
        ("co2", ["Carbon dioxide at Mauna Loa, weekly", "CO₂ (ppm)", "surprise (nats)", "1985", "340", "no readings"]),
        ("coal", ["disasters per year", "surprise (nats)", "year", "1900", "filtered rate", "most surprising"]),
        ("seattle", ["probability of rain", "surprise (nats)", "Jul 2013", "0.4", "filtered probability", "reading"]),
    ] {
        let picture = place.picture(name);
        let document = Document::parse(&picture).expect("well-formed");
        let root = document.root_element();
        assert_eq!((root.attribute("width"), root.attribute("height")), (Some("900"), Some("600")));
        let texts = texts(&document);
        for text in wanted {
            assert!(texts.contains(&text), "{name}: `{text}` is not among {texts:?}");
        }
        assert!(!picture.contains("NaN") && !picture.contains("inf"), "{name}");
    }
    assert!(!texts(&Document::parse(&place.picture("nile")).expect("well-formed")).contains(&"no readings"));
}

#[test]
fn every_reading_is_drawn_and_five_are_ringed() {
    let place = Place::new("readings");
    place.run("nile");
    let picture = place.picture("nile");
    let document = Document::parse(&picture).expect("well-formed");
    // 100 readings and the legend's; the heads of five stems are as large.
    assert_eq!(circles(&document, "11").count(), 100 + 1 + 5);
    let mut rings: Vec<&str> = circles(&document, "24").filter_map(|ring| ring.attribute("cx")).collect();
    let heads = circles(&document, "11").filter(|circle| circle.attribute("fill") == Some("#C95C1A"));
    let mut heads: Vec<&str> = heads.filter_map(|head| head.attribute("cx")).collect();
    rings.sort_unstable();
    heads.sort_unstable();
    assert_eq!(rings.len(), 5);
    assert_eq!(rings, heads, "both panels mark the same times");
}

#[test]
fn the_band_widens_where_readings_are_missing() {
    let place = Place::new("gap");
    place.run("co2 --from 1963-06-01 --to 1965-01-01");
    let picture = place.picture("co2");
    let document = Document::parse(&picture).expect("well-formed");
    let band = band(&document);
    let width = |(_, low, high): &(f64, f64, f64)| low - high;
    let mut widths: Vec<f64> = band.iter().map(width).collect();
    widths.sort_by(f64::total_cmp);
    let usual = widths[widths.len() / 2];
    // Widest at the end of the 18 weeks from 1964-01-25 on.
    let widest = band.iter().max_by(|a, b| width(a).total_cmp(&width(b))).expect("a band");
    let (first, last) = (band[0].0, band[band.len() - 1].0);
    let share = (widest.0 - first) / (last - first);
    assert!(width(widest) > 5.0 * usual, "{} against {usual}", width(widest));
    assert!((0.5..0.65).contains(&share), "at {share} of the picture");
}

#[test]
fn a_pause_without_rows_widens_it_too() {
    let place = Place::new("pause");
    let rows = (0..60).map(|k| (if k < 30 { k } else { k + 100 }, f64::from(k % 7)));
    place.write("pause.csv", rows.fold("t,v\n".to_string(), |text, (t, v)| text + &format!("{t},{v}\n")));
    place.run("pause.csv --std-dev 2 --level-noise 1");
    let picture = place.picture("pause");
    let band = band(&Document::parse(&picture).expect("well-formed"));
    let width = |(_, low, high): &(f64, f64, f64)| low - high;
    let inside: Vec<&(f64, f64, f64)> = band.iter().filter(|at| width(at) > 2.0 * width(&band[20])).collect();
    let (first, last) = (band[0].0, band[band.len() - 1].0);
    let share = |at: &(f64, f64, f64)| (at.0 - first) / (last - first);
    assert!(inside.len() > 5, "the pause is drawn as a fan");
    // Readings stop at 29 and go on at 130, of 0 to 159; places are rounded to dots.
    assert!(inside.iter().all(|at| (0.182..0.818).contains(&share(at))));
}

#[test]
fn titles_with_markup_stay_well_formed() {
    let place = Place::new("markup");
    place.write("a.csv", "t,<v>\n0,1\n1,2\n2,1\n");
    let output = place.command("a.csv --title").arg("a < b & \"c\" \u{7} 'd'").output().expect("the example runs");
    assert!(output.status.success());
    let picture = place.picture("a");
    let document = Document::parse(&picture).expect("well-formed");
    let texts = texts(&document);
    assert!(texts.contains(&"a < b & \"c\"   'd'") && texts.contains(&"<v>"), "{texts:?}");
}
