import { says } from "@/shared/codes/mod.ts";
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
  /** Of the name that the question in place of a form has too: no page ever fills it in. */
  _password: z.string(says("type_password")).min(1, says("type_password")).max(400),
  back,
  /** A sealed form that is filled in again afterwards. */
  form: z.string().max(60_000).optional().catch(undefined),
});
