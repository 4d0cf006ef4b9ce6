// Reads the code blocks of the README: the tests run what it shows.

import { readFileSync } from 'node:fs'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** Returns the code blocks of a language, in order. */
export function blocks(language) {
  return [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , code]) => code)
}
