// State overrides, block overrides, access lists.

import assert from 'node:assert/strict'
import { encodeFunctionData, hexToBigInt, numberToHex, parseEther } from 'viem'
import { accounts, mined, node, token, wallet } from './stage.mjs'

const stranger = '0x00000000000000000000000000000000000057a6'
const supply = { ...token, functionName: 'totalSupply' }

const stateDiff = [{ slot: numberToHex(0, { size: 32 }), value: numberToHex(77, { size: 32 }) }]
assert.equal(await node.readContract({ ...supply, stateOverride: [{ address: token.address, stateDiff }] }), 77n)
assert.equal(await node.readContract(supply), 0n)

// A program at another address works, since activation belongs to the code.
const code = await node.getCode(token)
const moved = { address: stranger, stateOverride: [{ address: stranger, code }] }
assert.equal(await node.readContract({ ...supply, ...moved }), 0n)

// Code that returns its balance: SELFBALANCE PUSH0 MSTORE PUSH1 20 PUSH0 RETURN
const override = [{ address: stranger, code: '0x475f5260205ff3', balance: parseEther('3') }]
const { data } = await node.call({ to: stranger, stateOverride: override })
assert.equal(hexToBigInt(data), parseEther('3'))

// A sender without ether sends some, with a balance override.
const gift = { account: stranger, to: accounts[0].address, value: 5n }
const funded = [{ address: stranger, balance: parseEther('1') }]
assert.equal(await node.estimateGas({ ...gift, stateOverride: funded }), 21_000n)

// Code that returns the block's timestamp: TIMESTAMP PUSH0 MSTORE PUSH1 20 PUSH0 RETURN
const clock = [{ address: stranger, code: '0x425f5260205ff3' }]
const later = await node.call({ to: stranger, stateOverride: clock, blockOverrides: { time: 9_999_999_999n } })
assert.equal(hexToBigInt(later.data), 9_999_999_999n)

await mined(wallet.writeContract({ ...token, functionName: 'mint', args: [accounts[0].address, 10n] }))
const call = encodeFunctionData({ ...token, functionName: 'transfer', args: [accounts[1].address, 1n] })
const { accessList } = await node.createAccessList({ account: accounts[0], to: token.address, data: call })
assert.deepEqual(accessList.map(({ address }) => address), [token.address.toLowerCase()])
assert.equal(accessList[0].storageKeys.length, 2, "the two accounts' balances")
const receipt = await mined(wallet.sendTransaction({ to: token.address, data: call, accessList }))
assert.equal(receipt.type, 'eip1559')
