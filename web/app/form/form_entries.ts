import type { z } from "zod";
import type { RouteEntries } from "../route_table.ts";
import type { FormDefinition, Submittable } from "./form_types.ts";

/** The route table's entries of a form of the admin: the page that asks, and the form that is sent. */
export function formEntries<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
): RouteEntries {
  const { permission, readers, params, query, summary } = definition;
  return {
    GET: {
      audience: "staff",
      permission: readers?.permission ?? permission,
      ...(params && { params }),
      ...(query && { input: query }),
      summary: readers?.summary ?? `Page: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    },
    ...actionEntries(definition),
  };
}

/** The entry of what is only sent. */
export function actionEntries<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: Submittable<P, Q, I, L, V, C> & { files?: Readonly<Record<string, number>> },
): RouteEntries {
  const { permission, params, input, audit, files, summary } = definition;
  return {
    POST: {
      audience: "staff",
      permission,
      ...(params && { params }),
      input,
      ...(audit === undefined ? {} : { audit }),
      ...(files && { files }),
      summary,
    },
  };
}

/** The entry of an address that is only sent to, opened all the same: somebody loads a refused form again. */
export function leadsBackEntry(
  { permission, params }:
    & Pick<Submittable<unknown, unknown, z.ZodObject, unknown, unknown, string>, "permission">
    & {
      params?: z.ZodType;
    },
): RouteEntries {
  return {
    GET: {
      audience: "staff",
      permission,
      ...(params && { params }),
      summary: "Leads back to the page of the form",
    },
  };
}
