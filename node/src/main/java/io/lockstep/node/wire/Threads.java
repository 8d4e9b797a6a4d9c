// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Named platform threads for what burns CPU or must keep an order. */
final class Threads {
  private Threads() {}

  /** A bounded pool; a full queue makes the submitter do the work itself. */
  static ExecutorService cpu(String name, int threads) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(1_024),
        Thread.ofPlatform().name(name + "-", 0).daemon().factory(),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  /** One thread with a bounded queue; what does not fit is dropped: streams only. */
  static ExecutorService ordered(String name) {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(8_192),
        Thread.ofPlatform().name(name).daemon().factory(),
        new ThreadPoolExecutor.DiscardPolicy());
  }
}
