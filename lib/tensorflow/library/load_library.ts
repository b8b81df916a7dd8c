import { join } from "node:path";
import { libraryFiles } from "./pinned_wheel.ts";

/** dlopen(3): resolve all symbols, never unload. */
const RTLD_NOW = 0x2, RTLD_NODELETE = 0x1000;
const O_WRONLY = 1, STDERR = 2;

let systemLibrary: ReturnType<typeof openSystemLibrary> | undefined;

/**
 * Loads TensorFlow's shared objects in `folder` for the whole life of the process (unloading them at
 * its end crashes it), and without the notices they print. Throws when one cannot be loaded.
 */
export function loadLibrary(folder: string): void {
  for (const [name, value] of Object.entries(settings())) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
  const system = systemLibrary ??= openSystemLibrary();
  for (const name of libraryFiles) {
    const path = join(folder, name);
    const loaded = withoutStandardError(
      () => system.dlopen(cString(path), RTLD_NOW | RTLD_NODELETE) !== null,
    );
    if (!loaded) throw loadError(path);
  }
}

/** What TensorFlow reads from the environment when it is loaded. */
function settings(): Record<string, string> {
  const megabytes = Math.floor(Deno.systemMemoryInfo().total / 2 ** 20);
  return {
    // Warnings and errors only.
    TF_CPP_MIN_LOG_LEVEL: "1",
    // On by default only where the processor has AVX-512; a fifth faster at training with AVX2 too.
    TF_ENABLE_ONEDNN_OPTS: "1",
    // Memory is kept from step to step: to get it from the system anew takes a quarter of a step of
    // a large model.
    TF_CPU_ALLOCATOR_USE_BFC: "true",
    // As much as there is, where TensorFlow would stop at 64 GiB.
    TF_CPU_BFC_MEM_LIMIT_IN_MB: String(megabytes),
    // NVIDIA's libraries would round float32's operands to 10 bits, and half of the parity cases
    // would fail: who wants speed asks for bfloat16.
    NVIDIA_TF32_OVERRIDE: "0",
  };
}

/** Some notices are printed by the objects' initialisers, which heed no setting. */
function withoutStandardError<T>(action: () => T): T {
  const { dup, dup2, open, close } = systemLibrary!;
  const saved = dup(STDERR);
  const nowhere = open(cString("/dev/null"), O_WRONLY);
  try {
    dup2(nowhere, STDERR);
    return action();
  } finally {
    dup2(saved, STDERR);
    close(saved);
    close(nowhere);
  }
}

/** Deno says why a library cannot be opened. */
function loadError(path: string): Error {
  try {
    Deno.dlopen(path, {}).close();
  } catch (cause) {
    return new Error(`TensorFlow's library cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
  return new Error(`TensorFlow's library cannot be loaded: ${path}`);
}

function openSystemLibrary() {
  return Deno.dlopen("libc.so.6", {
    dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
    dup: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    open: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  }).symbols;
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
