import { page } from "fresh";
import { readInput } from "@/web/app/form/input.ts";
import { address, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatInstant } from "@/web/format.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { peopleQuery } from "@/web/route_table/privacy.ts";
import { listAffected, listEveryMember, listExports } from "@/web/store/privacy/people_affected.ts";
import { affectedFilter } from "../(_lists)/affected_filter.ts";

const SHOWN = 200;

export default define.page<typeof handler>(function PeopleAffected({ data, state }) {
  const { t } = state;
  const { rows, lists, members, query, days, zone } = data;
  const time = (at: Temporal.Instant) => formatInstant(at, zone, t);
  const file = address("/admin/audit/people.csv", { who: query.who, session: query.session, ...days });
  return (
    <>
      <PageHeader
        title={t("privacy.people_title")}
        lead={t("privacy.people_lead")}
        actions={<LinkButton icon="export" href={file}>{t("privacy.people_file")}</LinkButton>}
      />
      <form class="form" method="get">
        <div class="form-row">
          <DateField name="from" label={t("account.from")} value={days.from} />
          <DateField name="to" label={t("account.to")} value={days.to} />
          <SelectField
            name="who"
            label={t("privacy.people_who")}
            prompt={t("audit.all_people")}
            value={query.who ?? ""}
            options={members.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </div>
        <button type="submit" class="button">{t("privacy.people_show")}</button>
      </form>
      {lists.length > 0 && (
        <Card title={t("privacy.people_lists")}>
          <ul>
            {lists.map((list) => (
              <li>
                <a href={`/admin/audit/${list.sequence}`}>{storedText(t, list.summary)}</a>, {list.actor},
                {" "}
                {time(list.at)}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {rows.length === 0
        ? (
          <EmptyState icon="list" title={t("privacy.people_none")}>
            {t("privacy.people_none_hint")}
          </EmptyState>
        )
        : (
          <div class="table-wrap">
            <table class="table">
              <thead>
                <tr>
                  <th>{t("privacy.people_account")}</th>
                  <th>{t("privacy.people_name")}</th>
                  <th>{t("privacy.people_who")}</th>
                  <th>{t("privacy.people_first")}</th>
                  <th>{t("privacy.people_last")}</th>
                  <th>{t("privacy.people_what")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr>
                    <td>{row.account_number}</td>
                    <td>
                      <a href={`/admin/subscribers/${row.subscriber_id}/privacy`}>{row.name}</a>
                    </td>
                    <td>{row.by_whom}</td>
                    <td>{time(row.first_at)}</td>
                    <td>{time(row.last_at)}</td>
                    <td>{row.is_exported ? t("privacy.people_exported") : t("privacy.people_opened")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "privacy:people",
    input: peopleQuery,
    summary: "People affected by a breach: whose records were opened or exported",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const query = readInput(state, peopleQuery);
    const { zone, today } = momentOf(state);
    const { filter, days } = affectedFilter(query, { zone, today });
    state.title = state.t("privacy.people_title");
    const view = await readPage(state, async (trx) => ({
      rows: await listAffected(trx, filter, { limit: SHOWN }),
      lists: await listExports(trx, filter),
      members: await listEveryMember(trx),
    }));
    return page({ ...view, query, days, zone });
  },
});
