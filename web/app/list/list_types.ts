import type { ComponentChildren } from "preact";
import type { z } from "zod";
import type { ListFrame } from "@/web/components/list/list_frame.ts";
import type { ListTableProps } from "@/web/components/list/ListTable.tsx";
import type { Column } from "@/web/components/list/table_columns.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { ListName } from "@/web/route_table/lists.ts";
import type { Page, PageRequest } from "@/web/store/db/keyset.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Back } from "../form/form_types.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import type { AppState } from "../state.ts";

/** A column of a list: on the page with `cell`, in the file with `csv`, mostly both. */
export interface ListColumn<Row> extends Omit<Column<Row>, "cell"> {
  cell?: Column<Row>["cell"];
  /** The cell of the file, in English. */
  csv?: (row: Row) => string;
  /** Heading in the file. @default `head` in English */
  csvHead?: string;
}

/** What every list's address may hold; see `listQuery` and `pageQuery`. */
export interface AnyListQuery {
  sort?: string | undefined;
  per?: string | undefined;
  after?: string | undefined;
  before?: string | undefined;
  done?: string | undefined;
}

/** Who asks for which rows. */
export interface AskedList<Query, Params> {
  state: AppState;
  /** Of the page's language; English for a file. */
  t: Translate;
  moment: PageMoment;
  query: Query;
  params: Params;
}

/** A list as its page shows it. */
export interface ListView<Query, Params, Row, Counts, More> extends AskedList<Query, Params> {
  frame: ListFrame;
  rows: readonly Row[];
  counts: Counts;
  more: More;
  /** What is wrong with a form of the page that was sent. */
  problems: Readonly<Record<string, string>>;
}

/** A list: its page and its file, as `define.list` takes it. Write `filter`, `count`, `more` and `read` first, in this order. */
export interface ListDefinition<
  Query extends AnyListQuery,
  Params,
  Filter,
  Row,
  Counts,
  More,
> {
  name: ListName;
  /** Its address. */
  path: (params: Params) => string;
  /** Address of its file. @default the list's own with `.csv` */
  filePath?: (params: Params) => string;
  params?: z.ZodType<Params>;
  query: z.ZodType<Query>;
  /** Which rows an address means. */
  filter: (asked: AskedList<Query, Params>) => Filter;
  /** Which rows the ticked ones are; without it there is no file of ticked rows. */
  ticked?: (ids: readonly string[]) => Filter;
  /** The order of an address, where it is not simply its `sort`. */
  sortOf?: (asked: AskedList<Query, Params>) => string | undefined;
  /** How many rows match; read once for all who look within two seconds. */
  count: (trx: TenantTransaction, filter: Filter, asked: AskedList<Query, Params>) => Promise<Counts>;
  /** A page of rows. For a file there are no counts. */
  read: (
    trx: TenantTransaction,
    filter: Filter,
    page: PageRequest & { sort: string | undefined },
    asked: AskedList<Query, Params> & { counts: Counts | null; more: More },
  ) => Promise<Pick<Page<Row>, "rows" | "next"> & Partial<Page<Row>>>;
  /** Whatever else the page or its columns show; read before the rows. */
  more: (trx: TenantTransaction, asked: AskedList<Query, Params>) => Promise<More>;
  permission: Permission;
  summary: string;
  live?: readonly LiveTopic[] | ((view: ListView<Query, Params, Row, Counts, More>) => readonly LiveTopic[]);
  /** The page loads itself again after so many seconds, while it waits for something. */
  refreshSeconds?: (view: ListView<Query, Params, Row, Counts, More>) => number | undefined;
  title: (view: ListView<Query, Params, Row, Counts, More>) => string;
  lead?: (view: ListView<Query, Params, Row, Counts, More>) => ComponentChildren;
  back?: (view: ListView<Query, Params, Row, Counts, More>) => Back | undefined;
  /** Whether there is anything for a file. @default always */
  hasFile?: (view: ListView<Query, Params, Row, Counts, More>) => boolean;
  /** Buttons beside that of the file. */
  actions?: (view: ListView<Query, Params, Row, Counts, More>) => ComponentChildren;
  /** What the last action did, and what stands between title and table. */
  above?: (view: ListView<Query, Params, Row, Counts, More>) => ComponentChildren;
  below?: (view: ListView<Query, Params, Row, Counts, More>) => ComponentChildren;
  /** Rows that match, on all pages. */
  total: (view: ListView<Query, Params, Row, Counts, More>) => number;
  /** A page's columns may depend on its rows; those of a file get none, as its rows are still to come. */
  columns: (
    view:
      & AskedList<Query, Params>
      & Pick<ListView<Query, Params, Row, unknown, More>, "more" | "rows" | "problems">,
  ) => readonly ListColumn<Row>[];
  /** Headings of the file that come first, in this order; the others follow as they stand on the page. */
  fileOrder?: readonly string[];
  /** Name of the file without its day. @default `name` */
  fileName?: (asked: AskedList<Query, Params> & { more: More }) => string;
  /** The one person that the whole list is about; the record that it was exported stands with them. */
  subscriber?: (asked: AskedList<Query, Params>) => string;
  /** The sort when the address names none. */
  sort: string;
  /** Links, chips, search and what can be done with ticked rows. */
  table: (
    view: ListView<Query, Params, Row, Counts, More>,
  ) =>
    & Omit<
      ListTableProps<Row>,
      "frame" | "rows" | "columns" | "next" | "previous" | "total" | "sort" | "caption"
    >
    & { caption?: string };
  /** The whole page, where the list is only a part of it. */
  page?: (view: ListView<Query, Params, Row, Counts, More>, parts: ListParts) => ComponentChildren;
}

/** What a file is made of: the part of a list that its page does not need. */
export type FileDefinition<Query extends AnyListQuery, Params, Filter, Row, Counts, More> = Pick<
  ListDefinition<Query, Params, Filter, Row, Counts, More>,
  | "name"
  | "params"
  | "query"
  | "filter"
  | "ticked"
  | "sortOf"
  | "more"
  | "read"
  | "permission"
  | "summary"
  | "columns"
  | "fileOrder"
  | "fileName"
  | "subscriber"
>;

/** The pieces of a list for a page that arranges them itself. */
export interface ListParts {
  /** Button of the list's file; nothing where there is none. */
  fileButton: ComponentChildren;
  table: ComponentChildren;
}
