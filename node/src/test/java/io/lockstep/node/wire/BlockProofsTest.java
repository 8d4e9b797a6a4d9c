// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.HttpStream;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.l1client.proof.ValidatorProof;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs that the L1 client makes from what a beacon node serves, the L1 in a box here. */
class BlockProofsTest {
  /** 11,856 with the 64 slots of mainnet (EIP-7917); 16 slots make the tree two levels lower. */
  private static final long LOOKAHEAD_GINDEX = 11_856 / 4;

  private final JdkTransport http = new JdkTransport(2_000);
  private final List<OperatorKeys> operators = OperatorKeys.devnets(2);
  private L1Box box;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    box =
        L1Box.start(
            BoxOptions.of(
                    dir, OperatorKeys.owners(operators), time -> L1Genesis.json(time, operators))
                .withPorts(0, 0)
                .withWarmUpEpochs(0)
                .stepped(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000))));
    box.produceSlots(19);
  }

  @AfterEach
  void close() {
    box.close();
    http.close();
  }

  @Test
  void provesTheProposersOfThisEpochAndTheNextUpToTheBlocksRoot() throws Exception {
    BeaconClient beacon = client(http);
    BlockProofs proofs = prover(beacon).prove(BlockId.HEAD, List.of());

    assertThat(proofs).isNotNull();
    assertThat(proofs.blockRoot()).isEqualTo(beacon.blockRoot(BlockId.HEAD));
    assertThat(proofs.slot().value()).isEqualTo(19);
    assertThat(proofs.slotBranch().root()).isEqualTo(proofs.blockRoot());
    assertThat(proofs.lookahead()).allMatch(b -> b.root().equals(proofs.blockRoot()));
    assertThat(proofs.lookahead().getFirst().gindex()).isEqualTo(LOOKAHEAD_GINDEX);
    long[] proven = proofs.proposers();
    for (int epoch = 2; epoch <= 3; epoch++) {
      ProposerDuties duties = beacon.proposerDuties(new Epoch(epoch), 8);
      duties
          .duties()
          .forEach(duty ->
              assertThat(proven[(int) duty.slot().value() - 16])
                  .as("proposer of slot " + duty.slot())
                  .isEqualTo(duty.validatorIndex()));
    }
  }

  @Test
  void provesWhoOwnsAValidatorAndThatItIsActive() throws Exception {
    BlockProofs proofs = prover(client(http)).prove(BlockId.HEAD, List.of(0L, 3L, 9_999L));

    assertThat(proofs).isNotNull();
    assertThat(proofs.validators()).containsOnlyKeys(0L, 3L);
    ValidatorProof third = validator(proofs, 3);
    byte[] credentials = new byte[32];
    credentials[0] = 1;
    operators.get(1).owner().address().write(credentials, 12);
    assertThat(third.withdrawalCredentials().leaf()).isEqualTo(Hash32.of(credentials));
    assertThat(third.slashed().leaf()).isEqualTo(Hash32.ZERO);
    assertThat(third.exitEpoch().leaf()).isEqualTo(Hash32.ofWords(-1, 0, 0, 0));
    for (Branch branch :
        List.of(
            third.pubkey(), third.withdrawalCredentials(), third.slashed(), third.exitEpoch())) {
      assertThat(branch.root()).isEqualTo(proofs.blockRoot());
      assertThat(branch.siblings()).hasSize(53);
    }
  }

  @Test
  void aStateThatSaysNotHowLongItIsIsProvedFromToo() throws Exception {
    BlockProofs proofs =
        prover(client(streaming((call, body) -> new HttpStream(200, -1, body))))
            .prove(BlockId.HEAD, List.of(1L));

    assertThat(proofs).isNotNull();
    assertThat(validator(proofs, 1).pubkey().root()).isEqualTo(proofs.blockRoot());
  }

  @Test
  void aStateWithOneOtherBitIsABadAnswer() throws Exception {
    Transport lying =
        streaming((call, body) -> {
          byte[] state = body.readAllBytes();
          state[state.length / 2] ^= 1;
          return new HttpStream(200, state.length, new ByteArrayInputStream(state));
        });

    assertThatThrownBy(() -> prover(client(lying)).prove(BlockId.HEAD, List.of()))
        .isInstanceOf(L1Exception.class)
        .hasMessageContaining("the state of slot 19 has the root");
  }

  @Test
  void aBlockThatNobodyKnowsProvesNothing() throws Exception {
    assertThat(prover(client(http)).prove(BlockId.of(Hash32.ofWords(1, 2, 3, 4)), List.of()))
        .isNull();
  }

  private static ValidatorProof validator(BlockProofs proofs, long index) {
    ValidatorProof proof = proofs.validators().get(index);
    if (proof == null) {
      throw new AssertionError("nothing is proved of validator " + index);
    }
    return proof;
  }

  /** Does something to a state on its way. */
  private interface OnTheWay {
    HttpStream pass(HttpCall call, InputStream body) throws IOException;
  }

  private Transport streaming(OnTheWay change) {
    return new Transport() {
      @Override
      public HttpAnswer exchange(HttpCall call) throws L1Exception {
        return http.exchange(call);
      }

      @Override
      public HttpStream stream(HttpCall call) throws L1Exception {
        HttpStream answer = http.stream(call);
        try {
          return change.pass(call, answer.body());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private BeaconClient client(Transport transport) {
    EndpointPool pool =
        new EndpointPool(List.of(new Endpoint(box.beaconUri().toString())), System::nanoTime);
    return new BeaconClient(pool, transport, HttpOptions.DEFAULT);
  }

  private static BlockProver prover(BeaconClient beacon) throws L1Exception {
    return new BlockProver(beacon, beacon.spec());
  }
}
