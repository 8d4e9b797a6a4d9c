// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The foreign clients' scripts against a chain that is known to be good: what fails here is the
 * script's fault, so what fails against a node of ours is not.
 */
@Timeout(180)
class ReferenceChainIT {
  /** First account of the well-known test mnemonic. */
  private static final String KEY =
      "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @BeforeEach
  void needsForeignPrograms() {
    Npm.assumeInstalled("anvil", "cast");
  }

  @Test
  void viemFindsNothingWrong() throws Exception {
    try (AnvilProcess anvil = AnvilProcess.start()) {
      NodeScript run =
          NodeScript.runAndPass(
              LIMIT, "wallet-viem.mjs", anvil.rpc().toString(), KEY, anvil.ws().toString());
      assertThat(run.output()).contains("ok   eth_sendRawTransactionSync").doesNotContain("FAIL");
    }
  }

  @Test
  void ethersAndWeb3FindNothingWrong() throws Exception {
    for (String script : List.of("wallet-ethers.mjs", "wallet-web3.mjs")) {
      try (AnvilProcess anvil = AnvilProcess.start()) {
        NodeScript run =
            NodeScript.runAndPass(
                LIMIT, script, anvil.rpc().toString(), KEY, anvil.ws().toString());
        assertThat(run.output()).contains("ok   WebSocket").doesNotContain("FAIL");
      }
    }
  }

  @Test
  void castFindsNothingWrong() throws Exception {
    try (AnvilProcess anvil = AnvilProcess.start()) {
      NodeScript run = NodeScript.runAndPass(LIMIT, "wallet-cast.sh", anvil.rpc().toString(), KEY);
      assertThat(run.output()).contains("ok   revert reason").doesNotContain("FAIL");
    }
  }

  @Test
  void bothSayNoWhenThereIsNoChain() throws Exception {
    String rpc;
    try (AnvilProcess anvil = AnvilProcess.start()) {
      rpc = anvil.rpc().toString();
    }
    String ws = rpc.replace("http", "ws");
    NodeScript.run(LIMIT, "wallet-viem.mjs", rpc, KEY).assertExitCode(1);
    NodeScript.run(LIMIT, "wallet-ethers.mjs", rpc, KEY, ws).assertExitCode(1);
    NodeScript.run(LIMIT, "wallet-web3.mjs", rpc, KEY, ws).assertExitCode(1);
    NodeScript.run(LIMIT, "wallet-cast.sh", rpc, KEY).assertExitCode(1);
  }

  @Test
  void saysWhatAnvilSaidWhenItDoesNotStart() {
    assertThatThrownBy(() -> AnvilProcess.start("--no-such-option"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--no-such-option");
  }

  @Test
  void closingEndsTheProcess() throws Exception {
    long pid;
    try (AnvilProcess anvil = AnvilProcess.start("--chain-id", "900")) {
      pid = anvil.pid();
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }
}
