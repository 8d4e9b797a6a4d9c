// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint64;

class LookaheadOracleAbiTest {
  private static final Address ORACLE = Address.ofLong(0x0c);
  private static final BeaconParameters BEACON =
      new BeaconParameters(
          1_000,
          2,
          8,
          List.of(
              StateLayout.fulu(BeaconPreset.MINIMAL), StateLayout.gloas(BeaconPreset.MINIMAL, 64)));

  @Test
  void knowsWhereTheStatesOfBothForksHoldWhatIsProven() {
    for (BeaconPreset preset : List.of(BeaconPreset.MINIMAL, BeaconPreset.MAINNET)) {
      assertThat(StateLayout.fulu(preset)).isEqualTo(new StateLayout(0, 101, 75, false));
      assertThat(StateLayout.gloas(preset, 96)).isEqualTo(new StateLayout(96, 2_960, 358, true));
    }
  }

  /** Held against web3j, which knows nested structures of its own. */
  @Test
  void encodesASyncAsSolidityDoes() {
    BeaconHeader header =
        new BeaconHeader(word(7), true, new Slot(77), 5, word(1), word(2), word(3));
    Bytes ours =
        LookaheadOracleAbi.encodeSync(
            new Epoch(9),
            new ProvenHeader(1_234, header),
            LongStream.range(0, 16).toArray(),
            List.of(word(4), word(5)));

    assertThat(ours.toHex())
        .isEqualTo(
            FunctionEncoder.encode(
                new Function(
                    "sync",
                    List.of(
                        new Uint64(9),
                        new Uint64(1_234),
                        new StaticStruct(
                            new Uint64(77), new Uint64(5), bytes32(1), bytes32(2), bytes32(3)),
                        new DynamicArray<>(
                            Uint64.class, LongStream.range(0, 16).mapToObj(Uint64::new).toList()),
                        new DynamicArray<>(Bytes32.class, List.of(bytes32(4), bytes32(5)))),
                    List.of())));
  }

  @Test
  void encodesConstructorsAsSolidityDoes() {
    DynamicStruct beacon =
        new DynamicStruct(
            new Uint64(1_000),
            new Uint64(2),
            new Uint64(8),
            new DynamicArray<>(
                StaticStruct.class, layout(0, 101, 75, false), layout(64, 2_960, 358, true)));

    assertThat(ConstructorAbi.registry(Wei.of(8), 900, null, BEACON).toHex())
        .isEqualTo("0x" + constructor(uint(8), new Uint64(900), address(0), beacon));
    assertThat(ConstructorAbi.oracle(ORACLE, BEACON).toHex())
        .isEqualTo("0x" + constructor(address(0x0c), beacon));
    assertThat(ConstructorAbi.messenger(ORACLE, List.of(901L, 902L)).toHex())
        .isEqualTo("0x" + constructor(address(0x0c), ids(901, 902)));
    InboxParameters inbox =
        new InboxParameters(
            Address.ofLong(1),
            ORACLE,
            word(6),
            List.of(901L, 902L),
            1,
            2,
            16,
            UInt256.of(1_000_000_000));
    assertThat(ConstructorAbi.inbox(inbox).toHex())
        .isEqualTo(
            "0x"
                + constructor(
                    new DynamicStruct(
                        address(1),
                        address(0x0c),
                        bytes32(6),
                        ids(901, 902),
                        new Uint64(1),
                        new Uint64(2),
                        new Uint64(16),
                        uint(1_000_000_000))));
  }

  @Test
  void readsWhatTheOracleStores() throws DecodeException {
    // Slots 0, 1 and 7 of the first word, slot 8 of the second, from the low end.
    UInt256 first = UInt256.ofLimbs(3 | 4L << 32, 0, 0, 5L << 32);
    UInt256 second = UInt256.of(6);
    Bytes data =
        new AbiWriter().number(2).number(64).number(2).number(first).number(second).toBytes();
    int[] operators = new int[16];
    operators[0] = 3;
    operators[1] = 4;
    operators[7] = 5;
    operators[8] = 6;
    LookaheadSynced synced = new LookaheadSynced(new Epoch(9), 2, operators);

    assertThat(
            LookaheadOracleAbi.decodeSynced(
                new Log(ORACLE, List.of(LookaheadOracleAbi.LOOKAHEAD_SYNCED, word(9)), data)))
        .isEqualTo(synced);
    Bytes known =
        new AbiWriter()
            .number(1)
            .number(2)
            .number(96)
            .number(2)
            .number(first)
            .number(second)
            .toBytes();
    assertThat(LookaheadOracleAbi.decodeSchedule(new Epoch(9), known)).isEqualTo(synced);
    Bytes unknown = new AbiWriter().number(0).number(0).number(96).number(0).toBytes();
    assertThat(LookaheadOracleAbi.decodeSchedule(new Epoch(9), unknown)).isNull();
    Bytes tooLong = new AbiWriter().number(1).number(0).number(96).number(9).toBytes();
    assertThatThrownBy(() -> LookaheadOracleAbi.decodeSchedule(new Epoch(9), tooLong))
        .isInstanceOf(DecodeException.class);
    assertThat(
            LookaheadOracleAbi.decodeWindow(
                new AbiWriter().number(77).number(3).number(1).toBytes()))
        .isEqualTo(new LookaheadOracleAbi.OnChainWindow(new Slot(77), 3, true));
  }

  private static String constructor(Type<?>... arguments) {
    return FunctionEncoder.encodeConstructor(List.of(arguments));
  }

  private static StaticStruct layout(
      long fromSlot, long lookahead, long validators, boolean progressive) {
    return new StaticStruct(
        new Uint64(fromSlot), new Uint64(lookahead), new Uint64(validators), new Bool(progressive));
  }

  private static DynamicArray<Uint64> ids(long... values) {
    return new DynamicArray<>(Uint64.class, LongStream.of(values).mapToObj(Uint64::new).toList());
  }

  private static org.web3j.abi.datatypes.Address address(long value) {
    return new org.web3j.abi.datatypes.Address(Address.ofLong(value).toHex());
  }

  private static Uint256 uint(long value) {
    return new Uint256(value);
  }

  private static Hash32 word(long value) {
    return Hash32.ofWords(0, 0, 0, value);
  }

  private static Bytes32 bytes32(long value) {
    return new Bytes32(word(value).toArray());
  }
}
