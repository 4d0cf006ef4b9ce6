//! 256-bit arithmetic; its prices are in `prices.rs`.

use super::*;
use revm::primitives::U256;

/// Memory: a at 0, b at 32, c at 64; the arguments are their last bytes.
fn arithmetic(chain: &mut TestChain, call: &str, [a, b, c]: [u8; 3]) -> U256 {
    let body = format!(
        "(i32.store8 (i32.const 31) (i32.const {a})) (i32.store8 (i32.const 63) (i32.const {b}))
         (i32.store8 (i32.const 95) (i32.const {c})) {call}"
    );
    U256::from_be_slice(&returned(chain, &body, 32))
}

#[test]
fn arithmetic_matches_the_evm() {
    let mut chain = TestChain::new();
    let two = |name: &str| format!("(call ${name} (i32.const 0) (i32.const 32))");
    let three = |name: &str| format!("(call ${name} (i32.const 0) (i32.const 32) (i32.const 64))");
    let cases = [
        (two("math_div"), [17, 5, 0], 3),
        (two("math_div"), [17, 0, 0], 0),
        (two("math_mod"), [17, 5, 0], 2),
        (two("math_mod"), [17, 0, 0], 0),
        (two("math_pow"), [3, 5, 0], 243),
        (two("math_pow"), [0, 0, 0], 1),
        (three("math_add_mod"), [200, 100, 7], 300 % 7),
        (three("math_add_mod"), [1, 1, 0], 0),
        (three("math_mul_mod"), [200, 100, 7], 20_000 % 7),
        (three("math_mul_mod"), [1, 1, 0], 0),
    ];
    for (call, numbers, expected) in cases {
        assert_eq!(arithmetic(&mut chain, &call, numbers), U256::from(expected), "{call} {numbers:?}");
    }
    // 3^255 wraps.
    let power = arithmetic(&mut chain, &two("math_pow"), [3, 255, 0]);
    assert_eq!(power, U256::from(3).wrapping_pow(U256::from(255)));
}
