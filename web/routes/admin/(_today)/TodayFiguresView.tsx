import type { AppState } from "@/web/app/state.ts";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { TodayFigures } from "@/web/store/live/today.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { AgingCard, CollectedCard, CycleCard } from "./MoneyCards.tsx";
import { ConnectionsCard } from "./ConnectionsCard.tsx";
import { lookedAt, needsFor } from "./needs.ts";
import { NeedsCard } from "./NeedsCard.tsx";
import { TodayKpis } from "./TodayKpis.tsx";
import { TonightCard } from "./TonightCard.tsx";

/** Parts of Today that a role may lack. */
const PARTS = [
  ["tonight", "cut_run:read"],
  ["payments", "payment:read"],
  ["bills", "bill:read"],
  ["subscribers", "subscriber:read"],
  ["network", "site:read"],
] as const satisfies readonly (readonly [string, Permission])[];

interface TodayFiguresViewProps {
  figures: TodayFigures;
  moment: PageMoment;
  state: AppState;
  /** Who can change a role, for what is not shown. */
  granters: readonly string[];
}

/** What needs a person first, then tonight, then the figures: on a phone in this order too. */
export function TodayFiguresView({ figures, moment, state, granters }: TodayFiguresViewProps) {
  const seesTonight = may(state, "cut_run:read");
  const seesPayments = may(state, "payment:read");
  const seesSubscribers = may(state, "subscriber:read");
  const seesBills = may(state, "bill:read");
  const seesReports = may(state, "report:read");
  const needs = <NeedsCard needs={needsFor(state, figures.needsYou, moment)} looked={lookedAt(state)} />;
  return (
    <div class="stack">
      {seesTonight
        ? <Columns main={needs} side={<TonightCard figures={figures} moment={moment} />} />
        : needs}
      <TodayKpis figures={figures} moment={moment} state={state} />
      <Columns
        main={
          <>
            {seesBills && seesPayments && <CycleCard figures={figures} moment={moment} />}
            {seesBills && seesSubscribers && <AgingCard figures={figures} seesReports={seesReports} />}
            <Hidden state={state} granters={granters} />
          </>
        }
        side={
          <>
            {seesPayments && <CollectedCard figures={figures} moment={moment} seesReports={seesReports} />}
            {seesSubscribers && <ConnectionsCard figures={figures} />}
          </>
        }
      />
    </div>
  );
}

/** Says what the role leaves out, and who can change that: a part that is missing is not a part that is empty. */
function Hidden({ state, granters }: Pick<TodayFiguresViewProps, "state" | "granters">) {
  const t = useT();
  const parts = PARTS.filter(([, permission]) => !may(state, permission)).map(([part]) =>
    t(`today.part_${part}`)
  );
  if (parts.length === 0) return null;
  return (
    <p class="note">
      {t("today.hidden", { parts: parts.join(", ") })}
      {granters.length > 0 && ` ${t("today.hidden_who", { names: granters.join(", ") })}`}
    </p>
  );
}
