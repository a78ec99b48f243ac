import type { Context } from "fresh";
import type { z } from "zod";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { exportForm, LISTS_WITHOUT_PEOPLE } from "@/web/route_table/lists.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn, type CsvEnd } from "./csv.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { actorOf, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { exportGate, type ListWords, refuseTicked } from "./export_gate.ts";
import type { RouteEntries } from "../route_table.ts";
import type { AppState } from "../state.ts";
import { nothingTicked } from "./chosen.ts";
import { readFilter } from "./frame.ts";
import type { AnyListQuery, AskedList, FileDefinition } from "./list_types.ts";

/** The file of a list: GET gives the rows of an address, POST those that were ticked. Its words are English. */
export function listFile<Q extends AnyListQuery, P, F, Row, Counts, More>(
  definition: FileDefinition<Q, P, F, Row, Counts, More>,
  words: (state: AppState, query: Q) => Promise<ListWords> = (state, query) =>
    fileWords(definition, state, query),
) {
  const { permission, params, query, summary, ticked } = definition;
  // Whoever takes a whole list of people out is asked again; what is said of one of them stands on their page as well.
  const isOfPeople = !LISTS_WITHOUT_PEOPLE.has(definition.name) && definition.subscriber === undefined;
  const confirm = isOfPeople && { confirm: true as const };

  /** The rows of an address, where nobody has to approve that they go out or somebody has. */
  async function ofAddress(ctx: Context<AppState>, query: Q) {
    const asked = askedOf<Q, P>(ctx.state, query);
    const leave = isOfPeople
      ? await exportGate(ctx, {
        path: ctx.url.pathname,
        query,
        permission,
        words: () => words(ctx.state, query),
      })
      : null;
    return leave instanceof Response
      ? leave
      : await answer(definition, asked, definition.filter(asked), leave);
  }

  function get(ctx: Context<AppState>) {
    return ofAddress(ctx, ctx.state.input as Q);
  }

  async function post(ctx: Context<AppState>) {
    const form = ctx.state.input as z.output<typeof exportForm>;
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    const chosen = readFilter(query, form.filter);
    if (form.all || ticked === undefined) return await ofAddress(ctx, chosen);
    if (isOfPeople) await refuseTicked(ctx.state);
    return await answer(definition, askedOf<Q, P>(ctx.state, chosen), ticked(form.id), null);
  }

  const route: RouteEntries = {
    GET: {
      audience: "staff",
      permission,
      ...(params && { params }),
      input: query,
      ...confirm,
      summary: `${summary}: the list as CSV`,
    },
    ...(ticked !== undefined && {
      POST: {
        audience: "staff",
        permission,
        ...(params && { params }),
        input: exportForm,
        ...confirm,
        summary: `${summary}: ticked rows as CSV`,
      },
    }),
  };
  return { handler: ticked === undefined ? { GET: get } : { GET: get, POST: post }, route };
}

function askedOf<Q, P>(state: AppState, query: Q): AskedList<Q, P> {
  return { state, t: ENGLISH_WORDS, moment: momentOf(state), query, params: state.params as P };
}

async function answer<Q extends AnyListQuery, P, F, Row, Counts, More>(
  definition: FileDefinition<Q, P, F, Row, Counts, More>,
  asked: AskedList<Q, P>,
  filter: F,
  requestId: string | null,
): Promise<Response> {
  const { state, query } = asked;
  const more = await readPage(state, (trx) => definition.more(trx, asked));
  const columns = inOrder(
    definition.columns({ ...asked, more, rows: [], problems: {} }).flatMap((
      { head, csvHead = head, csv },
    ): CsvColumn<Row>[] => csv === undefined ? [] : [[csvHead, csv]]),
    definition.fileOrder ?? [],
  );
  const sort = definition.sortOf === undefined ? query.sort : definition.sortOf(asked);
  const name = definition.fileName?.({ ...asked, more }) ?? `${definition.name}-${asked.moment.today}`;
  const record = async ({ rows, isWhole }: CsvEnd) => {
    if (LISTS_WITHOUT_PEOPLE.has(definition.name)) return;
    await recordReading(state.services, requireSession(state).tenantId, actorOf(state), {
      action: "export.file",
      what: definition.name,
      subscriberId: definition.subscriber?.(asked),
      summary: coded("audit_file_exported", { file: `${name}.csv`, rows }),
      details: {
        filter: filterText(asked),
        rows,
        is_whole: isWhole,
        ...(requestId !== null && { request_id: requestId }),
      },
    });
  };
  return await csvAnswer(
    name,
    columns,
    (after) =>
      readPage(
        state,
        (trx) =>
          definition.read(trx, filter, { sort, after, limit: CSV_ROWS_AT_ONCE }, {
            ...asked,
            counts: null,
            more,
          }),
      ),
    record,
  );
}

/** Of a file that has no page: its name, its address and the rows that it begins with. */
async function fileWords<Q extends AnyListQuery, P, F, Row, Counts, More>(
  definition: FileDefinition<Q, P, F, Row, Counts, More>,
  state: AppState,
  query: Q,
): Promise<ListWords> {
  const asked = askedOf<Q, P>(state, query);
  return await readPage(state, async (trx) => {
    const more = await definition.more(trx, asked);
    const first = { sort: query.sort, after: undefined, limit: CSV_ROWS_AT_ONCE };
    const { rows } = await definition.read(trx, definition.filter(asked), first, {
      ...asked,
      counts: null,
      more,
    });
    return {
      list: definition.fileName?.({ ...asked, more }) ?? definition.name,
      filter: filterText(asked),
      rows: rows.length,
    };
  });
}

/** The filter of a file as its address says it; what was ticked is told by the number of rows. */
function filterText({ query, params }: Pick<AskedList<unknown, unknown>, "query" | "params">): string {
  const said = [query, params].flatMap((values) => Object.entries(values ?? {}));
  return said.flatMap(([name, value]) => value === undefined ? [] : [`${name}=${value}`]).join("&");
}

function inOrder<Row>(columns: readonly CsvColumn<Row>[], first: readonly string[]): CsvColumn<Row>[] {
  const rank = ([head]: CsvColumn<Row>) => {
    const place = first.indexOf(head);
    return place < 0 ? first.length : place;
  };
  return [...columns].sort((left, right) => rank(left) - rank(right));
}
