import { dirname, join } from "node:path";
import {
  jupyterFolder,
  pythonEnvironment,
  pythonFolder,
  sha256,
  UserError,
  writeAtomically,
} from "../../internal/runtime/mod.ts";

/** The project's folder. */
export const root = join(import.meta.dirname!, "..", "..", "..");

/** The name of the project's kernel, in notebooks and for Jupyter. */
export const kernelName = "specialist";

export interface Jupyter {
  /** Where all of its files are. */
  folder: string;
  /** The Python that has Jupyter. */
  python: string;
  /** Environment variables with which it keeps all of its files there, and finds the kernel. */
  variables: Record<string, string>;
}

/**
 * Jupyter in an environment of its own in the cache, with this project's kernel.
 *
 * @throws UserError if Python or a package is unavailable
 */
export async function jupyter(): Promise<Jupyter> {
  if (Deno.build.os === "windows") {
    throw new UserError({
      what: "the notebooks' kernel stops cells by POSIX signals",
      remedy: "use Linux, macOS, or the Windows Subsystem for Linux",
    });
  }
  const folder = jupyterFolder();
  const python = await pythonEnvironment({
    title: "JupyterLab",
    folder: pythonFolder(),
    requirements: join(import.meta.dirname!, "requirements.txt"),
  });
  // Checkouts of the project share Jupyter, and have a kernel each.
  const state = join(folder, sha256(root).slice(0, 12));
  const variables = {
    JUPYTER_CONFIG_DIR: join(state, "config"),
    JUPYTER_DATA_DIR: join(state, "data"),
    JUPYTER_RUNTIME_DIR: join(state, "runtime"),
    JUPYTER_PATH: "",
    IPYTHONDIR: join(state, "ipython"),
  };
  await writeJson(
    join(variables.JUPYTER_DATA_DIR, "kernels", kernelName, "kernel.json"),
    kernelSpec(python, variables.IPYTHONDIR),
  );
  await writeJson(join(variables.JUPYTER_CONFIG_DIR, "labconfig", "page_config.json"), {
    // Jupyter's news would be fetched from the network.
    disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true },
  });
  return { folder, python, variables };
}

/** How Jupyter starts the kernel. */
function kernelSpec(python: string, IPYTHONDIR: string) {
  const program = join(import.meta.dirname!, "kernel", "specialist_kernel.py");
  return {
    argv: [python, program, "-f", "{connection_file}"],
    display_name: "Specialist (TypeScript)",
    language: "typescript",
    interrupt_mode: "message",
    env: {
      SPECIALIST_DENO: Deno.execPath(),
      GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
      DENO_NO_UPDATE_CHECK: "1",
      IPYTHONDIR,
    },
  };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, JSON.stringify(value, null, 2));
}
