//! Durations and moments in words: `7 days`, `6 h 30 min`, `2025-01-01 00:00:00 UTC`.

use std::{
    fmt::{self, Display, Formatter},
    time::{Duration, SystemTime},
};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Seconds in a day.
pub const DAY: u64 = 24 * HOUR;
/// Seconds in a year of 365 days.
pub const YEAR: u64 = 365 * DAY;

/// A whole number of seconds: written so, or as `"7 days"`, `"6h 30min"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u64);

impl std::str::FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(seconds) = text.trim().parse() {
            return Ok(Self(seconds));
        }
        let advice = "write seconds or words such as \"7 days\" or \"6 hours 30 minutes\"";
        let duration = humantime::parse_duration(text.trim())
            .map_err(|error| format!("{text:?} is no duration ({error}): {advice}"))?;
        if duration.subsec_nanos() != 0 {
            return Err(format!("{text:?} is no whole number of seconds: {advice}"));
        }
        Ok(Self(duration.as_secs()))
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Seconds;

            fn expecting(&self, f: &mut Formatter) -> fmt::Result {
                f.write_str("seconds, or a duration such as \"7 days\"")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Seconds, E> {
                u64::try_from(seconds).map(Seconds).map_err(|_| E::custom("a duration is not negative"))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Seconds, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The two largest units that it has: `7 days`, `6 h 30 min`, `45 s`; the rest is left out.
impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let (days, hours) = (self.0 / DAY, self.0 % DAY / HOUR);
        let (minutes, seconds) = (self.0 % HOUR / MINUTE, self.0 % MINUTE);
        let day_word = if days == 1 { "day" } else { "days" };
        let parts = [(days, day_word), (hours, "h"), (minutes, "min"), (seconds, "s")];
        let Some(first) = parts.iter().position(|(count, _)| *count > 0) else {
            return f.write_str("0 s");
        };
        let (count, unit) = parts[first];
        write!(f, "{count} {unit}")?;
        match parts.get(first + 1) {
            Some((count, unit)) if *count > 0 => write!(f, " {count} {unit}"),
            _ => Ok(()),
        }
    }
}

/// A moment, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        /// The last that has a year of four digits: the end of 9999.
        const LAST: u64 = 253_402_300_799;
        if self.0 > LAST {
            return write!(f, "after the year 9999 (Unix time {})", self.0);
        }
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(self.0);
        let text = humantime::format_rfc3339_seconds(time).to_string();
        write!(f, "{} UTC", text.trim_end_matches('Z').replace('T', " "))
    }
}

impl Moment {
    /// How far it lies from `now`: `in 3 h`, `5 min ago`.
    pub fn relative_to(self, now: u64) -> String {
        match self.0.checked_sub(now) {
            Some(0) => "now".into(),
            Some(ahead) => format!("in {}", Seconds(ahead)),
            None => format!("{} ago", Seconds(now - self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90),
            ("7 days", 604_800),
            ("1 week", 604_800),
            ("6 hours 30 minutes", 23_400),
            ("6h30m", 23_400),
            (" 2 min ", 120),
        ] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
        for text in ["", "soon", "-5", "1.5", "500 ms", "7 dys", "99999999999999999999"] {
            let told = text.parse::<Seconds>().unwrap_err();
            assert!(told.contains("\"7 days\""), "{told}");
        }
    }

    #[test]
    fn durations_are_shown_by_their_two_largest_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (45, "45 s"),
            (3_600, "1 h"),
            (23_400, "6 h 30 min"),
            (86_400, "1 day"),
            (604_801, "7 days"),
            (90_061, "1 day 1 h"),
        ] {
            assert_eq!(Seconds(seconds).to_string(), text);
        }
    }

    #[test]
    fn moments_are_shown_in_utc_however_far_they_are() {
        assert_eq!(Moment(1_735_689_600).to_string(), "2025-01-01 00:00:00 UTC");
        assert!(Moment(u64::MAX).to_string().contains("after the year 9999"));
        assert_eq!(Moment(100).relative_to(100), "now");
        assert_eq!(Moment(160).relative_to(100), "in 1 min");
        assert_eq!(Moment(0).relative_to(90), "1 min 30 s ago");
    }
}
