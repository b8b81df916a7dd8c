/**
 * Models from the Hugging Face Hub: downloaded once, verified, and found again without a network.
 * @module
 */
export { type HubSettings, hubSettings, parseHubId, type RepositoryFile } from "./download.ts";
export { hubSnapshot, obtainModel } from "./snapshot.ts";
