import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/TextField.tsx";
import { bulkExclude } from "@/web/services/cuts/bulk_holds.ts";
import { findNextCutDay } from "@/web/store/cuts/tonight.ts";
import { actorOf, momentOf, readPage } from "@/web/app/page_context.ts";
import { BulkPage } from "./(_parts)/BulkPage.tsx";
import { bulkHandlers } from "./(_parts)/handle.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

export default define.page<typeof handler>(function BulkExcludePage({ data, state }) {
  const { t } = state;
  const n = data.rows.length;
  const owed = formatPeso(centavos(data.rows.reduce((total, row) => total + row.balance_centavos, 0n)));
  return (
    <BulkPage
      data={data}
      state={state}
      title={t("tables.exclude_title")}
      question={t("tables.exclude_question", { n })}
      effect={[t("tables.exclude_effect", { n, owed })]}
      verb={t("tables.exclude_verb", { n })}
      action="/admin/bulk/exclude"
    >
      <p class="note">{t("tables.exclude_note")}</p>
      <TextField
        name="reason"
        label={t("tables.reason")}
        value={data.form.reason}
        hint={t("tables.reason_hint")}
        maxLength={REASON_MAX}
        error={data.problems.reason}
        autofocus
        required
      />
    </BulkPage>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "hold:write", summary: "Leads back to the list" },
  POST: {
    audience: "staff",
    permission: "hold:write",
    input: bulkForm,
    audit: "bulk.exclude",
    summary: "Exclude many connections from one run",
  },
};

export const handler = define.handlers(bulkHandlers({
  title: "tables.exclude_title",
  done: "bulk_excluded",
  fields: { reason_required: "reason", reason_too_long: "reason" },
  extra: () => Promise.resolve(null),
  async act(state, form, targets) {
    const { today } = momentOf(state);
    const { businessOn } = await readPage(state, (trx) => findNextCutDay(trx, today));
    const input = { ...targets, businessOn, reason: form.reason };
    return await bulkExclude(state.services, requireSession(state).tenantId, actorOf(state), input);
  },
}));
