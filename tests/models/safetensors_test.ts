import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom, type Random } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import {
  type DtypeName,
  dtypeNames,
  floatsToBfloats,
  floatsToHalf,
} from "specialist/models/files/dtypes.ts";
import { loadParams } from "specialist/models/files/load_params.ts";
import {
  type NamedArray,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";

await useBackend();

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** What a number of each dtype can be without being rounded. */
const drawExact: Record<DtypeName, (random: Random) => number> = {
  F64: (random) => random.normal(),
  F32: (random) => Math.fround(random.normal()),
  F16: (random) => random.integer(4096) / 64 - 32,
  BF16: (random) => random.integer(256) * 2 ** (random.integer(40) - 20),
  I64: (random) => random.integer(2 ** 32) - 2 ** 31,
  I32: (random) => random.integer(2 ** 32) - 2 ** 31,
  I16: (random) => random.integer(2 ** 16) - 2 ** 15,
  I8: (random) => random.integer(2 ** 8) - 2 ** 7,
  U8: (random) => random.integer(2 ** 8),
  BOOL: (random) => random.integer(2),
};

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float32Array,
  BF16: Float32Array,
  I64: Int32Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

function drawTensor(random: Random): NamedArray {
  const dtype = random.choice(dtypeNames);
  const shape = Array.from({ length: random.integer(4) }, () => random.integer(5));
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.from({ length: size }, () => drawExact[dtype](random));
  return { shape, dtype, data: new arrays[dtype](numbers) };
}

describe("safetensors", () => {
  it("reads back what it wrote, whatever the types and shapes", async () => {
    const path = join(folder, "any.safetensors");
    const random = createRandom("safetensors");
    for (let round = 0; round < 40; round++) {
      const count = random.integer(12);
      const names = Array.from(
        { length: count },
        (_, i) => `blöck.${i}."quoted"\n${random.next()}`,
      );
      const tensors = Object.fromEntries(names.map((name) => [name, drawTensor(random)]));
      await writeSafetensors(path, tensors, { round: `${round}` });
      assertEquals(await readSafetensors(path), {
        tensors,
        metadata: { format: "pt", round: `${round}` },
      });
    }
  });

  it("aligns the data of every tensor", async () => {
    const path = join(folder, "aligned.safetensors");
    await writeSafetensors(path, {
      a: { shape: [3], dtype: "U8", data: new Uint8Array(3) },
      b: { shape: [1], dtype: "F64", data: new Float64Array(1) },
      c: { shape: [3], dtype: "F16", data: new Float32Array(3) },
    });
    const { header, start } = await inspect(path);
    assertEquals(start % 8, 0);
    assertEquals(header.b.data_offsets, [0, 8]);
    assertEquals(header.c.data_offsets, [8, 14]);
    assertEquals(header.a.data_offsets, [14, 17]);
  });

  it("rounds half precision to nearest, ties to even", () => {
    const ulp = 2 ** -10;
    assertEquals([...floatsToHalf([1 + ulp / 2, 1 + 3 * ulp / 2, -0, 65504])], [
      1,
      1 + 2 * ulp,
      -0,
      65504,
    ]);
    assertEquals([...floatsToBfloats([1 + 2 ** -8, 1 + 3 * 2 ** -8, -Infinity, NaN])], [
      0x3f80,
      0x3f82,
      0xff80,
      0x7fc0,
    ]);
  });

  it("refuses to write numbers that the file would change, and keeps the old file", async () => {
    const path = join(folder, "kept.safetensors");
    const kept = { w: { shape: [1], dtype: "F32" as const, data: Float32Array.of(2) } };
    await writeSafetensors(path, kept);
    const bad: [NamedArray, string][] = [
      [{ shape: [1], dtype: "F16", data: Float32Array.of(1e6) }, "beyond float16"],
      [{ shape: [1], dtype: "U8", data: Int32Array.of(-1) }, "beyond Uint8Array"],
      [{ shape: [3], dtype: "F32", data: Float32Array.of(1) }, "is [3], but has 1 numbers"],
    ];
    for (const [tensor, message] of bad) {
      const error = await assertRejects(
        () => writeSafetensors(path, { late: tensor }),
        Error,
        path,
      );
      assertStringIncludes(error.message, '"late"');
      assertStringIncludes(error.message, message);
    }
    assertEquals((await readSafetensors(path)).tensors, kept);
    assert(![...Deno.readDirSync(folder)].some(({ name }) => name.endsWith(".part")));
  });

  const f32s: NamedArray = { shape: [1], dtype: "F32", data: Float32Array.of(-2) };
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [begin, end],
  });
  const malformed: [string, unknown, number, string][] = [
    ["a hole", { a: f32(0, 4), b: f32(8, 12) }, 12, "bytes 4 to 8 belong to no tensor"],
    ["a hole at the end", { a: f32(0, 4) }, 12, "bytes 4 to 12 belong to no tensor"],
    ["an overlap", { a: f32(0, 8), b: f32(4, 12) }, 12, '"b" overlaps'],
    ["data out of bounds", { a: f32(0, 16) }, 12, '"a" ends at byte 16, the data at 12'],
    ["a shape of another size", { a: f32(0, 8, [3]) }, 8, '"a" is F32 [3], 12 bytes, but has 8'],
    ["a huge shape", { a: f32(0, 8, [2 ** 40, 2 ** 40]) }, 8, '"a" is F32'],
    ["a negative size", { a: f32(0, 4, [-1, -1]) }, 4, '"a"'],
    ["offsets backwards", { a: f32(4, 0) }, 4, '"a"'],
    ["an unknown type", { a: { ...f32(0, 4), dtype: "F8_E4M3" } }, 4, '"a"'],
    ["an unknown key", { a: { ...f32(0, 4), extra: 1 } }, 4, "extra"],
    ["metadata that are not text", { __metadata__: { step: 1 } }, 0, "__metadata__"],
    ["a list for a header", [], 0, "not a JSON object"],
  ];
  for (const [what, header, dataBytes, message] of malformed) {
    it(`refuses a file with ${what}`, async () => {
      await refused(fileOf(JSON.stringify(header), dataBytes), message);
    });
  }

  it("refuses a tensor listed twice, even through an escape", async () => {
    const entry = JSON.stringify(f32(0, 4));
    await refused(fileOf(`{"a": ${entry}, "b": ${entry}, "a": ${entry}}`, 4), '"a" twice');
    await refused(fileOf(`{"a":${entry},"\\u0061":${entry}}`, 4), "twice");
  });

  it("refuses weights with a number that float32 does not hold, by the tensor's name", async () => {
    const path = join(folder, "weights.safetensors");
    const numbers: [DtypeName, number][] = [["F64", 1e300], ["F32", NaN], ["F16", -Infinity]];
    for (const [dtype, number] of [...numbers, ["BF16", NaN] as const]) {
      const data = new arrays[dtype]([1, 2, number, 3]);
      await writeSafetensors(path, { w: { shape: [4], dtype, data }, ok: { ...f32s, dtype } });
      using file = await openSafetensors(path);
      const [ok, w] = ["ok", "w"].map((name) => file.entries.find((it) => it.name === name)!);
      assertEquals([...file.readWeights(ok).data], [-2]);
      assertEquals([...file.read(w).data], [...data]);
      const specs = { w: { shape: [4], init: "zeros" as const } };
      const loaded = async () => (await loadParams(path, specs)).w.dataSync();
      for (
        const error of [
          assertThrows(() => file.readWeights(w), UserError, path),
          await assertRejects(loaded, UserError, path),
        ]
      ) assertStringIncludes(error.message, 'tensor "w": a number is infinite, or none');
    }
  });

  it("refuses 64-bit numbers beyond 32 bits, and reads those on the edge", async () => {
    const path = join(folder, "long.safetensors");
    const bytes = (number: bigint) => {
      const header = { a: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
      const file = fileOf(JSON.stringify(header), 8);
      new DataView(file.buffer).setBigInt64(file.length - 8, number, true);
      return file;
    };
    for (const number of [-(2 ** 31), -1, 2 ** 31 - 1]) {
      await Deno.writeFile(path, bytes(BigInt(number)));
      assertEquals([...(await readSafetensors(path)).tensors.a.data], [number]);
    }
    for (const number of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 63n - 1n]) {
      await refused(bytes(number), `${number} is beyond`);
    }
  });

  it("refuses a header larger than any checkpoint's, however long its names", async () => {
    const name = "x".repeat(17 << 20);
    await refused(fileOf(JSON.stringify({ [name]: f32(0, 4) }), 4), "header would be");
    await refused(fileOf(`{"${"y".repeat(8 << 20)}":1,"a":2}`, 0), "tensor");
  });

  it("may be closed twice", async () => {
    const path = join(folder, "closed.safetensors");
    await writeSafetensors(path, {});
    const file = await openSafetensors(path);
    file[Symbol.dispose]();
    file[Symbol.dispose]();
  });

  it("refuses a file cut short anywhere, and one that only begins like a checkpoint", async () => {
    const whole = fileOf(JSON.stringify({ a: f32(0, 8) }), 8);
    for (const length of [0, 7, 8, 20, whole.length - 1]) {
      await refused(whole.subarray(0, length), "");
    }
    await refused(new Uint8Array(64).fill(255), "not a safetensors file");
    await refused(fileOf("{nonsense", 0), "not JSON");
  });

  async function refused(bytes: Uint8Array, message: string) {
    const path = join(folder, "bad.safetensors");
    await Deno.writeFile(path, bytes);
    const error = await assertRejects(() => readSafetensors(path), UserError, path);
    assertStringIncludes(error.message, message);
  }
});

function fileOf(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

async function inspect(path: string) {
  const bytes = await Deno.readFile(path);
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return { start, header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) };
}
