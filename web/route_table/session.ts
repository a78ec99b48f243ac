import { z } from "zod";
import { ownPath } from "@/web/app/own_path.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";

/** Page to go to after signing in; anything but one of ours is left out. */
const next = z.string().transform((text) => ownPath(text) ?? undefined).optional().catch(undefined);

export const signInForm = z.object({
  email: z.string().trim().min(1, "Type your e-mail address.").max(200),
  password: z.string().min(1, "Type your password.").max(400),
  /** A sealed form that was sent after its session had ended. */
  form: z.string().max(60_000).optional().catch(undefined),
  next,
});

export const signInQuery = z.object({ next, done: z.string().optional() });

export const setupForm = z.object({
  code: z.string().trim().min(1, "Type the set-up code that was printed at the start.").max(60),
  companyName: z.string().trim().min(2, "Type the name of your company.").max(120),
  name: z.string().trim().min(1, "Type your name.").max(120),
  email: z.email("Type an e-mail address, for example ana@example.com.").max(200),
  password: z.string().min(1, "Choose a password.").max(400),
});

export const sessionRoutes: readonly RouteEntry[] = [
  { method: "GET", pattern: "/", permission: "public", summary: "Leads to the admin" },
  { method: "GET", pattern: "/login", permission: "public", input: signInQuery, summary: "Sign-in page" },
  { method: "POST", pattern: "/login", permission: "public", input: signInForm, summary: "Sign in" },
  { method: "GET", pattern: "/setup", permission: "setup", summary: "Make the owner account" },
  {
    method: "POST",
    pattern: "/setup",
    permission: "setup",
    input: setupForm,
    summary: "Make the owner account",
  },
  { method: "POST", pattern: "/admin/sign-out", permission: "signed_in", summary: "Sign out" },
  {
    method: "GET",
    pattern: "/health",
    permission: "public",
    summary: "Whether the process and its database work",
  },
];
