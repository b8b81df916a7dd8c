import {
  cudaRequested,
  hasNvidiaDriver,
  noLibrary,
  pinnedWheel,
  resolveLibrary,
  userLibrary,
  verifyLibrary,
  wantedWheel,
} from "../runtime/library/mod.ts";
import { formatBytes } from "../runtime/mod.ts";
import { lacksInstructions } from "./fallbacks.ts";
import type { Backend } from "./choose_backend.ts";
import type { ThreadLayout } from "./machine.ts";

/** What an open TensorFlow says of itself; `devices` are types such as "CPU" and "GPU". */
type OpenedTensorFlow = { version: string; devices: string[] } & ThreadLayout;

/** Opens the library in a folder and makes it tfjs' backend. */
export type OpenTensorFlow = (folder: string) => Promise<OpenedTensorFlow>;

/** TensorFlow on an NVIDIA GPU and on the CPU: one library, opened once. */
export function tensorFlowBackends(open: OpenTensorFlow): Backend[] {
  let opening: Promise<OpenedTensorFlow> | undefined;
  const opened = () => opening ??= resolveLibrary().then(({ folder }) => open(folder));
  return [
    {
      name: "CUDA",
      available: cudaAvailable,
      async activate() {
        const { version, devices } = await opened();
        if (!devices.includes("GPU")) throw new Error("TensorFlow finds no GPU it can use");
        return `TensorFlow ${version} on CUDA`;
      },
    },
    {
      name: "TensorFlow",
      available: tensorFlowAvailable,
      async activate() {
        const { version, threads, shards } = await opened();
        const shares = shards === 1 ? "" : ` for ${shards} shares of a batch`;
        return `TensorFlow ${version} on CPU, ${threads} thread${
          threads === 1 ? "" : "s"
        }${shares}`;
      },
    },
  ];
}

/** Whether TensorFlow may use an NVIDIA GPU here. Throws when the user's own library is unusable. */
export async function cudaAvailable(): Promise<true | string> {
  if (!hasNvidiaDriver()) return "no NVIDIA driver";
  const own = userLibrary();
  if (own?.flavour === "cpu") return "the library in SPECIALIST_TENSORFLOW is built without it";
  const wheel = pinnedWheel("cuda");
  if (!own && !wheel) return noLibrary();
  if (!own && !cudaRequested()) {
    return `SPECIALIST_CUDA=1 turns it on (a download of ${formatBytes(wheel!.size)})`;
  }
  return await tensorFlowAvailable();
}

/** Whether TensorFlow can run here. Throws when the user's own library or the downloaded one is unusable. */
export async function tensorFlowAvailable(): Promise<true | string> {
  const lacking = lacksInstructions();
  if (lacking) return `this processor has no ${lacking}`;
  if (!userLibrary() && !wantedWheel()) return noLibrary();
  await verifyLibrary();
  return true;
}
