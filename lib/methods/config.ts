import { z } from "zod";
import { dreamboothSchema } from "./dreambooth.ts";
import { fullSchema } from "./full.ts";
import { loraSchema } from "./lora.ts";
import { loraSpecialistSchema } from "./lora_specialist.ts";
import { specialistSchema } from "./specialist.ts";
import { textualInversionSchema } from "./textual_inversion.ts";
import { textualInversionSpecialistSchema } from "./textual_inversion_specialist.ts";

/** A method's name in `method`, and its settings. */
export const methodSchema = z.discriminatedUnion("method", [
  specialistSchema,
  dreamboothSchema,
  textualInversionSchema,
  textualInversionSpecialistSchema,
  loraSchema,
  loraSpecialistSchema,
  fullSchema,
]);

export type MethodConfig = z.infer<typeof methodSchema>;
