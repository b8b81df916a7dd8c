/** The report of `deno task doctor`: the backend, what is missing, and what to do about it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, renderTable } from "../runtime/mod.ts";
import type { Diagnosis, LibraryState } from "../tensor/mod.ts";
import { missingPackages } from "./install.ts";

/** A diagnosis as tables for a terminal. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  readiness: Readiness,
  advice: string[],
): string {
  const { system, library, backends, chosen, cache } = diagnosis;
  const { missingPackages, baseModel, offline } = readiness;
  const findings = [
    ["system", `${system.os} on ${system.arch}, Deno ${system.deno}`],
    ["processor", [system.processor, ...system.instructions].join(", ")],
    ["cores", `${system.cores}`],
    [
      "memory",
      `${formatBytes(system.memory.available)} of ${formatBytes(system.memory.total)} free`,
    ],
    ["library", describeLibrary(library)],
    ["cache", `${cache.folder} (${formatBytes(cache.bytes)})`],
    [
      "npm packages",
      missingPackages.length ? `missing: ${missingPackages.join(", ")}` : "installed",
    ],
    ["base model", baseModel.present ? baseModel.folder : `missing: ${baseModel.folder}`],
    ["works offline", offline ? "yes" : "no"],
  ];
  const tables = [
    renderTable(findings, [
      { title: "check", value: ([check]) => check },
      { title: "finding", value: ([, finding]) => finding },
    ]),
    renderTable(backends, [
      { title: "backend", value: ({ name }) => name },
      {
        title: "verdict",
        value: ({ name, state }) => name === chosen ? "used" : verdicts[state],
      },
      { title: "why not", value: ({ why }) => why ?? "" },
    ]),
  ];
  if (advice.length > 0) tables.push(advice.map((line) => `remedy: ${line}`).join("\n"));
  return tables.join("\n\n");
}

const verdicts = { works: "works", unavailable: "no", stops: "error" };

function describeLibrary(library: LibraryState): string {
  switch (library.state) {
    case "installed":
    case "damaged": {
      const { version, flavour, folder } = library.library;
      const sound = library.state === "installed"
        ? "sound"
        : `DAMAGED: ${library.files.join(", ")}`;
      return `TensorFlow ${version} for ${flavour.toUpperCase()}, ${sound}, ${folder}`;
    }
    case "unusable":
      return library.why;
    case "missing":
      return `not downloaded yet (${formatBytes(library.downloadable)})`;
    case "unsupported":
      return "none for this platform";
  }
}

const modelFolder = "data/models/emoji-base";
const root = join(import.meta.dirname!, "..", "..", "..");

/** Whether a run would work offline. */
type Readiness = {
  missingPackages: string[];
  baseModel: { folder: string; present: boolean };
  offline: boolean;
};

/** Checks what a run needs besides a backend. */
export function checkReadiness({ library }: Diagnosis): Readiness {
  const packages = missingPackages();
  const present = existsSync(join(root, modelFolder, "model_index.json"));
  const libraryReady = library.state === "installed" || library.state === "unsupported";
  return {
    missingPackages: packages,
    baseModel: { folder: modelFolder, present },
    offline: packages.length === 0 && present && libraryReady,
  };
}

/** Remedies, the most useful first. */
export function remedies({ library, backends }: Diagnosis, readiness: Readiness): string[] {
  const cuda = backends.find(({ name }) => name === "CUDA");
  const advice: (string | false)[] = [
    library.state === "missing" && "deno task install downloads TensorFlow's library",
    library.state === "damaged" &&
    `remove ${library.library.folder} and run deno task install`,
    library.state === "unusable" && "correct SPECIALIST_TENSORFLOW, or unset it",
    readiness.missingPackages.length > 0 && "deno task install installs the missing npm packages",
    !readiness.baseModel.present && "deno task pretrain makes the base model",
    cuda?.why?.includes("SPECIALIST_CUDA") === true &&
    "to use the NVIDIA GPU: pip install 'tensorflow[and-cuda]' and set SPECIALIST_TENSORFLOW to " +
      "its tensorflow folder; or, where CUDA's libraries are installed, set SPECIALIST_CUDA=1",
  ];
  return advice.filter((line) => line !== false);
}
