import assert from "node:assert/strict";
import { LiveWorld } from "@/tests/live/live_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import type { PageUser } from "@/tests/support/web_app.ts";
import { changeStaffRoles } from "@/web/services/access/change_staff_roles.ts";
import { saveRole } from "@/web/services/access/save_role.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";

const SYSTEM = { kind: "system", label: "Server" } as const;

interface Desk {
  live: LiveWorld;
  tenantId: string;
  cashier: PageUser;
  /** Of the cashier. */
  roleId: string;
}

/** An owner and a cashier, whose role is about to be taken; beats are so rare that none falls into the test. */
async function withCashier(work: (desk: Desk) => Promise<void>): Promise<void> {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  await live.app.signIn(tenantId, "Owner");
  const cashier = await live.app.signIn(tenantId, ["payment:read", "bill:read", "subscriber:read"]);
  const { id: roleId } = await live.world.inTenant(
    tenantId,
    (trx) =>
      trx.selectFrom("staff_roles as s").select("s.role_id as id")
        .where("s.staff_user_id", "=", cashier.staffUserId).executeTakeFirstOrThrow(),
  );
  await live.world.inTenant(
    tenantId,
    (trx) => trx.updateTable("roles").set({ is_builtin: false }).where("id", "=", roleId).execute(),
  );
  await work({ live, tenantId, cashier, roleId });
}

Deno.test("a role that is taken away is gone at the next request, and at the next event of an open stream", async () => {
  await withCashier(async ({ live, tenantId, cashier }) => {
    const owner = await live.app.signIn(tenantId, "Owner");
    const [theirs, others] = [
      await live.listen(cashier.cookie, "money"),
      await live.listen(owner.cookie, "money"),
    ];
    await until(() => theirs.count("beat") === 1 && others.count("beat") === 1);
    assert.equal((await cashier.get("/admin/payments")).status, 200);
    assertOk(
      await changeStaffRoles(live.world.context, tenantId, SYSTEM, {
        staffUserId: cashier.staffUserId,
        roleIds: [],
      }),
    );
    // Said at once, before anybody can have looked up what the cashier may still hear.
    await live.announce(tenantId, ["money"]);
    assert.equal((await cashier.get("/admin/payments")).status, 404);
    await until(() => theirs.isOver, { what: "the stream is closed" });
    assert.deepEqual(theirs.news, []);
    await until(() => others.news.length > 0, { what: "others hear it" });
    others.abort.abort();
  });
});

Deno.test("so it is when the role itself becomes another, also for news of the same transaction", async () => {
  await withCashier(async ({ live, tenantId, cashier, roleId }) => {
    const theirs = await live.listen(cashier.cookie, "money");
    await until(() => theirs.count("beat") === 1);
    await live.world.inTenant(tenantId, (trx) => {
      announceLive(trx, ["tonight"]);
      return Promise.resolve();
    });
    assertOk(
      await saveRole(live.world.context, tenantId, SYSTEM, {
        roleId,
        name: "Looks only",
        permissions: ["subscriber:read"],
        siteIds: null,
        limits: {},
      }),
    );
    await live.announce(tenantId, ["money"]);
    await until(() => theirs.isOver, { what: "the stream is closed" });
    assert.deepEqual(theirs.news, []);
    assert.equal((await cashier.get("/admin/bills")).status, 404);
    assert.equal((await cashier.get("/admin/subscribers")).status, 200);
  });
});
