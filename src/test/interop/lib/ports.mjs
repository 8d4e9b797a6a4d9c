// SPDX-License-Identifier: Apache-2.0

import { createServer } from 'node:net'

/** So many ports of the loopback that are free now. */
export async function freePorts(count) {
  const open = () =>
    new Promise((resolve, reject) => {
      const server = createServer().once('error', reject)
      server.listen(0, '127.0.0.1', () => resolve(server))
    })
  const servers = await Promise.all(Array.from({ length: count }, open))
  const ports = servers.map(server => server.address().port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}
