export { createProgress } from "./create_progress.ts";
export { formatLine } from "./format.ts";
export { createMeter, type ProgressFields, type ProgressOptions, type Reading } from "./meter.ts";
export type { Progress } from "./progress.ts";
