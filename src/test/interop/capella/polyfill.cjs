// SPDX-License-Identifier: Apache-2.0
//
// Node 20 has no Promise.withResolvers, which helpers of libp2p call.

Promise.withResolvers ??= function withResolvers() {
  const parts = {}
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}
