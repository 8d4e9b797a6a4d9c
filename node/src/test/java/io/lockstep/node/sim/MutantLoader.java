// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loads our classes once more, one method of them with a mistake in it. So a planted defect needs
 * no hook in the code that it is planted in.
 */
final class MutantLoader extends ClassLoader {
  private static final String OURS = "io.lockstep.";

  /**
   * A mistake.
   *
   * @param changes one, or several where one alone is caught by another layer
   */
  record Defect(String name, List<Change> changes) {}

  /**
   * What is changed in one class.
   *
   * @param type binary name of the class
   * @param method every method of this name is changed
   * @param code of it, how it is changed
   */
  record Change(String type, String method, CodeTransform code) {}

  private final Defect defect;

  MutantLoader(Defect defect) {
    super("defect " + defect.name(), MutantLoader.class.getClassLoader());
    this.defect = defect;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!name.startsWith(OURS)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(path)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = in.readAllBytes();
      for (Change change : defect.changes()) {
        code = name.equals(change.type()) ? mutate(code, change) : code;
      }
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] mutate(byte[] code, Change change) {
    ClassFile files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                java.lang.classfile.ClassHierarchyResolver.ofResourceParsing(getParent())));
    ClassModel model = files.parse(code);
    AtomicInteger changed = new AtomicInteger();
    byte[] mutant =
        files.transformClass(
            model,
            ClassTransform.transformingMethodBodies(
                (MethodModel method) -> {
                  boolean hit = method.methodName().equalsString(change.method());
                  if (hit) {
                    changed.incrementAndGet();
                  }
                  return hit;
                },
                change.code()));
    if (changed.get() == 0) {
      throw new IllegalStateException(
          "no method " + change.method() + " in " + change.type() + " to plant a defect in");
    }
    return mutant;
  }
}
