//! The measurements. Nodes take turns, so that other load on the machine affects all of them.
//! Only the pipelined transfers run node by node.

use std::time::{Duration, Instant};

use alloy::primitives::Address;
use anyhow::{Context, Result};
use weir_devnode::accounts::dev_accounts;

use crate::{
    figures::Figures,
    load::{self, Sender},
    node::{Node, Program},
    token::Kind,
};
use weir_report::progress::Progress;

/// The number of empty blocks that one request mines.
const BLOCKS_AT_ONCE: u64 = 500;

/// The number of senders, each with its own connection when pipelined.
const SENDERS: u32 = 10;

/// A node with one kind of token.
pub struct Subject {
    pub name: &'static str,
    pub program: Program,
    pub token: Kind,
}

/// The amount of work.
pub struct Amounts {
    starts: usize,
    rounds: usize,
    /// Transfers per round, one by one.
    one_by_one: u64,
    /// Total transfers when pipelined, and the number between two memory measurements.
    pipelined: u64,
    batch: u64,
    blocks: u64,
    blocks_step: u64,
    /// The time after which a node may stop early.
    timeout: Duration,
}

impl Amounts {
    /// A percentage of the whole, at least 1.
    pub fn percent(percent: u32) -> Self {
        let part = |whole: u64| whole * u64::from(percent) / 100;
        Self {
            starts: 9,
            rounds: 5,
            one_by_one: part(1_000),
            pipelined: part(100_000),
            batch: part(5_000),
            blocks: part(1_000_000),
            blocks_step: part(50_000),
            timeout: Duration::from_secs(3 * u64::from(percent).max(10)),
        }
    }
}

/// A running node with senders and a token.
struct Worker {
    node: Node,
    senders: Vec<Sender>,
    token: Address,
}

pub async fn all(subjects: &[Subject], amounts: &Amounts) -> Result<Vec<Figures>> {
    let mut all = Vec::new();
    for subject in subjects {
        all.push(new_figures(subject)?);
    }
    starts(subjects, &mut all, amounts).await?;
    let mut workers = Vec::new();
    for subject in subjects {
        workers.push(Worker::start(subject).await?);
    }
    one_by_one(&mut workers, &mut all, amounts).await?;
    for ((worker, figures), subject) in workers.iter_mut().zip(&mut all).zip(subjects) {
        pipelined(worker, figures, subject.name, amounts).await?;
    }
    drop(workers);
    for (subject, figures) in subjects.iter().zip(&mut all) {
        empty_blocks(subject, figures, amounts).await?;
    }
    Ok(all)
}

fn new_figures(subject: &Subject) -> Result<Figures> {
    Ok(Figures {
        name: subject.name.into(),
        version: subject.program.version()?,
        starts: Vec::new(),
        one_by_one: Vec::new(),
        pipelined: 0.0,
        after_transactions: Vec::new(),
        after_blocks: Vec::new(),
        mining: Duration::ZERO,
        transfer_gas: 0,
    })
}

async fn starts(subjects: &[Subject], all: &mut [Figures], amounts: &Amounts) -> Result<()> {
    let mut progress = Progress::begin("start", (amounts.starts * subjects.len()) as u64);
    for _ in 0..amounts.starts {
        for (subject, figures) in subjects.iter().zip(&mut *all) {
            figures.starts.push(subject.program.start().await?.1);
            progress.step();
        }
    }
    progress.end();
    Ok(())
}

impl Worker {
    async fn start(subject: &Subject) -> Result<Self> {
        let (node, _) = subject.program.start().await?;
        let mut wire = node.wire().await?;
        let mut senders = Vec::new();
        // Skips Nitro's account: anvil funds only those of the mnemonic.
        for account in dev_accounts(SENDERS).iter().skip(1) {
            senders.push(Sender::new(account, &mut wire).await?);
        }
        let token = subject.token.deploy(&node, &mut senders).await?;
        Ok(Self { node, senders, token })
    }
}

async fn one_by_one(workers: &mut [Worker], all: &mut [Figures], amounts: &Amounts) -> Result<()> {
    let mut progress = Progress::begin("transfers one by one", (amounts.rounds * workers.len()) as u64);
    // Round 0 warms up and does not count.
    for round in 0..=amounts.rounds {
        for (worker, figures) in workers.iter_mut().zip(&mut *all) {
            let sender = worker.senders.first_mut().context("there is no sender")?;
            let signed = sender.transfers(worker.node.chain_id, worker.token, amounts.one_by_one)?;
            let mut wire = worker.node.wire().await?;
            let time = load::one_by_one(&mut wire, &signed).await?;
            if round == 0 {
                let again = sender.transfers(worker.node.chain_id, worker.token, 1)?;
                figures.transfer_gas = load::gas_of(&mut wire, &again[0]).await?;
                continue;
            }
            figures.one_by_one.push(amounts.one_by_one as f64 / time.as_secs_f64());
            progress.step();
        }
    }
    progress.end();
    Ok(())
}

async fn pipelined(worker: &mut Worker, figures: &mut Figures, name: &str, amounts: &Amounts) -> Result<()> {
    let mut progress =
        Progress::begin(format!("transfers pipelined: {name}"), amounts.pipelined / amounts.batch);
    let each = amounts.batch / worker.senders.len() as u64;
    let (mut sent, mut time) = (0, Duration::ZERO);
    figures.after_transactions.push((0, worker.node.memory_mib()?));
    while sent < amounts.pipelined && time < amounts.timeout {
        let mut signed = Vec::new();
        for sender in &mut worker.senders {
            signed.push(sender.transfers(worker.node.chain_id, worker.token, each)?);
        }
        time += load::pipelined(&worker.node, &worker.senders, signed).await?;
        sent += each * worker.senders.len() as u64;
        figures.after_transactions.push((sent, worker.node.memory_mib()?));
        progress.step();
    }
    progress.end();
    figures.pipelined = sent as f64 / time.as_secs_f64();
    Ok(())
}

async fn empty_blocks(subject: &Subject, figures: &mut Figures, amounts: &Amounts) -> Result<()> {
    // Without transactions, the kind of token does not matter.
    if matches!(subject.token, Kind::Wasm) {
        return Ok(());
    }
    let name = format!("empty blocks: {}", subject.program.name);
    let mut progress = Progress::begin(name, amounts.blocks / amounts.blocks_step);
    let (node, _) = subject.program.start().await?;
    let mut wire = node.wire().await?;
    figures.after_blocks.push((0, node.memory_mib()?));
    let begin = Instant::now();
    let mut mined = 0;
    while mined < amounts.blocks && begin.elapsed() < amounts.timeout {
        load::mine(&mut wire, BLOCKS_AT_ONCE).await?;
        mined += BLOCKS_AT_ONCE;
        figures.mining = begin.elapsed();
        if mined.is_multiple_of(amounts.blocks_step) {
            figures.after_blocks.push((mined, node.memory_mib()?));
            progress.step();
        }
    }
    if !mined.is_multiple_of(amounts.blocks_step) {
        figures.after_blocks.push((mined, node.memory_mib()?));
    }
    progress.end();
    Ok(())
}
