/** Loads TensorFlow's library into this process, within the memory that there is. */
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { limitMemory, memoryBudget } from "./memory.ts";
import { libraryFiles } from "./pinned_wheel.ts";
import { cLibrary, cString, hasNvidiaDriver } from "./platform.ts";

/** dlopen(3): resolve all symbols, never unload. */
const RTLD_NOW = 0x2, RTLD_NODELETE = 0x1000;
const O_WRONLY = 1, STDERR = 2;

/** The library in this process: there is no room for two. */
let loaded: { folder: string; files: string } | undefined;

/**
 * Loads TensorFlow's shared objects in `folder` for the whole life of the process (unloading them at
 * its end crashes it), and without the notices they print. Throws when one cannot be loaded.
 *
 * @throws UserError where other files of the kind are loaded already: two crash the process
 */
export function loadLibrary(folder: string): void {
  const files = identify(folder);
  if (loaded && loaded.files !== files) throw second(folder, loaded.folder);
  if (!loaded) limitMemory();
  for (const [name, value] of Object.entries(settings())) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
  for (const name of libraryFiles) {
    const path = join(folder, name);
    const opened = withoutStandardError(
      () => cLibrary().dlopen(cString(path), RTLD_NOW | RTLD_NODELETE) !== 0n,
    );
    if (!opened) throw loadError(path);
    loaded = { folder, files };
  }
}

/** Which files these are, by whatever names. */
function identify(folder: string): string {
  return libraryFiles.map((name) => {
    const { dev, ino } = Deno.statSync(join(folder, name));
    return `${dev}:${ino}`;
  }).join();
}

function second(folder: string, first: string): UserError {
  return new UserError({
    what:
      `this process has loaded another copy of TensorFlow's library, ${first}, and two of them ` +
      "would crash it",
    file: folder,
    remedy: "start a new process for it; in a notebook, restart the kernel",
  });
}

/** What TensorFlow reads from the environment when it is loaded. */
function settings(): Record<string, string> {
  return {
    // Errors only, for warnings become exceptions here; on a GPU, also why it cannot be used.
    TF_CPP_MIN_LOG_LEVEL: hasNvidiaDriver() ? "1" : "2",
    // On by default only where the processor has AVX-512; a fifth faster at training with AVX2 too.
    TF_ENABLE_ONEDNN_OPTS: "1",
    // Memory is kept from step to step: to allocate it again takes a quarter of a step of
    // a large model.
    TF_CPU_ALLOCATOR_USE_BFC: "true",
    // What goes beyond is an exception. TensorFlow's own limit would be 64 GiB.
    TF_CPU_BFC_MEM_LIMIT_IN_MB: String(Math.floor(memoryBudget() / 2 ** 20)),
    // A convolution's gradients are set up once and not at each step, which costs a small model three
    // hundredths of it.
    TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE: "false",
    // NVIDIA's libraries would round float32's operands to 10 bits, and half of the parity cases
    // would fail: who wants speed asks for bfloat16.
    NVIDIA_TF32_OVERRIDE: "0",
  };
}

/** Some notices are printed by the objects' initialisers, which heed no setting. */
function withoutStandardError<T>(action: () => T): T {
  const { dup, dup2, open, close } = cLibrary();
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
