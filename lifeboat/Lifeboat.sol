// SPDX-License-Identifier: MIT
// What a vault runs while its Stylus program cannot run: the ways out for principal and rewards, on the vault's own storage.
// docs/lifeboat.md says when that happens, and what a call costs then.
pragma solidity 0.8.37;

import {IVault} from "../abi/generated/IVault.sol";
import {Ledger} from "./Ledger.sol";

/// @title The functions of a vault that let principal and rewards leave, as the Stylus programs have them.
/// @notice A vault's proxy (src/clones/proxy.rs) runs this by delegate call once ArbWasm has said that the program cannot run.
/// Each part names the Rust that it repeats: the same checks in the same order, the same errors and events, the same rounding.
/// Everything else reverts with `ProgramInactive`. Called directly it has storage of its own, in which nobody has anything.
contract Lifeboat is Ledger {
    /// A vault's shares and what it holds for them, in base units of the asset: at most 1 each.
    struct Backing {
        uint256 shares;
        uint256 assets;
    }

    /// Bytes of configuration that the proxy appends to the calldata (src/clones/vault.rs).
    uint256 private constant CONFIG = 105;
    /// Offsets in the vault's code: the program (src/clones/proxy.rs), name and symbol (src/clones/vault.rs).
    uint256 private constant PROGRAM_AT = 18;
    uint256 private constant TEXTS_AT = 353;

    /// Set while a token could call back in the middle of a payment. The program's own guard, Nitro's `msg_reentrant`, counts calls
    /// that run here too. Views do not set it: a static call cannot.
    bool private transient isRunning;

    modifier guarded() {
        isRunning = true;
        _;
        isRunning = false;
    }

    // ---------------------------------------------------------------- functions: contracts/vault, contracts/extension

    fallback(bytes calldata) external payable returns (bytes memory) {
        require(msg.value == 0, IVault.ValueNotAccepted(msg.value));
        // Of shorter calldata `msg.sig` would be a part of the configuration.
        bytes4 selector = sent() < 4 ? bytes4(0) : msg.sig;

        if (selector == IVault.asset.selector) return abi.encode(asset());
        if (selector == IVault.reward.selector) return abi.encode(reward());
        if (selector == IVault.name.selector) return abi.encode(text(0));
        if (selector == IVault.symbol.selector) return abi.encode(text(1));
        if (selector == IVault.decimals.selector) return abi.encode(field(104, 1));

        require(!isRunning, IVault.ReentrantCall());
        if (selector == IVault.totalSupply.selector) return abi.encode(totalShares());
        if (selector == IVault.balanceOf.selector) return abi.encode(sharesOf(account(0)));
        if (selector == IVault.allowance.selector) return abi.encode(allowance(account(0), account(1)));
        if (selector == IVault.approve.selector) return abi.encode(approve(account(0), amount(1)));
        if (selector == IVault.transfer.selector) return abi.encode(move(msg.sender, account(0), amount(1)));
        if (selector == IVault.transferFrom.selector) return abi.encode(transferFrom(account(0), account(1), amount(2)));

        if (selector == IVault.totalAssets.selector) return abi.encode(knownBacking().assets);
        if (selector == IVault.maxWithdraw.selector) return abi.encode(maxWithdraw(account(0)));
        if (selector == IVault.maxRedeem.selector) return abi.encode(maxRedeem(account(0)));
        if (selector == IVault.previewWithdraw.selector) return abi.encode(previewWithdraw(amount(0)));
        if (selector == IVault.previewRedeem.selector) return abi.encode(previewRedeem(amount(0)));
        if (selector == IVault.withdraw.selector) return abi.encode(withdraw(amount(0), account(1), account(2)));
        if (selector == IVault.redeem.selector) return abi.encode(redeem(amount(0), account(1), account(2)));

        if (selector == IVault.earned.selector) return abi.encode(earned(account(0), time()));
        if (selector == IVault.reserve.selector) return abi.encode(unpaidRewards());
        if (selector == IVault.claim.selector) return abi.encode(claim(account(0)));
        if (selector == IVault.exit.selector) return exit(account(0));
        revert IVault.ProgramInactive(address(bytes20(code(PROGRAM_AT, 20))));
    }

    // ---------------------------------------------------------------- calldata: src/stylus/decode.rs

    /// Bytes that the caller sent: those before the configuration.
    function sent() private pure returns (uint256) {
        return msg.data.length < CONFIG ? 0 : msg.data.length - CONFIG;
    }

    /// Argument `number`, from 0.
    function amount(uint256 number) private pure returns (uint256) {
        uint256 begin = 4 + 32 * number;
        require(sent() >= begin + 32, IVault.InvalidCalldata(sent()));
        return uint256(bytes32(msg.data[begin:]));
    }

    function account(uint256 number) private pure returns (address) {
        uint256 word = amount(number);
        require(word >> 160 == 0, IVault.InvalidCalldata(sent()));
        return address(uint160(word));
    }

    // ---------------------------------------------------------------- configuration: src/clones/vault.rs

    /// The field of so many bytes at this offset of the configuration.
    function field(uint256 offset, uint256 length) private pure returns (uint256) {
        return uint256(bytes32(msg.data[msg.data.length - CONFIG + offset:])) >> (256 - 8 * length);
    }

    function asset() private pure returns (address) {
        return address(uint160(field(20, 20)));
    }

    function reward() private pure returns (address) {
        return address(uint160(field(40, 20)));
    }

    function time() private view returns (Time memory) {
        uint256 created = field(80, 8);
        uint256 since = block.timestamp > created ? block.timestamp - created : 0;
        return Time(since < MAX_TIME ? since : MAX_TIME, field(88, 4));
    }

    /// The name (0) or symbol (1): each is a byte with the length, and as many bytes.
    function text(uint256 number) private view returns (string memory) {
        uint256 begin = TEXTS_AT;
        for (; number > 0; number--) begin += 1 + lengthAt(begin);
        return string(code(begin + 1, lengthAt(begin)));
    }

    function lengthAt(uint256 begin) private view returns (uint256) {
        return uint8(code(begin, 1)[0]);
    }

    /// Bytes of the vault's own code.
    function code(uint256 begin, uint256 length) private view returns (bytes memory part) {
        part = new bytes(length);
        assembly ("memory-safe") {
            extcodecopy(address(), add(part, 32), begin, length)
        }
    }

    // ---------------------------------------------------------------- shares: src/vault/shares.rs, components/allowances.rs

    function allowance(address owner, address spender) private view returns (uint256) {
        return load(allowanceSlot(owner, spender));
    }

    function approve(address spender, uint256 value) private returns (bool) {
        require(spender != address(0), IVault.ERC20InvalidSpender(spender));
        store(allowanceSlot(msg.sender, spender), value);
        emit IVault.Approval(msg.sender, spender, value);
        return true;
    }

    /// The highest allowance is unlimited and is never reduced.
    function spend(address owner, uint256 value) private {
        uint256 allowed = allowance(owner, msg.sender);
        if (allowed == type(uint256).max) return;
        require(value <= allowed, IVault.ERC20InsufficientAllowance(msg.sender, allowed, value));
        store(allowanceSlot(owner, msg.sender), allowed - value);
    }

    function transferFrom(address from, address to, uint256 value) private returns (bool) {
        spend(from, value);
        return move(from, to, value);
    }

    function move(address from, address to, uint256 value) private returns (bool) {
        require(from != address(0), IVault.ERC20InvalidSender(from));
        checkReceiver(to);
        uint256 owned = sharesOf(from);
        require(value <= owned, IVault.ERC20InsufficientBalance(from, owned, value));
        moveShares(from, to, value, time());
        emit IVault.Transfer(from, to, value);
        return true;
    }

    /// Tokens and shares sent to the zero address or the vault itself would be lost (src/vault/checks.rs).
    function checkReceiver(address receiver) private view {
        require(receiver != address(0) && receiver != address(this), IVault.ERC20InvalidReceiver(receiver));
    }

    // ---------------------------------------------------------------- principal: src/vault/deposits.rs

    function maxWithdraw(address owner) private view returns (uint256 assets) {
        (, assets) = assetsFor(sharesOf(owner), knownBacking());
    }

    function maxRedeem(address owner) private view returns (uint256) {
        return maxWithdraw(owner) == 0 ? 0 : sharesOf(owner);
    }

    function previewWithdraw(uint256 assets) private view returns (uint256) {
        Backing memory all = backing();
        (bool exists, uint256 shares) = sharesFor(assets, all);
        require(exists, IVault.PrincipalShortfall(asset(), all.shares, all.assets));
        return shares;
    }

    function previewRedeem(uint256 shares) private view returns (uint256) {
        Backing memory all = backing();
        (bool exists, uint256 assets) = assetsFor(shares, all);
        require(exists, IVault.PrincipalShortfall(asset(), all.shares, all.assets));
        return assets;
    }

    function withdraw(uint256 assets, address receiver, address owner) private guarded returns (uint256) {
        require(assets != 0, IVault.ZeroAmount());
        Backing memory all = backing();
        (bool exists, uint256 shares) = sharesFor(assets, all);
        if (!exists) shares = type(uint256).max;
        authorize(shares, receiver, owner);
        (, uint256 max) = assetsFor(sharesOf(owner), all);
        require(assets <= max, IVault.ERC4626ExceededMaxWithdraw(owner, assets, max));
        payPrincipal(assets, shares, receiver, owner);
        return shares;
    }

    function redeem(uint256 shares, address receiver, address owner) private guarded returns (uint256) {
        require(shares != 0, IVault.ZeroAmount());
        authorize(shares, receiver, owner);
        uint256 max = sharesOf(owner);
        require(shares <= max, IVault.ERC4626ExceededMaxRedeem(owner, shares, max));
        Backing memory all = backing();
        (, uint256 assets) = assetsFor(shares, all);
        require(assets != 0, IVault.PrincipalShortfall(asset(), all.shares, all.assets));
        payPrincipal(assets, shares, receiver, owner);
        return assets;
    }

    function authorize(uint256 shares, address receiver, address owner) private {
        checkReceiver(receiver);
        if (msg.sender != owner) spend(owner, shares);
    }

    function payPrincipal(uint256 assets, uint256 shares, address receiver, address owner) private {
        uint256 max = sharesOf(owner);
        require(shares <= max, IVault.ERC4626ExceededMaxRedeem(owner, shares, max));
        burn(owner, shares, time());
        pay(asset(), receiver, assets);
        emit IVault.Transfer(owner, address(0), shares);
        emit IVault.Withdraw(msg.sender, receiver, owner, assets, shares);
    }

    // ---------------------------------------------------------------- worth of shares: src/math/backing.rs, vault/holdings.rs

    function backing() private view returns (Backing memory) {
        return backedBy(held(asset()));
    }

    /// Nothing if the asset does not return its balance. Where it may have had too little gas for that, nobody knows: it reverts.
    function knownBacking() private view returns (Backing memory) {
        uint256 gasBefore = gasleft();
        (bool success, uint256 length, uint256 word) = askBalance(asset());
        bool isOutOfGas = !success && length == 0 && gasleft() < gasBefore / 16;
        require(!isOutOfGas, IVault.SafeERC20FailedOperation(asset()));
        return backedBy(success && length >= 32 ? word : 0);
    }

    function backedBy(uint256 assets) private view returns (Backing memory) {
        uint256 shares = totalShares();
        return Backing(shares, assets < shares ? assets : shares);
    }

    /// `⌊shares · assets / all shares⌋`. Unless each share is worth 1 it does not exist above 2^128 − 1, where the product might not
    /// fit: nobody has so many.
    function assetsFor(uint256 shares, Backing memory all) private pure returns (bool exists, uint256 assets) {
        if (all.assets == all.shares) return (true, shares);
        if (shares >= 2 ** 128) return (false, 0);
        return (true, shares * all.assets / all.shares);
    }

    /// `⌈assets · all shares / assets held⌉`. Unless each share is worth 1 it does not exist above 2^128 − 1, nor if nothing is held.
    function sharesFor(uint256 assets, Backing memory all) private pure returns (bool exists, uint256 shares) {
        if (all.assets == all.shares) return (true, assets);
        if (all.assets == 0 || assets >= 2 ** 128) return (false, 0);
        return (true, (assets * all.shares + all.assets - 1) / all.assets);
    }

    // ---------------------------------------------------------------- rewards: src/vault/rewards.rs

    function claim(address receiver) private guarded returns (uint256 rewards) {
        checkReceiver(receiver);
        rewards = takeEarned(msg.sender, time());
        if (rewards == 0) return 0;
        pay(reward(), receiver, rewards);
        if (asset() == reward()) {
            // Principal is senior.
            (uint256 owed, uint256 left) = (totalShares(), held(asset()));
            require(left >= owed, IVault.PrincipalShortfall(asset(), owed, left));
        }
        emit IVault.RewardPaid(msg.sender, receiver, rewards);
    }

    function exit(address receiver) private returns (bytes memory) {
        uint256 shares = sharesOf(msg.sender);
        uint256 assets = shares == 0 ? 0 : redeem(shares, receiver, msg.sender);
        return abi.encode(assets, claim(receiver));
    }

    // ---------------------------------------------------------------- tokens: src/components/token.rs

    function held(address token) private view returns (uint256) {
        (bool success, uint256 length, uint256 word) = askBalance(token);
        if (!success) bubble(token);
        require(length >= 32, IVault.SafeERC20FailedOperation(token));
        return word;
    }

    /// Whether the token returned, how many bytes it returned or reverted with, and the first word of them.
    function askBalance(address token) private view returns (bool success, uint256 length, uint256 word) {
        bytes memory input = abi.encodeCall(IVault.balanceOf, (address(this)));
        assembly ("memory-safe") {
            success := staticcall(gas(), token, add(input, 32), mload(input), 0, 32)
            length := returndatasize()
            word := mload(0)
        }
    }

    /// The token has to return 1; or nothing, if it has code.
    function pay(address token, address receiver, uint256 value) private {
        (bool success, bytes memory data) = token.call(abi.encodeCall(IVault.transfer, (receiver, value)));
        if (!success) bubble(token);
        bool isTrue = data.length == 0 ? token.code.length != 0 : data.length >= 32 && uint256(bytes32(data)) == 1;
        require(isTrue, IVault.SafeERC20FailedOperation(token));
    }

    /// Reverts with the revert data of the last call, one of the token; or with an error that names the token if there is none.
    function bubble(address token) private pure {
        uint256 length;
        assembly ("memory-safe") {
            length := returndatasize()
        }
        require(length != 0, IVault.SafeERC20FailedOperation(token));
        assembly {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}
