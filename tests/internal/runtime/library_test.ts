import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  download,
  explainWriteError,
  requireDiskSpace,
} from "specialist/internal/runtime/library/download.ts";
import { parseIndexPage, publicIndexPage } from "specialist/internal/runtime/library/find_wheel.ts";
import { createIndexRequest } from "specialist/internal/runtime/library/index_request.ts";
import {
  type IndexSettings,
  parsePipConfig,
  readIndexSettings,
} from "specialist/internal/runtime/library/index_settings.ts";
import { installLibrary, unpackLibrary } from "specialist/internal/runtime/library/install.ts";
import { recordVerified } from "specialist/internal/runtime/library/installed.ts";
import { memoryBudget } from "specialist/internal/runtime/library/memory.ts";
import {
  damagedFiles,
  isInstalled,
  pinnedWheel,
  userLibrary,
  verifyInstalled,
  wantedWheel,
} from "specialist/internal/runtime/library/mod.ts";
import { libraryFolder } from "specialist/internal/runtime/library/resolve.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tensorFlowAvailable } from "specialist/internal/tensor/tensorflow.ts";
import { withVariable } from "../../helpers.ts";
import { makeWheel } from "./library/make_wheel.ts";
import { fileResponse, serve } from "./library/serve.ts";

describe("pip's configuration", () => {
  it("is read with comments, continued values and both spellings of a key", () => {
    const config = parsePipConfig(`
# a comment
[global]
index_url = https://packages.example/simple ; the company's
extra-index-url =
    https://one.example/simple
    https://two.example/simple
[install]
no-index: true
`);
    assertEquals(config, {
      global: {
        "index-url": "https://packages.example/simple",
        "extra-index-url": "https://one.example/simple\nhttps://two.example/simple",
      },
      install: { "no-index": "true" },
    });
  });

  it("may have any section, and lines of any length", () => {
    const config = parsePipConfig(`[__proto__]\npolluted = yes\n[global]\na${" ".repeat(1e6)}b`);
    assertEquals(Object.keys(config), ["__proto__", "global"]);
    const continued = parsePipConfig(`[a]\nb = 1\n${"  x\n".repeat(1e5)}`);
    assertEquals(continued.a.b.length, 1 + 2e5);
  });

  it("says where to look: links first, then the main index, then the others", () => {
    const settings = settingsFrom({
      PIP_FIND_LINKS: "/wheels https://links.example/page.html",
      PIP_EXTRA_INDEX_URL: "file:///mirror/simple",
      PIP_INDEX_URL: "https://packages.example/simple",
      UV_INDEX: "company=https://uv.example/simple",
    });
    assertEquals(settings.findLinks.map(String), [
      "file:///wheels",
      "https://links.example/page.html",
    ]);
    assertEquals(settings.indexes.map(String), [
      "https://packages.example/simple",
      "file:///mirror/simple",
      "https://uv.example/simple",
    ]);
  });

  it("keeps the public index out where a main index is named or indexes are off", () => {
    assertEquals(settingsFrom({}).usePublicIndex, true);
    assertEquals(settingsFrom({ PIP_EXTRA_INDEX_URL: "https://x.example" }).usePublicIndex, true);
    assertEquals(settingsFrom({ PIP_INDEX_URL: "https://x.example" }).usePublicIndex, false);
    assertEquals(settingsFrom({ UV_DEFAULT_INDEX: "https://x.example" }).usePublicIndex, false);
    const off = settingsFrom({ PIP_NO_INDEX: "1", PIP_EXTRA_INDEX_URL: "https://x.example" });
    assertEquals([off.usePublicIndex, off.indexes], [false, []]);
  });

  it("lets the user's file win over the machine's, and a variable over both", () => {
    const files = {
      "/etc/pip.conf": "[global]\nindex-url = https://machine.example\ncert = /machine.pem",
      "/home/user/pip/pip.conf": "[global]\nindex-url = https://user.example",
    };
    const variables = { XDG_CONFIG_HOME: "/home/user" };
    const settings = settingsFrom(variables, files);
    assertEquals(settings.indexes.map(String), ["https://user.example/"]);
    assertEquals(settings.certificates, "/machine.pem");
    const overridden = settingsFrom({ ...variables, PIP_INDEX_URL: "https://env.example" }, files);
    assertEquals(overridden.indexes.map(String), ["https://env.example/"]);
    assertEquals(settingsFrom({ PIP_CONFIG_FILE: "/dev/null" }, files).indexes, []);
  });
});

describe("a package index's page", () => {
  const page = new URL("https://packages.example/simple/tensorflow-cpu/");
  const sha256 = "ab".repeat(32);

  it("is read as JSON", () => {
    const text = JSON.stringify({
      meta: { "api-version": "1.1" },
      files: [
        { filename: "a.whl", url: "../../files/a.whl", hashes: { sha256 }, yanked: false },
        { filename: "b.whl", url: "https://files.example/b.whl", hashes: {} },
      ],
    });
    assertEquals(
      parseIndexPage(text, "application/vnd.pypi.simple.v1+json", page)
        .map(({ name, url, sha256 }) => [name, url.href, sha256]),
      [
        ["a.whl", "https://packages.example/files/a.whl", sha256],
        ["b.whl", "https://files.example/b.whl", undefined],
      ],
    );
  });

  it("is read as HTML", () => {
    const text = `<!DOCTYPE html><html><body>
      <a data-requires-python="&gt;=3.9" href="../../files/a%2Bb.whl#sha256=${sha256}">a+b.whl</a>
      <A HREF='https://files.example/c.whl?x=1&amp;y=2'>c.whl</A><a name="top">no link</a>`;
    assertEquals(
      parseIndexPage(text, "text/html; charset=utf-8", page)
        .map(({ name, url, sha256 }) => [name, url.href, sha256]),
      [
        ["a+b.whl", "https://packages.example/files/a%2Bb.whl", sha256],
        ["c.whl", "https://files.example/c.whl?x=1&y=2", undefined],
      ],
    );
  });

  it("has its other files where a name is not encoded as it should be", () => {
    const text = '<a href="a%E0%A4.whl">a</a><a href="b.whl">b</a>';
    assertEquals(parseIndexPage(text, "text/html", page).map(({ name }) => name), [
      "a%E0%A4.whl",
      "b.whl",
    ]);
  });

  it("of the public index follows from the package's name", () => {
    const { protocol, pathname } = publicIndexPage("tensorflow-cpu", "2.21.0");
    assertEquals([protocol, pathname], ["https:", "/simple/tensorflow-cpu/"]);
  });
});

describe("a download", () => {
  const bytes = new TextEncoder().encode("a file worth having ".repeat(5000));
  const request = createIndexRequest();

  it("resumes where an earlier one stopped", async () => {
    await using server = serve(({ range }) => fileResponse(bytes, range));
    await inFolder(async (folder) => {
      const path = join(folder, "file");
      await Deno.writeFile(`${path}.part`, bytes.subarray(0, 70_000));
      const progress: number[] = [];
      await download({
        ...{ url: server.url("/file"), path, size: bytes.length, sha256: digest(bytes), request },
        onProgress: (received) => progress.push(received),
      });
      assertEquals(await Deno.readFile(path), bytes);
      assertEquals(server.asked.map(({ range }) => range), ["bytes=70000-"]);
      assertEquals([progress[0], progress.at(-1)], [70_000, bytes.length]);
    });
  });

  it("starts again where the server knows no ranges", async () => {
    await using server = serve(() => fileResponse(bytes, null));
    await inFolder(async (folder) => {
      const path = join(folder, "file");
      await Deno.writeFile(`${path}.part`, new Uint8Array(100));
      await downloadFrom(server.url("/file"), path);
      assertEquals(await Deno.readFile(path), bytes);
    });
  });

  it("survives a connection that breaks and a server that is busy", async () => {
    const answers = [
      () => new Response(null, { status: 503 }),
      () => new Response(breaking(bytes.subarray(0, 50_000))),
    ];
    await using server = serve(({ range }) => answers.shift()?.() ?? fileResponse(bytes, range));
    await inFolder(async (folder) => {
      const path = join(folder, "file");
      await downloadFrom(server.url("/file"), path);
      assertEquals(await Deno.readFile(path), bytes);
      assertEquals(server.asked.length, 3);
    });
  });

  it("of other bytes than the pinned ones leaves nothing behind", async () => {
    const forged = bytes.toReversed();
    await using server = serve(() => fileResponse(forged, null));
    await inFolder(async (folder) => {
      const error = await assertRejects(
        () => downloadFrom(server.url("/file"), join(folder, "file")),
        Error,
      );
      assertStringIncludes(error.message, digest(forged));
      assertEquals([...Deno.readDirSync(folder)], []);
    });
  });

  it("stops at once where the server refuses, and where it sends too much", async () => {
    await using server = serve(({ path }) =>
      path === "/gone" ? new Response(null, { status: 404 }) : new Response(new Uint8Array(200_000))
    );
    await inFolder(async (folder) => {
      const path = join(folder, "file");
      await assertRejects(() => downloadFrom(server.url("/gone"), path), Error, "404");
      await assertRejects(() => downloadFrom(server.url("/large"), path), Error, "more than");
      assertEquals(server.asked.length, 2);
    });
  });

  function downloadFrom(url: URL, path: string): Promise<void> {
    const expected = { size: bytes.length, sha256: digest(bytes) };
    return download({
      ...{ url, path, request, ...expected, onProgress() {} },
      retrySeconds: [0, 0],
    });
  }
});

describe("TensorFlow's library", () => {
  const framework = "libtensorflow_framework.so.2", api = "libtensorflow_cc.so.2";
  const { bytes, pin } = makeWheel({
    "tensorflow/__init__.py": "ignored",
    [`tensorflow/${framework}`]: "framework",
    [`tensorflow/${api}`]: "api",
    [`other/${api}`]: "ignored",
  });
  const install = (folder: string, settings: Partial<IndexSettings>) =>
    installLibrary(pin, join(folder, "library"), { ...nowhere, ...settings }, () => {});

  it("is taken from a folder of wheels: two files, and nothing else", async () => {
    await inFolder(async (folder) => {
      const wheels = join(folder, "wheels");
      await Deno.mkdir(wheels);
      await Deno.writeFile(join(wheels, pin.fileName), bytes);
      await install(folder, { findLinks: [pathToFileURL(wheels)] });
      const library = join(folder, "library");
      assertEquals(names(library), [api, framework, "library.json", "verified.json"].toSorted());
      assertEquals(Deno.readTextFileSync(join(library, framework)), "framework");
      assertEquals(names(wheels), [pin.fileName]);
      assert(await isInstalled(library, pin));
    });
  });

  it("is downloaded from the first index that has the pinned bytes, and the wheel removed", async () => {
    await using server = serve(({ path, range }) => {
      if (path === "/other/tensorflow-cpu/") return Response.json({ files: [offer("00")] });
      if (path === "/simple/tensorflow-cpu/") return Response.json({ files: [offer(pin.sha256)] });
      return path.endsWith(pin.fileName)
        ? fileResponse(bytes, range)
        : new Response(null, { status: 404 });
    });
    await inFolder(async (folder) => {
      const indexes = ["/none", "/other", "/simple/"].map(server.url);
      indexes[2].username = "me";
      indexes[2].password = "se%20cret";
      await install(folder, { indexes });
      assertEquals(names(folder), ["install.lock", "library"]);
      assertEquals(server.asked.map(({ path }) => path), [
        "/none/tensorflow-cpu/",
        "/other/tensorflow-cpu/",
        "/simple/tensorflow-cpu/",
        `/files/${pin.fileName}`,
      ]);
      assertEquals(server.asked.map(({ authorization }) => authorization), [
        ...[null, null],
        ...[`Basic ${btoa("me:se cret")}`, `Basic ${btoa("me:se cret")}`],
      ]);
      await install(folder, { indexes });
      assertEquals(server.asked.length, 4);
    });
  });

  it("is not installed from other bytes; the error names every place and the remedies", async () => {
    await inFolder(async (folder) => {
      const wheels = join(folder, "wheels");
      await Deno.mkdir(wheels);
      await Deno.writeFile(join(wheels, pin.fileName), bytes.toReversed());
      const findLinks = [pathToFileURL(wheels), pathToFileURL(join(folder, "absent"))];
      const { problem } = await assertRejects(() => install(folder, { findLinks }), UserError);
      assertStringIncludes(problem.what, join(wheels, pin.fileName));
      assertStringIncludes(problem.what, "absent does not exist");
      assertStringIncludes(problem.remedy!, "PIP_INDEX_URL");
      assertStringIncludes(problem.remedy!, "SPECIALIST_TENSORFLOW");
      assertEquals(names(folder), ["install.lock", "wheels"]);
    });
  });

  it("is not unpacked from a wheel that reaches out of its folder, or lacks a file", async () => {
    for (const other of [`../${api}`, "unrelated"]) {
      const wheel = makeWheel({ [`tensorflow/${framework}`]: "framework", [other]: "x" });
      await inFolder(async (folder) => {
        await Deno.writeFile(join(folder, pin.fileName), wheel.bytes);
        const settings = { ...nowhere, findLinks: [pathToFileURL(folder)] };
        const library = join(folder, "cache", "library");
        await assertRejects(() => installLibrary(wheel.pin, library, settings, () => {}), Error);
        assertEquals(await isInstalled(library, wheel.pin), false);
        assertEquals(names(folder), ["cache", pin.fileName]);
      });
    }
  });

  it("is not unpacked from a damaged wheel, nor from one that grows, which are named", async () => {
    const files = { [`tensorflow/${framework}`]: "framework", [`tensorflow/${api}`]: "api" };
    const { bytes, pin } = makeWheel(files);
    const larger = makeWheel({ ...files, [`tensorflow/${api}`]: "api".repeat(1000) }).bytes;
    for (const wheel of [bytes.subarray(0, 90), new Uint8Array(90), larger]) {
      await inFolder(async (folder) => {
        const path = join(folder, pin.fileName);
        await Deno.writeFile(path, wheel);
        await assertRejects(() => unpackLibrary(path, folder, pin, () => {}), UserError, path);
        assert(!names(folder).includes(api));
      });
    }
  });

  it("is installed again where a file was cut, and told damaged where one was changed", async () => {
    await inFolder(async (folder) => {
      const library = join(folder, "library");
      await Deno.writeFile(join(folder, pin.fileName), bytes);
      const settings = { findLinks: [pathToFileURL(folder)] };
      await install(folder, settings);
      await Deno.writeTextFile(join(library, api), "ap");
      assertEquals(await isInstalled(library, pin), false);
      await Deno.writeFile(join(folder, pin.fileName), bytes);
      await install(folder, settings);
      assertEquals(await damagedFiles(library, pin), []);
      await Deno.writeTextFile(join(library, api), "apx");
      assertEquals(await isInstalled(library, pin), true);
      assertEquals(await damagedFiles(library, pin), [api]);
    });
  });

  it("is refused where a file's bytes are others than those installed", async () => {
    await inFolder(async (folder) => {
      const library = join(folder, "library");
      await Deno.writeFile(join(folder, pin.fileName), bytes);
      await install(folder, { findLinks: [pathToFileURL(folder)] });
      await Deno.writeTextFile(join(library, api), "apx");
      await Deno.utime(join(library, api), 0, 0); // Clocks of files tick slowly.
      const { problem } = await assertRejects(() => verifyInstalled(library, pin), UserError);
      assertEquals(problem.file, join(library, api));
      assertStringIncludes(problem.remedy!, "deno task install");
    });
  });

  it("is compared with its hash again only where a file was touched", async () => {
    await inFolder(async (folder) => {
      const library = join(folder, "library"), record = join(library, "verified.json");
      await Deno.writeFile(join(folder, pin.fileName), bytes);
      await install(folder, { findLinks: [pathToFileURL(folder)] });
      const written = await Deno.readTextFile(record);
      await verifyInstalled(library, pin);
      assertEquals(await Deno.readTextFile(record), written);
      await Deno.utime(join(library, api), 0, 0);
      await verifyInstalled(library, pin);
      assert(await Deno.readTextFile(record) !== written);
      // What cannot happen by accident: other bytes, and a record that says they were seen.
      await Deno.writeTextFile(join(library, api), "apx");
      await recordVerified(library);
      await verifyInstalled(library, pin);
    });
  });

  it("stops a run where it is another one, rather than let it compute with something slower", {
    ignore: wantedWheel() === undefined,
  }, async () => {
    await inFolder(async (cache) => {
      const { version, flavour, sha256, files } = wantedWheel()!;
      const folder = libraryFolder(version, flavour, cache);
      await Deno.mkdir(folder, { recursive: true });
      for (const [name, { size }] of Object.entries(files)) {
        await Deno.create(join(folder, name)).then(async (file) => {
          await file.truncate(size);
          file.close();
        });
      }
      await Deno.writeTextFile(join(folder, "library.json"), `{"wheelSha256":"${sha256}"}`);
      await withVariable("SPECIALIST_CACHE", cache, async () => {
        const { problem } = await assertRejects(async () => await tensorFlowAvailable(), UserError);
        assertEquals(problem.file, join(folder, framework));
      });
    });
  });

  it("is installed once when two ask at the same time", async () => {
    await using server = serve(({ path, range }) =>
      path.endsWith("/tensorflow-cpu/")
        ? Response.json({ files: [offer(pin.sha256)] })
        : fileResponse(bytes, range)
    );
    await inFolder(async (folder) => {
      const indexes = [server.url("/simple")];
      await Promise.all([install(folder, { indexes }), install(folder, { indexes })]);
      assertEquals(server.asked.length, 2);
    });
  });

  it("of the user's own is refused where a file is missing, naming file and variable", async () => {
    await inFolder(async (folder) => {
      Deno.writeTextFileSync(join(folder, framework), "");
      await withVariable("SPECIALIST_TENSORFLOW", folder, () => {
        const { problem } = assertThrows(() => userLibrary(), UserError);
        assertStringIncludes(problem.what, api);
        assertEquals([problem.field, problem.value], ["SPECIALIST_TENSORFLOW", folder]);
      });
    });
  });

  it("is pinned for Linux on both architectures, and nowhere else", () => {
    for (const [os, arch] of [["linux", "x86_64"], ["linux", "aarch64"]]) {
      assertStringIncludes(pinnedWheel("cpu", os, arch)!.fileName, arch);
    }
    assertEquals(pinnedWheel("cuda", "linux", "x86_64")!.flavour, "cuda");
    assertEquals(pinnedWheel("cpu", "darwin", "aarch64"), undefined);
  });

  function offer(sha256: string) {
    return { filename: pin.fileName, url: `/files/${pin.fileName}`, hashes: { sha256 } };
  }
});

describe("TensorFlow's memory", () => {
  const GB = 1e9;

  it("is what is free when it starts, with the disk's help, and what a container leaves", () => {
    const memory = { available: 10 * GB, swapFree: 0, constrained: 0, resident: 0 };
    assertEquals(memoryBudget(memory), 9.5 * GB);
    assertEquals(memoryBudget({ ...memory, swapFree: 10 * GB }), 19 * GB);
    assertEquals(memoryBudget({ ...memory, constrained: 2 * GB }), 1.9 * GB);
    assertEquals(memoryBudget({ ...memory, constrained: 2 * GB, resident: GB }), 0.95 * GB);
    assertEquals(memoryBudget({ ...memory, constrained: GB, resident: 2 * GB }), 0);
    assertEquals(memoryBudget({ ...memory, constrained: Number.MAX_SAFE_INTEGER }), 9.5 * GB);
  });
});

describe("a disk that is too small", () => {
  it("is found before the download", async () => {
    const { problem } = await assertRejects(() => requireDiskSpace(".", 1e18), UserError);
    assertStringIncludes(problem.remedy!, "SPECIALIST_CACHE");
  });

  it("is told apart from other errors while writing", () => {
    const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
    const error = explainWriteError(full, "/cache", 1e9);
    assert(error instanceof UserError);
    assertStringIncludes(error.message, "the disk is full");
    const other = new Error("other");
    assertEquals(explainWriteError(other, "/cache", 1e9), other);
  });
});

const nowhere: IndexSettings = { findLinks: [], indexes: [], usePublicIndex: false };

function settingsFrom(variables: Record<string, string>, files: Record<string, string> = {}) {
  return readIndexSettings((name) => variables[name], (path) => files[path]);
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A body that ends in an error. */
function breaking(start: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      if (sent) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return controller.error(new Error("broken"));
      }
      sent = true;
      controller.enqueue(start);
    },
  });
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
