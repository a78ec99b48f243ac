import { createContext } from "preact";

/** What the page after an action may take back, and the token that its button needs. */
export interface FlashContextValue {
  csrfToken: string;
  /** Number of the audit entry and its name; null when there is nothing to take back. */
  undo: { entry: string; action: string } | null;
  /** Whom or what the message is about, by name. */
  about?: string | null | undefined;
}

/** Set by the layout from the page's address; null outside the admin. */
export const FlashContext = createContext<FlashContextValue | null>(null);
