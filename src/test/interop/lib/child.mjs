// SPDX-License-Identifier: Apache-2.0
//
// Child processes that end with their parent, by their own pids.

import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'

const KEPT_LINES = 200
const alive = new Set()

export class Child {
  #process
  #lines = []
  #waiting = new Set()
  #ended

  /** @param log file that takes all it prints */
  constructor(name, command, args, { env = {}, cwd, log } = {}) {
    this.name = name
    this.#process = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    alive.add(this)
    const file = log ? createWriteStream(log) : undefined
    let open = ''
    const take = chunk => {
      file?.write(chunk)
      const lines = (open + chunk).split('\n')
      open = lines.pop()
      for (const line of lines) {
        this.#lines.push(line)
        if (this.#lines.length > KEPT_LINES) this.#lines.shift()
        for (const waiting of this.#waiting) waiting(line)
      }
    }
    this.#process.stdout.setEncoding('utf8').on('data', take)
    this.#process.stderr.setEncoding('utf8').on('data', take)
    this.#ended = new Promise(resolve => {
      this.#process.once('error', e => resolve(e.message))
      this.#process.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
    }).then(how => {
      alive.delete(this)
      file?.end()
      return how
    })
  }

  get pid() {
    return this.#process.pid
  }

  /** Resolves with how it ended. */
  get ended() {
    return this.#ended
  }

  tail() {
    return this.#lines.slice(-25).join('\n')
  }

  /** The first match among the lines kept and to come. */
  async line(pattern, timeoutMs) {
    for (const line of this.#lines) {
      const match = line.match(pattern)
      if (match) return match
    }
    let waiting
    let timer
    try {
      return await new Promise((resolve, reject) => {
        const fail = why => reject(new Error(`${this.name}: ${why} before ${pattern}:\n${this.tail()}`))
        timer = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs)
        this.#ended.then(fail)
        waiting = line => {
          const match = line.match(pattern)
          if (match) resolve(match)
        }
        this.#waiting.add(waiting)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(waiting)
    }
  }

  /** SIGTERM, SIGKILL when that is not enough. */
  async end(graceMs = 10_000) {
    if (!alive.has(this)) return
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), graceMs)
    await this.#ended
    clearTimeout(timer)
  }

  kill() {
    this.#process.kill('SIGKILL')
  }
}

/** Ends all that still runs. */
export async function endAll() {
  await Promise.all([...alive].map(child => child.end()))
}

process.on('exit', () => alive.forEach(child => child.kill()))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    await endAll()
    process.exit(1)
  })
}
