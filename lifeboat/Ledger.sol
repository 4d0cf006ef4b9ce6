// SPDX-License-Identifier: MIT
// Shares and rewards of a vault's stakers, on the vault's own storage: what leaving needs of src/components/ledger.rs.
// docs/storage.md describes the slots, docs/arithmetic.md derives the formulas.
pragma solidity 0.8.37;

/// @title The ledger of a vault, without deposits and new rewards.
/// @notice Amounts are base units. The index and positions wrap, so their arithmetic is unchecked; all the rest is checked.
abstract contract Ledger {
    /// The time of a call.
    struct Time {
        /// Seconds since the vault was created, at most `MAX_TIME`.
        uint256 now_;
        /// Length of an epoch in seconds.
        uint256 epochLength;
    }

    /// The global state as of now.
    struct Accrual {
        uint256 shares;
        uint256 index;
        uint256 reward;
        uint256 queued;
        uint256 updated;
        /// Whether `queued` was read: an epoch has ended, or nobody is staked.
        bool queueRead;
    }

    /// Slot 0, QUEUE: queued u112 · time of the last sale u40 · its price u104.
    uint256 private queueSlot;
    /// Slot 1, EPOCH: all shares u112 · reward of the epoch u112 · time of the last update u32.
    uint256 private epochSlot;
    /// Slot 2, INDEX: reward per share, Q128, modulo 2^256.
    uint256 private indexSlot;
    /// Slot 3, UNPAID: unpaid rewards less the queue u112, modulo 2^112 · number of the epoch of the last update u32.
    uint256 private unpaidSlot;

    uint256 private constant U112 = 2 ** 112 - 1;
    uint256 internal constant MAX_TIME = 2 ** 32 - 1;

    // ---------------------------------------------------------------- views

    function totalShares() internal view returns (uint256) {
        return epochSlot & U112;
    }

    function sharesOf(address staker) internal view returns (uint256) {
        return position(staker) & U112;
    }

    function earned(address staker, Time memory time) internal view returns (uint256) {
        return earnedAt(position(staker), accrue(time).index);
    }

    function unpaidRewards() internal view returns (uint256) {
        unchecked {
            return (unpaidSlot + queueSlot) & U112;
        }
    }

    // ---------------------------------------------------------------- changes

    /// Callers have checked that `owner` has at least these shares. Its pending reward stays.
    function burn(address owner, uint256 shares, Time memory time) internal {
        Accrual memory accrual = accrue(time);
        setPosition(owner, minus(position(owner), shares, accrual.index));
        accrual.shares -= shares;
        commit(accrual, time);
    }

    /// Callers have checked that `from` has at least these shares. Pending rewards stay where they were earned.
    function moveShares(address from, address to, uint256 shares, Time memory time) internal {
        if (from == to || shares == 0) return;
        uint256 index = accrue(time).index;
        setPosition(from, minus(position(from), shares, index));
        unchecked {
            // Rounded up for the receiver: this index is not stored, and the next one may be one step higher than this one and what was
            // handed out since (Ledger::transfer).
            setPosition(to, plus(position(to), shares, index + 1));
        }
    }

    /// Takes what `staker` can claim out of its position and the unpaid rewards. Clears the position if no shares are left.
    function takeEarned(address staker, Time memory time) internal returns (uint256 units) {
        uint256 word = position(staker);
        units = earnedAt(word, accrue(time).index);
        if (units == 0) return 0;
        unchecked {
            setPosition(staker, word & U112 == 0 ? 0 : word + (units << 144));
            unpaidSlot = (unpaidSlot & ~U112) | ((unpaidSlot - units) & U112);
        }
    }

    // ---------------------------------------------------------------- the state as of now

    function accrue(Time memory time) private view returns (Accrual memory accrual) {
        accrual.shares = totalShares();
        accrual.reward = (epochSlot >> 112) & U112;
        accrual.updated = epochSlot >> 224;
        accrual.queueRead = accrual.shares == 0 || time.now_ / time.epochLength > accrual.updated / time.epochLength;
        if (accrual.queueRead) accrual.queued = queueSlot & U112;
        accrual.index = indexSlot;
        uint256 handedOut = advance(accrual, time.now_, time.epochLength);
        unchecked {
            if (handedOut != 0) accrual.index += (handedOut << 128) / accrual.shares;
        }
    }

    function commit(Accrual memory accrual, Time memory time) private {
        epochSlot = accrual.shares | (accrual.reward << 112) | (accrual.updated << 224);
        indexSlot = accrual.index;
        if (!accrual.queueRead) return;
        unchecked {
            uint256 rest = (unpaidSlot + (queueSlot & U112) - accrual.queued) & U112;
            unpaidSlot = rest | ((time.now_ / time.epochLength) << 112);
        }
        queueSlot = (queueSlot & ~U112) | accrual.queued;
    }

    /// Moves the stream on to `now_`; returns what it handed out on the way (src/math/stream.rs).
    function advance(Accrual memory stream, uint256 now_, uint256 length) private pure returns (uint256 handedOut) {
        if (now_ <= stream.updated) return 0;
        bool isStaked = stream.shares != 0;
        uint256 before = streamed(stream.reward, stream.updated % length, length);
        (uint256 epoch, uint256 last) = (now_ / length, stream.updated / length);
        stream.updated = now_;

        if (epoch == last) {
            uint256 due = streamed(stream.reward, now_ % length, length) - before;
            if (isStaked) return due;
            stream.queued += due;
            return 0;
        }
        uint256 rest = stream.reward - before;
        if (!isStaked) {
            stream.reward = stream.queued + rest;
            stream.queued = streamed(stream.reward, now_ % length, length);
            return 0;
        }
        bool isNext = epoch == last + 1;
        handedOut = rest + (isNext ? streamed(stream.queued, now_ % length, length) : stream.queued);
        stream.reward = isNext ? stream.queued : 0;
        stream.queued = 0;
    }

    /// `⌊reward · elapsed / length⌋`
    function streamed(uint256 reward, uint256 elapsed, uint256 length) private pure returns (uint256) {
        return reward * elapsed / length;
    }

    // ---------------------------------------------------------------- positions, shares u112 · debt u144: src/math/index.rs

    /// Whole units of pending reward: ⌊shares · index / 2^96⌋ less the debt, signed, in units of 2^-32.
    function earnedAt(uint256 word, uint256 index) private pure returns (uint256) {
        unchecked {
            uint256 pending = valueDown(word & U112, index) - (word & ~U112);
            return pending >> 255 == 1 ? 0 : pending >> 144;
        }
    }

    function plus(uint256 word, uint256 shares, uint256 index) private pure returns (uint256) {
        unchecked {
            uint256 roundingUp = (shares * index) & (2 ** 96 - 1) == 0 ? 0 : 2 ** 112;
            return word + shares + valueDown(shares, index) + roundingUp;
        }
    }

    function minus(uint256 word, uint256 shares, uint256 index) private pure returns (uint256) {
        unchecked {
            return word - shares - valueDown(shares, index);
        }
    }

    /// `⌊shares · index / 2^96⌋` modulo 2^144, where a position has its debt.
    function valueDown(uint256 shares, uint256 index) private pure returns (uint256) {
        unchecked {
            return ((shares * index) >> 96) << 112;
        }
    }

    // ---------------------------------------------------------------- slots: src/stylus/slot.rs

    function position(address staker) private view returns (uint256) {
        return load(2 ** 160 + uint160(staker));
    }

    function setPosition(address staker, uint256 word) private {
        store(2 ** 160 + uint160(staker), word);
    }

    function allowanceSlot(address owner, address spender) internal pure returns (uint256) {
        return uint256(keccak256(abi.encodePacked(uint32(2), owner, spender)));
    }

    function load(uint256 slot) internal view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(slot)
        }
    }

    function store(uint256 slot, uint256 word) internal {
        assembly ("memory-safe") {
            sstore(slot, word)
        }
    }
}
