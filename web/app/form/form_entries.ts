import type { z } from "zod";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { RouteEntries } from "../route_table.ts";
import type { ActionDefinition, FormDefinition } from "./form_types.ts";

/** The route table's entries of a form of the admin: the page that asks, and the form that is sent. */
export function formEntries<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
): RouteEntries {
  const { permission, also, readers, params, query, confirm, summary } = definition;
  return {
    GET: {
      audience: "staff",
      permission: readers?.permission ?? permission,
      ...(also && readers === undefined && { also }),
      ...(params && { params }),
      ...(query && { input: query }),
      ...(confirm === true && { confirm }),
      summary: readers?.summary ?? `Page: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    },
    ...actionEntries(definition),
  };
}

/** The entry of what is only sent. */
export function actionEntries<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: ActionDefinition<P, Q, I, L, V, C> & { files?: Readonly<Record<string, number>> },
): RouteEntries {
  const { permission, also, params, input, audit, confirm, files, summary } = definition;
  return {
    POST: {
      audience: "staff",
      permission,
      ...(also && { also }),
      ...(params && { params }),
      input,
      ...(audit === undefined ? {} : { audit }),
      ...(confirm && { confirm: true as const }),
      ...(files && { files }),
      summary,
    },
  };
}

/** The entry of a part's address that is opened: it shows its page, or leads back to it when a refused form is loaded again. */
export function openedEntry(
  { permission, params }: { permission: Permission | "signed_in"; params?: z.ZodType },
  opens: { query?: z.ZodType; summary: string } = { summary: "Leads back to the page of the form" },
): RouteEntries {
  const { query, summary } = opens;
  return {
    GET: {
      audience: "staff",
      permission,
      ...(params && { params }),
      ...(query && { input: query }),
      summary,
    },
  };
}
