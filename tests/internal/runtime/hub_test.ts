import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type HubSettings,
  hubSnapshot,
  obtainModel,
  parseHubId,
} from "specialist/internal/runtime/hub/mod.ts";
import { exitCodeOf, UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { withVariable } from "../../helpers.ts";
import { ownFixtures } from "../../parity/run_case.ts";
import { type Asked, fileResponse, serve } from "./library/serve.ts";

await useBackend();

const model = join(ownFixtures, "checkpoints/sd2");
const commit = "0123456789abcdef0123456789abcdef01234567";
const id = { repository: "someone/model", revision: "main" };
const weights = "vae/diffusion_pytorch_model.fp16.safetensors";

/** Files that a repository has, and no model is loaded from. */
const others: Record<string, string> = {
  "README.md": "# A model",
  "unet/diffusion_pytorch_model.bin": "pickle",
  "safety_checker/model.safetensors": "large",
  "../escaped.json": "{}",
};

async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (!isDirectory) files.set(path, await Deno.readFile(path));
    else for (const entry of await filesIn(path)) files.set(...entry);
  }
  return files;
}

/** Answers as the Hub does, for a repository with these files. */
function hubOf(files: Map<string, Uint8Array>, change: Partial<Record<string, Response>> = {}) {
  return ({ path, range }: Asked): Response => {
    if (change[path]) return change[path].clone();
    if (path === `/api/models/someone/model/revision/main`) return Response.json({ sha: commit });
    if (path === `/api/models/someone/model/tree/${commit}`) {
      return Response.json(Array.from(files, ([path, bytes]) => ({
        type: "file",
        path,
        size: bytes.length,
        ...path.endsWith(".safetensors") && {
          lfs: { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length },
        },
      })));
    }
    const file = files.get(path.replace(`/someone/model/resolve/${commit}/`, ""));
    if (!file) return Response.json({ error: "Not Found" }, { status: 404 });
    const response = fileResponse(file, range);
    response.headers.set("etag", '"tag"');
    return response;
  };
}

/** Runs `check` with an empty cache and a Hub that has the small model. */
async function withHub(
  check: (hub: {
    settings: HubSettings;
    /** What was asked for, without the Hub's own paths. */
    downloads: () => Asked[];
    asked: Asked[];
    cache: string;
    files: Map<string, Uint8Array>;
  }) => Promise<void>,
  change?: (files: Map<string, Uint8Array>) => Partial<Record<string, Response>>,
): Promise<void> {
  const cache = await Deno.makeTempDir();
  const files = new Map(
    Array.from(await filesIn(model), ([path, bytes]) => [relative(model, path), bytes]),
  );
  for (const [path, text] of Object.entries(others)) {
    files.set(path, new TextEncoder().encode(text));
  }
  await using hub = serve(hubOf(files, change?.(files)));
  try {
    await withVariable("SPECIALIST_CACHE", cache, () =>
      check({
        settings: { offline: false, accessToken: "hf_test", hubUrl: hub.url("/").origin },
        downloads: () => hub.asked.filter(({ path }) => path.includes("/resolve/")),
        asked: hub.asked,
        cache,
        files,
      }));
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

describe("a model's id on the Hub", () => {
  it("has an owner, a name, and a revision where one is given", () => {
    assertEquals(parseHubId("CompVis/stable-diffusion-v1-4"), {
      repository: "CompVis/stable-diffusion-v1-4",
      revision: "main",
    });
    assertEquals(parseHubId("a/b@refs/pr/1")?.revision, "refs/pr/1");
    assertEquals(parseHubId(`a/b@${commit}`)?.revision, commit);
  });

  it("is no path", () => {
    for (
      const path of ["model", "./a/b", "../b", "a/b/c", "/a/b", "a/..", "a/b.safetensors", "a/b@.."]
    ) assertEquals(parseHubId(path), undefined, path);
  });

  it("is not looked for where its owner is a folder here", async () => {
    assertEquals(await obtainModel("data/no-such-model"), "data/no-such-model");
    assertEquals(await obtainModel(model), model);
  });
});

describe("a model from the Hub", () => {
  it("is what its files say, and no more of them than are needed", () =>
    withHub(async ({ settings, downloads, cache }) => {
      const folder = await hubSnapshot(id, { settings });
      await loadStableDiffusion(folder);
      for (const path of Object.keys(others)) {
        assert(!existsSync(join(folder, path)), path);
        assert(!downloads().some((asked) => asked.path.endsWith(path)), path);
      }
      assert(folder.startsWith(cache));
      assertEquals(downloads()[0].authorization, "Bearer hf_test");
    }));

  it("is downloaded once; offline and by its commit it needs no network", () =>
    withHub(async ({ settings, downloads, asked }) => {
      const folder = await hubSnapshot(id, { settings });
      const count = downloads().length;
      assertEquals(await hubSnapshot(id, { settings }), folder);
      assertEquals(downloads().length, count);
      const all = asked.length;
      assertEquals(await hubSnapshot(id, { settings: { ...settings, offline: true } }), folder);
      assertEquals(await hubSnapshot({ ...id, revision: commit }, { settings }), folder);
      assertEquals(asked.length, all);
    }));

  it("that was not downloaded is refused offline", () =>
    withHub(async ({ settings, asked }) => {
      const offline = { settings: { ...settings, offline: true } };
      const error = await assertRejects(() => hubSnapshot(id, offline), UserError);
      assertStringIncludes(error.message, "someone/model@main");
      assertEquals(asked, []);
    }));

  it("resumes where a download stopped", () =>
    withHub(async ({ settings, downloads, cache, files }) => {
      const target = join(cache, "hub/someone--model", commit, weights);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      await Deno.writeFile(`${target}.part`, files.get(weights)!.slice(0, 1000));
      await hubSnapshot(id, { settings });
      assertEquals(await Deno.readFile(target), files.get(weights)!);
      assert(!existsSync(`${target}.part`));
      const [, rest] = downloads().filter(({ path }) => path.endsWith(weights));
      assertStringIncludes(rest.range!, "bytes=1000-");
    }));

  it("whose file is not the announced one is not kept", () =>
    withHub(async ({ settings, cache }) => {
      const error = await assertRejects(() => hubSnapshot(id, { settings }), UserError);
      assertStringIncludes(error.message, `${weights} is not the file that was announced`);
      const target = join(cache, "hub/someone--model", commit, weights);
      assert(!existsSync(target) && !existsSync(`${target}.part`));
    }, (files) => {
      const other = files.get(weights)!.slice().reverse();
      const response = fileResponse(other, "bytes=0-");
      response.headers.set("etag", '"tag"');
      return { [`/someone/model/resolve/${commit}/${weights}`]: response };
    }));

  it("that cannot be reached is told by the host and the reason, and is no mistake of the user", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const settings = { offline: false, hubUrl: `http://127.0.0.1:${port}` };
    const error = await assertRejects(() => hubSnapshot(id, { settings }), UserError);
    assertStringIncludes(error.message, `127.0.0.1:${port} cannot be reached: connection refused`);
    assert(!/fetch failed|os error/.test(error.message), error.message);
    assertEquals(exitCodeOf(error), 1);
  });

  const refusals: [status: number, remedy: string][] = [[401, "HF_TOKEN"], [404, "check the name"]];
  for (const [status, remedy] of refusals) {
    it(`that the Hub refuses with ${status} is refused with a remedy`, () =>
      withHub(
        async ({ settings }) => {
          const error = await assertRejects(() => hubSnapshot(id, { settings }), UserError);
          assertStringIncludes(error.message, "someone/model@main");
          assertStringIncludes(error.message, remedy);
        },
        () => ({
          "/api/models/someone/model/revision/main": Response.json({ error: "no" }, { status }),
        }),
      ));
  }

  it("without weights in safetensors format is refused before anything is downloaded", () =>
    withHub(
      async ({ settings, downloads }) => {
        const error = await assertRejects(() => hubSnapshot(id, { settings }), UserError);
        assertStringIncludes(error.message, "no weights in safetensors format");
        assertEquals(downloads(), []);
      },
      (files) => {
        for (const path of [...files.keys()]) {
          if (path.endsWith(".safetensors")) files.delete(path);
        }
        return {};
      },
    ));
});
