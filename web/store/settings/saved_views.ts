import type { Selectable } from "kysely";
import type { SavedViewsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Filters of a list that somebody keeps under a name. */
export type SavedViewRow = Pick<Selectable<SavedViewsTable>, "id" | "list" | "name" | "query">;

/** Views of one person, of one list, by name. */
export async function listSavedViews(
  trx: TenantTransaction,
  staffUserId: string,
  list: string,
): Promise<SavedViewRow[]> {
  return await trx.selectFrom("saved_views").select(["id", "list", "name", "query"])
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId).where("list", "=", list)
    .orderBy("name").execute();
}

/** Keeps a view; a name that the person has used for this list is used for the new filters. */
export async function saveView(
  trx: TenantTransaction,
  view: SavedViewRow & { staffUserId: string; createdAt: Temporal.Instant },
): Promise<void> {
  const { id, list, name, query } = view;
  await trx.insertInto("saved_views")
    .values({
      tenant_id: trx.tenantId,
      id,
      staff_user_id: view.staffUserId,
      list,
      name,
      query,
      created_at: view.createdAt,
    })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "staff_user_id", "list", "name"]).doUpdateSet({ query })
    ).execute();
}

/** Renames a person's own view. `not_found`: it is not theirs, or not there. */
export async function renameView(
  trx: TenantTransaction,
  view: { id: string; staffUserId: string; name: string },
): Promise<"renamed" | "not_found" | "name_taken"> {
  const own = await trx.selectFrom("saved_views").select("list").where("tenant_id", "=", trx.tenantId)
    .where("staff_user_id", "=", view.staffUserId).where("id", "=", view.id).executeTakeFirst();
  if (own === undefined) return "not_found";
  const taken = (await listSavedViews(trx, view.staffUserId, own.list))
    .some((other) => other.name === view.name && other.id !== view.id);
  if (taken) return "name_taken";
  await trx.updateTable("saved_views").set({ name: view.name }).where("tenant_id", "=", trx.tenantId)
    .where("staff_user_id", "=", view.staffUserId).where("id", "=", view.id).execute();
  return "renamed";
}

/** Forgets a person's own view; one that is not theirs stays. */
export async function deleteView(
  trx: TenantTransaction,
  view: { id: string; staffUserId: string },
): Promise<void> {
  await trx.deleteFrom("saved_views").where("tenant_id", "=", trx.tenantId)
    .where("staff_user_id", "=", view.staffUserId).where("id", "=", view.id).execute();
}
