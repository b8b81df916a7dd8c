/** The backends without TensorFlow: WebGPU, WASM and plain JavaScript. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type Backend, setBackend, type Tfjs } from "./choose_backend.ts";
import { cpuFeatures } from "./machine.ts";
import { registerTrainingKernels } from "./wasm_training_kernels.ts";

/** tfjs' kernels for WebGPU, on the GPU that Deno finds. */
export function webgpuBackend(tf: Tfjs): Backend {
  return {
    name: "WebGPU",
    available: webgpuAvailable,
    async activate() {
      createRequire(import.meta.url)("@tensorflow/tfjs-backend-webgpu");
      await setBackend(tf, "webgpu");
      const info = (await requestAdapter())?.info;
      return `WebGPU${info?.description ? ` on ${info.description}` : ""}`;
    },
  };
}

/** Whether there is a GPU behind `navigator.gpu`: one drawn by the CPU is slower than WASM. */
export async function webgpuAvailable(): Promise<true | string> {
  if (!("gpu" in navigator)) return "not offered by this Deno";
  const adapter = await requestAdapter();
  if (!adapter) return "no GPU";
  return adapter.info.isFallbackAdapter ? "no GPU, only an emulation on the CPU" : true;
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  return await navigator.gpu.requestAdapter().catch(() => null);
}

const require = createRequire(import.meta.url);
const packageName = "@tensorflow/tfjs-backend-wasm";

/** tfjs' WebAssembly kernels. Outside browsers they come with SIMD, but on one thread. */
export function wasmBackend(tf: Tfjs): Backend {
  return {
    name: "WASM",
    available: wasmAvailable,
    async activate() {
      const { setWasmPaths } = require(packageName);
      setWasmPaths(`${dirname(require.resolve(packageName))}/`);
      registerTrainingKernels(tf);
      await setBackend(tf, "wasm");
      return "WASM, 1 thread";
    },
  };
}

/** Whether the WebAssembly kernels are installed. */
export function wasmAvailable(): Promise<true | string> {
  try {
    require.resolve(packageName);
    return Promise.resolve(true);
  } catch {
    return Promise.resolve(`${packageName} is not installed`);
  }
}

/** tfjs' JavaScript kernels: slow, and there on every machine. */
export function plainBackend(tf: Tfjs): Backend {
  return {
    name: "JavaScript",
    available: plainAvailable,
    async activate() {
      await setBackend(tf, "cpu");
      // Else its first use prints an advertisement for a backend that does not run on Deno.
      (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
      return "plain JavaScript, 1 thread";
    },
  };
}

/** Always. */
export function plainAvailable(): Promise<true | string> {
  return Promise.resolve(true);
}

/** The instructions that TensorFlow's x86-64 builds use without asking, as far as they are missing. */
export function lacksInstructions(): string | undefined {
  const features = cpuFeatures();
  if (Deno.build.arch !== "x86_64" || features.length === 0) return undefined;
  return features.includes("avx") ? undefined : "AVX";
}
