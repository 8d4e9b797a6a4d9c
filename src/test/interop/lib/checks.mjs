// SPDX-License-Identifier: Apache-2.0
//
// One line per check on stdout, exit code 1 when one failed. A check that needs the result of a failed one fails by itself.

const TIMEOUT_MS = Number(process.env.LOCKSTEP_INTEROP_TIMEOUT_MS ?? 60_000)
let passed = 0
let failed = 0

/** Thrown by a check whose claim does not hold; anything else thrown is a failure too, with its own message. */
export class Refuted extends Error {}

export function require(condition, message) {
  if (!condition) throw new Refuted(message)
}

export function requireEqual(actual, expected, what) {
  require(actual === expected, `${what} is ${actual}, not ${expected}`)
}

/** The result of an earlier check. */
export function needed(value, name) {
  require(value !== undefined, `needs "${name}", which failed`)
  return value
}

/** Runs one check; `fn` returns its result, which must not be undefined when a later check needs it. */
export async function check(name, fn) {
  try {
    const notes = []
    const result = await fn(note => notes.push(note))
    passed++
    process.stdout.write(`ok   ${name}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}\n`)
    return result
  } catch (e) {
    failed++
    const message = (e.shortMessage ?? e.message ?? String(e)).split('\n')[0]
    const details = e.details && e.details !== message ? `: ${String(e.details).split('\n')[0]}` : ''
    process.stdout.write(`FAIL ${name}: ${message}${details}\n`)
    return undefined
  }
}

/** Asks again every 50 ms until the answer is neither null nor undefined; then that answer. */
export async function eventually(what, ask) {
  const deadline = Date.now() + TIMEOUT_MS
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined) return answer
    require(Date.now() < deadline, `${what}: not within ${TIMEOUT_MS} ms`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Prints the count and ends the process at once: open sockets must not keep it alive. */
export function finish() {
  process.stdout.write(`${passed} checks passed, ${failed} failed\n`)
  process.exit(failed === 0 && passed > 0 ? 0 : 1)
}

export function usage(text) {
  process.stderr.write(`usage: ${text}\n`)
  process.exit(2)
}

export { TIMEOUT_MS }
