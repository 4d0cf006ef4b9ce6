// Checks the types of the ABIs. Compiled, never run: the compiler reports a `@ts-expect-error` without an error.

import { entryAbi, factoryAbi, flashSwapCallbackAbi, liquidationPairAbi, liquidationSourceAbi, pairAbi, routerAbi, tokenAbi, vaultAbi } from '@weir/abi'
import { type Abi, type Address, type Hex, type PublicClient, type WalletClient, decodeErrorResult, encodeFunctionData, parseEventLogs } from 'viem'

/** Compiles only if both types are equal. */
function same<A, B>(..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : ['not the same']) {}

declare const node: PublicClient
declare const wallet: WalletClient
declare const address: Address

export const all = [entryAbi, factoryAbi, flashSwapCallbackAbi, liquidationPairAbi, liquidationSourceAbi, pairAbi, routerAbi, tokenAbi, vaultAbi] satisfies readonly Abi[]

export async function reading() {
  const vault = { address, abi: vaultAbi } as const
  const total = await node.readContract({ ...vault, functionName: 'totalAssets' })
  same<typeof total, bigint>()
  const decimals = await node.readContract({ ...vault, functionName: 'decimals' })
  same<typeof decimals, number>()
  const name = await node.readContract({ ...vault, functionName: 'name' })
  same<typeof name, string>()
  const domain = await node.readContract({ ...vault, functionName: 'eip712Domain' })
  same<typeof domain, readonly [Hex, string, string, bigint, Address, Hex, readonly bigint[]]>()
  const price = await node.readContract({ address, abi: pairAbi, functionName: 'computeExactAmountIn', args: [1n] })
  same<typeof price, bigint>()

  // @ts-expect-error There is no such function.
  await node.readContract({ ...vault, functionName: 'totalAsset' })
  // @ts-expect-error An amount is a bigint.
  await node.readContract({ ...vault, functionName: 'previewDeposit', args: [1] })
  // @ts-expect-error An address begins with 0x.
  await node.readContract({ ...vault, functionName: 'balanceOf', args: ['vitalik.eth'] })
  // @ts-expect-error It takes an argument.
  await node.readContract({ ...vault, functionName: 'balanceOf' })
  // @ts-expect-error It takes one argument.
  await node.readContract({ ...vault, functionName: 'balanceOf', args: [address, address] })
  // @ts-expect-error The function changes state.
  await node.readContract({ ...vault, functionName: 'deposit', args: [1n, address] })
  // @ts-expect-error The function is not a view: simulateContract calls it.
  await node.readContract({ address, abi: liquidationPairAbi, functionName: 'maxAmountOut' })
  // @ts-expect-error A pair is not an ERC-20.
  await node.readContract({ address, abi: pairAbi, functionName: 'balanceOf', args: [address] })
}

export async function writing() {
  const call = { address, account: address, chain: null } as const
  await wallet.writeContract({ ...call, abi: vaultAbi, functionName: 'deposit', args: [1n, address] })
  await wallet.writeContract({ ...call, abi: routerAbi, functionName: 'swapExactAmountOut', args: [address, address, 1n, 1n, 1n] })
  const { result } = await node.simulateContract({ address, abi: vaultAbi, functionName: 'exit', args: [address] })
  same<typeof result, readonly [bigint, bigint]>()

  // @ts-expect-error The function is a view.
  await wallet.writeContract({ ...call, abi: vaultAbi, functionName: 'totalAssets' })
  // @ts-expect-error The arguments are swapped.
  await wallet.writeContract({ ...call, abi: vaultAbi, functionName: 'deposit', args: [address, 1n] })
  // @ts-expect-error No function takes ether.
  await wallet.writeContract({ ...call, abi: vaultAbi, functionName: 'deposit', args: [1n, address], value: 1n })
  // @ts-expect-error `v` is a uint8, so a number.
  encodeFunctionData({ abi: vaultAbi, functionName: 'permit', args: [address, address, 1n, 1n, 27n, '0x', '0x'] })
}

export function decoding() {
  for (const log of parseEventLogs({ abi: vaultAbi, logs: [], eventName: 'SwappedExactAmountOut' })) {
    same<typeof log.args.amountIn, bigint>()
    same<typeof log.args.flashSwapData, Hex>()
    // @ts-expect-error The event has no such field.
    log.args.price
  }
  // @ts-expect-error There is no such event.
  parseEventLogs({ abi: vaultAbi, logs: [], eventName: 'Swapped' })

  const error = decodeErrorResult({ abi: vaultAbi, data: '0x' })
  if (error.errorName === 'ERC4626ExceededMaxDeposit') same<typeof error.args, readonly [Address, bigint, bigint]>()
  if (error.errorName === 'UnknownSelector') same<typeof error.args, readonly [Hex]>()
  // @ts-expect-error There is no such error.
  error.errorName === 'OutOfMoney'
}
