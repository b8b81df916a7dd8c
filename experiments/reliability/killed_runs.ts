/** Trainings that are killed and started again, on a small model of random weights. */
import type { Case } from "./case.ts";
import { kills, type WorkReport } from "./kills.ts";
import type { Finding } from "./report.ts";
import { writeTinyModel } from "./tiny_model.ts";

export const killedRuns: Case = async ({ seed, kills: times }, signal) => {
  const model = await Deno.makeTempDir();
  try {
    await writeTinyModel(model);
    const { works } = await kills({ seed, kills: times, model }, signal);
    return {
      title: "Killed runs",
      findings: works.flatMap((work) => [findingOfSeed(work), findingOfKills(work)]),
    };
  } finally {
    await Deno.remove(model, { recursive: true });
  }
};

function findingOfSeed({ work, again }: WorkReport): Finding {
  return {
    what: `${work}: two runs of one seed write the same, bit by bit`,
    measured: measuredOf(again.files, again.differing),
    holds: again.differing.length === 0,
  };
}

function findingOfKills({ work, rounds }: WorkReport): Finding {
  const times = rounds.reduce((sum, { kills }) => sum + kills.length, 0);
  const differing = rounds.flatMap((round) => round.differing);
  return {
    what: `${work}: killed at ${times} random moments, it writes the same as undisturbed`,
    measured: measuredOf(rounds.reduce((sum, { files }) => sum + files, 0), differing),
    holds: differing.length === 0,
  };
}

function measuredOf(files: number, differing: readonly string[]): string {
  return differing.length === 0
    ? `${files} files, none differs`
    : `${differing.length} of ${files} files differ: ${differing.slice(0, 3).join(", ")}`;
}
