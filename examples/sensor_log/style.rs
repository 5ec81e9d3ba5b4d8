//! The look of the pictures: one typeface, few colours, and how wide a text is where nothing can measure it.

use plotters::prelude::*;

/// Dots to a pixel: the backend places everything on whole dots.
pub const DOTS: i32 = 4;
/// The picture's width in pixels.
pub const WIDTH: i32 = 900;
/// The picture's height in pixels.
pub const HEIGHT: i32 = 600;
/// From the left edge to the value axes.
pub const LEFT: i32 = 80;
/// From the time axis's end to the right edge.
pub const RIGHT: i32 = 32;

/// Titles and labels.
pub const INK: RGBColor = RGBColor(34, 40, 49);
/// What explains: the model, the axes' names.
pub const MUTED: RGBColor = RGBColor(95, 103, 113);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(228, 231, 235);
/// Axes.
pub const AXIS: RGBColor = RGBColor(150, 157, 166);
/// The mean.
pub const BLUE: RGBColor = RGBColor(31, 95, 168);
/// The band.
pub const BAND: RGBColor = RGBColor(188, 211, 236);
/// The readings.
pub const READING: RGBColor = RGBColor(70, 76, 84);
/// The surprise.
pub const ORANGE: RGBColor = RGBColor(201, 92, 26);
/// What is wrong: rejected readings, a monitor's flags.
pub const FAULT: RGBColor = RGBColor(176, 26, 62);
/// Spans without readings.
pub const MISSING: RGBColor = RGBColor(243, 239, 226);

/// A text style, `size` in pixels.
pub fn font(size: i32, color: RGBColor) -> TextStyle<'static> {
    let face = FontFamily::Name("Helvetica, Arial, 'Liberation Sans', sans-serif");
    // The backend writes the size divided by 1.24.
    (face, f64::from(size * DOTS) * 1.24).into_font().color(&color)
}

/// A line, `width` in dots.
pub fn line(color: RGBColor, width: u32) -> ShapeStyle {
    color.stroke_width(width)
}

/// How wide a sans-serif typeface sets a text, in pixels, to about a tenth.
pub fn width_of(text: &str, size: i32) -> i32 {
    let em = |c: char| match c {
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | 'I' | ' ' | '.' | ',' | ':' | ';' | '(' | ')' | '|' => 0.32,
        'm' | 'w' | 'M' | 'W' | '%' => 0.86,
        'A'..='Z' => 0.68,
        _ => 0.59,
    };
    (text.chars().map(em).sum::<f64>() * f64::from(size)).ceil() as i32
}

/// Text without the characters that XML forbids, cut where it grows wider than `width` pixels.
pub fn printable(text: &str, size: i32, width: i32) -> String {
    let mut clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if width_of(&clean, size) > width {
        while width_of(&clean, size) + size > width && clean.pop().is_some() {}
        clean.push('\u{2026}');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_odd_titles() {
        assert_eq!(printable("a\u{1b}b\nc", 18, 700), "a b c");
        let cut = printable(&"wide ".repeat(100), 18, 700);
        assert!(cut.ends_with('…') && width_of(&cut, 18) <= 700, "{cut}");
        assert_eq!(printable("", 18, 700), "");
    }
}
