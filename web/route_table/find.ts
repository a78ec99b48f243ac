import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { LOCALES } from "@/web/messages/mod.ts";
import { queryText } from "./fields.ts";

export const findQuery = z.object({ q: queryText(120) });

/** What the user menu and the shortcuts page change; the page to go back to is one of ours. */
export const preferenceForm = z.object({
  locale: z.enum(LOCALES).optional(),
  shortcuts: z.enum(["on", "off"]).optional(),
  back: z.string().transform((text) => ownPath(text) ?? "/admin").optional().catch(undefined),
});

/** An entry of the audit log, by its number. */
export const undoForm = z.object({
  entry: z.string(says("choose_undo")).regex(/^\d{1,18}$/, says("choose_undo")).transform(BigInt),
});
