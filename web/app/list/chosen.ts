import type { Context } from "fresh";
import { ownPath } from "@/web/app/guard/own_path.ts";
import type { AppState } from "@/web/app/state.ts";

/** The list again, saying that no row was ticked. */
export function nothingTicked(ctx: Context<AppState>, back: string): Response {
  return ctx.redirect(withDone(back, { done: "nothing_ticked" }), 303);
}

/** The list that a form came from, with what was done. */
export function withDone(back: string, done: Readonly<Record<string, string>>): string {
  const url = new URL(ownPath(back) ?? "/admin", "http://own.invalid");
  for (const name of ["after", "before"]) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(done)) url.searchParams.set(name, value);
  return url.pathname + url.search;
}
