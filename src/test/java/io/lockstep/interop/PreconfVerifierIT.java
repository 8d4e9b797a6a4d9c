// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseJson;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Both verifiers on a devnet, of one transaction's commitment and of promises: worth something at
 * once, kept in the end; and of what a committer would sign that lies.
 */
class PreconfVerifierIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration COMMAND = Duration.ofMinutes(1);

  @TempDir Path folder;

  @Test
  void javaAndTypeScriptSayTheSameOfTrueAndFalseCommitments() throws Exception {
    Npm.assumeVerifierBuilt();
    try (TestDevnet devnet = TestDevnet.start(folder.resolve("net"), Lockstep.freePorts(70))) {
      new Check(devnet).run();
    }
  }

  /** One devnet and what is asked about it. */
  private final class Check {
    private final TestDevnet devnet;
    private final ClusterFile cluster;
    private final CommitmentDomain domain;
    private final Path file = folder.resolve("commitment.json");

    Check(TestDevnet devnet) throws Exception {
      this.devnet = devnet;
      cluster = ClusterFile.read(devnet.file().cluster());
      domain = new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry());
    }

    void run() throws Exception {
      Hash32 tx = finalCommitment();
      Rpc rpc = devnet.node(1);
      // The oracle may be an epoch behind.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(typeScript(false).get("verdict").asString()).isEqualTo("Backed"));
      assertThat(java(false)).startsWith("genuine");

      await()
          .atMost(PATIENCE)
          .until(() ->
              List.of("safe", "finalized")
                  .contains(rpc.call("preconf_getCommitment", tx.toHex()).get("grade").asString()));
      JsonNode answer = rpc.call("preconf_getCommitment", tx.toHex());
      Files.writeString(file, answer.toString());
      assertThat(typeScript(true).get("verdict").asString()).isEqualTo("Kept");
      assertThat(java(true)).startsWith("kept");

      lies(CommitmentJson.read(domain, answer));
      promises();
    }

    /** One of inclusion, one of a block's top, one of a state. */
    private void promises() throws Exception {
      Promises promises = new Promises(devnet);
      for (String name : List.of("inclusion", "top", "lock")) {
        Files.writeString(file, promises.ask(name).toString());
        assertThat(typeScript(false).get("verdict").asString()).as(name).isEqualTo("Backed");
        assertThat(java(false)).as(name).startsWith("genuine");
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(typeScript(true).get("verdict").asString()).as(name).isEqualTo("Kept"));
        assertThat(java(true)).as(name).startsWith("kept");

        HeldPromise kept = PromiseJson.read(domain, Rpc.JSON.readTree(Files.readString(file)));
        HeldPromise lie = Promises.lie(domain, kept, committerOf(kept), promises.tick());
        Files.writeString(
            file, PromiseJson.write(domain, lie, "frag", promises.tick(), Hash32.ZERO).toString());
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(typeScript(true).get("verdict").asString())
                    .as(name)
                    .isEqualTo("Broken"));
        JsonNode broken = typeScript(true);
        assertThat(broken.get("repeated")).isEqualTo(broken.get("detail"));
        assertThat(java(true)).as(name).contains("broken: " + broken.get("detail").asString());
      }
    }

    private SecretKey committerOf(HeldPromise held) {
      return IntStream.range(0, devnet.file().nodes().size() - 1)
          .mapToObj(i -> OperatorKeys.devnet(i).committer())
          .filter(key -> key.address().equals(held.committer()))
          .findFirst()
          .orElseThrow();
    }

    /** Sends transfers until one is committed to in a final signature, and keeps that one. */
    private Hash32 finalCommitment() throws Exception {
      SecretKey sender = devnet.account(3);
      Rpc rpc = devnet.node(1);
      AtomicReference<Hash32> found = new AtomicReference<>();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            long nonce = rpc.number("eth_getTransactionCount", sender.address().toHex(), "pending");
            Transaction tx = devnet.transfer(sender, nonce, Address.ofLong(0xcafe), 5);
            rpc.call("eth_sendRawTransactionSync", tx.encoded().toHex());
            JsonNode answer = rpc.call("preconf_getCommitment", tx.hash().toHex());
            Files.writeString(file, answer.toString());
            found.set(tx.hash());
            return (CommitmentJson.read(domain, answer).signed().ctx().flags() & Ctx.PROVISIONAL)
                == 0;
          });
      return Objects.requireNonNull(found.get());
    }

    private void lies(Commitment kept) throws Exception {
      SecretKey owner = null;
      SecretKey other = null;
      for (int i = 0; i < devnet.file().nodes().size() - 1; i++) {
        SecretKey key = OperatorKeys.devnet(i).committer();
        if (key.address().equals(kept.committer())) {
          owner = key;
        } else {
          other = key;
        }
      }
      assertThat(owner).as("the committer's key").isNotNull();
      assertThat(other).as("another committer's key").isNotNull();
      TxLeaf leaf = kept.leaf();
      Ctx ctx = kept.signed().ctx();
      TxLeaf lie =
          new TxLeaf(
              leaf.rollupId(),
              leaf.number(),
              leaf.parentHash(),
              leaf.txIdx(),
              leaf.txHash(),
              Hash32.ofWords(1, 2, 3, 4));

      sign(kept, owner, lie, ctx);
      JsonNode broken = typeScript(true);
      assertThat(broken.get("verdict").asString()).as(broken.toString()).isEqualTo("Broken");
      assertThat(broken.get("repeated").asString()).contains("the receipt is another one");
      assertThat(java(true)).startsWith("broken: the receipt is another one");

      sign(kept, other, lie, ctx);
      assertThat(typeScript(true).path("doubt").asString()).isEqualTo("NOT_THE_OWNER");
      assertThat(java(true)).startsWith("unbacked");

      Ctx dead =
          new Ctx(ctx.anchorNumber(), Hash32.ofWords(4, 3, 2, 1), ctx.windowParent(), ctx.flags());
      sign(kept, owner, lie, dead);
      assertThat(typeScript(true).path("doubt").asString()).isEqualTo("ANCHOR_GONE");
      assertThat(java(true)).startsWith("void");

      sign(kept, devnet.account(4), lie, ctx);
      assertThat(typeScript(true).get("verdict").asString()).isEqualTo("Forged");
      assertThat(java(true)).startsWith("forged");
    }

    /** Writes a frag with one leaf, in the place of a kept one, signed by anybody. */
    private void sign(Commitment kept, SecretKey key, TxLeaf leaf, Ctx ctx) throws Exception {
      Frag original = kept.signed().object();
      Frag frag =
          new Frag(
              original.clusterId(),
              original.windowSlot(),
              original.tick(),
              original.fragIdx(),
              original.prevFragHash(),
              ctx.hash(),
              MerkleTree.fold(leaf.words(), List.of()),
              original.sentAtMs());
      Commitment signed =
          new Commitment(
              key.address(),
              new Signed<>(frag, ctx, Secp256k1.sign(domain.digest(frag), key)),
              leaf,
              List.of(),
              null);
      Files.writeString(file, CommitmentJson.write(domain, signed, "frag").toString());
    }

    private JsonNode typeScript(boolean withNode) throws Exception {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  devnet.file().l1().rpc().toString(),
                  cluster.clusterInbox().toHex(),
                  Long.toString(cluster.deploymentBlock()),
                  file.toString()));
      if (withNode) {
        arguments.add(devnet.file().nodes().getLast().rpc().toString());
      }
      NodeScript run =
          NodeScript.runAndPass(COMMAND, "preconf-verifier.mjs", arguments.toArray(String[]::new));
      return Rpc.JSON.readTree(run.output().strip());
    }

    private String java(boolean withNode) throws Exception {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "verify",
                  file.toString(),
                  "--l1-rpc",
                  devnet.file().l1().rpc().toString(),
                  "--cluster",
                  devnet.file().cluster().toString()));
      if (withNode) {
        arguments.addAll(List.of("--rpc", devnet.file().nodes().getLast().rpc().toString()));
      }
      return Lockstep.run(COMMAND, arguments.toArray(String[]::new)).output();
    }
  }
}
