// SPDX-License-Identifier: Apache-2.0
/** The JSON-RPC method and error types that every room shares, and reading of parameters. */
package io.lockstep.primitives.rpc;
