/**
 * Models from the Hugging Face Hub, by their ids.
 * @module
 */
export { type HubId, parseHubId } from "./hub_id.ts";
export { obtainModel } from "./obtain_model.ts";
export { type HubSettings, hubSettings } from "./settings.ts";
export { hubSnapshot } from "./snapshot.ts";
