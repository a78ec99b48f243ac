import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { PASSKEY_NAME_MAX } from "@/web/domain/access/second_factor.ts";
import { formText, queryText } from "./fields.ts";

/** What a passkey signed, as the browser writes it; a script fills it in. */
const signed = z.string().max(20_000).optional().default("");
const next = z.string().transform((text) => ownPath(text) ?? undefined).optional().catch(undefined);

/** The second half of a sign-in: a code, or what a passkey signed. */
export const secondForm = z.object({
  code: z.string().trim().max(60).optional().default(""),
  passkey: signed,
});

export const passkeySignInQuery = z.object({ next });
export const passkeySignInForm = z.object({ passkey: signed, next });

/** For which sign-in a passkey is asked. */
export const passkeyQuestionForm = z.object({ for: z.enum(["second", "alone"]) });

export const factorsQuery = z.object({ done: queryText(40) });
export const appForm = z.object({
  code: z.string(says("type_code")).trim().min(1, says("type_code")).max(60),
});
export const passkeyForm = z.object({
  name: formText(PASSKEY_NAME_MAX).refine((text) => text !== "", says("type_passkey_name")),
  passkey: signed,
});

/** `app`, or the id of a passkey; anything else leads back. */
export const removeFactorQuery = z.object({
  what: z.union([z.literal("app"), z.uuid()]).optional().catch(undefined),
});

export const requireFactorForm = z.object({ required: z.enum(["on", "off"]) });

/** How long the browser of whoever made recovery codes keeps them: to copy, print or download them, and no longer. */
export const CODES_MINUTES = 10;
