//! Moments in words: `2025-01-01 00:00:00 UTC`, `in 3 h`, `5 min ago`.
//! However far they are, they are shown.

use std::{
    fmt::{self, Display, Formatter},
    time::{Duration, SystemTime},
};

use crate::Seconds;

/// A moment, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        /// The end of 9999, the last year with four digits.
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
    /// How far it is from `now`: `in 3 h`, `5 min ago`.
    pub fn relative_to(self, now: u64) -> String {
        match self.0.checked_sub(now) {
            Some(0) => "now".into(),
            Some(ahead) => format!("in {}", Seconds(ahead).rough()),
            None => format!("{} ago", Seconds(now - self.0).rough()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_utc_however_far_they_are() {
        assert_eq!(Moment(1_735_689_600).to_string(), "2025-01-01 00:00:00 UTC");
        assert!(Moment(u64::MAX).to_string().contains("after the year 9999"));
        assert_eq!(Moment(100).relative_to(100), "now");
        assert_eq!(Moment(160).relative_to(100), "in 1 min");
        assert_eq!(Moment(0).relative_to(90), "1 min 30 s ago");
    }
}
