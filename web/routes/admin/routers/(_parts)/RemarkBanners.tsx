import { Banner } from "@/web/components/facts/Banner.tsx";
import { useT } from "@/web/components/i18n.ts";
import { DOUBTS } from "@/web/store/network/router_standing.ts";
import { remarkTitle } from "../../(_network)/router_state.tsx";
import type { RouterPageView } from "./load_router.ts";
import { Said } from "./Said.tsx";

/** Everything that is not as it should be on a router that is read, one banner each, with what to do. */
export function RemarkBanners({ view }: { view: RouterPageView }) {
  const t = useT();
  const { agent, question, remarks, router } = view;
  if (agent !== "online") return null;
  const shown = remarks.filter(({ code }) => question === null || !DOUBTS.some((doubt) => doubt === code));
  // What an agent of an earlier version says in one sentence only.
  if (remarks.length === 0 && router.status === "online" && router.status_message !== null) {
    shown.push({ code: "", message: router.status_message });
  }
  return (
    <>
      {shown.map(({ code, message }) => (
        <Banner key={code} tone="warn" title={remarkTitle(t, code)}>
          <Said text={message} />
        </Banner>
      ))}
    </>
  );
}
