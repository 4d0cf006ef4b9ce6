//! Host functions for 256-bit arithmetic and hashing (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).
//! Numbers are big-endian; the result replaces the first operand; division by zero returns zero.

use super::{machine::Machine, stop::Stop};
use crate::pricing::{Ink, host};
use revm::primitives::{U256, keccak256};

impl Machine<'_> {
    pub fn math_div(&mut self, value: u32, divisor: u32) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(3) + host::DIV)?;
        let (a, b) = (self.read_number(value)?, self.read_number(divisor)?);
        self.write_number(value, a.checked_div(b).unwrap_or_default())
    }

    pub fn math_mod(&mut self, value: u32, modulus: u32) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(3) + host::DIV)?;
        let (a, b) = (self.read_number(value)?, self.read_number(modulus)?);
        self.write_number(value, a.checked_rem(b).unwrap_or_default())
    }

    pub fn math_pow(&mut self, value: u32, exponent: u32) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(3))?;
        let (a, b) = (self.read_number(value)?, self.read(exponent)?);
        self.buy_ink(host::pow(&b))?;
        self.write_number(value, a.wrapping_pow(U256::from_be_bytes(b)))
    }

    pub fn math_add_mod(&mut self, value: u32, addend: u32, modulus: u32) -> Result<(), Stop> {
        self.modular(host::ADD_MOD, U256::add_mod, [value, addend, modulus])
    }

    pub fn math_mul_mod(&mut self, value: u32, multiplier: u32, modulus: u32) -> Result<(), Stop> {
        self.modular(host::MUL_MOD, U256::mul_mod, [value, multiplier, modulus])
    }

    pub fn native_keccak256(&mut self, input: u32, len: u32, output: u32) -> Result<(), Stop> {
        self.buy_ink(host::keccak(len))?;
        let hash = keccak256(self.slice(input, len)?);
        self.write(output, hash.as_slice())
    }

    fn modular(
        &mut self,
        price: Ink,
        operation: impl Fn(U256, U256, U256) -> U256,
        [a, b, modulus]: [u32; 3],
    ) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(4) + price)?;
        let result = operation(self.read_number(a)?, self.read_number(b)?, self.read_number(modulus)?);
        self.write_number(a, result)
    }

    fn read_number(&self, pointer: u32) -> Result<U256, Stop> {
        self.read(pointer).map(U256::from_be_bytes::<32>)
    }

    fn write_number(&mut self, pointer: u32, number: U256) -> Result<(), Stop> {
        self.write(pointer, &number.to_be_bytes::<32>())
    }
}
