// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.block.TxOutcome.Refused;
import io.lockstep.execution.evm.BlockContext;
import io.lockstep.execution.evm.Creates;
import io.lockstep.execution.evm.Outcome;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A block while it is filled: transactions are executed on what came before them, and at the end
 * all that the header commits to but the state root comes out. One thread.
 */
public final class OpenBlock {
  private final BlockExecutor executor;
  private final BlockEnv env;
  private final Fork fork;
  private final Rules rules;
  private final BlobParams blobs;
  private final BlockContext context;
  private final StateReader parentState;
  private final JournaledState state;
  private final TxApplier applier;
  private final List<Transaction> transactions = new ArrayList<>();
  private final List<Receipt> receipts = new ArrayList<>();
  private @Nullable Function<StateDiff, Hash32> intermediateRoot;
  private @Nullable ReadAhead ahead;
  private int expectedFrom;
  private long gasUsed;
  private long blobGasUsed;
  private boolean finished;

  OpenBlock(
      BlockExecutor executor,
      BlockEnv env,
      StateReader parentState,
      LongFunction<@Nullable Hash32> blockHash) {
    this.executor = executor;
    this.env = env;
    this.fork = executor.fork(env);
    this.rules = Rules.of(fork);
    this.blobs = executor.forks().blobParams(fork);
    this.context = context(executor, env, fork, blobs, blockHash);
    this.parentState = parentState;
    this.state = new JournaledState(parentState, executor.codes());
    this.applier = new TxApplier(rules, state, context, executor.engine());
  }

  /**
   * A block of unsigned messages, which ends when its thread is interrupted.
   *
   * @param blobBaseFee wei; null for what the environment's excess gives
   */
  OpenBlock(
      BlockExecutor executor,
      BlockEnv env,
      StateReader parentState,
      LongFunction<@Nullable Hash32> blockHash,
      Precompiles precompiles,
      @Nullable UInt256 blobBaseFee) {
    this.executor = executor;
    this.env = env;
    this.fork = executor.fork(env);
    this.rules = Rules.of(fork);
    this.blobs = executor.forks().blobParams(fork);
    BlockContext known = context(executor, env, fork, blobs, blockHash);
    this.context = blobBaseFee == null ? known : known.withBlobBaseFee(blobBaseFee);
    this.parentState = parentState;
    this.state = new JournaledState(parentState, executor.codes());
    this.applier =
        new TxApplier(rules, state, context, executor.engine(), precompiles)
            .stopWhen(Thread.currentThread()::isInterrupted);
  }

  static BlockContext context(
      BlockExecutor executor,
      BlockEnv env,
      Fork fork,
      BlobParams blobs,
      LongFunction<@Nullable Hash32> blockHash) {
    UInt256 randao = fork.isAtLeast(Fork.PARIS) ? UInt256.of(env.prevRandao()) : env.difficulty();
    UInt256 blobBaseFee =
        fork.isAtLeast(Fork.CANCUN)
            ? BlockRules.blobBaseFee(env.excessBlobGas(), blobs)
            : UInt256.ZERO;
    return new BlockContext(
        executor.chainId(),
        env.number(),
        env.timestampSeconds(),
        env.coinbase(),
        env.gasLimit(),
        randao,
        fork.isAtLeast(Fork.LONDON) ? env.baseFeePerGas() : UInt256.ZERO,
        blobBaseFee,
        blockHash);
  }

  /** EIP-4788 and EIP-2935; without the contract nothing happens, a failure is ignored. */
  void startOfBlock() {
    Hash32 beaconRoot = env.parentBeaconBlockRoot();
    if (fork.isAtLeast(Fork.CANCUN) && beaconRoot != null) {
      systemCall(SystemContracts.BEACON_ROOTS, beaconRoot.toBytes());
    }
    if (fork.isAtLeast(Fork.PRAGUE)) {
      systemCall(SystemContracts.HISTORY, env.parentHash().toBytes());
    }
  }

  private @Nullable Outcome systemCall(Address contract, Bytes data) {
    if (!state.account(contract).hasCode()) {
      return null;
    }
    return applier.systemCall(SystemContracts.SYSTEM, contract, data, SystemContracts.CALL_GAS);
  }

  /** Before Byzantium receipts hold a state root after each transaction: who computes it. */
  void intermediateRoots(@Nullable Function<StateDiff, Hash32> root) {
    intermediateRoot = root;
  }

  public BlockEnv env() {
    return env;
  }

  public Fork fork() {
    return fork;
  }

  public long gasUsed() {
    return gasUsed;
  }

  public long gasLeft() {
    return env.gasLimit() - gasUsed;
  }

  public long blobGasUsed() {
    return blobGasUsed;
  }

  /** Wei for a unit of blob gas in this block. */
  public UInt256 blobBaseFee() {
    return context.blobBaseFee();
  }

  /** How many transactions it has so far. */
  public int size() {
    return transactions.size();
  }

  /** The transactions so far, a copy. */
  public List<Transaction> transactions() {
    return List.copyOf(transactions);
  }

  /** Their receipts, a copy. */
  public List<Receipt> receipts() {
    return List.copyOf(receipts);
  }

  /** Everything that changed since the parent's state, an immutable copy. */
  public StateDiff diff() {
    return state.diff();
  }

  /** The parent's state and everything so far; valid until the next execute, on this thread. */
  public StateReader state() {
    return state.reader();
  }

  /**
   * Says which transactions will be executed next, in this order as far as it goes: the accounts of
   * many of them are read at once, and other threads read ahead what their calls need. Changes
   * nothing else; a disk that fails says so here.
   */
  public void expect(List<Transaction> next) {
    if (next.size() >= ReadAhead.FROM_TRANSACTIONS && ahead == null && !finished) {
      ahead = ReadAhead.start(executor, env, parentState, next);
      expectedFrom = transactions.size();
    }
  }

  /** Runs a transaction on the block so far, or refuses it without a trace. */
  public TxOutcome execute(Transaction tx) {
    return execute(tx, null);
  }

  /** The same, watched. */
  public TxOutcome execute(Transaction tx, @Nullable Tracer tracer) {
    if (finished) {
      throw new IllegalStateException("block " + env.number() + " is finished");
    }
    if (ahead != null) {
      ahead.passed(transactions.size() - expectedFrom);
    }
    Refused fault = TxCheck.withoutState(tx, fork, blobs, executor.chainId());
    if (fault == null) {
      fault = room(tx);
    }
    if (fault != null) {
      return fault;
    }
    Address sender = TxCheck.sender(tx, fork);
    if (sender == null) {
      return TxCheck.malformed("invalid transaction v, r, s values");
    }
    Account account = state.account(sender);
    fault =
        TxCheck.againstState(
            tx,
            sender,
            account.nonce(),
            account.balance(),
            applier.hasForeignCode(account),
            context.baseFee(),
            context.blobBaseFee());
    if (fault != null) {
      return fault;
    }
    return include(tx, sender, tracer);
  }

  private @Nullable Refused room(Transaction tx) {
    if (Long.compareUnsigned(tx.gasLimit(), env.gasLimit()) > 0) {
      return new Refused(
          Reason.GAS_LIMIT_TOO_HIGH,
          "exceeds block gas limit: tx "
              + Long.toUnsignedString(tx.gasLimit())
              + ", block "
              + env.gasLimit());
    }
    if (tx.gasLimit() > gasLeft()) {
      return new Refused(
          Reason.BLOCK_FULL, "gas limit reached: tx " + tx.gasLimit() + ", left " + gasLeft());
    }
    long blobGas = blobGas(tx);
    if (blobGasUsed + blobGas > blobs.maxGas()) {
      return new Refused(
          Reason.BLOCK_FULL,
          "blob gas limit reached: tx " + blobGas + ", left " + (blobs.maxGas() - blobGasUsed));
    }
    return null;
  }

  private TxOutcome include(Transaction tx, Address sender, @Nullable Tracer tracer) {
    Applied applied = applyChecked(tx, sender, tracer);
    Address contract = tx.to() == null ? Creates.addressOf(sender, tx.nonce()) : null;
    return new TxOutcome.Included(
        receipts.getLast(),
        applied.gasUsed(),
        tx.effectiveGasPrice(context.baseFee()),
        contract,
        applied.outcome().output());
  }

  /** Runs a transaction that was checked, whoever sends it; the block has it afterwards. */
  Applied applyChecked(Transaction tx, Address sender, @Nullable Tracer tracer) {
    UInt256 price = tx.effectiveGasPrice(context.baseFee());
    Applied applied =
        applier.apply(
            new TxMessage(
                sender,
                tx.to(),
                tx.value(),
                tx.data(),
                tx.gasLimit(),
                price,
                tx.accessList(),
                tx.blobVersionedHashes(),
                tx.authorizations()),
            tracer);
    gasUsed += applied.gasUsed();
    blobGasUsed += blobGas(tx);
    boolean success = applied.outcome().isSuccess();
    Hash32 root =
        rules.receiptHasStatus || intermediateRoot == null
            ? null
            : intermediateRoot.apply(state.diff());
    Receipt receipt =
        new Receipt(
            tx.type(), success, root, gasUsed, LogsBloom.of(applied.logs()), applied.logs());
    transactions.add(tx);
    receipts.add(receipt);
    return applied;
  }

  BlockContext context() {
    return context;
  }

  Account account(Address address) {
    return state.account(address);
  }

  private static long blobGas(Transaction tx) {
    return tx.blobVersionedHashes().size() * BlobParams.GAS_PER_BLOB;
  }

  /**
   * Ends the block: withdrawals are paid, the request contracts called.
   *
   * @throws IllegalStateException when a request contract is missing or fails, or a deposit log is
   *     misshapen: no block is valid on such a state
   */
  public ExecutedBlock finish(@Nullable List<Withdrawal> withdrawals) {
    return switch (close(withdrawals, List.of())) {
      case BlockResult.Valid valid -> valid.block();
      case BlockResult.Invalid invalid -> throw new IllegalStateException(invalid.reason());
    };
  }

  BlockResult close(@Nullable List<Withdrawal> withdrawals, List<BlockHeader> ommers) {
    if (finished) {
      throw new IllegalStateException("block " + env.number() + " is finished");
    }
    finished = true;
    if (ahead != null) {
      ahead.stop();
    }
    List<Bytes> requests = List.of();
    if (fork.isAtLeast(Fork.PRAGUE)) {
      requests = new ArrayList<>();
      String fault = collectRequests(requests);
      if (fault != null) {
        return new BlockResult.Invalid(fault);
      }
    }
    Rewards.pay(state, rules, env, withdrawals, ommers);
    return new BlockResult.Valid(
        new ExecutedBlock(
            env,
            transactions,
            receipts,
            gasUsed,
            blobGasUsed,
            fork.isAtLeast(Fork.PRAGUE) ? Requests.hash(requests) : null,
            state.diff(),
            withdrawals == null && fork.isAtLeast(Fork.SHANGHAI) ? List.of() : withdrawals,
            requests));
  }

  private @Nullable String collectRequests(List<Bytes> out) {
    Bytes deposits = Requests.deposits(receipts, executor.forks().depositContract());
    if (deposits == null) {
      return "a deposit log does not have the layout of EIP-6110";
    }
    add(out, Requests.DEPOSIT, deposits);
    Address[] contracts = {
      SystemContracts.WITHDRAWAL_REQUESTS, SystemContracts.CONSOLIDATION_REQUESTS
    };
    int[] types = {Requests.WITHDRAWAL, Requests.CONSOLIDATION};
    for (int i = 0; i < contracts.length; i++) {
      Outcome outcome = systemCall(contracts[i], Bytes.EMPTY);
      if (outcome == null) {
        return "system contract " + contracts[i] + " has no code";
      }
      if (!outcome.isSuccess()) {
        return "system contract " + contracts[i] + " failed";
      }
      add(out, types[i], outcome.output());
    }
    return null;
  }

  private static void add(List<Bytes> out, int type, Bytes data) {
    if (!data.isEmpty()) {
      out.add(Requests.typed(type, data));
    }
  }
}
