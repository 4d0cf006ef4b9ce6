// Extracts the README's program to a file, which is compiled with the other tests.

import { readFileSync, writeFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [, program] = readme.match(/```ts\n(.*?)```/s)
writeFileSync(new URL('readme.ts', import.meta.url), program)
