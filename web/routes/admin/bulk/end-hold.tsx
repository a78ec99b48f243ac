import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { bulkEndHold } from "@/web/services/cuts/bulk_holds.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { BulkPage } from "./(_parts)/BulkPage.tsx";
import { bulkHandlers } from "./(_parts)/handle.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";

export default define.page<typeof handler>(function BulkEndHoldPage({ data, state }) {
  const { t } = state;
  const held = data.rows.filter((row) => row.hold_until !== null);
  const rest = data.rows.length - held.length;
  const owed = formatPeso(centavos(held.reduce((total, row) => total + row.balance_centavos, 0n)));
  return (
    <BulkPage
      data={data}
      state={state}
      title={t("tables.end_title")}
      question={t("tables.end_question", { n: held.length })}
      effect={[
        t("tables.end_effect", { n: held.length, owed }),
        rest > 0 && t("tables.end_same", { n: rest }),
      ]}
      verb={t("tables.end_verb", { n: held.length })}
      action="/admin/bulk/end-hold"
    />
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "hold:write", summary: "Leads back to the list" },
  POST: {
    audience: "staff",
    permission: "hold:write",
    input: bulkForm,
    audit: "bulk.end_hold",
    summary: "End the holds of many connections",
  },
};

export const handler = define.handlers(bulkHandlers({
  title: "tables.end_title",
  done: "bulk_ended",
  fields: {},
  extra: () => Promise.resolve(null),
  act: (state, _form, targets) =>
    bulkEndHold(state.services, requireSession(state).tenantId, actorOf(state), targets),
}));
