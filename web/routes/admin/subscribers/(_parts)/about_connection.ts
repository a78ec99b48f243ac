import type { z } from "zod";
import type { Asked } from "@/web/app/form/form_types.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { connectionQuery } from "@/web/route_table/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type ChosenConnection, findConnection } from "./find_connection.ts";

type AskedConnection = Asked<z.output<typeof idParams>, z.output<typeof connectionQuery>>;
interface View {
  loaded: Pick<ChosenConnection, "connection">;
}

/** What every form, question and button about one connection of a subscriber begins with. */
export const aboutConnection = {
  params: idParams,
  query: connectionQuery,
  load: (trx: TenantTransaction, { params, query, moment }: AskedConnection): Promise<ChosenConnection> =>
    findConnection(trx, params.id, query.connection, moment),
};

/** Fields and ways back of a page about one connection. */
export const connectionPage = {
  ...aboutConnection,
  hidden: ({ loaded: { connection } }: View) => ({ connection: connection.id }),
  back: ({ loaded: { connection } }: View) => ({
    href: subscriberPath({ connection }),
    label: connection.subscriber_name,
  }),
};

/** The page that it belongs to, with what was done. */
export function subscriberPath({ connection }: Pick<ChosenConnection, "connection">, done?: string): string {
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  return done === undefined ? path : `${path}?done=${done}`;
}
