// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.schedule.RegistryChange;
import io.lockstep.sequencer.tick.SystemTransaction;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * Operators 1 to 3 and a follower on one thread. Validator i belongs to operator i + 1; the test
 * says who proposes when, which slots are missed, what L1 forgets. Slots of 2 s, ticks of 1 s, H of
 * 2 s.
 */
final class ScenarioNet implements AutoCloseable {
  static final int TICK_SECONDS = 1;
  static final int LEAD_SECONDS = 2;
  static final int SLOTS_PER_EPOCH = 8;
  static final long GENESIS_SECONDS = 1_700_000_000;
  private static final int OPERATORS = 3;
  private static final int STEP_MS = 10;

  final SlotClock clock = new SlotClock(GENESIS_SECONDS, 2, SLOTS_PER_EPOCH);
  final CommitmentDomain domain = new CommitmentDomain(900, Address.ofLong(0x1234));
  final Hash32 clusterId = CommitmentDomain.clusterId(900, Address.ofLong(0x5678));
  final DerivationRules rules = new DerivationRules(clock, TICK_SECONDS, 2, 96);
  final Wei countedPerTransaction;
  final int earlyPostingPercent;
  final Genesis genesis;
  final Hash32 genesisBatchHash;
  final ScriptedL1 l1;
  final List<ScenarioNode> nodes = new ArrayList<>();
  final SecretKey user = key("user");
  final Set<Long> missedSlots = new HashSet<>();
  final Set<Hash32> receiptsShown = new HashSet<>();
  boolean beaconAnswers = true;
  private long nowMs;
  private long nextSlot;

  private final Path dir;
  private final Map<Integer, Signer> distant;
  private final List<Command.Duties> duties = new ArrayList<>();
  private final List<RegistryChange> nextRegistry = new ArrayList<>();

  ScenarioNet(Path dir) throws DecodeException {
    this(dir, Map.of());
  }

  /**
   * @param distant by operator, who holds its committer key in place of its node
   */
  ScenarioNet(Path dir, Map<Integer, Signer> distant) throws DecodeException {
    this(dir, distant, Wei.of(100_000_000_000_000L), 75);
  }

  ScenarioNet(Path dir, Wei countedPerTransaction, int earlyPostingPercent) throws DecodeException {
    this(dir, Map.of(), countedPerTransaction, earlyPostingPercent);
  }

  private ScenarioNet(
      Path dir, Map<Integer, Signer> distant, Wei countedPerTransaction, int earlyPostingPercent)
      throws DecodeException {
    this.dir = dir;
    this.distant = Map.copyOf(distant);
    this.countedPerTransaction = countedPerTransaction;
    this.earlyPostingPercent = earlyPostingPercent;
    genesis = genesis();
    Hash32 genesisHash = genesisHash(dir);
    Hash32 genesisHead = ClusterInboxAbi.headOf(List.of(genesisHash));
    genesisBatchHash = ClusterInboxAbi.genesisBatchHash(clusterId, genesisHead);
    l1 = new ScriptedL1(rules, genesisBatchHash, genesisHead);
    for (int i = 1; i <= OPERATORS; i++) {
      nodes.add(new ScenarioNode(this, i, committer(i), dir.resolve("operator" + i)));
    }
    nodes.add(new ScenarioNode(this, 0, null, dir.resolve("follower")));
    warmUp();
  }

  private Signer committer(int operatorId) {
    Signer elsewhere = distant.get(operatorId);
    return elsewhere == null ? key("committer" + operatorId) : elsewhere;
  }

  private Hash32 genesisHash(Path dir) {
    try (KeyValueStore store = RocksStore.open(dir.resolve("probe"), ChainDb.columns("r"))) {
      return ChainDb.open(store, "r", genesis).genesisHeader().hash();
    }
  }

  static SecretKey key(String name) {
    return SecretKey.of(Keccak.hash(name.getBytes(StandardCharsets.UTF_8)).toArray());
  }

  private Genesis genesis() throws DecodeException {
    String json =
        """
        {"config":{"chainId":901,"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,
        "byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,"istanbulBlock":0,
        "berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0,"cancunTime":0},
        "timestamp":"0x%x","gasLimit":"0x1c9c380","difficulty":"0x0","baseFeePerGas":"0x3b9aca00",
        "alloc":{"%s":{"balance":"0x80000000000000000000000000000000"},
        "%s":{"balance":"0x3635c9adc5dea00000"}}}
        """
            .formatted(GENESIS_SECONDS, SystemTransaction.SENDER, user.address());
    return Genesis.parse(JsonMapper.builder().build().readTree(json));
  }

  /** Four epochs of L1 in the past, so that the registrations of the first count. */
  private void warmUp() {
    List<RegistryChange> registry = new ArrayList<>();
    for (int i = 1; i <= OPERATORS; i++) {
      registry.add(
          new RegistryChange.Registered(
              new Epoch(0),
              i,
              Address.ofLong(100 + i),
              List.of(Address.ofLong(200 + i), Address.ofLong(300 + i)),
              key("committer" + i).address(),
              Wei.ofEther(1_000)));
      registry.add(new RegistryChange.ValidatorsAdded(new Epoch(0), i, List.of((long) i - 1)));
    }
    for (nextSlot = 0; nextSlot < 4 * SLOTS_PER_EPOCH; nextSlot++) {
      tellAll(new Command.L1(l1.mine(nextSlot, nextSlot == 0 ? registry : List.of())));
    }
    nowMs = clock.startSeconds(new io.lockstep.primitives.types.Slot(nextSlot - 1)) * 1_000 + 900;
    for (int epoch = 3; epoch < 9; epoch++) {
      proposers(epoch, 0, 1, 2, 0, 1, 2, 0, 1);
    }
    tellAll(new Command.L1(new L1Update.CaughtUp()));
  }

  private void confirmDuties() {
    Epoch now = clock.epochOf(new io.lockstep.primitives.types.Slot(nextSlot));
    tellAll(new Command.DutiesConfirmed(now));
    tellAll(new Command.DutiesConfirmed(now.plus(1)));
  }

  /** Says who proposes in an epoch, by validator. */
  void proposers(long epoch, long... validators) {
    Command.Duties said = new Command.Duties(new Epoch(epoch), validators);
    duties.add(said);
    tellAll(said);
  }

  /** Ends an operator as kill -9 does: nothing more of it is heard. */
  void kill(int operatorId) {
    operator(operatorId).close();
    operator(operatorId).dead = true;
  }

  /** Starts a killed operator with what it had on its disk; it reads L1 and asks its peers. */
  void restart(int operatorId) {
    restartBehind(operatorId, 0).run();
  }

  /**
   * The same while the operator's L1 client does not show the newest {@code blocks} yet; what comes
   * back shows them, to be run before the next L1 block.
   */
  Runnable restartBehind(int operatorId, int blocks) {
    return readAnew(again(operatorId), blocks);
  }

  /** The same when L1 has replaced meanwhile what the operator had read above this block. */
  void restartRewound(int operatorId, long number) {
    ScenarioNode again = again(operatorId);
    again.tell(new Command.L1(new L1Update.Rewind(number)));
    readAnew(again, 0).run();
  }

  private ScenarioNode again(int operatorId) {
    ScenarioNode again =
        new ScenarioNode(
            this, operatorId, committer(operatorId), dir.resolve("operator" + operatorId));
    nodes.set(operatorId - 1, again);
    return again;
  }

  private Runnable readAnew(ScenarioNode again, int blocks) {
    List<ScriptedL1.Mined> chain = List.copyOf(l1.chain());
    int shown = chain.size() - blocks;
    chain.subList(0, shown).forEach(mined -> again.tell(new Command.L1(mined.update())));
    Epoch now = clock.epochOf(new io.lockstep.primitives.types.Slot(slot()));
    // The beacon API does not tell of epochs that have passed.
    duties.stream().filter(said -> said.epoch().compareTo(now) >= 0).forEach(again::tell);
    again.tell(new Command.L1(new L1Update.CaughtUp()));
    return () ->
        chain
            .subList(shown, chain.size())
            .forEach(mined -> again.tell(new Command.L1(mined.update())));
  }

  long nowMs() {
    return nowMs;
  }

  /** Lets time pass until the condition holds, at most 20 slots. */
  void until(String what, java.util.function.BooleanSupplier condition) {
    long end = nowMs + 40_000;
    while (!condition.getAsBoolean()) {
      if (nowMs > end) {
        throw new AssertionError("did not come: " + what);
      }
      step();
    }
  }

  ScenarioNode operator(int id) {
    return nodes.get(id - 1);
  }

  ScenarioNode follower() {
    return nodes.getLast();
  }

  long slot() {
    return nextSlot - 1;
  }

  /** Lets time pass until the given number of further slots has begun. */
  void slots(int count) {
    long until = nextSlot + count;
    while (nextSlot < until) {
      step();
    }
  }

  void millis(long ms) {
    long until = nowMs + ms;
    while (nowMs < until) {
      step();
    }
  }

  private void step() {
    nowMs += STEP_MS;
    if (nowMs >= clock.startSeconds(new io.lockstep.primitives.types.Slot(nextSlot)) * 1_000) {
      if (!missedSlots.contains(nextSlot)) {
        tellAll(new Command.L1(l1.mine(nextSlot, List.copyOf(nextRegistry))));
        nextRegistry.clear();
        if (beaconAnswers) {
          confirmDuties();
        }
      }
      nextSlot++;
    }
    for (ScenarioNode node : nodes) {
      if (!node.dead) {
        node.loop.doWork(nowMs);
      }
    }
  }

  /** L1 forgets its newest blocks; the next slot builds on what is left. */
  void reorg(int depth, boolean backToPool) {
    tellAll(new Command.L1(l1.reorg(depth, backToPool)));
  }

  /** The next L1 block has this change of the registry. */
  void registry(RegistryChange change) {
    nextRegistry.add(change);
  }

  /** Whether it is this slot or later. */
  boolean hasBegun(long slot) {
    return nowMs() >= clock.startSeconds(new Slot(slot)) * 1_000;
  }

  /** Gives a transfer to every node that gossip reaches. */
  Transaction send(long nonce) {
    Transaction tx = transfer(nonce);
    nodes.stream()
        .filter(node -> !node.dead && !node.cutOff)
        .forEach(node -> node.tell(new Command.Submit(901, tx, result -> {})));
    return tx;
  }

  Transaction transfer(long nonce) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce,
            UInt256.of(1_000_000_000),
            UInt256.of(100_000_000_000L),
            21_000,
            Address.ofLong(0xbeef),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(user);
  }

  void tellAll(Command command) {
    nodes.stream().filter(node -> !node.dead).forEach(node -> node.tell(command));
  }

  void deliver(ScenarioNode from, Command command) {
    if (from.cutOff) {
      return;
    }
    for (ScenarioNode node : nodes) {
      if (node != from && !node.cutOff && !node.dead) {
        node.tell(command);
      }
    }
  }

  void askForTicks(ScenarioNode from, long firstTick) {
    if (from.cutOff) {
      return;
    }
    for (ScenarioNode node : nodes) {
      if (node.dead) {
        continue;
      }
      List<SealMessage> seals = node.core.ledger().seals(firstTick, 256, 4 << 20);
      if (node != from && !node.cutOff) {
        long head = node.loop.headTick();
        from.tell(
            new Command.Ticks(
                head, seals, node.core.ledger().fragsFrom(firstTick, 1_024, 4 << 20)));
      }
    }
  }

  void shown(ScenarioNode node, List<Hash32> hashes) {
    receiptsShown.addAll(hashes);
  }

  @Override
  public void close() {
    nodes.stream().filter(node -> !node.dead).forEach(ScenarioNode::close);
  }
}
