// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * The C functions of libblst, as the jblst jar carries it, called through the foreign function
 * interface: its Java classes have no multi-scalar multiplication and no map to the curve. Loaded
 * at the first use. Any thread; memory belongs to the caller's arena.
 */
// restricted: calling native code is what this class is for; the launcher enables native access.
@SuppressWarnings("restricted")
final class Blst {
  static final int FP_BYTES = 48;
  static final int G1_AFFINE_BYTES = 96;
  static final int G1_BYTES = 144;
  static final int G2_AFFINE_BYTES = 192;
  static final int G2_BYTES = 288;
  static final int FP12_BYTES = 576;
  static final int SCALAR_BYTES = 32;

  /** What the Miller loop needs of a point of the second group: 68 elements of degree six. */
  static final int LINES_BYTES = 68 * FP12_BYTES / 2;

  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final SymbolLookup LIBRARY = load();

  static final MethodHandle FP_FROM_BYTES = procedure("blst_fp_from_bendian", 2);
  static final MethodHandle BYTES_FROM_FP = procedure("blst_bendian_from_fp", 2);
  static final MethodHandle FP12_MULTIPLY = procedure("blst_fp12_mul", 3);
  static final MethodHandle FP12_IS_ONE = predicate("blst_fp12_is_one");
  static final MethodHandle MILLER_LOOP = procedure("blst_miller_loop", 3);
  static final MethodHandle PRECOMPUTE_LINES = procedure("blst_precompute_lines", 2);
  static final MethodHandle MILLER_LOOP_LINES = procedure("blst_miller_loop_lines", 3);
  static final MethodHandle FINAL_EXPONENTIATION = procedure("blst_final_exp", 2);

  /** The functions that exist for either group. */
  record Group(
      int affineBytes,
      int pointBytes,
      MethodHandle uncompress,
      MethodHandle isOnCurve,
      MethodHandle isInGroup,
      MethodHandle fromAffine,
      MethodHandle toAffine,
      MethodHandle add,
      MethodHandle multiply,
      MethodHandle multiplyAll,
      MethodHandle scratchBytes,
      MethodHandle map) {}

  static final Group G1 = group(1, G1_AFFINE_BYTES, G1_BYTES);
  static final Group G2 = group(2, G2_AFFINE_BYTES, G2_BYTES);

  private Blst() {}

  private static Group group(int number, int affineBytes, int pointBytes) {
    String p = "blst_p" + number;
    return new Group(
        affineBytes,
        pointBytes,
        handle(p + "_uncompress", FunctionDescriptor.of(ValueLayout.JAVA_INT, POINTER, POINTER)),
        predicate(p + "_affine_on_curve"),
        predicate(p + "_affine_in_g" + number),
        procedure(p + "_from_affine", 2),
        procedure(p + "_to_affine", 2),
        procedure(p + "_add_or_double", 3),
        handle(
            p + "_mult",
            FunctionDescriptor.ofVoid(POINTER, POINTER, POINTER, ValueLayout.JAVA_LONG)),
        handle(
            p + "s_mult_pippenger",
            FunctionDescriptor.ofVoid(
                POINTER, POINTER, ValueLayout.JAVA_LONG, POINTER, ValueLayout.JAVA_LONG, POINTER)),
        handle(
            p + "s_mult_pippenger_scratch_sizeof",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)),
        procedure("blst_map_to_g" + number, 3));
  }

  static void call(MethodHandle function, MemorySegment a, MemorySegment b) {
    try {
      function.invokeExact(a, b);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  static void call(MethodHandle function, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  static boolean test(MethodHandle function, MemorySegment a) {
    try {
      return (boolean) function.invokeExact(a);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Reads a compressed point into affine form; false when it is none. */
  static boolean uncompress(Group g, MemorySegment out, MemorySegment bytes) {
    try {
      return (int) g.uncompress.invokeExact(out, bytes) == 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** {@code out = scalar * point}; the scalar is 32 little-endian bytes below the order. */
  static void multiply(Group g, MemorySegment out, MemorySegment point, MemorySegment scalar) {
    try {
      g.multiply.invokeExact(out, point, scalar, 255L);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The sum of scalar * point over arrays that lie without gaps; no point is infinity. */
  static void multiplyAll(
      Group g,
      Arena arena,
      MemorySegment out,
      MemorySegment points,
      MemorySegment scalars,
      long count) {
    try {
      long scratchBytes = (long) g.scratchBytes.invokeExact(count);
      MemorySegment scratch = arena.allocate(scratchBytes, 8);
      g.multiplyAll.invokeExact(
          out, list(arena, points), count, list(arena, scalars), 255L, scratch);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** A list of pointers that ends with null after the first: what follows it lies without gaps. */
  private static MemorySegment list(Arena arena, MemorySegment first) {
    MemorySegment list = arena.allocate(POINTER, 2);
    list.setAtIndex(POINTER, 0, first);
    list.setAtIndex(POINTER, 1, MemorySegment.NULL);
    return list;
  }

  private static IllegalStateException failed(Throwable e) {
    return new IllegalStateException("a call into libblst failed", e);
  }

  private static MethodHandle procedure(String name, int arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments];
    Arrays.fill(layouts, POINTER);
    return handle(name, FunctionDescriptor.ofVoid(layouts));
  }

  private static MethodHandle predicate(String name) {
    return handle(name, FunctionDescriptor.of(ValueLayout.JAVA_BOOLEAN, POINTER));
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        LIBRARY
            .find(name)
            .orElseThrow(() -> new IllegalStateException("libblst does not export " + name));
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  private static SymbolLookup load() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String folder = os.startsWith("win") ? "Windows" : os.startsWith("mac") ? "Mac" : "Linux";
    String file =
        switch (folder) {
          case "Windows" -> "blst.dll";
          case "Mac" -> "libblst.dylib";
          default -> "libblst.so";
        };
    String resource =
        "/supranational/blst/" + folder + "/" + System.getProperty("os.arch") + "/" + file;
    try (InputStream in = Blst.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no libblst for this platform: " + resource);
      }
      Path copy = Files.createTempFile("lockstep-blst", file);
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return SymbolLookup.libraryLookup(copy, Arena.global());
      } finally {
        if (folder.equals("Windows")) {
          copy.toFile().deleteOnExit(); // a loaded library cannot be deleted there
        } else {
          Files.deleteIfExists(copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("libblst could not be unpacked", e);
    }
  }
}
