import { describeUndo, findUndo } from "@/web/services/undo/undo_action.ts";
import { requireSession } from "@/web/app/form/input.ts";
import type { AppState } from "@/web/app/state.ts";

/** What the page after an action offers to take back. */
export interface UndoOffer {
  /** Number of the audit entry. */
  entry: string;
  /** Name of the entry, for the words on the button's side. */
  action: string;
  /** What was changed. */
  subjectId: string;
}

const PARAMETER = "undo";

/** The address after an action, with the way back where the person may take it back: `withUndo(state, "/admin/x?done=held", id)`. */
export async function withUndo(state: AppState, location: string, subjectId: string): Promise<string> {
  const sequence = await findUndo(state.services, requireSession(state), subjectId);
  if (sequence === null) return location;
  return `${location}${location.includes("?") ? "&" : "?"}${PARAMETER}=${sequence}`;
}

/** The offer that a page's address carries; null when it is none of this person's, too old, or changed since. */
export async function readUndo(state: AppState, url: URL): Promise<UndoOffer | null> {
  const entry = url.searchParams.get(PARAMETER) ?? "";
  if (state.session?.audience !== "staff" || !/^\d{1,18}$/.test(entry)) return null;
  const described = await describeUndo(state.services, state.session, BigInt(entry));
  return described === null ? null : { entry, action: described.action, subjectId: described.subjectId };
}

/** A page's address without what an action has put there. */
export function withoutDone(path: string): string {
  const [place = "", query = ""] = path.split("?", 2);
  const kept = new URLSearchParams(query);
  for (const name of ["done", "n", "same", "left", "about", PARAMETER]) kept.delete(name);
  const text = kept.toString();
  return text === "" ? place : `${place}?${text}`;
}
