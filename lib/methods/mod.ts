/**
 * Methods that teach a text-to-image model a style: what each adds to a training step.
 * @module
 */
export { type MethodConfig, methodSchema } from "./config.ts";
export { createMethod } from "./create_method.ts";
export { dreambooth, type DreamboothConfig, dreamboothSchema } from "./dreambooth.ts";
export { full, type FullConfig, fullSchema } from "./full.ts";
export { lora, type LoraConfig, loraSchema } from "./lora.ts";
export {
  loraSpecialist,
  type LoraSpecialistConfig,
  loraSpecialistSchema,
} from "./lora_specialist.ts";
export type { Addition, Method, MethodContext, Shot } from "./method.ts";
export { specialist, type SpecialistConfig, specialistSchema } from "./specialist.ts";
export {
  textualInversion,
  type TextualInversionConfig,
  textualInversionSchema,
} from "./textual_inversion.ts";
export {
  textualInversionSpecialist,
  type TextualInversionSpecialistConfig,
  textualInversionSpecialistSchema,
} from "./textual_inversion_specialist.ts";
