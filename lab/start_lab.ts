import { existsSync } from "node:fs";
import { join } from "node:path";
import { jupyter, kernelName, root } from "./environment.ts";

export interface LabOptions {
  /** Whether to open the browser. */
  browser: boolean;
  /** Jupyter takes the next one that is free. */
  port: number;
}

/**
 * Runs JupyterLab on the project's folder until it is ended.
 *
 * @returns its exit code
 * @throws UserError if Python or a package cannot be had
 */
export async function startLab({ browser, port }: LabOptions): Promise<number> {
  const { python, variables, folder } = await jupyter();
  const start = existsSync(join(root, "notebooks")) ? "/lab/tree/notebooks" : "/lab";
  console.log(`Starting JupyterLab; its files are in ${folder}. Ctrl-C twice ends it.`);
  const lab = new Deno.Command(python, {
    args: [
      ...["-m", "jupyterlab", `--port=${port}`, `--ServerApp.root_dir=${root}`],
      `--LabApp.default_url=${start}`,
      `--MultiKernelManager.default_kernel_name=${kernelName}`,
      "--KernelSpecManager.ensure_native_kernel=False",
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
      "--LabApp.extension_manager=readonly",
      // It would call npm, which writes to the user's home.
      "--LanguageServerManager.autodetect=False",
      // A page's plotly is more than Jupyter lets through in its time.
      "--ZMQChannelsWebsocketConnection.limit_rate=False",
      "--log-level=WARN",
      ...browser ? [] : ["--no-browser"],
      ...Deno.uid() === 0 ? ["--allow-root"] : [],
    ],
    env: variables,
  }).spawn();
  // Ctrl-C reaches Jupyter as well, which asks whether it is meant.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => lab.kill("SIGTERM"));
  return (await lab.status).code;
}
