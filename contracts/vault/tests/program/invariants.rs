//! What holds after every call, whatever the calls: random sequences, with a token in one role or in two.
//!
//! `WEIR_SEED=n` runs one sequence; a failure prints its seed.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolInterface};
use weir::abi::IVault::*;

use crate::world::{
    ALICE, ASSET, BOB, CAROL, IConstructors::vaultCall, KEEPER, OWNER, PRICE, VAULT, World, YIELD, settings,
    u,
};

const STAKERS: [Address; 3] = [ALICE, BOB, CAROL];
const CALLS: usize = 300;

/// Numbers from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Of any magnitude, up to the bounds and a little beyond.
    fn amount(&mut self) -> U256 {
        let bits = self.below(114) as usize;
        U256::from(u128::from(self.next()) << 64 | u128::from(self.next())) >> (128 - bits)
    }
}

/// What the tests know from outside.
#[derive(Default)]
struct Books {
    credited: U256,
    claimed: U256,
    calls: u128,
    /// Claims of accounts without shares: each gives up less than a unit.
    last_claims: u128,
}

fn settings_of(seed: u64) -> vaultCall {
    match seed % 3 {
        0 => settings(),
        1 => vaultCall { reward: ASSET, ..settings() },
        _ => vaultCall { yieldToken: ASSET, smoothingFactor: 1 << 58, ..settings() },
    }
}

/// Makes a random call, and keeps the books. What is refused must be refused by name.
fn step(world: &World, random: &mut Random, books: &mut Books) {
    let (who, receiver, amount) = (random.pick(&STAKERS), random.pick(&STAKERS), random.amount());
    let shares = world.view(balanceOfCall { account: who });
    // Half of the time an amount that is there.
    let held = if shares.is_zero() || random.below(2) == 0 { amount } else { amount % shares + U256::ONE };
    let calldata = match random.below(10) {
        0 | 1 => depositCall { assets: amount, receiver }.abi_encode(),
        2 => mintCall { shares: amount, receiver }.abi_encode(),
        3 => withdrawCall { assets: held, receiver, owner: who }.abi_encode(),
        4 => redeemCall { shares: held, receiver, owner: receiver }.abi_encode(),
        5 => transferCall { to: receiver, value: held }.abi_encode(),
        6 => claimCall { receiver }.abi_encode(),
        7 => fundCall { amount }.abi_encode(),
        8 if random.below(4) == 0 => exitCall { receiver }.abi_encode(),
        8 => syncCall {}.abi_encode(),
        _ => swapExactAmountOutCall {
            receiver: KEEPER,
            amountOut: world.view(maxAmountOutCall {}).min(amount),
            amountInMax: u(1000 * PRICE),
            flashSwapData: Bytes::new(),
        }
        .abi_encode(),
    };
    if let Err(refusal) = world.send(who, calldata) {
        assert!(IVaultErrors::abi_decode_validate(&refusal).is_ok(), "refused with {refusal:?}");
        assert_eq!(world.logs(), []);
        return;
    }
    books.calls += 1;
    for (topics, data) in world.logs() {
        match topics[0] {
            hash if hash == hash_of::<RewardPaid>() => {
                books.claimed += U256::from_be_slice(&data);
                let account = Address::from_word(topics[1]);
                books.last_claims += u128::from(world.view(balanceOfCall { account }).is_zero());
            }
            hash if hash == hash_of::<RewardAdded>() => books.credited += U256::from_be_slice(&data),
            hash if hash == hash_of::<SwappedExactAmountOut>() => {
                books.credited += U256::from_be_slice(&data[64..96]);
            }
            _ => (),
        }
    }
    assert_eq!(
        books.credited - books.claimed,
        world.view(reserveCall {}),
        "the events add up to the reserve"
    );
}

fn hash_of<E: alloy_sol_types::SolEvent>() -> alloy_primitives::B256 {
    E::SIGNATURE_HASH
}

fn check(world: &World) {
    let sum = |amounts: [U256; 3]| amounts.into_iter().fold(U256::ZERO, |sum, amount| sum + amount);
    let shares = sum(STAKERS.map(|account| world.view(balanceOfCall { account })));
    assert_eq!(shares, world.view(totalSupplyCall {}), "the shares add up to the supply");
    let earned = sum(STAKERS.map(|account| world.view(earnedCall { account })));
    let reserve = world.view(reserveCall {});
    assert!(earned <= reserve, "what can be claimed is there: {earned} of {reserve}");

    let reward = world.view(rewardCall {});
    let (asset_held, reward_held) = (world.balance(ASSET, VAULT), world.balance(reward, VAULT));
    if reward == ASSET {
        assert!(asset_held >= shares + reserve, "principal and reserve are there");
    } else {
        assert!(asset_held >= shares, "the principal is there");
        assert!(reward_held >= reserve, "the reserve is there");
    }
}

/// When everything has streamed out and all have claimed, what is left is less than a unit for each of them, and
/// 2^-32 for each change of shares, and 2^-16 for each update of the index: under four units in all; and less than
/// one for each last claim before.
fn settle(world: &World, last_claims: u128) {
    if world.view(totalSupplyCall {}).is_zero() {
        world.stake(ALICE, 1);
    }
    let end = world.view(epochEndCall {}).to::<u64>() + 2 * u64::from(crate::world::EPOCH);
    world.chain.set_time(end);
    for account in STAKERS {
        world.ok(OWNER, claimForCall { account });
    }
    let left = world.view(reserveCall {});
    assert!(left < u(4 + last_claims), "{left} units stay behind {last_claims} last claims");
    for account in STAKERS {
        world.ok(account, exitCall { receiver: account });
    }
    assert_eq!(world.view(totalSupplyCall {}), u(0));
}

fn run(seed: u64) {
    let world = World::with(&settings_of(seed));
    let (mut random, mut books, mut seconds) = (Random(seed), Books::default(), 0);
    let reward = world.view(rewardCall {});
    for account in STAKERS {
        world.give(ASSET, account, u(1 << 120));
        world.give(reward, account, u(1 << 120));
        for spender in STAKERS {
            world.ok(account, approveCall { spender, value: U256::MAX });
        }
    }
    for _ in 0..CALLS {
        seconds += random.pick(&[0, 0, 1, 17, 300, 1000, 4321]);
        world.at(seconds);
        if random.below(8) == 0 {
            world.donate(random.pick(&[YIELD, reward, ASSET]), random.amount() >> 20);
        }
        step(&world, &mut random, &mut books);
        check(&world);
    }
    assert!(books.calls > CALLS as u128 / 4, "most calls were refused: {} succeeded", books.calls);
    settle(&world, books.last_claims);
}

#[test]
fn after_any_calls_the_vault_holds_what_it_owes_and_no_reward_is_lost() {
    let seeds = match std::env::var("WEIR_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("WEIR_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..15,
    };
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| run(seed));
        if let Err(panic) = outcome {
            eprintln!("WEIR_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
