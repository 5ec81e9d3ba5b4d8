//! What a field of the value column may hold.

/// A kind of reading. An empty field, `NA` and `nan` are a missing reading in each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field {
    /// A finite number.
    Number,
    /// A finite number above zero.
    Amount,
    /// A whole number from 0 to 4294967295.
    Count,
    /// 0 or 1, `false` or `true`.
    Flag,
}

impl Field {
    /// The reading in a field, `None` if it is missing.
    pub fn parse(self, field: &str) -> Result<Option<f64>, String> {
        if field.is_empty() || field.eq_ignore_ascii_case("na") || field.eq_ignore_ascii_case("nan") {
            return Ok(None);
        }
        if self == Self::Flag {
            let known = [("0", 0.0), ("1", 1.0), ("false", 0.0), ("true", 1.0)];
            return match known.iter().find(|(word, _)| field.eq_ignore_ascii_case(word)) {
                Some((_, value)) => Ok(Some(*value)),
                None => Err(format!("`{field}` is neither 0, 1, false nor true")),
            };
        }
        let Ok(value) = field.parse::<f64>() else {
            return Err(format!("`{field}` is not a number; a missing reading is an empty field, NA or nan"));
        };
        if !value.is_finite() {
            return Err(format!("`{field}` is not a finite number"));
        }
        if self == Self::Amount && value <= 0.0 {
            return Err(format!("`{field}` is not above zero"));
        }
        if self == Self::Count {
            if value < 0.0 {
                return Err(format!("`{field}` is a negative count"));
            }
            if value.fract() != 0.0 {
                return Err(format!("`{field}` is a fractional count"));
            }
            if value > f64::from(u32::MAX) {
                return Err(format!("`{field}` is a count above {}", u32::MAX));
            }
        }
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_and_missing_ones() {
        for missing in ["", "NA", "nan", "NaN"] {
            assert_eq!(Field::Number.parse(missing), Ok(None));
            assert_eq!(Field::Count.parse(missing), Ok(None));
            assert_eq!(Field::Flag.parse(missing), Ok(None));
        }
        assert_eq!(Field::Number.parse("-2e1"), Ok(Some(-20.0)));
        assert_eq!(Field::Count.parse("3.0"), Ok(Some(3.0)));
        assert_eq!(Field::Flag.parse("True"), Ok(Some(1.0)));
        assert_eq!(Field::Flag.parse("0"), Ok(Some(0.0)));
    }

    #[test]
    fn what_is_no_reading_says_why() {
        for (field, text, why) in [
            (Field::Number, "2x", "is not a number; a missing reading is an empty field, NA or nan"),
            (Field::Number, "-inf", "is not a finite number"),
            (Field::Number, "1e999", "is not a finite number"),
            (Field::Amount, "0", "is not above zero"),
            (Field::Count, "-1", "is a negative count"),
            (Field::Count, "2.5", "is a fractional count"),
            (Field::Count, "4294967296", "is a count above 4294967295"),
            (Field::Flag, "2", "is neither 0, 1, false nor true"),
            (Field::Flag, "yes", "is neither 0, 1, false nor true"),
        ] {
            assert_eq!(field.parse(text), Err(format!("`{text}` {why}")));
        }
    }
}
