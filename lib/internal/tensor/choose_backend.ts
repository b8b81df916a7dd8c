/** Chooses the first backend that works, and explains why the others do not. */

/** A backend. */
export type Backend = {
  name: string;
  /** True, or in a few words why it cannot be used here. Throws when the user's settings are wrong. */
  available(): true | string | Promise<true | string>;
  /**
   * Makes it tfjs' backend and describes it. Throws when that fails, and the next backend is tried.
   */
  activate(): Promise<string>;
};

/** The backend that was chosen, and why no better one was. */
type Choice = {
  name: string;
  /** The backend, for example "TensorFlow 2.21.0 on CPU, 2 threads". */
  description: string;
  /** The better backends, each with the reason why it is unavailable. */
  skipped: { name: string; why: string }[];
};

/** Activates the first backend that works. Throws when none does. */
export async function chooseBackend(backends: Backend[]): Promise<Choice> {
  const skipped: Choice["skipped"] = [];
  for (const { name, available, activate } of backends) {
    const verdict = await available();
    if (verdict !== true) {
      skipped.push({ name, why: verdict });
      continue;
    }
    try {
      return { name, description: await activate(), skipped };
    } catch (error) {
      skipped.push({ name, why: firstLine(error) });
    }
  }
  const reasons = skipped.map(({ name, why }) => `\n  ${name}: ${why}`).join("");
  throw new Error(`no backend works on this machine:${reasons}`);
}

/** A choice in one line: "TensorFlow 2.21.0 on CPU, 2 threads (CUDA: no NVIDIA driver)". */
export function explainChoice({ description, skipped }: Choice): string {
  if (skipped.length === 0) return description;
  return `${description} (${skipped.map(({ name, why }) => `${name}: ${why}`).join("; ")})`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}

/** The tfjs namespace. */
export type Tfjs = typeof import("@tensorflow/tfjs");

/** Makes `name` tfjs' backend. Throws when it does not start. */
export async function setBackend(tf: Tfjs, name: string): Promise<void> {
  if (!await tf.setBackend(name)) throw new Error(`tfjs' backend "${name}" does not start`);
}
