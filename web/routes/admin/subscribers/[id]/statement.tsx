import { page } from "fresh";
import { address, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { useT } from "@/web/components/i18n.ts";
import { FilterBar } from "@/web/components/list/FilterBar.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { statementQuery } from "@/web/route_table/subscribers.ts";
import { readStatement, type StatementDays } from "@/web/services/payments/read_statement.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { monthsBack, statementDays } from "../(_parts)/statement_days.ts";
import { StatementSheet } from "../(_parts)/StatementSheet.tsx";
import { SubscriberTabs } from "../(_parts)/SubscriberTabs.tsx";

export default define.page<typeof handler>(function StatementPage({ data, state: { t } }) {
  const { view, moment, logoAt } = data;
  const { subscriber } = view;
  return (
    <>
      <PageHeader
        title={t("account.statement_of", { name: subscriber.name })}
        lead={t("account.statement_lead")}
        back={{ href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name }}
        actions={
          <LinkButton
            icon="import"
            href={address(`/admin/subscribers/${subscriber.id}/statement.pdf`, {
              from: view.from.toString(),
              on: view.through.toString(),
            })}
          >
            {t("statements.download")}
          </LinkButton>
        }
      />
      <SubscriberTabs subscriber={subscriber} current="statement" />
      <Days path={`/admin/subscribers/${subscriber.id}/statement`} days={view} today={moment.today} />
      <StatementSheet view={view} company={moment.tenant} logoAt={logoAt} />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    input: statementQuery,
    summary: "The statement of account of a subscriber as of a day",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    const days = statementDays(readInput(ctx.state, statementQuery), moment.today);
    const data = await readPage(ctx.state, async (trx) => ({
      view: found(await readStatement(trx, id, days, moment.today)),
      logoAt: await findLogoDate(trx),
    }));
    ctx.state.title = ctx.state.t("account.statement_of", { name: data.view.subscriber.name });
    return page({ ...data, moment });
  },
});

/** Which days: what people ask for as chips, any others as two fields. */
function Days({ path, days, today }: { path: string; days: StatementDays; today: Temporal.PlainDate }) {
  const t = useT();
  const lastOfMonth = today.with({ day: 1 }).subtract({ days: 1 });
  const presets = [
    { label: t("account.to_today"), from: monthsBack(today, 2), through: today },
    { label: t("account.last_month"), from: monthsBack(lastOfMonth, 0), through: lastOfMonth },
    { label: t("account.this_year"), from: today.with({ month: 1, day: 1 }), through: today },
  ];
  return (
    <section class="card no-print">
      <FilterBar
        chips={presets.map(({ label, from, through }) => ({
          label,
          href: address(path, { from: from.toString(), on: through.toString() }),
          isCurrent: from.equals(days.from) && through.equals(days.through),
        }))}
        end={
          <form method="get" action={path}>
            <div class="span-fields">
              <label>
                <span>{t("account.from")}</span>
                <input class="input" type="date" name="from" value={days.from.toString()} />
              </label>
              <label>
                <span>{t("account.as_of_field")}</span>
                <input class="input" type="date" name="on" value={days.through.toString()} />
              </label>
            </div>
            <Button>{t("account.show")}</Button>
          </form>
        }
      />
    </section>
  );
}
