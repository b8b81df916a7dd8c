import { writeAtomically } from "../files/mod.ts";
import { renderReport } from "./render_report.ts";
import type { ReportData } from "./report_data.ts";

/**
 * Writes a report as one HTML file, about 1.5 MB with its script, that opens offline. The file appears
 * complete or not at all.
 */
export async function writeReport(path: string, data: ReportData): Promise<void> {
  await writeAtomically(path, await renderReport(data));
}
