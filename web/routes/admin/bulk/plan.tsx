import { z } from "zod";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { Asked } from "@/web/app/form/form_types.ts";
import { define } from "@/web/app/state.ts";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { formText } from "@/web/route_table/fields.ts";
import { bulkChangePlan, listBehindEnd } from "@/web/services/billing/bulk_plan.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { listPlans } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  aboutMany,
  blockedAt,
  effectOf,
  listAfter,
  questionOf,
  readMany,
  targetsOf,
  TickedRows,
} from "./(_parts)/about_many.tsx";
import type { BulkInput } from "./(_parts)/targets.ts";

const planId = z.uuid();
/** So many that stay are named. */
const NAMED_MAX = 20;

const question = define.question({
  ...aboutMany,
  input: z.object({ plan: formText(40).optional().default("") }),
  load: async (trx: TenantTransaction, asked: Asked<unknown, BulkInput>) => {
    const many = await readMany(trx, asked);
    const prices = await listOwnPrices(trx, many.rows.map(({ id }) => id));
    const isOver = (last: Temporal.PlainDate | null) =>
      last !== null && Temporal.PlainDate.compare(last, asked.moment.today) < 0;
    return {
      ...many,
      plans: await listPlans(trx, { withArchived: true }),
      behind: await listBehindEnd(trx, { tenant: asked.moment.tenant, business: asked.moment }, many.rows),
      /** Connections whose own price will end. */
      own: new Set(prices.filter((row) => !isOver(row.last_on)).map((row) => row.subscription_id)).size,
    };
  },
  permission: "subscriber:write",
  audit: "bulk.change_plan",
  summary: "Move many connections to another plan",
  title: ({ t }) => t("tables.plan_title"),
  labels: { plan: "tables.plan_field" },
  blocked: (view) =>
    blockedAt(
      view,
      view.loaded.rows.filter((row) => row.activated_on !== null).length - view.loaded.behind.length,
      view.t("tables.plan_none"),
    ),
  question: ({ t, loaded }) => questionOf(loaded, t("tables.plan_question", { n: loaded.rows.length })),
  effect: ({ t, loaded: { rows, plans, own } }) => {
    const prices = new Map(plans.map((plan) => [plan.id, plan.price_centavos]));
    const now = rows.reduce((total, row) => total + (prices.get(row.plan_id) ?? 0n), 0n);
    const waiting = rows.filter((row) => row.activated_on === null).length;
    return effectOf(
      t("tables.plan_effect", { n: rows.length, now: formatPeso(centavos(now)) }),
      waiting > 0 && t("tables.plan_waiting", { n: waiting }),
      own > 0 && t("tables.plan_own", { n: own }),
    );
  },
  verb: ({ t, loaded: { rows } }) => t("tables.plan_verb", { n: rows.length }),
  children: ({ t, loaded, field }) => (
    <>
      <TickedRows of={loaded} />
      <LeftBehind of={loaded.behind} t={t} />
      <SelectField
        {...field("plan")}
        prompt={t("tables.plan_prompt")}
        options={loaded.plans.filter((plan) => plan.archived_at === null).map((plan) => ({
          value: plan.id,
          label: t("tables.plan_option", {
            name: plan.name,
            price: formatPeso(centavos(plan.price_centavos)),
            total: formatPeso(centavos(plan.price_centavos * BigInt(loaded.rows.length))),
          }),
        }))}
        required
      />
    </>
  ),
  async submit({ plan }, submission) {
    if (!planId.safeParse(plan).success) {
      return { problems: { plan: submission.state.t("tables.plan_missing") } };
    }
    return await bulkChangePlan(...submission.call, { ...targetsOf(submission), planId: plan });
  },
  done: (outcome, submission) => listAfter("bulk_moved", outcome, submission),
});

/** Whose service ends before the change would come: they stay as they are. */
function LeftBehind({ of: rows, t }: { of: Awaited<ReturnType<typeof listBehindEnd>>; t: Translate }) {
  if (rows.length === 0) return null;
  return (
    <Banner tone="warn" title={t("tables.plan_behind", { n: rows.length })}>
      <ul>
        {rows.slice(0, NAMED_MAX).map(({ row, lastOn }) => (
          <li key={row.id}>
            <CodeText>{row.ppp_name}</CodeText>{" "}
            {t("codes_billing.behind_planned_end", { last: formatDate(lastOn, t.locale) })}
          </li>
        ))}
      </ul>
      {rows.length > NAMED_MAX && <p>{t("tables.plan_behind_more", { n: rows.length - NAMED_MAX })}</p>}
    </Banner>
  );
}

export default question.page;
export const { handler, route } = question;
