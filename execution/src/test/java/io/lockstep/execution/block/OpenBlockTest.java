// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.block.TxOutcome.Included;
import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.block.TxOutcome.Refused;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenBlockTest {
  private static final UInt256 CHAIN = UInt256.of(901);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);
  private static final UInt256 TEN_ETHER = UInt256.of(10).multiply(GWEI).multiply(GWEI);
  private static final SecretKey KEY = key(1);
  private static final SecretKey POOR = key(2);
  private static final Address RECIPIENT = Address.ofLong(0xbeef);

  /** PUSH1 1 PUSH0 SSTORE, LOG0, return the word at 0 of storage. */
  private static final Address WRITER = Address.ofLong(0xc0de);

  private static final Bytes WRITER_CODE = Bytes.fromHex("0x60015f555f5fa05f545f5260205ff3");

  private TestState state;
  private OpenBlock block;

  private static SecretKey key(int number) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) number;
    return SecretKey.of(bytes);
  }

  @BeforeEach
  void open() {
    state = new TestState();
    state.fund(KEY.address(), TEN_ETHER);
    state.code(WRITER, WRITER_CODE);
    state.code(SystemContracts.WITHDRAWAL_REQUESTS, Bytes.of(0));
    state.code(SystemContracts.CONSOLIDATION_REQUESTS, Bytes.of(0));
    block = open(Fork.PRAGUE);
  }

  private OpenBlock open(Fork fork) {
    return new BlockExecutor(ForkSchedule.allAt(fork), CHAIN)
        .open(env(30_000_000), state, number -> Hash32.ZERO);
  }

  private static BlockEnv env(long gasLimit) {
    return new BlockEnv(
        1,
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

  private static Transaction.Unsigned transfer(long nonce, long gas, UInt256 value) {
    return Transaction.Unsigned.feeMarket(
        CHAIN, nonce, GWEI, GWEI.add(GWEI), gas, RECIPIENT, value, Bytes.EMPTY);
  }

  private Refused refused(Transaction tx) {
    StateDiff before = block.diff();
    long gasBefore = block.gasUsed();

    TxOutcome outcome = block.execute(tx);

    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(block.diff()).isEqualTo(before);
    assertThat(block.gasUsed()).isEqualTo(gasBefore);
    return (Refused) outcome;
  }

  @Test
  void movesValueAndFees() {
    TxOutcome outcome = block.execute(transfer(0, 21_000, UInt256.of(7)).sign(KEY));

    assertThat(outcome).isInstanceOf(Included.class);
    Included included = (Included) outcome;
    assertThat(included.gasUsed()).isEqualTo(21_000);
    assertThat(included.effectiveGasPriceWei()).isEqualTo(GWEI.add(GWEI));
    assertThat(included.receipt().success()).isTrue();
    assertThat(balance(RECIPIENT)).isEqualTo(UInt256.of(7));
    assertThat(balance(Address.ofLong(0xfee))).isEqualTo(GWEI.multiply(UInt256.of(21_000)));
    UInt256 paid = GWEI.add(GWEI).multiply(UInt256.of(21_000)).add(UInt256.of(7));
    assertThat(balance(KEY.address())).isEqualTo(TEN_ETHER.subtract(paid));
  }

  private UInt256 balance(Address address) {
    AccountState account = block.state().account(address);
    return account == null ? UInt256.ZERO : account.balance();
  }

  @Test
  void refusesATransactionWhoseNonceIsTooLow() {
    block.execute(transfer(0, 21_000, UInt256.ONE).sign(KEY));

    Refused refused = refused(transfer(0, 21_000, UInt256.ONE).sign(KEY));

    assertThat(refused.reason()).isEqualTo(Reason.NONCE_TOO_LOW);
    assertThat(refused.message()).isEqualTo("nonce too low: next nonce 1, tx nonce 0");
  }

  @Test
  void refusesATransactionWhoseNonceIsTooHigh() {
    Refused refused = refused(transfer(3, 21_000, UInt256.ONE).sign(KEY));

    assertThat(refused.reason()).isEqualTo(Reason.NONCE_TOO_HIGH);
    assertThat(refused.message()).isEqualTo("nonce too high: next nonce 0, tx nonce 3");
  }

  @Test
  void refusesASenderWhoCannotPay() {
    Refused refused = refused(transfer(0, 21_000, UInt256.ONE).sign(POOR));

    assertThat(refused.reason()).isEqualTo(Reason.INSUFFICIENT_FUNDS);
    assertThat(refused.message()).startsWith("insufficient funds for gas * price + value: ");
  }

  @Test
  void refusesTooLittleGas() {
    Refused refused = refused(transfer(0, 20_999, UInt256.ONE).sign(KEY));

    assertThat(refused.reason()).isEqualTo(Reason.INTRINSIC_GAS_TOO_LOW);
    assertThat(refused.message())
        .isEqualTo("intrinsic gas too low: gas 20999, minimum needed 21000");
  }

  @Test
  void refusesAFeeCapBelowTheBaseFee() {
    Transaction.Unsigned cheap =
        Transaction.Unsigned.feeMarket(
            CHAIN, 0, UInt256.ONE, UInt256.of(5), 21_000, RECIPIENT, UInt256.ONE, Bytes.EMPTY);

    Refused refused = refused(cheap.sign(KEY));

    assertThat(refused.reason()).isEqualTo(Reason.FEE_CAP_BELOW_BASE_FEE);
    assertThat(refused.message())
        .startsWith("max fee per gas less than block base fee: ")
        .endsWith("maxFeePerGas: 5, baseFee: 1000000000");
  }

  @Test
  void refusesATipAboveTheFeeCap() {
    Transaction.Unsigned odd =
        Transaction.Unsigned.feeMarket(
            CHAIN, 0, GWEI.add(UInt256.ONE), GWEI, 21_000, RECIPIENT, UInt256.ONE, Bytes.EMPTY);

    assertThat(refused(odd.sign(KEY)).message())
        .startsWith("max priority fee per gas higher than max fee per gas");
  }

  @Test
  void refusesAnotherChainsTransaction() {
    Transaction.Unsigned foreign =
        Transaction.Unsigned.feeMarket(
            UInt256.ONE, 0, GWEI, GWEI, 21_000, RECIPIENT, UInt256.ONE, Bytes.EMPTY);

    assertThat(refused(foreign.sign(KEY)).message())
        .isEqualTo("invalid chain id for signer: have 1 want 901");
  }

  @Test
  void asksToTryTheNextBlockWhenThisOneIsFull() {
    block.execute(transfer(0, 21_000, UInt256.ONE).sign(KEY));

    assertThat(refused(transfer(1, 30_000_000, UInt256.ONE).sign(KEY)).reason())
        .isEqualTo(Reason.BLOCK_FULL);
    assertThat(refused(transfer(1, 30_000_001, UInt256.ONE).sign(KEY)).reason())
        .isEqualTo(Reason.GAS_LIMIT_TOO_HIGH);
  }

  @Test
  void takesAGasLimitOf64BitsForWhatItIs() {
    for (long gasLimit : new long[] {Long.MIN_VALUE, -1}) {
      Refused refused = refused(transfer(0, gasLimit, UInt256.ONE).sign(KEY));
      assertThat(refused.reason()).isEqualTo(Reason.GAS_LIMIT_TOO_HIGH);
      assertThat(refused.message()).contains(Long.toUnsignedString(gasLimit));
    }
  }

  @Test
  void capsATransactionsGasFromOsakaOn() {
    block = open(Fork.OSAKA);

    Refused refused = refused(transfer(0, (1 << 24) + 1, UInt256.ONE).sign(KEY));

    assertThat(refused.reason()).isEqualTo(Reason.GAS_LIMIT_TOO_HIGH);
    assertThat(refused.message())
        .isEqualTo("transaction gas limit too high (cap: 16777216, tx: 16777217)");
  }

  @Test
  void refusesASenderWithCode() {
    state.code(KEY.address(), Bytes.of(0));
    block = open(Fork.PRAGUE);

    assertThat(refused(transfer(0, 21_000, UInt256.ONE).sign(KEY)).reason())
        .isEqualTo(Reason.SENDER_HAS_CODE);
  }

  @Test
  void runsContractsOnWhatCameBefore() {
    for (int nonce = 0; nonce < 2; nonce++) {
      Transaction.Unsigned call =
          Transaction.Unsigned.feeMarket(
              CHAIN, nonce, GWEI, GWEI.add(GWEI), 100_000, WRITER, UInt256.ZERO, Bytes.EMPTY);
      Included included = (Included) block.execute(call.sign(KEY));
      assertThat(included.receipt().logs()).hasSize(1);
      assertThat(included.output()).isEqualTo(UInt256.ONE.toHash().toBytes());
    }

    assertThat(block.state().storage(WRITER, UInt256.ZERO)).isEqualTo(UInt256.ONE);
    assertThat(new Overlay(state, block.diff()).storage(WRITER, UInt256.ZERO))
        .isEqualTo(UInt256.ONE);
    assertThat(block.receipts().get(1).cumulativeGasUsed()).isEqualTo(block.gasUsed());
  }

  @Test
  void namesTheContractThatATransactionCreated() {
    // Returns one byte of code, STOP.
    Transaction.Unsigned create =
        Transaction.Unsigned.feeMarket(
            CHAIN,
            0,
            GWEI,
            GWEI.add(GWEI),
            100_000,
            null,
            UInt256.ZERO,
            Bytes.fromHex("0x60015ff3"));

    Included included = (Included) block.execute(create.sign(KEY));

    assertThat(included.contractAddress()).isNotNull();
    AccountState contract = block.state().account(included.contractAddress());
    assertThat(contract).isNotNull();
    assertThat(contract.codeHash()).isEqualTo(Keccak.hash(new byte[1]));
    assertThat(contract.nonce()).isEqualTo(1);
    assertThat(block.diff().newCode()).containsKey(contract.codeHash());
  }

  @Test
  void sealsAHeaderThatAnImportTakesBack() {
    block.execute(transfer(0, 21_000, UInt256.of(7)).sign(KEY));
    List<Withdrawal> withdrawals = List.of(new Withdrawal(0, 1, Address.ofLong(0xab), 5));

    ExecutedBlock executed = block.finish(withdrawals);
    BlockHeader header = BlockRules.seal(executed, Hash32.ZERO);

    assertThat(header.requestsHash()).isEqualTo(BlockHeader.EMPTY_REQUESTS_HASH);
    assertThat(header.gasUsed()).isEqualTo(21_000);
    AccountState paid = new Overlay(state, executed.diff()).account(Address.ofLong(0xab));
    assertThat(paid).isNotNull();
    assertThat(paid.balance()).isEqualTo(GWEI.multiply(UInt256.of(5)));
    assertThat(BlockHeader.EMPTY_REQUESTS_HASH).isEqualTo(Requests.hash(List.of()));
    assertThat(BlockImport.env(header)).isEqualTo(executed.env());
  }

  @Test
  void doesNotFinishWithoutItsRequestContracts() {
    state = new TestState();
    block = open(Fork.PRAGUE);

    assertThatThrownBy(() -> block.finish(List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no code");
    assertThatThrownBy(() -> block.execute(transfer(0, 21_000, UInt256.ONE).sign(KEY)))
        .isInstanceOf(IllegalStateException.class);
  }
}
