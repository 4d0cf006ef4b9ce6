//! Prometheus metrics of programs: when each expires, and what renewals cost.
//! `weir keepalive --watch` and the bot serve the same ones.

use std::sync::atomic::AtomicU64;

use alloy::primitives::U256;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::{FoundProgram, Lifetime};

/// Name and value of each label.
type Labels = [(&'static str, String); 2];

/// All metrics. Clones share their values.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    expires: Family<Labels, Gauge>,
    active: Family<Labels, Gauge>,
    checked_at: Gauge,
    renewals: Counter,
    failures: Counter,
    paid: Gauge<f64, AtomicU64>,
}

impl Metrics {
    /// Adds the metrics to a registry. Their names begin with `weir_keepalive_`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("weir_keepalive");
        registry.register(
            "program_expires_timestamp_seconds",
            "When each program expires or has expired; 0 if another reason stops it",
            self.expires.clone(),
        );
        registry.register("program_active", "1 if the program can run, 0 if not", self.active.clone());
        registry.register(
            "checked_timestamp_seconds",
            "The chain's time at the last check of all programs",
            self.checked_at.clone(),
        );
        registry.register("renewals", "Programs renewed in this run", self.renewals.clone());
        registry.register("failures", "Checks and renewals that failed in this run", self.failures.clone());
        registry.register("paid_wei", "Paid for renewals in this run, gas and data fees", self.paid.clone());
    }

    /// Records a check of all programs.
    pub fn record_check<'a>(
        &self,
        programs: impl IntoIterator<Item = (&'a FoundProgram, &'a Lifetime)>,
        now: u64,
    ) {
        for (program, lifetime) in programs {
            let labels = [("program", program.name.to_owned()), ("code_hash", program.code_hash.to_string())];
            self.expires.get_or_create(&labels).set(signed(lifetime.expires().unwrap_or(0)));
            self.active.get_or_create(&labels).set(i64::from(lifetime.inactive().is_none()));
        }
        self.checked_at.set(signed(now));
    }

    /// Records a renewal and what it cost in wei.
    pub fn record_renewal(&self, wei: U256) {
        self.renewals.inc();
        self.paid.set(self.paid.get() + f64::from(wei));
    }

    /// Records a check or a renewal that failed.
    pub fn record_failure(&self) {
        self.failures.inc();
    }
}

fn signed(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256};
    use prometheus_client::encoding::text::encode;

    use super::*;
    use crate::Inactive;

    #[test]
    fn metrics_say_when_each_program_expires() {
        let program = |name, byte| FoundProgram {
            name,
            address: Address::ZERO,
            code_hash: B256::repeat_byte(byte),
            users: Vec::new(),
        };
        let (vault, token) = (program("vault", 1), program("token", 2));
        let metrics = Metrics::default();
        let outdated = Inactive::Outdated { version: 2, stylus_version: 3 };
        metrics.record_check(
            [(&vault, &Lifetime::Active { expires: 1_767_225_600 }), (&token, &Lifetime::Inactive(outdated))],
            1_735_689_600,
        );
        metrics.record_renewal(U256::from(1_000));
        let mut registry = Registry::default();
        metrics.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).expect("writing to a string");
        let hash = |byte: u8| B256::repeat_byte(byte);
        for line in [
            format!(
                "weir_keepalive_program_expires_timestamp_seconds{{program=\"vault\",code_hash=\"{}\"}} 1767225600",
                hash(1)
            ),
            format!("weir_keepalive_program_active{{program=\"token\",code_hash=\"{}\"}} 0", hash(2)),
            "weir_keepalive_checked_timestamp_seconds 1735689600".into(),
            "weir_keepalive_renewals_total 1".into(),
            "weir_keepalive_paid_wei 1000".into(),
        ] {
            assert!(text.contains(&line), "{line} in {text}");
        }
    }
}
