import { asset } from "fresh/runtime";
import { LocaleContext, MessagesContext } from "@/web/components/i18n.ts";
import { Document } from "@/web/components/Document.tsx";
import { RefreshAfter } from "@/web/components/RefreshAfter.tsx";
import { pageTopics } from "@/web/app/page_topics.ts";
import { define } from "@/web/app/state.ts";

/** The HTML document around every page; `state.title` is set by the page's handler. */
export default define.page(function AppDocument({ Component, state }) {
  return (
    <Document
      lang={state.locale}
      title={state.title ?? "Linya"}
      suffix={state.shell?.tenant.name}
      stylesheet={asset("/admin.css")}
      head={state.refreshSeconds !== undefined && (
        <RefreshAfter
          seconds={state.refreshSeconds}
          isLive={state.reloadsItself === true || pageTopics(state) !== null}
        />
      )}
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
