// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.l1client.loop.Pacer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one node that wait for L1, run one at a time: each has a virtual thread of its
 * own, but runs only while whoever resumed it waits for it to wait again. So a run stays one
 * logical thread, and code that blocks needs no other form for it.
 */
final class Fibers implements Pacer {
  /** Unwinds a fiber whose node has crashed; nobody may catch it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("the node was killed", null, false, false);
    }
  }

  private static final ThreadLocal<@Nullable Fiber> CURRENT = new ThreadLocal<>();

  private final SimTime time;
  private final String node;
  private final List<Fiber> living = new ArrayList<>();
  private boolean killed;

  /**
   * @param node whose they are, for the story
   */
  Fibers(SimTime time, String node) {
    this.time = time;
    this.node = node;
  }

  private final class Fiber implements Running {
    private final Thread thread;
    private final Semaphore go = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);
    private boolean ended;
    private boolean dying;
    private long waits;
    private @Nullable Throwable failure;

    Fiber(String name, Runnable body, Thread.UncaughtExceptionHandler onDeath) {
      thread =
          Thread.ofVirtual()
              .name(name)
              .unstarted(() -> {
                CURRENT.set(this);
                StoryLog.on(Fibers.this.node);
                go.acquireUninterruptibly();
                try {
                  if (!dying) {
                    body.run();
                  }
                } catch (Killed e) {
                  failure = null;
                } catch (Throwable e) {
                  failure = e;
                } finally {
                  ended = true;
                  living.remove(this);
                  Throwable cause = failure;
                  if (cause != null) {
                    onDeath.uncaughtException(Thread.currentThread(), cause);
                  }
                  back.release();
                }
              });
      thread.start();
    }

    /** Runs it until it waits or ends. */
    void resume() {
      if (!ended) {
        go.release();
        back.acquireUninterruptibly();
      }
    }

    /** On the fiber itself: gives way until resumed. */
    void park() {
      waits++;
      back.release();
      go.acquireUninterruptibly();
      if (dying) {
        throw new Killed();
      }
    }

    /** Resumes it later, unless it has been woken by something else by then. */
    void resumeAfter(long ms) {
      long mine = waits + 1;
      time.after(
          ms,
          () -> {
            if (waits == mine) {
              resume();
            }
          });
    }

    @Override
    public void close() {
      if (CURRENT.get() != this && !ended) {
        dying = true;
        resume();
      }
    }
  }

  @Override
  public long nowMs() {
    return time.nowMs();
  }

  @Override
  public void sleep(long ms) throws InterruptedException {
    Fiber fiber = current();
    requireNotInterrupted();
    fiber.resumeAfter(Math.max(1, ms));
    fiber.park();
  }

  /** As a real thread's wait would: code that has interrupted itself by mistake shall be found. */
  private static void requireNotInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static Fiber current() {
    Fiber fiber = CURRENT.get();
    if (fiber == null) {
      throw new IllegalStateException("only a fiber may wait in a simulation");
    }
    return fiber;
  }

  @Override
  public Running start(String name, Runnable body, Thread.UncaughtExceptionHandler onDeath) {
    Fiber fiber = new Fiber(name, body, onDeath);
    living.add(fiber);
    if (killed) {
      fiber.dying = true;
    }
    time.after(0, fiber::resume);
    return fiber;
  }

  @Override
  public Bell bell() {
    return new Bell() {
      private boolean rung;
      private @Nullable Fiber waiting;

      @Override
      public void ring() {
        rung = true;
        Fiber fiber = waiting;
        if (fiber != null) {
          waiting = null;
          long mine = fiber.waits;
          time.after(
              0,
              () -> {
                if (fiber.waits == mine) {
                  fiber.resume();
                }
              });
        }
      }

      @Override
      public void await(long timeoutMs) throws InterruptedException {
        requireNotInterrupted();
        if (!rung) {
          Fiber fiber = current();
          waiting = fiber;
          fiber.resumeAfter(Math.max(1, timeoutMs));
          fiber.park();
          waiting = null;
        }
        rung = false;
      }
    };
  }

  /** Ends all of them where they wait. */
  void kill() {
    killed = true;
    for (Fiber fiber : List.copyOf(living)) {
      fiber.close();
    }
  }
}
