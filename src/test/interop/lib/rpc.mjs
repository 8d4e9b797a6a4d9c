// SPDX-License-Identifier: Apache-2.0

const TIMEOUT_MS = 20_000

/** A JSON-RPC call; an error answer is thrown with its code. */
export async function rpc(url, method, ...params) {
  const answer = await fetch(url, {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { error, result } = await answer.json()
  if (error) throw Object.assign(new Error(`${method}: ${error.message}`), { code: error.code })
  return result
}

/** A GET; the answer's JSON, or an error that names the status. */
export async function get(url, init) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init })
  if (!answer.ok) throw Object.assign(new Error(`${url}: ${answer.status} ${(await answer.text()).slice(0, 200)}`), { status: answer.status })
  return answer.json()
}

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
