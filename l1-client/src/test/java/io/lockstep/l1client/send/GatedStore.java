// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that asks for leave before and after each commit. */
final class GatedStore implements KeyValueStore {
  private final KeyValueStore store;
  private final Consumer<String> gate;

  GatedStore(KeyValueStore store, Consumer<String> gate) {
    this.store = store;
    this.gate = gate;
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    gate.accept("before");
    store.commit(batch, durability);
    gate.accept("after");
  }

  @Override
  public byte @Nullable [] get(Column column, byte[] key) {
    return store.get(column, key);
  }

  @Override
  public Batch newBatch() {
    return store.newBatch();
  }

  @Override
  public void sync() {
    store.sync();
  }

  @Override
  public void scan(Column column, byte[] from, Visitor visitor) {
    store.scan(column, from, visitor);
  }

  @Override
  public void scanDown(Column column, byte[] from, Visitor visitor) {
    store.scanDown(column, from, visitor);
  }

  @Override
  public Snapshot snapshot() {
    return store.snapshot();
  }

  @Override
  public void close() {
    store.close();
  }
}
