import { asset } from "fresh/runtime";
import { MessagesContext } from "@/web/components/i18n.ts";
import { Document } from "@/web/components/Document.tsx";
import { RefreshAfter } from "@/web/components/RefreshAfter.tsx";
import { define } from "@/web/app/state.ts";

/** The HTML document around every page; `state.title` is set by the page's handler. */
export default define.page(function AppDocument({ Component, state }) {
  return (
    <Document
      lang={state.locale}
      title={state.title ?? "Linya"}
      suffix={state.shell?.tenant.name}
      stylesheet={asset("/admin.css")}
      head={state.refreshSeconds !== undefined && <RefreshAfter seconds={state.refreshSeconds} />}
    >
      {state.t === undefined ? <Component /> : (
        <MessagesContext.Provider value={state.t}>
          <Component />
        </MessagesContext.Provider>
      )}
    </Document>
  );
});
