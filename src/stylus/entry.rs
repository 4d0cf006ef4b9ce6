//! The one way into a program: [`program!`](crate::program) declares its table of functions, [`answer`] runs one of them.
//!
//! A re-entrant call reverts, views included, unless its function is marked `reentrant`, so nobody sees a program's state
//! half-way. This guard takes the place of the SDK's deprecated feature `reentrant`. Storage is flushed once, at the end; a
//! program whose `reentrant` functions read a slot that it has changed flushes it before it calls another contract.

use alloc::vec::Vec;

use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, host::VM};

use super::{
    decode::Calldata,
    encode::ReturnData,
    revert::{Revert, require},
};
use crate::{
    abi::IEntry::{ReentrantCall, UnknownSelector, ValueNotAccepted},
    host::Host,
};

/// A contract that a program runs.
pub trait Contract: Sized {
    /// Opens the contract for one call with this calldata. Returns it, and the calldata that the caller sent: a clone takes
    /// off what its proxy appended.
    ///
    /// # Errors
    /// If the calldata is not that of a clone.
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert>;
}

/// One call of a function.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The function's selector.
    pub selector: u32,
    /// What follows the selector.
    pub arguments: Calldata<'a>,
    /// The whole calldata, and after it what a clone's proxy appended.
    pub calldata: &'a [u8],
    /// Whether the program is running already, further up in the transaction.
    pub is_reentrant: bool,
}

impl Call<'_> {
    /// Reverts: the program has no such function, or may not run it now.
    ///
    /// # Errors
    /// `ReentrantCall` while the program is running already, else `UnknownSelector`.
    #[cold]
    pub fn reject(self) -> Result<Vec<u8>, Revert> {
        require(!self.is_reentrant, ReentrantCall {})?;
        Err(UnknownSelector { selector: self.selector.to_be_bytes().into() }.into())
    }
}

/// A selector as a number, big-endian: a match on numbers compiles to a binary search.
pub trait Selector: SolCall {
    /// The selector.
    const ID: u32 = u32::from_be_bytes(Self::SELECTOR);
}

impl<C: SolCall> Selector for C {}

/// A program's table of functions, which [`program!`](crate::program) writes.
pub type Route<C> = fn(&mut C, Call, &mut ReturnData) -> Result<(), Revert>;

/// Answers one call: return data, or revert data.
///
/// # Errors
/// `ValueNotAccepted`, `ReentrantCall`, `UnknownSelector`, and those of the function.
pub fn answer<C: Contract>(input: &[u8], vm: VM, route: Route<C>) -> ArbResult {
    let mut output = ReturnData::default();
    match run(input, Host::new(vm), route, &mut output) {
        Ok(()) => Ok(output.into_data()),
        Err(revert) => Err(revert.into_data()),
    }
}

#[inline(always)]
fn run<C: Contract>(
    input: &[u8],
    host: Host,
    route: Route<C>,
    output: &mut ReturnData,
) -> Result<(), Revert> {
    let value = host.msg_value();
    require(value.is_zero(), ValueNotAccepted { value })?;
    let is_reentrant = host.msg_reentrant();
    let (mut contract, calldata) = C::open(host, input)?;
    // Calldata shorter than a selector counts as selector 0.
    let (selector, arguments) = calldata.split_first_chunk().unwrap_or((&[0; 4], &[]));
    let call = Call {
        selector: u32::from_be_bytes(*selector),
        arguments: Calldata::new(arguments),
        calldata: input,
        is_reentrant,
    };
    route(&mut contract, call, output)
}

/// Declares a program: its entry point, and the table of its functions, one line each.
///
/// ```ignore
/// weir::program! {
///     Vault as vault, call;
///     // Run while the vault is running already, too.
///     reentrant {
///         assetCall() => vault.asset(),
///     }
///     // Revert then.
///     guarded {
///         depositCall(assets, receiver) => vault.deposit(assets, receiver)?,
///     }
///     // Every other selector, and a guarded one while the vault is running. Left out, `call.reject()`.
///     otherwise => vault.delegate(call)
/// }
/// ```
///
/// `depositCall` is what `sol!` makes of `deposit` in `abi/`, so a function that the ABI does not have does not compile. Its
/// arguments are decoded as the types declared there, and the result must encode as the type declared there.
/// `constructor NAME(…)` runs on the selector of Stylus constructors and takes the arguments of `NAME`. That each function of
/// the ABI has a line is for tests to show (`every_function_of_the_interface_is_routed…`).
#[macro_export]
macro_rules! program {
    (
        $contract:ty as $this:ident, $call:ident;
        $(constructor $new:path { $($new_argument:ident),* } => $construct:expr;)?
        $(reentrant { $($open:ident($($open_argument:ident),* $(,)?) => $open_result:expr,)* })?
        guarded { $($name:ident($($argument:ident),* $(,)?) => $result:expr,)* }
        $(otherwise => $otherwise:expr)?
    ) => {
        fn route(
            $this: &mut $contract,
            $call: $crate::stylus::entry::Call,
            output: &mut $crate::stylus::encode::ReturnData,
        ) -> Result<(), $crate::stylus::revert::Revert> {
            use $crate::stylus::entry::Selector;
            match $call.selector {
                $($(
                    $open::ID => {
                        let ($($open_argument,)*) = $call.arguments.decode::<$crate::parameters!($open)>()?;
                        output.put::<$open>($open_result);
                    }
                )*)?
                _ if $call.is_reentrant => output.forward($crate::otherwise!($call $($otherwise)?)?),
                $(
                    $name::ID => {
                        let ($($argument,)*) = $call.arguments.decode::<$crate::parameters!($name)>()?;
                        output.put::<$name>($result);
                    }
                )*
                $(
                    $crate::abi::CONSTRUCTOR => {
                        let ($($new_argument,)*) = $call.arguments.decode::<$crate::parameters!($new)>()?;
                        $construct
                    }
                )?
                _ => output.forward($crate::otherwise!($call $($otherwise)?)?),
            }
            Ok(())
        }

        /// Answers one call: return data, or revert data.
        pub fn answer(input: &[u8], vm: ::stylus_sdk::host::VM) -> ::stylus_sdk::ArbResult {
            $crate::stylus::entry::answer(input, vm, route)
        }

        /// Called by the VM; returns 0 for return data and 1 for revert data.
        #[cfg(target_arch = "wasm32")]
        #[unsafe(no_mangle)]
        extern "C" fn user_entrypoint(length: usize) -> usize {
            let vm = ::stylus_sdk::host::VM { host: ::stylus_sdk::host::WasmVM {} };
            $crate::host::entry_point(vm, length, answer)
        }
    };
}

/// The types of a function's parameters, as a tuple.
#[doc(hidden)]
#[macro_export]
macro_rules! parameters {
    ($function:path) => { <$function as ::alloy_sol_types::SolCall>::Parameters<'_> };
    ($function:ident) => { <$function as ::alloy_sol_types::SolCall>::Parameters<'_> };
}

#[doc(hidden)]
#[macro_export]
macro_rules! otherwise {
    ($call:ident) => {
        $call.reject()
    };
    ($call:ident $otherwise:expr) => {
        $otherwise
    };
}
