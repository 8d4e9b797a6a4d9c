// SPDX-License-Identifier: Apache-2.0

import { createServer } from 'node:net'

// Below the ports that Linux gives to outgoing connections: one of those may take a port between this look and its use.
const FIRST = 20_000
const BLOCK = 100
const BLOCKS = 120
let next = process.pid % BLOCKS

/** So many ports of the loopback in a row, at most 100, that are free now and were not given before. */
export async function freePorts(count) {
  for (let tried = 0; tried < BLOCKS; tried++) {
    const first = FIRST + next * BLOCK
    next = (next + 1) % BLOCKS
    const ports = Array.from({ length: count }, (_, i) => first + i)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return ports
  }
  throw new Error(`no ${count} free ports in a row`)
}

function isFree(port) {
  return new Promise(resolve => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
