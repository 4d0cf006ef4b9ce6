// Formats an ABI as JSON, as a JavaScript module, and as the TypeScript declaration of that module: one line per item.

const HEADER = '// Made by scripts/abi from abi/*.sol: edit those instead.\n'

export function json({ abi }) {
  return list(abi, (item) => JSON.stringify(item))
}

export function module(interface_) {
  const items = list(interface_.abi, (item) => JSON.stringify(item))
  return `${HEADER}\n${documentation(interface_)}export const ${constant(interface_)} = ${items}`
}

/** Declares the literal types that `as const` would infer for the ABI. */
export function declaration(interface_) {
  const items = list(interface_.abi, literalType)
  return `${HEADER}\n${documentation(interface_)}export declare const ${constant(interface_)}: readonly ${items}`
}

/** Exports all ABIs. Modules and declarations have the same text. */
export function index(interfaces) {
  return `${HEADER}\n${interfaces.map((one) => `export { ${constant(one)} } from './${fileName(one)}.js'\n`).join('')}`
}

/** Returns the name of the module without its extension, such as `liquidationPair`. */
export function fileName({ name }) {
  return `${name[0].toLowerCase()}${name.slice(1)}`
}

/** Returns the name of the export, such as `liquidationPairAbi`: viem and wagmi name theirs so. */
function constant(interface_) {
  return `${fileName(interface_)}Abi`
}

function list(items, shown) {
  return `[\n${items.map((item) => `  ${shown(item)}`).join(',\n')}\n]\n`
}

function literalType(value) {
  if (Array.isArray(value)) return `readonly [${value.map(literalType).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, field]) => `readonly ${key}: ${literalType(field)}`)
  return `{ ${fields.join('; ')} }`
}

function documentation({ notes }) {
  const lines = notes.map((line) => line.replace(/^@\w+ /, ''))
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}
