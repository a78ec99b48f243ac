import type { ComponentChildren } from "preact";
import TableKeys from "@/web/islands/TableKeys.tsx";
import { formatCount } from "@/web/format.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { type BulkAction, BulkBar } from "./BulkBar.tsx";
import { DataTable } from "./DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import type { SubjectKeys } from "./subject_keys.ts";
import { type ActiveFilter, FilterBar, type FilterChip } from "./FilterBar.tsx";
import { useT } from "@/web/components/i18n.ts";
import { clearedHref, isNarrowed, type ListFrame, listHref, viewQuery } from "./list_frame.ts";
import { ListMenu } from "./ListMenu.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { Pager } from "./Pager.tsx";
import { arrange, type Column } from "./table_columns.ts";
import { Tabs } from "@/web/components/frame/Tabs.tsx";

const PAGE_SIZES = ["50", "100", "200"];

export interface ListTableProps<Row> {
  frame: ListFrame;
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowHref?: ((row: Row) => string | undefined) | undefined;
  rowNote?: ((row: Row) => ComponentChildren) | undefined;
  /** What a row is known by when news come. @default the value of its tick box */
  rowId?: ((row: Row) => string | null) | undefined;
  /** What the letters do for a focused row. */
  rowKeys?: ((row: Row) => SubjectKeys) | undefined;
  /** Cursors of the pages beside this one. */
  next?: string | null | undefined;
  previous?: string | null | undefined;
  /** Rows that match, on all pages. */
  total: number;
  /** There are more than `total`: they were counted no further. */
  isMore?: boolean | undefined;
  /** The sort when the address names none. */
  sort: string;
  chips?: readonly FilterChip[] | undefined;
  active?: readonly ActiveFilter[] | undefined;
  /** Label of the search box; without one the list has none, and its form only the controls of its own. */
  search?: string | undefined;
  /** Names in the query that the search form has controls of its own for. */
  selects?: readonly string[] | undefined;
  /** Controls inside the search form. */
  children?: ComponentChildren;
  /** These are many: on a phone they stand behind a button. */
  folds?: boolean | undefined;
  /** None yet: an `EmptyState` with the first action. None-match is the same on every list. */
  empty: ComponentChildren;
  /** Why nothing matches, in a sentence. */
  noneMatch?: string | undefined;
  select?: { value: (row: Row) => string | null; label: (row: Row) => string } | undefined;
  bulk?: readonly BulkAction[] | undefined;
  /** Between the rows and the pager: the button of a form that the rows' fields belong to by its id. */
  foot?: ComponentChildren;
}

/** A list of the admin: views, filters, table, pages and what can be done with the ticked rows. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { frame, rows, total } = props;
  const t = useT();
  const narrowed = isNarrowed(frame);
  const { sort = props.sort, per } = frame.query;
  const columns = arrange(props.columns, frame.columns, {
    current: sort,
    hrefOf: (sort) => listHref(frame, { sort: sort === props.sort ? undefined : sort }),
  });
  const bulk = rows.length > 0 && props.select !== undefined ? props.bulk ?? [] : [];
  const cursor = (name: "after" | "before", value: string | null | undefined) =>
    value ? listHref(frame, { [name]: value }) : undefined;
  return (
    <>
      <ViewTabs frame={frame} />
      <LiveRegion id={`list-${frame.name}`} isList>
        <DataTable
          caption={props.caption}
          columns={columns}
          rows={rows}
          rowHref={props.rowHref}
          rowNote={props.rowNote}
          rowId={props.rowId ?? ((row) => props.select?.value(row) ?? null)}
          rowKeys={props.rowKeys}
          density={frame.density}
          select={bulk.length === 0 || props.select === undefined ? undefined : {
            name: "id",
            value: props.select.value,
            label: props.select.label,
            form: "bulk",
          }}
          toolbar={
            <FilterBar
              chips={props.chips}
              active={props.active}
              clearHref={narrowed ? clearedHref(frame) : undefined}
              search={props.search === undefined && !props.children ? undefined : {
                action: frame.path,
                label: props.search,
                value: frame.query.q,
                keep: without(frame.query, ["q", ...props.selects ?? []]),
              }}
              folds={props.folds}
              end={<ListMenu frame={frame} columns={props.columns} />}
            >
              {props.children}
            </FilterBar>
          }
          empty={narrowed
            ? (
              <EmptyState
                icon="search"
                title={t("tables.none_match")}
                actions={<LinkButton href={clearedHref(frame)}>{t("tables.reset")}</LinkButton>}
              >
                {props.noneMatch ?? t("tables.none_match_hint")}
              </EmptyState>
            )
            : props.empty}
          foot={rows.length > 0 && (
            <>
              {props.foot}
              <Pager
                summary={t(props.isMore === true ? "tables.shown_more" : "tables.shown", {
                  shown: formatCount(rows.length),
                  total: formatCount(total),
                })}
                previousHref={cursor("before", props.previous)}
                nextHref={cursor("after", props.next)}
              >
                {total > Number(PAGE_SIZES[0]) && (
                  <span class="page-sizes">
                    {t("tables.per_page")}
                    {PAGE_SIZES.map((size) => (
                      <a
                        key={size}
                        href={listHref(frame, { per: size === PAGE_SIZES[0] ? undefined : size })}
                        aria-current={size === (per ?? PAGE_SIZES[0]) ? "true" : undefined}
                      >
                        {size}
                      </a>
                    ))}
                  </span>
                )}
              </Pager>
              {bulk.length > 0 && <BulkBar frame={frame} total={total} actions={bulk} />}
            </>
          )}
        />
      </LiveRegion>
      {rows.length > 0 && (
        <TableKeys
          texts={{ all: t("tables.select_page"), none: t("tables.bulk_none"), some: t("tables.bulk_some") }}
        />
      )}
    </>
  );
}

function ViewTabs({ frame }: { frame: ListFrame }) {
  const t = useT();
  if (frame.views === null || frame.views.length === 0) return null;
  const here = viewQuery(frame);
  return (
    <div class="view-tabs">
      <Tabs
        label={t("tables.views")}
        tabs={[
          { label: t("tables.all_rows"), href: frame.path, isCurrent: here === "" },
          ...frame.views.map(({ name, query }) => ({
            label: name,
            href: `${frame.path}?${query}`,
            isCurrent: query === here,
          })),
        ]}
      />
      <a class="note" href={`/admin/lists/${frame.name}/views`}>{t("tables.manage_views")}</a>
    </div>
  );
}

function without(query: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !names.includes(name)));
}
