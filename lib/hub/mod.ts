/**
 * Models from the Hugging Face Hub, by their ids.
 * @module
 */
export { type HubId, parseHubId } from "./hub_id.ts";
export { obtainModel } from "./obtain_model.ts";
export { type HubSettings, hubSettings } from "./settings.ts";
export type { RepositoryFile } from "./needed_files.ts";
export { hubSnapshot, type SnapshotOptions } from "./snapshot.ts";
