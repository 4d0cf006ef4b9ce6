//! Weights of the behaviours, and the number of stakers that each gets.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use super::Behaviour;

/// A weight for each behaviour, in the order of [`Behaviour::ALL`]. At least one is above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mix([u32; Behaviour::ALL.len()]);

impl Default for Mix {
    fn default() -> Self {
        Self([5, 2, 2, 1])
    }
}

impl Mix {
    /// The behaviours of `stakers` stakers, in the order of [`Behaviour::ALL`]. Stakers left over by rounding go to the
    /// behaviours with the largest remainders.
    pub fn behaviours(&self, stakers: usize) -> Vec<Behaviour> {
        let total: u64 = self.0.iter().map(|weight| u64::from(*weight)).sum();
        let exact = self.0.map(|weight| u64::from(weight) * stakers as u64);
        let mut counts = exact.map(|part| (part / total) as usize);
        let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
        by_remainder.sort_by_key(|kind| std::cmp::Reverse(exact[*kind] % total));
        let missing = stakers - counts.iter().sum::<usize>();
        by_remainder.into_iter().take(missing).for_each(|kind| counts[kind] += 1);
        Behaviour::ALL.into_iter().zip(counts).flat_map(|(kind, count)| vec![kind; count]).collect()
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = |part: &str| {
            let names = Behaviour::ALL.map(Behaviour::name).join(", ");
            format!(
                "{part:?} is not a weight: write weights such as holder=2, separated by commas, of {names}"
            )
        };
        let mut weights = [0; Behaviour::ALL.len()];
        for part in text.split(',') {
            let (name, weight) = part.split_once('=').ok_or_else(|| invalid(part))?;
            let kind = Behaviour::ALL.iter().position(|kind| kind.name() == name.trim());
            weights[kind.ok_or_else(|| invalid(part))?] = weight.trim().parse().map_err(|_| invalid(part))?;
        }
        if weights.iter().all(|weight| *weight == 0) {
            return Err(format!("{text:?} has no stakers: give at least one behaviour a weight above 0"));
        }
        Ok(Self(weights))
    }
}

impl Display for Mix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let parts = Behaviour::ALL.into_iter().zip(self.0).filter(|(_, weight)| *weight > 0);
        let parts: Vec<String> = parts.map(|(kind, weight)| format!("{}={weight}", kind.name())).collect();
        f.write_str(&parts.join(","))
    }
}

impl TryFrom<String> for Mix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Mix> for String {
    fn from(mix: Mix) -> Self {
        mix.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_covers_all_stakers() {
        for stakers in 1..50 {
            let mix: Mix = "coin-flipper=3,seeker=3,sniper=1".parse().unwrap();
            assert_eq!(mix.behaviours(stakers).len(), stakers);
        }
        let two: Mix = "holder=1,sniper=1".parse().unwrap();
        assert_eq!(two.behaviours(2), [Behaviour::Holder, Behaviour::Sniper]);
        assert_eq!(two.to_string(), "holder=1,sniper=1");
    }

    #[test]
    fn an_empty_mix_and_unknown_behaviours_are_errors() {
        for text in ["", "holder", "holder=x", "whale=1", "holder=0", "holder=-1"] {
            assert!(text.parse::<Mix>().is_err(), "{text}");
        }
    }
}
