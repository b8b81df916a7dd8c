/**
 * TensorBoard's event files.
 * @module
 */
export { createEventWriter, type EventWriter } from "./event_writer.ts";
export { withEvents } from "./with_events.ts";
