// SPDX-License-Identifier: Apache-2.0
//
// A proxy in front of an execution client that listens to what is sent: blob transactions in their network form are seen
// nowhere else.

import { createServer, request } from 'node:http'

/** The version of a blob transaction's wrapper, from its bytes: 0 (EIP-4844), 1 (EIP-7594), or null for no wrapper. */
export function wrapperVersion(raw) {
  if (raw[0] !== 3) return null
  const whole = item(raw, 1)
  const payload = item(raw, whole.start)
  if (!payload.list) return null
  const next = raw[payload.end]
  return next >= 0xc0 ? 0 : next
}

/** Where an RLP item's content lies. */
function item(bytes, at) {
  const first = bytes[at]
  if (first < 0x80) return { list: false, start: at, end: at + 1 }
  const list = first >= 0xc0
  const short = first - (list ? 0xc0 : 0x80)
  if (short <= 55) return { list, start: at + 1, end: at + 1 + short }
  let length = 0
  for (let i = 0; i < short - 55; i++) length = length * 256 + bytes[at + 1 + i]
  const start = at + 1 + short - 55
  return { list, start, end: start + length }
}

export class Listening {
  /** {hash, raw, version, error}: raw transactions in the order they came; `version` null for other types. */
  sent = []
  lastSentAt = 0

  static async before(target) {
    const proxy = new Listening()
    proxy.server = createServer((incoming, outgoing) => proxy.#pass(new URL(target), incoming, outgoing))
    await new Promise(resolve => proxy.server.listen(0, '127.0.0.1', resolve))
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`
    return proxy
  }

  close() {
    this.server.closeAllConnections()
    this.server.close()
  }

  #pass(target, incoming, outgoing) {
    const parts = []
    incoming.on('data', part => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts)
      const headers = { ...incoming.headers, host: target.host }
      const options = { host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers }
      const onward = request(options, answer => {
        const answered = []
        answer.on('data', part => answered.push(part))
        answer.on('end', () => {
          const text = Buffer.concat(answered)
          if (incoming.method === 'POST') this.#note(body, text)
          outgoing.writeHead(answer.statusCode, { ...answer.headers, 'content-length': text.length })
          outgoing.end(text)
        })
      })
      onward.on('error', e => {
        outgoing.writeHead(502, { 'content-type': 'text/plain' })
        outgoing.end(e.message)
      })
      onward.end(body)
    })
  }

  #note(body, answer) {
    if (!body.includes('eth_sendRawTransaction')) return
    const call = JSON.parse(body)
    if (Array.isArray(call) || call.method !== 'eth_sendRawTransaction') return
    const raw = Buffer.from(call.params[0].slice(2), 'hex')
    const { result, error } = JSON.parse(answer)
    this.lastSentAt = Date.now()
    this.sent.push({ hash: result, version: wrapperVersion(raw), error: error?.message, lengthBytes: raw.length })
  }
}
