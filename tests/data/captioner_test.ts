import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { runCaption } from "experiments/train/caption.ts";
import { plainImage, readStyleFolder, writeCaption, writePng } from "specialist/data";
import { captionerFiles } from "specialist/data/captioner.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";

/** Says which of three colours it sees. */
const captioner = join(import.meta.dirname!, "..", "fixtures", "captioner");

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function images(name: string): Promise<string> {
  const path = join(folder, name);
  await Deno.mkdir(path);
  await writePng(join(path, "1.png"), plainImage(500, 400, [220, 30, 20]));
  await writePng(join(path, "2.png"), plainImage(30, 40, [20, 10, 200]));
  await writePng(join(path, "3.png"), plainImage(30, 40, [20, 200, 30]));
  return path;
}

describe("captioning", () => {
  it("captions each image that has no caption", async () => {
    const path = await images("coloured");
    await writeCaption(path, "2.png", "the sea");
    await runCaption({ folder: path, captioner });
    const { shots } = await readStyleFolder(path, { styleWords: "plain" });
    assertEquals(shots.map(({ caption }) => caption), ["a red field", "the sea", "a green field"]);
    await runCaption({ folder: path });
  });

  it("is refused where no captioner is there, with what to do", async () => {
    const path = await images("unseen");
    await assertRejects(() => runCaption({ folder: path }), UserError, "3 images lack a caption");
    const none = join(folder, "none");
    await assertRejects(() => runCaption({ folder: path, captioner: none }), UserError, none);
    await assertRejects(
      () => runCaption({ folder: path, captioner: path }),
      UserError,
      "not a captioner",
    );
  });

  it("leaves lists of captions alone", async () => {
    const path = await images("listed");
    const line = '{ "file_name": "1.png", "text": "fire" }\n';
    await Deno.writeTextFile(join(path, "metadata.jsonl"), line);
    await assertRejects(() => runCaption({ folder: path, captioner }), UserError, "metadata.jsonl");
  });

  it("downloads the smaller of a captioner's variants, and no other files", () => {
    const file = (path: string) => ({ path, size: 100 });
    const [encoder, decoder] = ["onnx/encoder_model", "onnx/decoder_model_merged"];
    const whole = [file("config.json"), file(`${encoder}.onnx`), file(`${decoder}.onnx`)];
    const small = [file(`${encoder}_quantized.onnx`), file(`${decoder}_quantized.onnx`)];
    const others = [file("README.md"), file("model.safetensors"), file("../config.json")];
    assertEquals(captionerFiles([...whole, ...others]), whole);
    assertEquals(captionerFiles([...others, ...whole, ...small]), [whole[0], ...small]);
    assertThrows(() => captionerFiles([...others, whole[1]]), UserError, "not a captioner");
  });
});
