// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.TxOutcome.Included;
import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.block.TxOutcome.Refused;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that the public vectors at hand do not reach; expectations are the EIPs' arithmetic. */
class ProtocolLimitsTest {
  private static final UInt256 CHAIN = UInt256.of(901);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);
  private static final SecretKey KEY = key(1);
  private static final Address CONTRACT = Address.ofLong(0xc0de);
  private static final long GAS_CAP = 1 << 24;

  private final TestState state = new TestState();

  private static SecretKey key(int number) {
    return SecretKey.fromHex("0x%064x".formatted(number));
  }

  private OpenBlock open(Fork fork, long number, long gasLimit) {
    state.fund(KEY.address(), GWEI.multiply(GWEI).multiply(UInt256.of(1_000_000)));
    state.code(SystemContracts.WITHDRAWAL_REQUESTS, Bytes.of(0));
    state.code(SystemContracts.CONSOLIDATION_REQUESTS, Bytes.of(0));
    return new BlockExecutor(ForkSchedule.allAt(fork), CHAIN)
        .open(env(number, gasLimit), state, ancestor -> Hash32.ofWords(7, 7, 7, ancestor));
  }

  private static BlockEnv env(long number, long gasLimit) {
    return new BlockEnv(
        number,
        Hash32.ZERO,
        1_000,
        Address.ofLong(0xfee),
        Hash32.ZERO,
        UInt256.ZERO,
        gasLimit,
        GWEI,
        0,
        Hash32.ZERO,
        Bytes.EMPTY);
  }

  private static Transaction tx(
      TransactionType type,
      long nonce,
      long gas,
      @Nullable Address to,
      Bytes data,
      List<AccessListEntry> accessList,
      List<Authorization> authorizations) {
    return new Transaction.Unsigned(
            type,
            CHAIN,
            nonce,
            GWEI,
            GWEI.multiply(UInt256.of(2)),
            gas,
            to,
            UInt256.ZERO,
            data,
            accessList,
            UInt256.ZERO,
            List.of(),
            authorizations)
        .sign(KEY);
  }

  private static Transaction call(long gas, Bytes data) {
    return tx(TransactionType.FEE_MARKET, 0, gas, CONTRACT, data, List.of(), List.of());
  }

  private static Bytes zeros(int count) {
    return Bytes.wrap(new byte[count]);
  }

  // --- EIP-7934 ---

  /** A valid block with just so many bytes, of transactions that carry zeros. */
  private static Block blockOfSize(BlockHeader parent, TestState state, int sizeBytes) {
    int slack = sizeBytes;
    for (int lastBytes = 100_000; ; lastBytes += slack) {
      Block block = blockWith(parent, state, lastBytes);
      slack = sizeBytes - block.encoded().size();
      if (slack == 0) {
        return block;
      }
    }
  }

  private static Block blockWith(BlockHeader parent, TestState state, int lastBytes) {
    BlockExecutor executor = new BlockExecutor(ForkSchedule.allAt(Fork.OSAKA), CHAIN);
    OpenBlock open =
        executor.open(
            new BlockEnv(
                parent.number() + 1,
                parent.hash(),
                parent.timestampSeconds() + 1,
                Address.ofLong(0xfee),
                Hash32.ZERO,
                UInt256.ZERO,
                parent.gasLimit(),
                BlockRules.nextBaseFee(parent, executor.forks()),
                0,
                Hash32.ZERO,
                Bytes.EMPTY),
            state,
            number -> Hash32.ZERO);
    for (int nonce = 0; nonce < 6; nonce++) {
      int size = nonce == 5 ? lastBytes : 1_600_000;
      Transaction tx =
          tx(
              TransactionType.FEE_MARKET,
              nonce,
              GAS_CAP,
              Address.ofLong(0xbeef),
              zeros(size),
              List.of(),
              List.of());
      assertThat(open.execute(tx)).isInstanceOf(Included.class);
    }
    ExecutedBlock executed = open.finish(List.of());
    BlockHeader header = BlockRules.seal(executed, Hash32.ZERO);
    return new Block(header, executed.transactions(), List.of(), List.of());
  }

  @Test
  void takesABlockOfEightMebibytesAndNoneOfOneByteMore() {
    OpenBlock first = open(Fork.OSAKA, 1, 200_000_000);
    BlockHeader parent = BlockRules.seal(first.finish(List.of()), Hash32.ZERO);
    BlockImport rules = new BlockImport(new BlockExecutor(ForkSchedule.allAt(Fork.OSAKA), CHAIN));

    Block whole = blockOfSize(parent, state, 8_388_608);
    Block tooBig = blockOfSize(parent, state, 8_388_609);

    assertThat(rules.run(parent, whole, state, number -> Hash32.ZERO))
        .isInstanceOf(BlockResult.Valid.class);
    assertThat(rules.run(parent, tooBig, state, number -> Hash32.ZERO))
        .isInstanceOfSatisfying(
            BlockResult.Invalid.class, invalid -> assertThat(invalid.reason()).contains("8388609"));
  }

  // --- EIP-7825 ---

  @Test
  void capsTheGasOfATransactionWhateverItIsFor() {
    OpenBlock block = open(Fork.OSAKA, 1, 60_000_000);
    // 21,000 and 2,400 an address: 6,981 of them fit below 2^24, one more does not.
    assertThat(block.execute(withAddresses(6_982, GAS_CAP)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.INTRINSIC_GAS_TOO_LOW));
    assertThat(block.execute(withAddresses(6_982, 16_777_800)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.GAS_LIMIT_TOO_HIGH));
    assertThat(block.execute(withAddresses(6_981, GAS_CAP)))
        .isInstanceOfSatisfying(
            Included.class, i -> assertThat(i.gasUsed()).isEqualTo(21_000 + 2_400 * 6_981));
    // The floor of EIP-7623 counts 10 for a zero byte: 1,675,621 of them are the most.
    assertThat(block.execute(withData(1_675_622, 1)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.INTRINSIC_GAS_TOO_LOW));
    assertThat(block.execute(withData(1_675_621, 1)))
        .isInstanceOfSatisfying(
            Included.class, i -> assertThat(i.gasUsed()).isEqualTo(21_000 + 10 * 1_675_621));
  }

  private static Transaction withAddresses(int count, long gas) {
    return tx(
        TransactionType.ACCESS_LIST,
        0,
        gas,
        Address.ofLong(0xbeef),
        Bytes.EMPTY,
        Collections.nCopies(count, new AccessListEntry(CONTRACT, List.of())),
        List.of());
  }

  private static Transaction withData(int zeroBytes, long nonce) {
    return tx(
        TransactionType.FEE_MARKET,
        nonce,
        GAS_CAP,
        Address.ofLong(0xbeef),
        zeros(zeroBytes),
        List.of(),
        List.of());
  }

  // --- EIP-3860 ---

  @Test
  void chargesInitCodeByTheWordAndRefusesMoreThanTheLimit() {
    OpenBlock block = open(Fork.SHANGHAI, 1, 60_000_000);
    for (int size : new int[] {1, 32, 33, 49_152}) {
      Transaction tx =
          tx(
              TransactionType.FEE_MARKET,
              block.transactions().size(),
              1_000_000,
              null,
              zeros(size),
              List.of(),
              List.of());
      // STOP at once; a created account without code costs nothing more.
      long expected = 53_000 + 4L * size + 2L * ((size + 31) / 32);
      assertThat(block.execute(tx))
          .isInstanceOfSatisfying(
              Included.class,
              i -> assertThat(i.gasUsed()).as("%d bytes", size).isEqualTo(expected));
    }
    Transaction tooLong =
        tx(TransactionType.FEE_MARKET, 4, 1_000_000, null, zeros(49_153), List.of(), List.of());
    assertThat(block.execute(tooLong))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.MALFORMED));
  }

  // --- EIP-7702 ---

  private static List<Authorization> authorizations(int count) {
    List<Authorization> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(Authorization.sign(CHAIN, CONTRACT, 0, key(1_000 + i)));
    }
    return out;
  }

  @Test
  void chargesForEveryDelegationAndRefundsThoseOfAccountsThatExist() {
    int count = 100;
    Transaction tx =
        tx(
            TransactionType.SET_CODE,
            0,
            21_000 + 25_000 * count,
            Address.ofLong(0xbeef),
            Bytes.EMPTY,
            List.of(),
            authorizations(count));
    assertThat(open(Fork.OSAKA, 1, 60_000_000).execute(tx))
        .isInstanceOfSatisfying(
            Included.class, i -> assertThat(i.gasUsed()).isEqualTo(21_000 + 25_000 * count));

    for (int i = 0; i < count; i++) {
      state.fund(key(1_000 + i).address(), UInt256.ONE);
    }
    OpenBlock block = open(Fork.OSAKA, 1, 60_000_000);
    // 12,500 each is more than a fifth of 2,521,000, which is the most that is given back.
    assertThat(block.execute(tx))
        .isInstanceOfSatisfying(
            Included.class, i -> assertThat(i.gasUsed()).isEqualTo(2_521_000 - 504_200));
    for (int i = 0; i < count; i++) {
      var account = block.state().account(key(1_000 + i).address());
      assertThat(account).isNotNull();
      assertThat(account.nonce()).isEqualTo(1);
      assertThat(block.state().code(account.codeHash()).toHex())
          .isEqualTo("0xef0100" + CONTRACT.toHex().substring(2));
    }
    Transaction oneGasShort =
        tx(
            TransactionType.SET_CODE,
            1,
            21_000 + 25_000 * count - 1,
            Address.ofLong(0xbeef),
            Bytes.EMPTY,
            List.of(),
            authorizations(count));
    assertThat(block.execute(oneGasShort))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.INTRINSIC_GAS_TOO_LOW));
  }

  // --- BLOCKHASH ---

  @ParameterizedTest
  @CsvSource({"299,true", "44,true", "43,false", "300,false", "301,false", "0,false"})
  void knowsTheHashesOfThe256BlocksBefore(long asked, boolean known) {
    assertThat(blockHash(UInt256.of(asked)))
        .isEqualTo((known ? Hash32.ofWords(7, 7, 7, asked) : Hash32.ZERO).toBytes());
  }

  @Test
  void takesNoHugeNumberForTheHashOfItsLowBits() {
    for (int shift : new int[] {64, 128, 255}) {
      UInt256 huge = UInt256.of(BigInteger.ONE.shiftLeft(shift).add(BigInteger.valueOf(299)));
      assertThat(blockHash(huge)).isEqualTo(Hash32.ZERO.toBytes());
    }
  }

  private Bytes blockHash(UInt256 number) {
    // PUSH0 CALLDATALOAD BLOCKHASH PUSH0 MSTORE, return the word.
    state.code(CONTRACT, Bytes.fromHex("0x5f35405f5260205ff3"));
    TxOutcome outcome =
        open(Fork.CANCUN, 300, 60_000_000).execute(call(100_000, number.toHash().toBytes()));
    return ((Included) outcome).output();
  }

  // --- EIP-2929 ---

  @ParameterizedTest
  @CsvSource({
    "BERLIN,1,9",
    "LONDON,1,9",
    "SHANGHAI,1,9",
    "CANCUN,1,10",
    "PRAGUE,1,17",
    "OSAKA,1,17"
  })
  void holdsTheForksPrecompilesWarm(Fork fork, int first, int last) {
    for (int address = first; address <= 0x12; address++) {
      assertThat(balanceCost(fork, address))
          .as("%s %d", fork, address)
          .isEqualTo(address <= last ? 100 : 2_600);
    }
    assertThat(balanceCost(fork, 0x100)).isEqualTo(fork == Fork.OSAKA ? 100 : 2_600);
    assertThat(balanceCost(fork, 0)).isEqualTo(2_600);
  }

  private long balanceCost(Fork fork, int address) {
    state.code(CONTRACT, Bytes.fromHex("0x61%04x3150".formatted(address)));
    Transaction tx =
        tx(TransactionType.ACCESS_LIST, 0, 100_000, CONTRACT, Bytes.EMPTY, List.of(), List.of());
    Included included = (Included) open(fork, 1, 60_000_000).execute(tx);
    return included.gasUsed() - 21_000 - 3 - 2;
  }
}
