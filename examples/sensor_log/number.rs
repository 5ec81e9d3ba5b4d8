//! Numbers for people: round tick marks, and as many digits as mean something.

/// `value` with the decimals that a change of `resolution` needs, in scientific notation where plain digits would not
/// be read.
pub fn resolved(value: f64, resolution: f64) -> String {
    let resolution = if resolution > 0.0 && resolution.is_finite() { resolution } else { 1.0 };
    let magnitude = value.abs().max(resolution);
    if !value.is_finite() {
        return value.to_string();
    }
    if !(1e-4..1e15).contains(&magnitude) || (magnitude >= 1e7 && resolution >= 1e5) {
        let digits = (magnitude.log10().floor() - resolution.log10().floor()).clamp(0.0, 6.0);
        return signed(format!("{value:.*e}", digits as usize));
    }
    let decimals = (-resolution.log10().floor()).clamp(0.0, 9.0);
    signed(format!("{value:.*}", decimals as usize))
}

/// `value` to `digits` significant digits, trailing zeros dropped.
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let text = resolved(value, 10f64.powf(value.abs().log10().floor() - f64::from(digits - 1)));
    match text.contains('.') && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// A negative zero is a zero.
fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(digits) if !digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) => digits.to_string(),
        _ => text,
    }
}

/// Marks at multiples of 1, 2 or 5 times a power of ten, at most `count` of them inside the range, with their labels.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<(f64, String)> {
    let span = high - low;
    if span.is_nan() || span <= 0.0 || !span.is_finite() {
        return vec![(low, resolved(low, low.abs() / 1000.0))];
    }
    let rough = span / count.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|m| m * power)
        .into_iter()
        .find(|step| *step >= 0.999 * rough)
        .unwrap_or(10.0 * power);
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    let marks = (last - first).clamp(0.0, 100.0) as usize;
    (0..=marks).map(|k| (first + k as f64) * step).map(|mark| (mark, resolved(mark, step * 1.0000001))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_resolution() {
        assert_eq!(resolved(1_600_002_000.0, 2000.0), "1600002000");
        assert_eq!(resolved(798.3702, 74.2), "798");
        assert_eq!(resolved(371.219, 0.21), "371.2");
        assert_eq!(resolved(-0.001, 0.1), "0.0");
        assert_eq!(resolved(-1.25, 0.01), "-1.25");
        assert_eq!(resolved(2.5e9, 1e7), "2.50e9");
        assert_eq!(significant(0.020_01, 2), "0.02");
        assert_eq!(significant(122.88, 4), "122.9");
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let labels: Vec<String> = ticks(441.2, 1382.0, 6).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["600", "800", "1000", "1200"]);
        assert_eq!(ticks(-0.05, 1.05, 5).first().map(|t| t.1.clone()), Some("0.0".into()));
        assert_eq!(ticks(3.0, 3.0, 5).len(), 1);
    }
}
