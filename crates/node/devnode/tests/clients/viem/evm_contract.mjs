// A Solidity contract: compiled, deployed with constructor arguments, called, reverting.

import assert from 'node:assert/strict'
import {
  BaseError, ContractFunctionRevertedError, encodeDeployData, getContract, getContractAddress, parseEther,
  parseEventLogs,
} from 'viem'
import { coin } from '../compile.mjs'
import { accounts, mined, node, rejected, wallet } from './stage.mjs'

const { abi, bytecode } = coin()
const supply = parseEther('1000')
const nonce = await node.getTransactionCount({ address: accounts[0].address })
const deployment = await mined(wallet.deployContract({ abi, bytecode, args: ['Coin', 'COIN', supply] }))
const expected = getContractAddress({ from: accounts[0].address, nonce: BigInt(nonce) })
assert.equal(deployment.contractAddress, expected.toLowerCase())

const contract = getContract({ address: expected, abi, client: { public: node, wallet } })
assert.deepEqual(
  await Promise.all([
    contract.read.name(), contract.read.symbol(), contract.read.decimals(), contract.read.totalSupply(),
  ]),
  ['Coin', 'COIN', 18, supply],
)
const receipt = await mined(contract.write.transfer([accounts[1].address, 7n]))
const [log] = parseEventLogs({ abi, logs: receipt.logs })
const transferred = { from: accounts[0].address, to: accounts[1].address, value: 7n }
assert.deepEqual([log.eventName, log.args], ['Transfer', transferred])
assert.equal(await contract.read.balanceOf([accounts[1].address]), 7n)

const { result, request } = await contract.simulate.approve([accounts[1].address, 3n])
assert.equal(result, true)
await mined(wallet.writeContract(request))
assert.equal(await contract.read.allowance([accounts[0].address, accounts[1].address]), 3n)

const error = await rejected(contract.simulate.transfer([accounts[0].address, 8n], { account: accounts[1] }))
assert.ok(error instanceof BaseError)
const { data } = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
assert.deepEqual([data.errorName, data.args], ['ERC20InsufficientBalance', [accounts[1].address, 7n, 8n]])

// A call of a contract that is not deployed: viem sends the creation code along.
const code = encodeDeployData({ abi, bytecode, args: ['Nowhere', 'NO', 1n] })
assert.equal(await node.readContract({ code, abi, functionName: 'name' }), 'Nowhere')
