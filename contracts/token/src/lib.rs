//! The program `token`: an ERC-20 that anyone may mint, for demos and tests. The functions themselves are in `weir::token`.

use weir::{
    abi::{IConstructors::tokenCall, IToken::*},
    token::Token,
};

weir::program! {
    Token as token, call;

    constructor tokenCall { name, symbol, decimals } => token.construct(name, symbol, decimals)?;

    // Fixed by the constructor.
    reentrant {
        nameCall() => token.name(),
        symbolCall() => token.symbol(),
        decimalsCall() => token.decimals(),
    }

    guarded {
        totalSupplyCall() => token.total_supply(),
        balanceOfCall(account) => token.balance_of(account),
        allowanceCall(owner, spender) => token.allowance(owner, spender),
        approveCall(spender, value) => token.approve(spender, value)?,
        transferCall(to, value) => token.transfer(to, value)?,
        transferFromCall(from, to, value) => token.transfer_from(from, to, value)?,
        mintCall(to, value) => token.mint(to, value)?,
    }
}
