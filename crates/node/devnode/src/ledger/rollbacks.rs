//! Records to which block the chain was rolled back, so that a reader can tell which blocks are new to it.
//! Keeps only the rollbacks needed to find the lowest one since any epoch.

/// The rollbacks of a chain, with ascending epochs and heads.
#[derive(Clone, Debug, Default)]
pub struct Rollbacks(Vec<Rollback>);

#[derive(Clone, Copy, Debug)]
struct Rollback {
    epoch: u64,
    head: u64,
}

impl Rollbacks {
    /// Records a rollback to block `head`, which started `epoch`.
    pub fn record(&mut self, epoch: u64, head: u64) {
        while self.0.last().is_some_and(|rollback| rollback.head >= head) {
            self.0.pop();
        }
        self.0.push(Rollback { epoch, head });
    }

    /// The lowest block that the chain was rolled back to after `epoch`.
    pub fn lowest_since(&self, epoch: u64) -> Option<u64> {
        let first = self.0.partition_point(|rollback| rollback.epoch <= epoch);
        self.0.get(first).map(|rollback| rollback.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lowest_rollback_since_any_epoch_is_found(heads in prop::collection::vec(0..20_u64, 1..40)) {
            let mut rollbacks = Rollbacks::default();
            for (index, &head) in heads.iter().enumerate() {
                rollbacks.record(index as u64 + 1, head);
                for epoch in 0..=index {
                    let expected = heads[epoch..=index].iter().copied().min();
                    prop_assert_eq!(rollbacks.lowest_since(epoch as u64), expected);
                }
                prop_assert_eq!(rollbacks.lowest_since(index as u64 + 1), None);
            }
        }
    }
}
