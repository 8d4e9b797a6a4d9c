// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint64;

class OperatorRegistryAbiTest {
  private static final Address REGISTRY = Address.ofLong(0x4e6);
  private static final Address OWNER = Address.ofLong(1);
  private static final Address POSTER = Address.ofLong(2);
  private static final Address SECOND = Address.ofLong(3);
  private static final Address COMMITTER = Address.ofLong(4);

  private static Log log(Hash32 topic, int id, Bytes data) {
    return new Log(REGISTRY, List.of(topic, UInt256.of(id).toHash()), data);
  }

  private static Bytes words(long... values) {
    AbiWriter out = new AbiWriter();
    for (long value : values) {
      out.number(value);
    }
    return out.toBytes();
  }

  @Test
  void encodesCallsAsSolidityDoes() {
    assertThat(OperatorRegistryAbi.encodeRegister(List.of(POSTER, SECOND), COMMITTER).toHex())
        .isEqualTo(
            new AbiWriter()
                .selector(ClusterInboxAbi.selector("register(address[2],address)"))
                .address(POSTER)
                .address(SECOND)
                .address(COMMITTER)
                .toBytes()
                .toHex());
    assertThat(OperatorRegistryAbi.encodeRotate(7, List.of(POSTER, SECOND), COMMITTER))
        .isEqualTo(
            new AbiWriter()
                .selector(ClusterInboxAbi.selector("rotate(uint32,address[2],address)"))
                .number(7)
                .address(POSTER)
                .address(SECOND)
                .address(COMMITTER)
                .toBytes());
    assertThat(OperatorRegistryAbi.encodeFreeze(9))
        .isEqualTo(
            new AbiWriter()
                .selector(ClusterInboxAbi.selector("freeze(uint32)"))
                .number(9)
                .toBytes());
    assertThatThrownBy(() -> OperatorRegistryAbi.encodeRegister(List.of(POSTER), COMMITTER))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Held against web3j, which knows nested structures of its own. */
  @Test
  void encodesClaimsWithTheirProofsAsSolidityDoes() {
    BeaconHeader header =
        new BeaconHeader(word(7), true, new Slot(77), 5, word(1), word(2), word(3));
    List<ValidatorClaim> claims =
        List.of(
            new ValidatorClaim(11, word(4), List.of(word(5), word(6))),
            new ValidatorClaim(12, word(8), List.of()));

    Bytes ours =
        OperatorRegistryAbi.encodeAddValidators(3, new ProvenHeader(1_234, header), claims);

    assertThat(ours.toHex())
        .isEqualTo(
            FunctionEncoder.encode(
                new Function(
                    "addValidators",
                    List.of(
                        new Uint32(3),
                        new Uint64(1_234),
                        new StaticStruct(
                            new Uint64(77), new Uint64(5), bytes32(1), bytes32(2), bytes32(3)),
                        new DynamicArray<>(
                            DynamicStruct.class,
                            claim(11, 4, bytes32(5), bytes32(6)),
                            claim(12, 8))),
                    List.of())));
  }

  private static DynamicStruct claim(long index, long credentials, Bytes32... branch) {
    return new DynamicStruct(
        new Uint64(index),
        bytes32(credentials),
        new DynamicArray<>(Bytes32.class, List.of(branch)));
  }

  private static Hash32 word(long value) {
    return Hash32.ofWords(0, 0, 0, value);
  }

  private static Bytes32 bytes32(long value) {
    return new Bytes32(word(value).toArray());
  }

  @Test
  void readsEveryEvent() throws DecodeException {
    Log registered =
        new Log(
            REGISTRY,
            List.of(
                OperatorRegistryAbi.OPERATOR_REGISTERED,
                UInt256.of(1).toHash(),
                UInt256.of(1).toHash()),
            words(2, 3, 4, 8, 9));
    assertThat(OperatorRegistryAbi.decodeEvent(registered))
        .isEqualTo(
            new RegistryEvent.OperatorRegistered(
                1, OWNER, List.of(POSTER, SECOND), COMMITTER, Wei.of(8), new Epoch(9)));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.VALIDATORS_ADDED, 2, words(6, 64, 2, 11, 12))))
        .isEqualTo(new RegistryEvent.ValidatorsAdded(2, new Epoch(6), List.of(11L, 12L)));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.KEYS_ROTATED, 2, words(6, 2, 3, 4))))
        .isEqualTo(
            new RegistryEvent.KeysRotated(2, new Epoch(6), List.of(POSTER, SECOND), COMMITTER));
    assertThat(OperatorRegistryAbi.decodeEvent(log(OperatorRegistryAbi.STAKE_CHANGED, 2, words(9))))
        .isEqualTo(new RegistryEvent.StakeChanged(2, Wei.of(9)));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.ELIGIBILITY_ENDED, 2, words(9))))
        .isEqualTo(new RegistryEvent.EligibilityEnded(2, new Epoch(9)));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.ELIGIBILITY_BEGAN, 2, words(9))))
        .isEqualTo(new RegistryEvent.EligibilityBegan(2, new Epoch(9)));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.OPERATOR_FROZEN, 2, Bytes.EMPTY)))
        .isEqualTo(new RegistryEvent.OperatorFrozen(2));
    assertThat(
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.OPERATOR_EXITED, 2, Bytes.EMPTY)))
        .isEqualTo(new RegistryEvent.OperatorExited(2));
    assertThat(
            OperatorRegistryAbi.decodeEvent(log(OperatorRegistryAbi.STAKE_WITHDRAWN, 2, words(7))))
        .isEqualTo(new RegistryEvent.StakeWithdrawn(2, Wei.of(7)));
  }

  @Test
  void refusesLogsThatAreNotItsOwn() {
    assertThatThrownBy(() -> OperatorRegistryAbi.decodeEvent(log(Hash32.ZERO, 1, Bytes.EMPTY)))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() ->
            OperatorRegistryAbi.decodeEvent(
                log(OperatorRegistryAbi.VALIDATORS_ADDED, 1, words(6, 64, 1_000_000))))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() ->
            OperatorRegistryAbi.decodeEvent(log(OperatorRegistryAbi.OPERATOR_FROZEN, 1, words(1))))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void readsViews() throws DecodeException {
    Operator operator = OperatorRegistryAbi.decodeOperator(words(1, 2, 3, 4, 8, 100, 0, 0, 1));
    assertThat(operator)
        .isEqualTo(
            new Operator(OWNER, List.of(POSTER, SECOND), COMMITTER, Wei.of(8), 100, 0, 0, true));
    assertThat(OperatorRegistryAbi.decodeKeys(words(2, 3, 4)))
        .isEqualTo(new OperatorRegistryAbi.Keys(List.of(POSTER, SECOND), COMMITTER));
    assertThat(OperatorRegistryAbi.decodeBool(words(1))).isTrue();
    assertThatThrownBy(() -> OperatorRegistryAbi.decodeBool(words(2)))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> OperatorRegistryAbi.decodeId(Bytes.EMPTY))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void readsTheWholeRegistryInRangesThatTheNodeTakes() throws L1Exception {
    FakeChain chain = new FakeChain();
    List<Integer> frozen = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      chain.mineEmpty(i % 5);
      Transaction tx =
          Transaction.Unsigned.feeMarket(
                  UInt256.of(900),
                  i,
                  UInt256.ONE,
                  UInt256.ONE,
                  21_000,
                  REGISTRY,
                  UInt256.ZERO,
                  Bytes.EMPTY)
              .sign(TestBlobs.KEY);
      chain.mineWith(
          List.of(
              new FakeChain.Mined(
                  tx,
                  true,
                  List.of(
                      new Log(Address.ofLong(99), List.of(), Bytes.EMPTY),
                      log(OperatorRegistryAbi.OPERATOR_FROZEN, i, Bytes.EMPTY)))));
      frozen.add(i);
    }
    try (StubL1 l1 = new StubL1(chain);
        JdkTransport transport = new JdkTransport(1_000)) {
      RegistryReader reader =
          new RegistryReader(
              new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT), REGISTRY);
      l1.execution().limitLogRange(7);

      List<RegistryReader.Placed> events = reader.eventsBetween(0, chain.head().number());

      assertThat(events.stream().map(e -> e.event().operatorId())).isEqualTo(frozen);
      assertThat(reader.eventsOf(chain.head().hash())).hasSize(1);
      l1.execution().setCallResult(words(5));
      assertThat(reader.operatorCount(BlockTag.LATEST)).isEqualTo(5);
      l1.execution().limitLogRange(0);
      assertThatThrownBy(() -> reader.eventsBetween(0, 3)).isInstanceOf(L1Exception.class);
    }
  }
}
