#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a user with `cast` does with a chain: send, create, call, receipt, logs, estimate, block.
#   wallet-cast.sh RPC_URL PRIVATE_KEY
# One line per check; exit 1 when one failed, 2 on wrong usage, 3 without cast. Needs no jq: cast prints single fields, node the rest.
set -u
if [ $# -ne 2 ]; then echo "usage: wallet-cast.sh RPC_URL PRIVATE_KEY" >&2; exit 2; fi
RPC_URL=$1
PRIVATE_KEY=$2
HERE=$(cd "$(dirname "$0")" && pwd)
WAIT_SECONDS=${LOCKSTEP_INTEROP_TIMEOUT_SECONDS:-60}
# The native program; the wrapper that npm's @foundry-rs/cast would install ends with 0 whatever cast said.
if [ -z "${CAST:-}" ]; then for CAST in "$HERE"/node_modules/@foundry-rs/cast-*/bin/cast; do :; done; fi
if [ ! -x "$CAST" ]; then echo "no cast: run npm ci --ignore-scripts --prefix src/test/interop" >&2; exit 3; fi
# A user's own settings and any signature service stay out of it.
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
export HOME=$WORK FOUNDRY_DISABLE_NIGHTLY_WARNING=1 NO_COLOR=1
unset ETH_RPC_URL ETH_FROM ETH_PRIVATE_KEY CHAIN

PASSED=0
FAILED=0
ok() { PASSED=$((PASSED + 1)); echo "ok   $1${2:+ ($2)}"; }
fail() { FAILED=$((FAILED + 1)); echo "FAIL $1: $(printf '%s' "$2" | tr '\n' ' ' | cut -c1-300)"; }
equal() { if [ "$2" = "$3" ]; then ok "$1" "${4:-$2}"; else fail "$1" "is '$2', not '$3'"; fi; }
rpc() { local sub=$1; shift; timeout "$WAIT_SECONDS" "$CAST" "$sub" --rpc-url "$RPC_URL" "$@" 2>"$WORK/err"; }
send() { rpc send --private-key "$PRIVATE_KEY" --timeout "$WAIT_SECONDS" --json "$@"; }
error() { tail -n 3 "$WORK/err"; }
# field EXPRESSION: of the JSON on stdin, called `o` in the expression.
field() { node -e 'const o = JSON.parse(require("fs").readFileSync(0, "utf8")); process.stdout.write(String(eval(process.argv[1])))' "$1"; }
artefact() { field "o.$1" <"$HERE/artefacts/Tally.json"; }
# A receipt may come before its block is sealed: ask until the block hash is no longer zero.
sealed() {
  local end=$((SECONDS + WAIT_SECONDS)) receipt
  while [ $SECONDS -lt $end ]; do
    receipt=$(rpc receipt "$1" --json) || return 1
    if [ "$(printf '%s' "$receipt" | field 'BigInt(o.blockHash ?? 0) !== 0n')" = true ]; then printf '%s' "$receipt"; return 0; fi
    sleep 0.1
  done
  echo "not sealed in $WAIT_SECONDS s" >"$WORK/err"
  return 1
}

ME=$("$CAST" wallet address --private-key "$PRIVATE_KEY") || { echo "not a private key" >&2; exit 2; }
TO=$("$CAST" wallet new --json | field 'o[0].address')

if CHAIN_ID=$(rpc chain-id); then
  ok "chain-id" "$CHAIN_ID"
else
  fail "chain-id" "$(error)"
  echo "$PASSED checks passed, $FAILED failed"
  exit 1
fi
if BALANCE=$(rpc balance "$ME") && [ "$BALANCE" != 0 ]; then ok "balance" "$BALANCE wei"; else fail "balance" "$BALANCE $(error)"; fi

if RECEIPT=$(send "$TO" --value 12345); then
  equal "send: status" "$(printf '%s' "$RECEIPT" | field o.status)" 0x1
  equal "send: gas used" "$(printf '%s' "$RECEIPT" | field 'Number(o.gasUsed)')" 21000
  equal "balance of the receiver" "$(rpc balance "$TO")" 12345
else
  fail "send" "$(error)"
fi

BYTECODE=$(artefact bytecode)
ARGUMENT=$("$CAST" abi-encode 'f(uint256)' 7)
CONTRACT=
if RECEIPT=$(send --create "$BYTECODE${ARGUMENT#0x}"); then
  CONTRACT=$(printf '%s' "$RECEIPT" | field o.contractAddress)
  equal "create: status" "$(printf '%s' "$RECEIPT" | field o.status)" 0x1 "$CONTRACT"
  equal "call right after" "$(rpc call "$CONTRACT" 'total()(uint256)')" 7
  equal "code" "$(rpc code "$CONTRACT")" "$(artefact deployedBytecode)" "as compiled"
  equal "storage" "$(rpc storage "$CONTRACT" 0)" 0x0000000000000000000000000000000000000000000000000000000000000007
else
  fail "create" "$(error)"
fi

if [ -n "$CONTRACT" ]; then
  if GAS=$(rpc estimate "$CONTRACT" 'add(uint256)' 35 --from "$ME") && RECEIPT=$(send "$CONTRACT" 'add(uint256)' 35 --gas-limit "$GAS"); then
    HASH=$(printf '%s' "$RECEIPT" | field o.transactionHash)
    equal "write with exactly the estimated gas" "$(printf '%s' "$RECEIPT" | field o.status)" 0x1 "estimated $GAS"
    equal "call after the write" "$(rpc call "$CONTRACT" 'total()(uint256)')" 42
    if SEALED=$(sealed "$HASH"); then
      NUMBER=$(printf '%s' "$SEALED" | field 'Number(o.blockNumber)')
      equal "receipt: log of the event" "$(printf '%s' "$SEALED" | field 'o.logs[0].topics[0]')" "$("$CAST" keccak 'Added(address,uint256,uint256)')"
      if LOGS=$(rpc logs --json --from-block "$NUMBER" --to-block "$NUMBER" --address "$CONTRACT" 'Added(address indexed,uint256,uint256)'); then
        equal "logs" "$(printf '%s' "$LOGS" | field 'o.filter(l => l.transactionHash === "'"$HASH"'").length')" 1 "block $NUMBER"
      else
        fail "logs" "$(error)"
      fi
      if BLOCK=$(rpc block --json "$NUMBER"); then
        equal "block holds the transaction" "$(printf '%s' "$BLOCK" | field 'o.transactions.includes("'"$HASH"'") && o.hash')" "$(printf '%s' "$SEALED" | field o.blockHash)"
      else
        fail "block" "$(error)"
      fi
      if TX=$(rpc tx --json "$HASH"); then
        equal "tx: sender" "$(printf '%s' "$TX" | field o.from)" "$(printf '%s' "$ME" | tr 'A-F' 'a-f')"
      else
        fail "tx" "$(error)"
      fi
    else
      fail "receipt of the sealed block" "$(error)"
    fi
  else
    fail "estimate and write" "$(error)"
  fi
  if rpc call "$CONTRACT" 'add(uint256)' 0 >"$WORK/out"; then
    fail "revert reason" "the call did not revert"
  elif grep -q 'nothing to add' "$WORK/err"; then
    ok "revert reason" "nothing to add"
  else
    fail "revert reason" "$(error)"
  fi
fi

for QUESTION in gas-price base-fee "nonce $ME"; do
  # shellcheck disable=SC2086 # the question is a command and its argument
  if ANSWER=$(rpc $QUESTION); then ok "${QUESTION%% *}" "$ANSWER"; else fail "${QUESTION%% *}" "$(error)"; fi
done

echo "$PASSED checks passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
