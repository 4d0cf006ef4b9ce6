// Writes the README's recipes to modules: those code blocks that begin with a file name.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { blocks } from '../readme.mjs'

const FOLDER = new URL('readme/', import.meta.url)

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER)
for (const code of blocks('ts')) {
  const [, name] = code.match(/^\/\/ (\w+\.ts)\n/) ?? []
  if (name !== undefined) writeFileSync(new URL(name, FOLDER), code)
}
