//! Durations as people write them: seconds (`90`), or numbers with units (`7 days`, `1.5h`, `6 h 30 min`).
//! They are shown in words that read back.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
    time::Duration,
};

use alloy_primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Decimal, written::Written};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Seconds in a day.
pub const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// Seconds in a year of 365 days.
pub const YEAR: u64 = 365 * DAY;

/// Decimals of a second in nanoseconds.
const NANO_DECIMALS: u8 = 9;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Units by name, in nanoseconds.
const UNITS: [(&[&str], u64); 7] = [
    (&["ms"], NANOS_PER_SECOND / 1_000),
    (&["s", "sec", "secs", "second", "seconds"], NANOS_PER_SECOND),
    (&["m", "min", "mins", "minute", "minutes"], MINUTE * NANOS_PER_SECOND),
    (&["h", "hr", "hrs", "hour", "hours"], HOUR * NANOS_PER_SECOND),
    (&["d", "day", "days"], DAY * NANOS_PER_SECOND),
    (&["w", "week", "weeks"], WEEK * NANOS_PER_SECOND),
    (&["y", "year", "years"], YEAR * NANOS_PER_SECOND),
];

/// Reads a duration, exact to the nanosecond: seconds, or numbers with units.
///
/// # Errors
/// A sentence that says what to write, if the text is no duration or does not fit.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "{text:?} is no duration: write seconds, or numbers with units such as \"7 days\" or \"1.5h\""
        )
    };
    if let Ok(seconds) = text.parse::<Decimal>() {
        return of_nanos(nanos(&seconds, NANOS_PER_SECOND).ok_or_else(wrong)?).ok_or_else(wrong);
    }
    let mut rest = text.trim();
    let mut total = U256::ZERO;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(char::is_alphabetic).ok_or_else(wrong)?);
        let end = after.find(|letter: char| !letter.is_alphabetic()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let unit = UNITS.iter().find(|(names, _)| names.contains(&name)).ok_or_else(wrong)?.1;
        let number = number.parse().map_err(|_| wrong())?;
        total = nanos(&number, unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = after.trim_start();
    }
    if text.trim().is_empty() { Err(wrong()) } else { of_nanos(total).ok_or_else(wrong) }
}

/// `number` units of so many nanoseconds, if that is a whole number of nanoseconds.
fn nanos(number: &Decimal, unit: u64) -> Option<U256> {
    let billionths = number.base_units(NANO_DECIMALS).ok()?.checked_mul(U256::from(unit))?;
    let (nanos, rest) = billionths.div_rem(U256::from(NANOS_PER_SECOND));
    rest.is_zero().then_some(nanos)
}

fn of_nanos(nanos: U256) -> Option<Duration> {
    let (seconds, part) = nanos.div_rem(U256::from(NANOS_PER_SECOND));
    Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(part).ok()?))
}

/// A whole number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u64);

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let duration = parse_duration(text)?;
        if duration.subsec_nanos() != 0 {
            return Err(format!("{text:?} is no whole number of seconds: write it in seconds"));
        }
        Ok(Self(duration.as_secs()))
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::parse(deserializer, "seconds, or a duration such as \"7 days\"")
    }
}

/// As it is shown.
impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Seconds {
    /// Its two largest units: `7 days`, `6 h 30 min`; the rest is left out.
    pub fn rough(self) -> String {
        let parts = self.parts();
        let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
        words(&parts[first..parts.len().min(first + 2)])
    }

    fn parts(self) -> [(u64, &'static str); 4] {
        let days = self.0 / DAY;
        [
            (days, if days == 1 { "day" } else { "days" }),
            (self.0 % DAY / HOUR, "h"),
            (self.0 % HOUR / MINUTE, "min"),
            (self.0 % MINUTE, "s"),
        ]
    }
}

/// All its units: `1 day 6 h 30 min`.
impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&words(&self.parts()))
    }
}

fn words(parts: &[(u64, &str)]) -> String {
    let present = parts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = present.map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "0 s".into() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90),
            ("7 days", 604_800),
            ("1 week", 604_800),
            ("6 hours 30 minutes", 23_400),
            ("6h30m", 23_400),
            ("1.5h", 5_400),
            ("0.5 d", 43_200),
            ("1.2e3", 1_200),
            (" 2 min ", 120),
            ("0", 0),
            ("2 years", 2 * YEAR),
            ("1000 ms", 1),
        ] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
        assert_eq!(parse_duration("250 ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("0.25"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn anything_else_is_an_error_that_shows_how_to_write_one() {
        for text in [
            "",
            " ",
            "soon",
            "-5",
            "7 dys",
            "h",
            "1h 2",
            "99999999999999999999",
            "1 month",
            "1e-10",
            "1,5h",
            "2 × 3 s",
        ] {
            let error = text.parse::<Seconds>().unwrap_err();
            assert!(error.contains("\"7 days\""), "{text}: {error}");
        }
        assert!("1.5".parse::<Seconds>().unwrap_err().contains("whole number of seconds"));
        assert!("500 ms".parse::<Seconds>().unwrap_err().contains("whole number of seconds"));
    }

    #[test]
    fn durations_are_shown_in_all_their_units_or_the_two_largest() {
        for (seconds, exact, rough) in [
            (0, "0 s", "0 s"),
            (45, "45 s", "45 s"),
            (3_600, "1 h", "1 h"),
            (23_400, "6 h 30 min", "6 h 30 min"),
            (86_400, "1 day", "1 day"),
            (604_801, "7 days 1 s", "7 days"),
            (90_061, "1 day 1 h 1 min 1 s", "1 day 1 h"),
        ] {
            assert_eq!(
                (Seconds(seconds).to_string().as_str(), Seconds(seconds).rough().as_str()),
                (exact, rough)
            );
        }
    }

    proptest! {
        #[test]
        fn a_shown_duration_reads_back(seconds: u64) {
            prop_assert_eq!(Seconds(seconds).to_string().parse(), Ok(Seconds(seconds)));
        }
    }
}
