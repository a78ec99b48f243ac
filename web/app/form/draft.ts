import { savePreferences } from "@/web/services/settings/save_preferences.ts";
import type { AppState, RawInput } from "@/web/app/state.ts";

const PARAMETER = "draft";
const MINUTES = 10;

/** A form that waits to be filled in again, as one of the person's preferences. */
interface Draft {
  path: string;
  values: RawInput;
  until: number;
}

/**
 * Keeps a carried form for the person who has just signed in, if it was theirs. The page to go to, where it is filled in;
 * null when there is nothing to fill in.
 */
export async function keepDraft(
  state: AppState,
  who: { tenantId: string; staffUserId: string },
  carried: string | null,
): Promise<string | null> {
  const now = state.services.clock.now();
  const form = carried === null ? null : state.forms.open(carried, now);
  if (form === null || !state.forms.belongsTo(form, who.staffUserId)) return null;
  const until = now.add({ minutes: MINUTES }).epochMilliseconds;
  const draft: Draft = { path: form.path, values: form.values, until };
  await savePreferences(state.services, who, { [PARAMETER]: draft });
  return `${form.path}${form.path.includes("?") ? "&" : "?"}${PARAMETER}=1`;
}

/**
 * What was typed, for the page that asks for it. It is forgotten with the next form that is sent, and when it is old: a
 * page that is read again stays filled in.
 */
export async function readDraft(state: AppState, req: Request, url: URL): Promise<RawInput | null> {
  const { session, services } = state;
  if (session?.audience !== "staff") return null;
  const draft = session.preferences?.[PARAMETER] as Draft | undefined;
  if (draft === undefined) return null;
  const isRead = req.method === "GET" || req.method === "HEAD";
  if (!isRead || draft.until < services.clock.now().epochMilliseconds) {
    await savePreferences(services, session, { [PARAMETER]: null });
    return null;
  }
  const wanted = new URL(url);
  if (wanted.searchParams.get(PARAMETER) !== "1") return null;
  wanted.searchParams.delete(PARAMETER);
  return sameAddress(wanted, new URL(draft.path, url)) ? draft.values : null;
}

function sameAddress(left: URL, right: URL): boolean {
  const text = ({ pathname, searchParams }: URL) => `${pathname}?${searchParams}`;
  return text(left) === text(right);
}
