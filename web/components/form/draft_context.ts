import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** What a person had typed before their session ended, by field. */
export type DraftValues = Readonly<Record<string, string | readonly string[]>>;

/** Set by the layout while a form is filled in again; null otherwise. */
export const DraftContext = createContext<DraftValues | null>(null);

/** The value of a field: what was typed before the session ended, else the page's own. */
export function useDraft<T>(name: string, value: T): T | string {
  const draft = useContext(DraftContext);
  if (draft === null || !Object.hasOwn(draft, name)) return value;
  const kept = draft[name];
  return typeof kept === "string" ? kept : kept?.[0] ?? value;
}

/** Whether a tick box is ticked: one that is not in the draft had been left empty. */
export function useDraftTick(name: string, value: string, isChecked: boolean): boolean {
  const draft = useContext(DraftContext);
  if (draft === null) return isChecked;
  return Object.hasOwn(draft, name) && [draft[name]].flat().includes(value);
}
