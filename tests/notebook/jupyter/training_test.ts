/** A run in a notebook, through a Jupyter client that presses Stop. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type Client, startClient } from "./client.ts";
import { jupyterOrReason } from "./jupyter.ts";

const jupyter = await jupyterOrReason();
const missing = typeof jupyter === "string";

/** Learns a number from noise, next to a small U-Net that stays as it is, slowly. */
const setup = `
import { createTraining, defineMethod, emojiPreset, loadStableDiffusion, plainImage, tf } from "specialist";
import { useBackend } from "specialist/internal/tensor/mod.ts";

await useBackend();
const lab = {
  model: await loadStableDiffusion("../../fixtures/pipeline"),
  style: { shots: [{ image: plainImage(16, 16), caption: "a cloud" }], styleWords: "painting" },
  subjects: [],
  preset: { ...emojiPreset, training: {} },
  has: () => false,
};
const method = defineMethod({
  name: "number",
  trainable: {
    name: "number",
    create: () => ({
      params: { number: tf.scalar(1) },
      denoiser: (learned, others) => ({ ...others, ...learned }),
    }),
  },
  losses: [{
    name: "noise",
    async prepare({ random }) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { x: tf.scalar(random.normal()) };
    },
    value: ({ params: { number }, prepared: { x } }) => tf.square(tf.sub(number, x)),
  }],
});
const training = await createTraining(lab, method, { steps: 100, batchSize: 1 });
`;

describe(`a run in a notebook${missing ? ` (skipped: ${jupyter})` : ""}`, {
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

  it("stops at the next step, keeps what it has, and resumes in a later cell", async () => {
    assertEquals((await outputsOf(setup)).status, "ok");

    const stopped = await outputsOf("await training.run()", [1]);
    assertEquals(stopped.status, "error");
    assertStringIncludes(stopped.outputs.at(-1)!, "Stopped");
    assert(stopped.outputs.filter((output) => output.includes("/100 steps")).length > 1);

    const { outputs: [steps] } = await outputsOf("training.losses.length");
    assert(Number(steps) > 0 && Number(steps) < 100, steps);
    const moved = await outputsOf("training.model().unet.params.number.dataSync()[0] !== 1");
    assertEquals(moved.outputs, ["true"]);

    const rest = await outputsOf("await training.run(); training.losses.length");
    assertEquals([rest.status, rest.outputs.at(-1)], ["ok", "100"]);
  });
});
