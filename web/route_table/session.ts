import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { PERSON_MAX } from "@/web/domain/access/limits.ts";
import { COMPANY_MAX } from "@/web/domain/settings/limits.ts";

/** Page to go to after signing in; anything but one of ours is left out. */
const next = z.string().transform((text) => ownPath(text) ?? undefined).optional().catch(undefined);

export const signInForm = z.object({
  email: z.string().trim().min(1, says("type_email")).max(PERSON_MAX.email),
  password: z.string().min(1, says("type_password")).max(400),
  /** A sealed form that was sent after its session had ended. */
  form: z.string().max(60_000).optional().catch(undefined),
  next,
});

/** Whose password is forgotten. */
export const forgotForm = z.object({
  email: z.string().trim().min(1, says("type_email")).max(PERSON_MAX.email),
});
export const forgotQuery = z.object({ done: z.string().max(20).optional() });

export const signInQuery = z.object({ next, done: z.string().optional() });

export const setupForm = z.object({
  code: z.string().trim().min(1, says("type_setup_code")).max(60),
  companyName: z.string().trim().min(2, says("type_company")).max(COMPANY_MAX.name),
  name: z.string().trim().min(1, says("type_your_name")).max(PERSON_MAX.name),
  email: z.email(says("type_new_email")).max(PERSON_MAX.email),
  password: z.string().min(1, says("choose_password")).max(400),
});
