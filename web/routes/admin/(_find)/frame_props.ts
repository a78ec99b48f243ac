import type { StaffSession } from "@/web/app/guard/session.ts";
import type { AppState } from "@/web/app/state.ts";
import type { FrameProps } from "@/web/islands/Frame.tsx";
import { shortcutsFor } from "./destinations.ts";

/** What the frame's island is given: few and short, for it is part of every page. */
export function frameProps({ t, table }: AppState, session: StaffSession): FrameProps {
  const areOn = session.preferences?.shortcuts !== false;
  return {
    me: session.staffUserId,
    keys: areOn ? shortcutsFor({ table, permissions: session.permissions }) : {},
    texts: {
      find: t("find.label"),
      placeholder: t("find.placeholder"),
      close: t("find.close"),
      hint: t("find.keys"),
      recent: t("find.recent"),
      nothing: t("find.nothing", { words: "*" }),
      loading: t("states.loading"),
      busy: t("states.busy"),
      dismiss: t("states.dismiss"),
      copied: t("states.copied"),
      draft: t("states.draft_from", { time: "*" }),
      discard: t("states.draft_discard"),
      offlineTitle: t("states.offline_title"),
      offlineText: t("states.offline_text"),
    },
  };
}
