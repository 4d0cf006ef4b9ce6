// Runs before the package is packed: copies JSON, interfaces and license from elsewhere in the project.

import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'

const PACKAGE = new URL('../', import.meta.url)
const PROJECT = new URL('../../', PACKAGE)
const GENERATED = new URL('abi/generated/', PROJECT)

for (const [folder, ending] of [['json/', '.json'], ['solidity/', '.sol']]) {
  const target = new URL(folder, PACKAGE)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target)
  for (const name of readdirSync(GENERATED).filter((file) => file.endsWith(ending))) {
    copyFileSync(new URL(name, GENERATED), new URL(name, target))
  }
}
copyFileSync(new URL('LICENSE', PROJECT), new URL('LICENSE', PACKAGE))
