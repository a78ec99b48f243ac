import { coded } from "@/shared/codes/mod.ts";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { actorOf, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/list/csv.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { peopleQuery } from "@/web/route_table/privacy.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { type AffectedRow, listAffected } from "@/web/store/privacy/people_affected.ts";
import { affectedFilter } from "../(_lists)/affected_filter.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "privacy:people",
    input: peopleQuery,
    audit: "export.people",
    confirm: true,
    summary: "People affected by a breach, as CSV",
  },
};

const t = ENGLISH_WORDS;
const COLUMNS: readonly CsvColumn<AffectedRow>[] = [
  [t("privacy.people_account"), (row) => row.account_number],
  [t("privacy.people_name"), (row) => row.name],
  [t("subscribers.phone"), (row) => row.phone ?? ""],
  [t("subscribers.email"), (row) => row.email ?? ""],
  [t("privacy.people_who"), (row) => row.by_whom],
  [t("privacy.people_first"), (row) => row.first_at.toString()],
  [t("privacy.people_last"), (row) => row.last_at.toString()],
  [t("privacy.people_times"), (row) => String(row.times)],
  [
    t("privacy.people_what"),
    (row) => row.is_exported ? t("privacy.people_exported") : t("privacy.people_opened"),
  ],
];

export const handler = define.handlers({
  async GET({ state }) {
    const query = readInput(state, peopleQuery);
    const { zone, today } = momentOf(state);
    const { filter, days } = affectedFilter(query, { zone, today });
    return await csvAnswer(
      `people-affected-${days.from}-${days.to}`,
      COLUMNS,
      async (after) => {
        const rows = await readPage(
          state,
          (trx) =>
            listAffected(trx, filter, { limit: CSV_ROWS_AT_ONCE, ...(after === undefined ? {} : { after }) }),
        );
        return { rows, next: rows.length < CSV_ROWS_AT_ONCE ? null : rows.at(-1)?.account_number ?? null };
      },
      ({ rows, isWhole }) =>
        recordReading(state.services, requireSession(state).tenantId, actorOf(state), {
          action: "export.people",
          what: "people",
          summary: coded("audit_people_listed", { rows }),
          details: {
            ...days,
            who: query.who ?? null,
            session: query.session ?? null,
            rows,
            is_whole: isWhole,
          },
        }),
    );
  },
});
