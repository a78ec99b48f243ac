import type { ComponentChildren } from "preact";
import { Banner } from "./Banner.tsx";

interface FlashProps {
  /** The `done` parameter of the address after a redirect. */
  done: string | null | undefined;
  /** Text for each code. A code without a text shows nothing, so that an address cannot put words on the page. */
  messages: Readonly<Record<string, ComponentChildren>>;
  actions?: ComponentChildren;
}

/** What the last action did. */
export function Flash({ done, messages, actions }: FlashProps) {
  if (!done || !Object.hasOwn(messages, done)) return null;
  return <Banner tone="ok" live actions={actions}>{messages[done]}</Banner>;
}
