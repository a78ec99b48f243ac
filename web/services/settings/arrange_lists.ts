import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { savePreference } from "@/web/store/settings/preferences.ts";
import { deleteView, listSavedViews, renameView, saveView } from "@/web/store/settings/saved_views.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";
import { VIEW_MAX } from "@/web/domain/settings/limits.ts";

/** Keeps a list's columns and the row height of all lists for one person. No columns at all means the usual ones. */
export async function saveLook(
  context: ServiceContext,
  tenantId: string,
  look: { staffUserId: string; list: string; columns: readonly string[]; density: string },
): Promise<void> {
  const { staffUserId, list, columns, density } = look;
  const at = context.clock.now();
  await withTenant(context.db, tenantId, async (trx) => {
    const value = columns.length === 0 ? null : columns;
    await savePreference(trx, { staffUserId, name: `columns.${list}`, value, at });
    await savePreference(trx, {
      staffUserId,
      name: "density",
      value: density === "default" ? null : density,
      at,
    });
  });
}

/** Keeps the filters of a list under a name, for one person; the same name again takes the new filters. */
export async function keepView(
  context: ServiceContext,
  tenantId: string,
  view: { staffUserId: string; list: string; name: string; query: string },
): Promise<Result<null, "too_many_views">> {
  const at = context.clock.now();
  return await withTenant(context.db, tenantId, async (trx) => {
    const own = await listSavedViews(trx, view.staffUserId, view.list);
    if (own.length >= VIEW_MAX.views && !own.some(({ name }) => name === view.name)) {
      return err("too_many_views", { max: VIEW_MAX.views });
    }
    await saveView(trx, { ...view, id: uuidv7(at.epochMilliseconds), createdAt: at });
    return ok(null);
  });
}

/** Gives a person's own view another name. */
export async function nameView(
  context: ServiceContext,
  tenantId: string,
  view: { staffUserId: string; id: string; name: string },
): Promise<Result<null, "view_not_found" | "name_taken">> {
  return await withTenant(context.db, tenantId, async (trx) => {
    const done = await renameView(trx, view);
    if (done === "not_found") return err("view_not_found");
    return done === "name_taken" ? err("name_taken", { thing: "view", name: view.name }) : ok(null);
  });
}

/** Deletes a person's own view; the filters themselves lose nothing. */
export async function dropView(
  context: ServiceContext,
  tenantId: string,
  view: { staffUserId: string; id: string },
): Promise<void> {
  await withTenant(context.db, tenantId, (trx) => deleteView(trx, view));
}
