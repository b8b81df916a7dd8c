import { renderPage } from "./render_page.ts";
import type { ReportData } from "./report_data.ts";
import { comparisonsSection } from "./sections/comparisons.ts";
import { costSection } from "./sections/cost.ts";
import { curvesSection } from "./sections/curves.ts";
import { duringTrainingSection } from "./sections/during_training.ts";
import { provenanceSection } from "./sections/provenance.ts";
import { scoresSection } from "./sections/scores.ts";
import { shotsSection } from "./sections/shots.ts";
import { summary } from "./sections/summary.ts";

/** The report as one HTML page that loads nothing from elsewhere. */
export async function renderReport(data: ReportData): Promise<string> {
  return await renderPage(data.title, [
    summary(data),
    await shotsSection(data),
    await comparisonsSection(data),
    await duringTrainingSection(data),
    scoresSection(data),
    curvesSection(data.curves),
    costSection(data),
    provenanceSection(data),
  ]);
}
