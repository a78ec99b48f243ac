import { type Context, page } from "fresh";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { ARRANGING, listHref } from "@/web/components/list/list_frame.ts";
import { ListTable } from "@/web/components/list/ListTable.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import type { Page } from "@/web/store/db/keyset.ts";
import { momentOf, readFigures, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "../route_table.ts";
import type { AppState } from "../state.ts";
import { pageOf, readFrame } from "./frame.ts";
import type { ListWords } from "./export_gate.ts";
import { listFile } from "./list_file.ts";
import type { AnyListQuery, AskedList, ListDefinition, ListParts, ListView } from "./list_types.ts";

/** What the page of a list is rendered from. */
export interface ListData<View, Row> {
  view: View;
  cursors: Partial<Pick<Page<Row>, "next" | "previous">>;
}

/** A list: its page, its file, and the entries of both in the route table. */
export function defineList<Q extends AnyListQuery, P, F, Row, Counts, More>(
  definition: ListDefinition<Q, P, F, Row, Counts, More>,
) {
  type View = ListView<Q, P, Row, Counts, More>;

  /** The list as an address means it, for whoever asks. */
  async function readView(state: AppState, query: Q, problems: View["problems"] = {}) {
    const asked: AskedList<Q, P> = {
      state,
      t: state.t,
      moment: momentOf(state),
      query,
      params: state.params as P,
    };
    const filter = definition.filter(asked);
    const sort = definition.sortOf === undefined ? query.sort : definition.sortOf(asked);
    const { rows, next, previous, ...read } = await readPage(state, async (trx) => {
      const counts = await readFigures(
        state,
        trx,
        [definition.name, definition.path(asked.params), filter, asked.moment.today],
        () => definition.count(trx, filter, asked),
      );
      const more = await definition.more(trx, asked);
      return {
        counts,
        more,
        frame: await readFrame(trx, state, {
          name: definition.name,
          path: definition.path(asked.params),
          query: { ...query as object, sort },
        }),
        ...await definition.read(trx, filter, { ...pageOf(query), sort }, { ...asked, counts, more }),
      };
    });
    const view: View = { ...asked, ...read, rows, problems };
    return { view, cursors: { next: next ?? null, previous: previous ?? null } };
  }

  /** The page of the list; with what is wrong where it answers a form of the page. */
  async function show(
    ctx: Context<AppState>,
    query: Q,
    problems: Readonly<Record<string, string>> = {},
  ) {
    const { state } = ctx;
    const { view, cursors } = await readView(state, query, problems);
    state.title = definition.title(view);
    const { live } = definition;
    if (live !== undefined) state.live = typeof live === "function" ? live(view) : live;
    const seconds = definition.refreshSeconds?.(view);
    if (seconds !== undefined) state.refreshSeconds = seconds;
    const status = Object.keys(problems).length > 0 ? { status: 422 } : {};
    return page<ListData<View, Row>>({ view, cursors }, status);
  }

  /** The list as its page says it: what somebody reads who decides about its file. */
  async function words(state: AppState, query: Q): Promise<ListWords> {
    const { view } = await readView(state, { ...query, after: undefined, before: undefined });
    const { chips = [], active = [] } = definition.table(view);
    const said = [...chips.filter(({ isCurrent }) => isCurrent === true), ...active].map(({ label }) =>
      label
    );
    const typed = Object.entries(view.frame.query).flatMap(([name, value]) =>
      ARRANGING.has(name) ? [] : [`${name}: ${value}`]
    );
    return {
      list: definition.title(view),
      filter: (said.length > 0 ? said : typed).join(", "),
      rows: definition.total(view),
    };
  }

  const { permission, params, query, summary } = definition;
  const route: RouteEntries = {
    GET: { audience: "staff", permission, ...(params && { params }), input: query, summary },
  };
  return {
    path: definition.path,
    page: ({ data }: { data: ListData<View, Row> }) => <ListPage definition={definition} {...data} />,
    handler: { GET: (ctx: Context<AppState>) => show(ctx, ctx.state.input as Q) },
    route,
    /** The list again as the answer to a form that stands on its page. */
    refuse: (
      ctx: Context<AppState>,
      problems: Readonly<Record<string, string>>,
      query: Readonly<Record<string, unknown>> = {},
    ) => show(ctx, definition.query.parse(query), problems),
    words,
    csv: listFile(definition, words),
  };
}

interface ListPageProps<Q extends AnyListQuery, P, F, Row, Counts, More> {
  definition: ListDefinition<Q, P, F, Row, Counts, More>;
  view: ListView<Q, P, Row, Counts, More>;
  cursors: ListData<unknown, Row>["cursors"];
}

function ListPage<Q extends AnyListQuery, P, F, Row, Counts, More>(
  { definition, view, cursors }: ListPageProps<Q, P, F, Row, Counts, More>,
) {
  const { frame, rows } = view;
  const columns = definition.columns(view).flatMap(({ cell, csv: _csv, csvHead: _head, ...column }) =>
    cell === undefined ? [] : [{ ...column, cell }]
  );
  const title = definition.title(view);
  const parts: ListParts = {
    fileButton: (definition.hasFile?.(view) ?? true) && (
      <LinkButton
        icon="export"
        href={listHref({ ...frame, path: filePathOf(definition, view.params) }, { per: undefined })}
      >
        CSV
      </LinkButton>
    ),
    table: (
      <ListTable
        frame={frame}
        caption={title}
        columns={columns}
        rows={rows}
        total={definition.total(view)}
        sort={definition.sort}
        {...cursors}
        {...definition.table(view)}
      />
    ),
  };
  if (definition.page !== undefined) return <>{definition.page(view, parts)}</>;
  return (
    <>
      <PageHeader
        title={title}
        lead={definition.lead?.(view)}
        back={definition.back?.(view)}
        actions={
          <>
            {parts.fileButton}
            {definition.actions?.(view)}
          </>
        }
      />
      {definition.above?.(view)}
      {parts.table}
      {definition.below?.(view)}
    </>
  );
}

function filePathOf<P>(
  { path, filePath = (params) => `${path(params)}.csv` }: {
    path: (params: P) => string;
    filePath?: (params: P) => string;
  },
  params: P,
): string {
  return filePath(params);
}

/** Rows that are few and read whole. */
export function wholePage<Row>(rows: readonly Row[]): Page<Row> {
  return { rows: [...rows], next: null, previous: null };
}
