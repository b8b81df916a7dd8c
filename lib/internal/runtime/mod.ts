/**
 * What every room stands on: errors, files, settings, records of runs, progress, tables, permissions.
 * @module
 */
export {
  assign,
  type Assignment,
  completeConfig,
  type ConfigLayer,
  configName,
  fieldValues,
  overlay,
  parseAssignment,
  readConfigFile,
  readLayers,
  resolveConfig,
  validate,
} from "./config.ts";
export { firstProblem, problemLine, problemsOf } from "./config_issues.ts";
export {
  choiceKeyOf,
  describeSchema,
  expectation,
  type Field,
  fieldAt,
  fieldsOf,
  type JsonSchema,
  requirement,
} from "./config_schema.ts";
export { didYouMean, exitCodeOf, exitCodes, reasonOf, renderError, UserError } from "./errors.ts";
export {
  createFingerprint,
  gitCommit,
  hashFile,
  hashFolder,
  type RunIdentity,
  runIdOf,
  sha256,
} from "./identity.ts";
export { Interrupted, isAbort, terminationSignal } from "./interrupt.ts";
export { isObject, listOf, parseJson, readJson, recordOf, someOf } from "./json.ts";
export { isRunLocked } from "./lock.ts";
export { type MetricLine, readMetrics } from "./metrics.ts";
export { type Checkpoint, performRun, type Run } from "./perform_run.ts";
export { confine, isCode, type Needs, revokeNetwork } from "./permissions.ts";
export { createProgress, type Progress } from "./progress.ts";
export { createMeter, formatLine, type ProgressOptions, type Reading } from "./progress_meter.ts";
export {
  installedPython,
  jupyterFolder,
  jupyterPrograms,
  type PythonEnvironment,
  pythonEnvironment,
  pythonFolder,
} from "./python.ts";
export { cacheFolder, dataFile, namesIn, readBytes, readText, requireFile } from "./read_files.ts";
export {
  changedFields,
  failRun,
  findRunRecord,
  libraryVersions,
  listRuns,
  readRunRecord,
  type RunRecord,
  runRecordSchema,
  runsFolder,
  statusOf,
} from "./run_record.ts";
export {
  blockIn,
  type Column,
  joinedLines,
  latexText,
  markedBlock,
  renderTable,
  type TableFormat,
  writeBlock,
} from "./tables.ts";
export { formatBytes, formatCount, formatDuration, sizeOf } from "./units.ts";
export { replaceFolder, requireReplaceable, writeAll, writeAtomically } from "./write_files.ts";
