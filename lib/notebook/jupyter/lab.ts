/** `deno task lab`: JupyterLab with this project's kernel. */
import { Command, InvalidArgumentError } from "commander";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../internal/cli/program.ts";
import { jupyter, kernelName, root } from "./environment.ts";

interface LabOptions {
  /** Whether to open the browser. */
  browser: boolean;
  /** Jupyter takes the next one that is free. */
  port: number;
}

/**
 * Runs JupyterLab on the project's folder until it is ended.
 *
 * @returns its exit code
 * @throws UserError if Python or a package is unavailable
 */
async function startLab({ browser, port }: LabOptions): Promise<number> {
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

if (import.meta.main) {
  const program = new Command("lab")
    .description("Open the notebooks in JupyterLab, which is installed into the cache at first")
    .option("--no-browser", "print the address, and open nothing")
    .option("--port <number>", "where it listens; the next free one is taken", parsePort, 8888)
    .exitOverride()
    .action(async (options: { browser: boolean; port: number }) => {
      Deno.exitCode = await startLab(options);
    });

  await runProgram(program, Deno.args);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port < 65_536) return port;
  throw new InvalidArgumentError("A port is an integer from 1 to 65535.");
}
