// Runs the README's recipes, which extract.mjs has written to readme/.
//
// The calling test has set the clock to the first second of epoch 1, which streams one reward token (6 decimals) in a day.
// Nobody is staked, the account has 1 000 assets (18 decimals), and the vault has yield to sell.

import assert from 'node:assert/strict'
import { vaultAbi } from '@weir/abi'
import { getContract, parseEther } from 'viem'
import { account, node, setting, vaultAddress, wallet } from '../stage.js'
import { apr } from './readme/apr.js'
import { offer } from './readme/auction.js'
import { depositWithPermit } from './readme/permit.js'

const vault = getContract({ address: vaultAddress, abi: vaultAbi, client: node })
const asset = getContract({ address: await vault.read.asset(), abi: vaultAbi, client: node })

assert.equal(await apr(node, vaultAddress, 2), undefined)

const stake = parseEther('1000')
const hash = await depositWithPermit(node, wallet, vaultAddress, stake)
assert.equal((await node.waitForTransactionReceipt({ hash })).status, 'success')
assert.equal(await vault.read.balanceOf([account.address]), stake)
assert.equal(await asset.read.allowance([account.address, vaultAddress]), 0n)
assert.equal(await node.getTransactionCount({ address: account.address }), 1, 'the deposit should take one transaction')

// 365 reward tokens a year, worth 2 assets each, for 1 000 assets.
assert.equal(await apr(node, vaultAddress, 2), 0.73)

assert.deepEqual(await offer(node, vaultAddress), {
  lot: BigInt(setting('LOT')),
  price: BigInt(setting('PRICE')),
  target: vaultAddress,
})
