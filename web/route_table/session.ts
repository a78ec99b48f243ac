import { z } from "zod";
import { ownPath } from "@/web/app/own_path.ts";
import { PERSON_MAX } from "@/web/domain/access/limits.ts";
import { COMPANY_MAX } from "@/web/domain/settings/limits.ts";

/** Page to go to after signing in; anything but one of ours is left out. */
const next = z.string().transform((text) => ownPath(text) ?? undefined).optional().catch(undefined);

export const signInForm = z.object({
  email: z.string().trim().min(1, "Type your e-mail address.").max(PERSON_MAX.email),
  password: z.string().min(1, "Type your password.").max(400),
  /** A sealed form that was sent after its session had ended. */
  form: z.string().max(60_000).optional().catch(undefined),
  next,
});

export const signInQuery = z.object({ next, done: z.string().optional() });

export const setupForm = z.object({
  code: z.string().trim().min(1, "Type the set-up code that was printed at the start.").max(60),
  companyName: z.string().trim().min(2, "Type the name of your company.").max(COMPANY_MAX.name),
  name: z.string().trim().min(1, "Type your name.").max(PERSON_MAX.name),
  email: z.email("Type an e-mail address, for example ana@example.com.").max(PERSON_MAX.email),
  password: z.string().min(1, "Choose a password.").max(400),
});
