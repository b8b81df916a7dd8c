/** The notebooks' kernel, through a Jupyter client. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, startClient } from "./client.ts";
import { jupyterOrReason, twentyCells } from "./jupyter.ts";

const jupyter = await jupyterOrReason();
const missing = typeof jupyter === "string";

describe(
  `the notebooks' kernel${missing ? ` (skipped: ${jupyter})` : ""}`,
  { ignore: missing },
  () => {
    const start = () => startClient(jupyter as Exclude<typeof jupyter, string>);
    let client: Client;

    beforeAll(() => {
      client = start();
    });
    afterAll(() => client.close());

    it("puts each output under its own cell, in order, when all cells run at once", async () => {
      const cells = twentyCells.map(({ code }) => code);
      const expected = twentyCells.map(({ outputs }) => ({ status: "ok", outputs }));
      const rounds = Number(Deno.env.get("SPECIALIST_ROUNDS") ?? 2);
      for (let round = 0; round < rounds; round++) {
        assertEquals(await client.run({ cells }), { cells: expected, strays: [] });
      }
    });

    it("runs no more of the queue after an error, which it shows after the cell's output", async () => {
      const cells = ["1", 'console.log("before"); throw new Error("broken")', "2", "3"];
      const outcome = await client.run({ cells });
      assertEquals(outcome.cells.map(({ status }) => status), [
        "ok",
        "error",
        "aborted",
        "aborted",
      ]);
      assertEquals(outcome.cells[1].outputs, ["before\n", "Error: broken"]);
    });

    it("says where a cell is not TypeScript", async () => {
      const { cells: [{ outputs }] } = await client.run({ cells: ["let a = 1;\nconst b = ;"] });
      assertStringIncludes(outputs[0], "SyntaxError: Expression expected");
      assertStringIncludes(outputs[0], "2 | const b = ;");
    });

    describe("when a cell is stopped", () => {
      /** Stops a cell that counts in `kept`, and looks whether the count is still there. */
      async function stop(code: string, ...stopAfter: number[]): Promise<string[]> {
        await client.run({ cells: ["let kept = 0"] });
        const { cells: [cell, next] } = await client.run({ cells: [code, "0"], stopAfter });
        assertEquals([cell.status, next.status], ["error", "aborted"]);
        assertStringIncludes(cell.outputs.at(-1)!, "Stopped; variables are kept");
        const after = await client.run({ cells: ["kept > 0", `${pause} 1 + 1`] });
        assertEquals(after.cells.flatMap(({ outputs }) => outputs), ["true", "2"]);
        return cell.outputs;
      }
      const pause = "await new Promise((resolve) => setTimeout(resolve, 10));";

      it("aborts the cell's signal", async () => {
        const signal = 'import { interruptSignal } from "specialist/notebook/display.ts";';
        await stop(
          `${signal} for (;;) { kept++; interruptSignal().throwIfAborted(); ${pause} }`,
          0.5,
        );
      });

      it("ends a loop of timers that does not look at the signal, and lets it tidy up", async () => {
        const code = `try { for (;;) { kept++; ${pause} } } finally { console.log("tidy"); }`;
        assertEquals((await stop(code, 0.3))[0], "tidy\n");
      });

      it("ends a long wait", async () => {
        await stop("kept++; await new Promise((resolve) => setTimeout(resolve, 1e6));", 0.3, 0.6);
      });

      it("ends a loop that never lets the event loop turn", async () => {
        await stop("for (;;) kept++;", 0.3);
      });

      it("ends it at once when asked twice, also after an await", async () => {
        await stop(`${pause} for (;;) kept++;`, 0.3, 0.6);
      });
    });

    it("says so when Deno ends", async () => {
      const other = start();
      const { cells: [{ outputs }] } = await other.run({ cells: ["Deno.exit(1)"] });
      assertStringIncludes(outputs[0], "KernelDied: Deno has ended, and variables are lost");
      await other.kill();
    });

    it("leaves no process behind when Jupyter is killed, even in a cell that never ends", async () => {
      const other = start();
      const file = await Deno.makeTempFile();
      const write = `Deno.writeTextFileSync("${file}", Deno.pid + " " + Deno.ppid);`;
      other.run({ cells: [`${write} for (;;) {}`] }).catch(() => {});
      const processes = async () => (await Deno.readTextFile(file)).split(" ").map(Number);
      while ((await processes()).length < 2) await delay(100);
      const [deno, kernel] = await processes();
      assertEquals([deno, kernel].map(isRunning), [true, true]);
      await other.kill();
      for (let tries = 0; [deno, kernel].some(isRunning) && tries < 100; tries++) await delay(100);
      assertEquals([deno, kernel].map(isRunning), [false, false]);
      await Deno.remove(file);
    });
  },
);

function isRunning(process: number): boolean {
  try {
    Deno.kill(process, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
