//! The event loop: epochs start, yield arrives, snipers leave, and lots are sold as soon as a buyer pays their price.

use anyhow::Result;

use super::{
    record::{Action, EpochRow, Record, Sale},
    world::World,
};
use crate::config::Route;

/// Events. Within one second they happen in this order, sales in the order of the vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Epoch,
    Arrival,
    Leave,
    Sale(usize),
}

/// Time of the next event of each kind, in seconds; `None` if there is none.
struct Agenda {
    epoch: Option<u32>,
    tick: Option<u32>,
    /// By vault.
    sales: Vec<Option<u32>>,
    /// Time after which only snipers still leave.
    duration: u32,
}

impl Agenda {
    fn next(&self, world: &World) -> Option<(u32, Event)> {
        let leaving = world.leaving.front().map(|(time, ..)| *time);
        let sale = self
            .sales
            .iter()
            .enumerate()
            .filter_map(|(vault, due)| Some(((*due)?, Event::Sale(vault))))
            .min();
        [(self.epoch, Event::Epoch), (self.tick, Event::Arrival), (leaving, Event::Leave)]
            .into_iter()
            .filter_map(|(time, event)| Some((time?, event)))
            .chain(sale)
            .min()
    }

    /// The time `step` after `time`, if it is before the end.
    fn after(&self, time: u32, step: u32) -> Option<u32> {
        time.checked_add(step).filter(|next| *next < self.duration)
    }
}

impl World<'_> {
    /// Processes all events, and lets the remaining reward stream out.
    ///
    /// # Errors
    /// If an amount exceeds a bound of the vault.
    pub fn run(mut self, on_epoch: &mut impl FnMut()) -> Result<Record> {
        let mut agenda = Agenda {
            epoch: Some(0),
            tick: Some(0),
            sales: vec![None; self.vaults.len()],
            duration: self.config.duration(),
        };
        let mut sampled = 0;
        while let Some((time, event)) = agenda.next(&self).filter(|(time, _)| *time < self.config.end()) {
            self.now = time;
            match event {
                Event::Epoch => {
                    self.begin_epoch()?;
                    sampled = self.sample_if_due(sampled);
                    agenda.epoch = agenda.after(time, self.config.epoch_length.0);
                    on_epoch();
                }
                Event::Arrival => {
                    self.arrive(&mut agenda)?;
                    agenda.tick = agenda.after(time, self.config.tick.0);
                }
                Event::Leave => self.leave(),
                Event::Sale(vault) => {
                    self.sell(vault)?;
                    agenda.sales[vault] = self.due(vault, &agenda);
                }
            }
        }
        self.now = self.config.end();
        if self.recording.samples > 0 {
            self.sample();
        }
        self.look();
        Ok(self.finish())
    }

    fn begin_epoch(&mut self) -> Result<()> {
        for (reward, vault) in self.epoch_rewards.iter_mut().zip(&self.vaults) {
            *reward = vault.epoch_reward(self.now) as f64;
        }
        self.stakers_act()?;
        for (number, vault) in self.vaults.iter().enumerate() {
            self.record.rows.push(EpochRow {
                epoch: self.now / self.config.epoch_length.0,
                vault: number,
                stake: vault.total_stake(),
                reward: vault.epoch_reward(self.now),
                lot: vault.lot(),
            });
        }
        self.look();
        Ok(())
    }

    /// Takes a sample if one is due. Samples are spread evenly over the run. Returns the number due by now.
    fn sample_if_due(&mut self, sampled: u64) -> u64 {
        let (now, all) = (u64::from(self.now), u64::from(self.config.duration()));
        let due = now * u64::from(self.recording.samples) / all + u64::from(self.recording.samples > 0);
        if due > sampled {
            self.sample();
        }
        due
    }

    fn arrive(&mut self, agenda: &mut Agenda) -> Result<()> {
        for vault in 0..self.vaults.len() {
            let amount = self.supplies[vault].next();
            if amount == 0 {
                continue;
            }
            match self.config.route {
                Route::Auction => {
                    self.yield_arrives(vault, amount);
                    agenda.sales[vault] = self.due(vault, agenda);
                }
                Route::Fund => {
                    self.snipe(vault)?;
                    self.fund(vault, amount)?;
                }
            }
        }
        Ok(())
    }

    fn leave(&mut self) {
        if let Some((_, staker, vault)) = self.leaving.pop_front() {
            self.exit(staker, vault);
        }
    }

    /// Time at which the vault's lot will be sold, unless something changes before.
    fn due(&self, vault: usize, agenda: &Agenda) -> Option<u32> {
        let limit = self.buyers[vault].limit(self.vaults[vault].lot());
        self.vaults[vault].first_second_at(limit, self.now).filter(|due| *due < agenda.duration)
    }

    fn sell(&mut self, number: usize) -> Result<()> {
        self.snipe(number)?;
        let vault = &mut self.vaults[number];
        let interval = self.now - vault.last_sale();
        let (lot, price) = vault.sell(self.now)?;
        let worth = self.buyers[number].worth(lot);
        self.buyers[number].draw();
        self.record.vaults[number].credited += price;
        self.record.sales.push(Sale { vault: number, time: self.now, interval, lot, price, worth });
        self.note(Action::Buy { vault: number, lot, price });
        Ok(())
    }
}
