/** What README and docs promise holds: links, tasks, options, and code that compiles. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { loadSweep } from "experiments/sweep/plan.ts";
import { runHero } from "experiments/train/hero.ts";
import { readImage } from "specialist";
import { needsOf, placesIn } from "specialist/internal/cli/needs.ts";
import { confine } from "specialist/internal/runtime/mod.ts";

const root = join(import.meta.dirname!, "..");
const files = [
  join(root, "README.md"),
  ...[...Deno.readDirSync(join(root, "docs"))].map(({ name }) => join(root, "docs", name)).sort(),
];
const pages = files.map((path) => ({
  path,
  name: relative(root, path),
  text: Deno.readTextFileSync(path),
}));
const readme = pages[0].text;
type Manifest = { tasks: Record<string, string>; allowScripts: Record<string, string[]> };
const { tasks, allowScripts }: Manifest = JSON.parse(
  Deno.readTextFileSync(join(root, "deno.json")),
);

/** A page's code blocks in a language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, found]) => found === language).map(([, , code]) => code);
}

function prose(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "");
}

/** Headings' anchors, as hosts of repositories write them. */
function anchors(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-")
  );
}

/** The words of each `deno task` line in a page's shell blocks, without comments. */
function taskLines(text: string): string[][] {
  return blocks(text, "sh").flatMap((code) =>
    code.split("\n").flatMap((line) => {
      const [, words] = /\bdeno(?:@\S+)? task (?:-q )?(.*)$/.exec(line.replace(/\s+# .*$/, "")) ??
        [];
      return words === undefined ? [] : [words.match(/'[^']*'|"[^"]*"|\S+/g)!];
    })
  );
}

describe("README", () => {
  it("has at most 900 words, code and the image's description not counted", () => {
    const words = prose(readme).replaceAll(/!\[.*?\]\(.*?\)/gs, "").split(/\s+/);
    assert(words.length <= 900, `it has ${words.length}`);
  });

  it("begins quietly: no line for each npm package, and no warning about their scripts", () => {
    for (const text of [readme, pages.find(({ name }) => name === "docs/get_started.md")!.text]) {
      const [first] = blocks(text, "sh")[0].split("\n");
      assert(/^npx -y deno@\S+ task -q demo\b/.test(first), first);
    }
    const locked = Deno.readTextFileSync(join(root, "deno.lock"));
    const { npm }: { npm: Record<string, { scripts?: boolean }> } = JSON.parse(locked);
    const withScripts = Object.keys(npm).filter((name) => npm[name].scripts)
      .map((name) => `npm:${name.replace(/(?<=.)@.*/, "")}`);
    assertEquals(allowScripts, { allow: [], deny: withScripts });
  });

  it("has its image before the first section, in a file of at most 400 kB", () => {
    const [top] = readme.split("\n## ");
    const [, image] = /!\[[^\]]+\]\((.*?)\)/s.exec(top) ?? [];
    assert(image, "there is no image");
    const { size } = Deno.statSync(join(root, image));
    assert(size <= 400_000, `it has ${size} bytes`);
  });

  it("has an image that the demo's records still give", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const again = join(folder, "hero.webp");
      await runHero(again);
      const [shown, drawn] = await Promise.all(
        [join(root, "results", "demo", "hero.webp"), again].map((path) => readImage(path)),
      );
      assertEquals([shown.width, shown.height], [drawn.width, drawn.height]);
      const farthest = shown.data.reduce(
        (most, level, i) => Math.max(most, Math.abs(level - drawn.data[i])),
        0,
      );
      assert(farthest <= 8, `levels differ by ${farthest}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("README and docs", () => {
  it("link to files and headings that are there", () => {
    const broken = pages.flatMap(({ path, name, text }) =>
      [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
        if (/^https?:/.test(target)) return [];
        const [file, anchor] = target.split("#");
        const linked = file ? join(dirname(path), file) : path;
        const isThere = existsSync(linked) &&
          (anchor === undefined || anchors(Deno.readTextFileSync(linked)).includes(anchor));
        return isThere ? [] : [`${name}: ${target}`];
      })
    );
    assertEquals(broken, []);
  });

  it("list every page in the index", () => {
    const index = pages.find(({ name }) => name === join("docs", "README.md"))!.text;
    const missing = files.slice(1).map((path) => basename(path))
      .filter((name) => name !== "README.md" && !index.includes(`](${name})`));
    assertEquals(missing, []);
  });

  it("name only tasks that there are", () => {
    const unknown = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/\bdeno(?:@\S+)? task (?:-q )?([\w-]+)/g)]
        .filter(([, task]) => !(task in tasks)).map(([, task]) => `${name}: ${task}`)
    );
    assertEquals(unknown, []);
  });

  it("name every task, each once at least", () => {
    const all = pages.map(({ text }) => text).join("\n");
    const unnamed = Object.keys(tasks)
      .filter((task) => !new RegExp(`\\bdeno task ${task}\\b|\`${task}\``).test(all));
    assertEquals(unnamed, []);
  });

  it("give commands only options that their help lists", async () => {
    const used = new Map<string, Set<string>>();
    for (const words of pages.flatMap(({ text }) => taskLines(text))) {
      const { program, given } = programOf(words);
      if (program === "") continue;
      const options = given.filter((word) => word.startsWith("--"));
      used.set(program, new Set([...used.get(program) ?? [], ...options]));
    }
    const unknown: string[] = [];
    for (const [program, options] of used) {
      if (options.size === 0) continue;
      const help = await helpOf(program.split(" "));
      for (const option of options) {
        if (
          option !== "--help" &&
          !new RegExp(`^ *(-\\w, |--[\\w.]+, )?${option}[ ,\\n]`, "m").test(help)
        ) {
          unknown.push(`${program} ${option}`);
        }
      }
    }
    assertEquals(unknown, []);
  });

  it("leave a clone as it is: their commands may write only where Git takes no notice", async () => {
    const wrong: string[] = [];
    const paths = new Map<string, string[]>();
    for (const words of pages.flatMap(({ text }) => taskLines(text))) {
      const { program, given: all } = programOf(words);
      const [file] = program.split(" ");
      // A file of the reader's own.
      const given = all.filter((word, i) => !/^my-.*\.json$/.test(all[i + 1] ?? word));
      // Formats them, runs the tests, or is asked to write there.
      const asked = ["", "check-notebooks"].includes(program && words[0]) ||
        words.some((word) => /--update-results|--fix/.test(word));
      if (asked) continue;
      const { updates } = needsOf(file, given);
      const { args } = confine({ updates });
      const allowed = args.find((word) => word.startsWith("--allow-write="))!.split(/[=,]/).slice(
        1,
      );
      const named = (await placesIn(file, given)).map(({ path }) => path)
        // Stand for folders of the reader's own.
        .filter((path) => !/^[A-Z]|^my-|^runs\/RUN/.test(path));
      for (const path of [...allowed, ...named.map((path) => resolve(root, path))]) {
        const name = relative(root, path);
        if (!name.startsWith("..")) paths.set(name, [...paths.get(name) ?? [], words.join(" ")]);
      }
    }
    assert(paths.size > 0);
    for (const [path, lines] of paths) {
      const { success } = await new Deno.Command("git", {
        args: ["check-ignore", "--quiet", "--no-index", join(path, "file")],
        cwd: root,
      }).output();
      if (!success) wrong.push(...lines.map((line) => `${line}: ${path || "the project"}`));
    }
    assertEquals(wrong, []);
  });

  it("show sweeps that load as they are", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const sweeps = pages.flatMap(({ text }) => blocks(text, "ts"))
        .filter((code) => code.includes("export default defineSweep("));
      assert(sweeps.length >= 2);
      for (const [i, code] of sweeps.entries()) {
        const file = join(folder, `sweep_${i}.ts`);
        await Deno.writeTextFile(file, code);
        const { axes } = await loadSweep(file, false);
        assert(axes.length > 0);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("show code that compiles", async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const { name, text } of pages) {
        for (const [i, code] of blocks(text, "ts").entries()) {
          const file = `${name.replace(/\W+/g, "_")}_${i + 1}.ts`;
          await Deno.writeTextFile(join(folder, file), `${code}\nexport {};\n`);
        }
      }
      const { code, stderr } = await run(["check", "--config", join(root, "deno.json"), folder]);
      assertEquals(code, 0, stderr);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

/** The program that a task starts, with its command where it has several, and what it is given. */
function programOf([task, ...words]: string[]): { program: string; given: string[] } {
  const started = tasks[task].split(" ");
  const file = started.findLast((word) => word.endsWith(".ts")) ?? "";
  const given = [...started.slice(started.lastIndexOf(file) + 1), ...words];
  const hasCommands = basename(file) === "main.ts" && !file.includes("parity");
  return { program: hasCommands ? `${file} ${given[0]}` : file, given };
}

async function helpOf(words: string[]): Promise<string> {
  const { stdout, stderr } = await run([
    "run",
    "-A",
    join(root, words[0]),
    ...words.slice(1),
    "--help",
  ]);
  return stdout + stderr;
}

async function run(args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
