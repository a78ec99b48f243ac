import { asset } from "fresh/runtime";
import { LocaleContext, MessagesContext } from "@/web/components/i18n.ts";
import { Document } from "@/web/components/frame/Document.tsx";
import { RefreshAfter } from "@/web/components/frame/RefreshAfter.tsx";
import { EARLY_KEYS } from "@/web/app/frame/early_keys.ts";
import { pageTopics } from "@/web/app/frame/page_topics.ts";
import { type AppState, define } from "@/web/app/state.ts";

/** The HTML document around every page; `state.title` is set by the page's handler. */
export default define.page(function AppDocument({ Component, state }) {
  return (
    <Document
      lang={state.locale}
      title={state.title ?? "Linya"}
      suffix={state.shell?.tenant.name}
      stylesheet={asset("/admin.css")}
      head={
        <>
          {hasDemo(state) && <link rel="stylesheet" href={asset("/demo.css")} />}
          {/* First of all scripts, so that no key is lost while the others load. */}
          {hasShortcuts(state) && (
            <script nonce={state.nonce} dangerouslySetInnerHTML={{ __html: EARLY_KEYS }} />
          )}
          {state.refreshSeconds !== undefined && (
            <RefreshAfter
              seconds={state.refreshSeconds}
              isLive={state.reloadsItself === true || pageTopics(state) !== null}
            />
          )}
        </>
      }
    >
      {state.t === undefined ? <Component /> : (
        <MessagesContext.Provider value={state.t}>
          <LocaleContext.Provider value={state.locale}>
            <Component />
          </LocaleContext.Provider>
        </MessagesContext.Provider>
      )}
    </Document>
  );
});

/** What only a demo shows has a style sheet of its own. */
function hasDemo({ demo }: Partial<AppState>): boolean {
  return demo !== undefined && demo !== null;
}

/** Pages with the frame, for who has not turned single keys off. */
function hasShortcuts({ session, shell }: AppState): boolean {
  return shell !== null && session?.audience === "staff" && session.preferences?.shortcuts !== false;
}
