import * as z from "zod";
import { boundedText, clippedText, MAX_CODE_LENGTH, MAX_SENTENCE_LENGTH } from "./limits.ts";
import { uuid } from "./parts.ts";

/** Every numbered message carries `seq` (from 1, per connection) and `ack` (highest seq received so far). */
export const envelope = { seq: z.number().int().nonnegative(), ack: z.number().int().nonnegative() };

export const stateKey = { router_id: uuid, lineage: uuid };

export const code = boundedText(MAX_CODE_LENGTH);
export const sentence = clippedText(MAX_SENTENCE_LENGTH);
