// Made by scripts/abi from abi/*.sol: edit those instead.

export { vaultAbi } from './vault.js'
export { pairAbi } from './pair.js'
export { factoryAbi } from './factory.js'
export { routerAbi } from './router.js'
export { tokenAbi } from './token.js'
export { entryAbi } from './entry.js'
export { liquidationPairAbi } from './liquidationPair.js'
export { liquidationSourceAbi } from './liquidationSource.js'
export { flashSwapCallbackAbi } from './flashSwapCallback.js'
