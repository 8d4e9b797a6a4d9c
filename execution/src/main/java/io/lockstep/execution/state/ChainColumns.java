// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.storage.kv.Column;
import java.util.List;

/**
 * The columns of one chain.
 *
 * @param meta head, genesis and marks, by name
 * @param account account RLP by address, at the head
 * @param storage storage words without leading zeros by address and slot, at the head
 * @param code code by hash
 * @param trie trie nodes by id
 * @param header header RLP by block hash
 * @param body what follows the header in a block's RLP, by block hash
 * @param receipt receipts by block hash
 * @param number canonical block hash by number
 * @param tx where a transaction of the canonical chain stands, by its hash
 * @param undo what a canonical block changed, by number
 * @param root hash and id of the state root of a canonical block, by number
 * @param stale which trie nodes are due to go when a block's state is given up, by number
 */
record ChainColumns(
    Column meta,
    Column account,
    Column storage,
    Column code,
    Column trie,
    Column header,
    Column body,
    Column receipt,
    Column number,
    Column tx,
    Column undo,
    Column root,
    Column stale) {
  static ChainColumns of(String prefix) {
    return new ChainColumns(
        new Column(prefix + "-meta"),
        new Column(prefix + "-account"),
        new Column(prefix + "-storage"),
        new Column(prefix + "-code"),
        new Column(prefix + "-trie"),
        new Column(prefix + "-header"),
        new Column(prefix + "-body"),
        new Column(prefix + "-receipt"),
        new Column(prefix + "-number"),
        new Column(prefix + "-tx"),
        new Column(prefix + "-undo"),
        new Column(prefix + "-root"),
        new Column(prefix + "-stale"));
  }

  List<Column> all() {
    return List.of(
        meta, account, storage, code, trie, header, body, receipt, number, tx, undo, root, stale);
  }
}
