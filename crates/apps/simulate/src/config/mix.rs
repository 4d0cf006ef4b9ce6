//! How many stakers behave in which way: weights, and the whole numbers nearest to them.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use super::Behaviour;

/// A weight for each behaviour, in the order of [`Behaviour::ALL`]; not all are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mix([u32; Behaviour::ALL.len()]);

impl Default for Mix {
    fn default() -> Self {
        Self([5, 2, 2, 1])
    }
}

impl Mix {
    /// The behaviours of `stakers` stakers: the first ones behave in the first way, and so on. What the weights leave over by rounding
    /// goes to those with the largest rest.
    pub fn behaviours(&self, stakers: usize) -> Vec<Behaviour> {
        let total: u64 = self.0.iter().map(|weight| u64::from(*weight)).sum();
        let exact = self.0.map(|weight| u64::from(weight) * stakers as u64);
        let mut counts = exact.map(|part| (part / total) as usize);
        let mut by_rest: Vec<usize> = (0..exact.len()).collect();
        by_rest.sort_by_key(|kind| std::cmp::Reverse(exact[*kind] % total));
        let missing = stakers - counts.iter().sum::<usize>();
        by_rest.into_iter().take(missing).for_each(|kind| counts[kind] += 1);
        Behaviour::ALL.into_iter().zip(counts).flat_map(|(kind, count)| vec![kind; count]).collect()
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = |part: &str| {
            let names = Behaviour::ALL.map(Behaviour::name).join(", ");
            format!(
                "{part:?} is no part of a mix: write parts such as holder=2, separated by commas, of {names}"
            )
        };
        let mut weights = [0; Behaviour::ALL.len()];
        for part in text.split(',') {
            let (name, weight) = part.split_once('=').ok_or_else(|| refused(part))?;
            let kind = Behaviour::ALL.iter().position(|kind| kind.name() == name.trim());
            weights[kind.ok_or_else(|| refused(part))?] = weight.trim().parse().map_err(|_| refused(part))?;
        }
        if weights.iter().all(|weight| *weight == 0) {
            return Err(format!(
                "{text:?} leaves nobody to stake: give at least one behaviour a weight above 0"
            ));
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
    fn a_mix_makes_as_many_stakers_as_there_are() {
        for stakers in 1..50 {
            let mix: Mix = "coin-flipper=3,seeker=3,sniper=1".parse().unwrap();
            assert_eq!(mix.behaviours(stakers).len(), stakers);
        }
        let two: Mix = "holder=1,sniper=1".parse().unwrap();
        assert_eq!(two.behaviours(2), [Behaviour::Holder, Behaviour::Sniper]);
        assert_eq!(two.to_string(), "holder=1,sniper=1");
    }

    #[test]
    fn a_mix_of_nobody_or_of_unknown_behaviours_is_refused() {
        for text in ["", "holder", "holder=x", "whale=1", "holder=0", "holder=-1"] {
            assert!(text.parse::<Mix>().is_err(), "{text}");
        }
    }
}
