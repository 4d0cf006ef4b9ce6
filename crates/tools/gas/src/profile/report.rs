//! Formats a profile as text tables, with a bar for each share.

use alloy::{hex, primitives::Address};
use weir_bindings::{IERC20, IFactory, ILiquidationSource, IPair, IRouter, IVault};
use weir_report::table::{Align, Table};

use super::{INK, Profile};
use crate::traces::ProgramCall;

/// Length of the longest bar.
const BAR: usize = 30;
/// Number of functions shown by name; the rest are added up.
const FUNCTIONS: usize = 25;
/// Longest function name, in characters; longer ones are cut.
const NAME: usize = 70;

impl Profile {
    /// Formats the whole profile.
    pub fn text(&self) -> String {
        let mut text = self.parts();
        for program in &self.programs {
            text += &format!("\nProgram {}, {}\n\n", program.address, function(&program.input));
            text += &program.host_functions();
            text += "\n";
            text += &program.functions();
        }
        text += "\nSlots of the programs, the first access included\n\n";
        text += &self.slots();
        text += "\nCalls\n\n";
        text + &self.calls()
    }

    /// Parts of the transaction's gas. The refund is derived from the difference.
    fn parts(&self) -> String {
        let mut table = shares("gas of the transaction", "gas");
        let mut row = |name: String, gas: u64| table.row(vec![name, gas.to_string(), bar(gas, self.gas)]);
        row("21 000 and calldata".into(), self.intrinsic);
        for program in &self.programs {
            let to = short(program.address);
            row(format!("{to}: entry"), program.entry_gas);
            row(format!("{to}: its own functions"), gas(program.functions.iter().map(|one| one.ink).sum()));
            row(format!("{to}: host functions"), gas(program.hostios.iter().map(|one| one.ink).sum()));
            row(format!("{to}: returned data"), program.return_data_gas);
        }
        // The rest: tokens, sources, and proxies of programs.
        let programs: u64 = self.programs.iter().map(ProgramCall::own_gas).sum();
        let others = (self.gas + self.refund()).saturating_sub(self.intrinsic + programs);
        row("contracts in Solidity".into(), others);
        if self.refund() > 0 {
            row("less a refund".into(), self.refund());
        }
        row("all".into(), self.gas);
        table.text()
    }

    /// Refund for cleared slots of any contract. Unknown, so 0, if the transaction calls a proxy in Solidity.
    fn refund(&self) -> u64 {
        let outermost = self.programs.first().filter(|first| first.depth == 0);
        outermost.map_or(0, |first| (self.intrinsic + first.gas_used).saturating_sub(self.gas))
    }

    fn slots(&self) -> String {
        let mut table = Table::new([
            ("program", Align::Left),
            ("slot", Align::Left),
            ("what", Align::Left),
            ("gas", Align::Right),
        ]);
        for slot in &self.slots {
            let key = slot.slot.to_string();
            let shown = format!("{}…{}", &key[..10], &key[key.len() - 8..]);
            table.row(vec![short(slot.program), shown, slot.change.to_string(), slot.gas.to_string()]);
        }
        table.text()
    }

    fn calls(&self) -> String {
        let mut table = Table::new([
            ("call", Align::Left),
            ("of", Align::Left),
            ("function", Align::Left),
            ("gas", Align::Right),
        ]);
        for (depth, call) in &self.calls {
            table.row(vec![
                format!("{}{}", "  ".repeat(depth - 1), call.typ),
                call.to.map(short).unwrap_or_default(),
                function(&call.input),
                call.gas_used.to_string(),
            ]);
        }
        table.text()
    }
}

impl ProgramCall {
    /// Gas without callees.
    fn own_gas(&self) -> u64 {
        let callees: u64 = self.hostios.iter().map(|one| one.callee_gas).sum();
        self.gas_used.saturating_sub(callees)
    }

    fn host_functions(&self) -> String {
        let mut table = shares("host function", "calls");
        let most = self.hostios.iter().map(|one| one.ink).max().unwrap_or(0);
        for one in &self.hostios {
            table.row(vec![one.name.clone(), one.calls.to_string(), tenths(one.ink), bar(one.ink, most)]);
        }
        table.text()
    }

    fn functions(&self) -> String {
        let mut table = shares("function of the program", "calls");
        let most = self.functions.iter().map(|one| one.ink).max().unwrap_or(0);
        let (shown, others) = self.functions.split_at(FUNCTIONS.min(self.functions.len()));
        for one in shown {
            let name: String = one.name.chars().take(NAME).collect();
            table.row(vec![name, one.calls.to_string(), tenths(one.ink), bar(one.ink, most)]);
        }
        if !others.is_empty() {
            let (calls, ink) =
                others.iter().fold((0, 0), |(calls, ink), one| (calls + one.calls, ink + one.ink));
            let name = format!("{} others", others.len());
            table.row(vec![name, calls.to_string(), tenths(ink), bar(ink, most)]);
        }
        table.text()
    }
}

/// Starts a table of shares: name, number, gas, bar.
fn shares(what: &str, number: &str) -> Table {
    let mut headings = vec![(what.to_owned(), Align::Left), (number.to_owned(), Align::Right)];
    if number != "gas" {
        headings.push(("gas".into(), Align::Right));
    }
    headings.push((String::new(), Align::Left));
    Table::with_columns(headings)
}

fn gas(ink: u64) -> u64 {
    ink.div_ceil(INK)
}

/// Formats ink as gas with one decimal.
fn tenths(ink: u64) -> String {
    let tenths = (ink + INK / 20) / (INK / 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn bar(part: u64, of: u64) -> String {
    let length = (part as usize * BAR).checked_div(of as usize).unwrap_or(0);
    "█".repeat(length.min(BAR))
}

fn short(address: Address) -> String {
    let text = address.to_string();
    format!("{}…{}", &text[..6], &text[text.len() - 4..])
}

/// The called function: its name in the project's interfaces, or its selector.
fn function(input: &[u8]) -> String {
    let Some(selector) = input.first_chunk::<4>() else { return String::new() };
    let names = [
        IVault::IVaultCalls::name_by_selector,
        IERC20::IERC20Calls::name_by_selector,
        IPair::IPairCalls::name_by_selector,
        IRouter::IRouterCalls::name_by_selector,
        IFactory::IFactoryCalls::name_by_selector,
        ILiquidationSource::ILiquidationSourceCalls::name_by_selector,
    ];
    let name = names.into_iter().find_map(|name| name(*selector));
    name.map_or_else(|| hex::encode_prefixed(selector), ToOwned::to_owned)
}
