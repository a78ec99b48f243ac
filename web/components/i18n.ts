import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Locale, type Translate, translator } from "@/web/messages/mod.ts";

/** The language of the page being rendered on the server. Islands get their texts as props. */
export const MessagesContext = createContext<Translate>(translator("en"));

/** Its name. */
export const LocaleContext = createContext<Locale>("en");

/** The texts of this page's language, for components. Handlers use `ctx.state.t`. */
export function useT(): Translate {
  return useContext(MessagesContext);
}
