import { z } from "zod";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { queryWord } from "./fields.ts";

/** Page of the admin to go on to; anything else is left out. */
const back = z.string().max(4_000).transform((text) => {
  const path = ownPath(text);
  return path !== null && /^\/admin(?:[/?#]|$)/.test(path) ? path : undefined;
}).optional().catch(undefined);

export const confirmQuery = z.object({ back, done: queryWord(["confirmed"]) });

export const confirmForm = z.object({
  /** These three have the names that the question in place of a form has too: no page ever fills them in. */
  _password: z.string().max(400).optional().default(""),
  /** Of an app. */
  _code: z.string().max(60).optional().default(""),
  /** What a passkey signed; a script fills it in. */
  _passkey: z.string().max(20_000).optional().default(""),
  back,
  /** A sealed form that is filled in again afterwards. */
  form: z.string().max(60_000).optional().catch(undefined),
});
