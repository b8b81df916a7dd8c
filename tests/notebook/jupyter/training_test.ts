/** A training in a notebook, through a Jupyter client that presses Stop. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type Client, startClient } from "./client.ts";
import { jupyterOrReason } from "./jupyter.ts";

const jupyter = await jupyterOrReason();
const missing = typeof jupyter === "string";

/** Learns a number from noise, in the place of a model, slowly. */
const setup = `
import { createTraining, startNotebook } from "specialist/notebook";
import { tf } from "specialist/internal/tensor/backend.ts";

await startNotebook();
const training = createTraining({
  task: {
    params: { weight: tf.scalar(1) },
    async batch(random) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { x: tf.scalar(random.normal()) };
    },
    loss: ({ weight }, { x }) => tf.square(tf.sub(weight, x)),
  },
  styleWords: "painting",
  adapted: (params) => params,
}, { steps: 100 });
`;

describe(`a training in a notebook${missing ? ` (skipped: ${jupyter})` : ""}`, {
  ignore: missing,
}, () => {
  let client: Client;
  beforeAll(() => {
    client = startClient(jupyter as Exclude<typeof jupyter, string>);
  });
  afterAll(() => client.close());

  const outputsOf = async (cell: string, stopAfter: number[] = []) => {
    const { cells: [{ status, outputs }] } = await client.run({ cells: [cell], stopAfter });
    return { status, outputs };
  };

  it("stops at the next step, keeps what it has, and goes on in a later cell", async () => {
    assertEquals((await outputsOf(setup)).status, "ok");

    const stopped = await outputsOf("await training.run()", [1]);
    assertEquals(stopped.status, "error");
    assertStringIncludes(stopped.outputs.at(-1)!, "Stopped");
    assert(stopped.outputs.filter((output) => output.includes("/100 steps")).length > 1);

    const { outputs: [steps] } = await outputsOf("training.losses.length");
    assert(Number(steps) > 0 && Number(steps) < 100, steps);
    const moved = await outputsOf("training.model().weight.dataSync()[0] !== 1");
    assertEquals(moved.outputs, ["true"]);

    const rest = await outputsOf("await training.run(); training.losses.length");
    assertEquals([rest.status, rest.outputs.at(-1)], ["ok", "100"]);
  });
});
