import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import type { WebApp } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";

const BASE = "http://linya.test";

/** A browser that nobody has signed in with. */
async function visit({ handler }: WebApp, path: string, fields?: Record<string, string>) {
  const response = await handler(
    new Request(BASE + path, {
      headers: { origin: BASE, "content-type": "application/x-www-form-urlencoded" },
      ...(fields && { method: "POST", body: new URLSearchParams(fields).toString() }),
    }),
  );
  const html = await response.text();
  return {
    status: response.status,
    location: response.headers.get("location"),
    cookies: response.headers.getSetCookie(),
    html,
  };
}

Deno.test("an owner makes a role from another, invites somebody with it, and they see what it allows", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    const { id: site } = await isp.run((trx) =>
      trx.selectFrom("sites").select("id").executeTakeFirstOrThrow()
    );
    const roles = await owner.get("/admin/roles");
    assert.match(roles.text, /Owner/);
    const blank = await owner.get("/admin/roles/new");
    for (const permission of PERMISSIONS) assert.ok(blank.html.includes(`value="${permission}"`), permission);
    assert.match(blank.text, /GET \/admin\/subscribers\b/);
    const role = {
      name: "Cashier of Ilaya",
      where: "sites",
      permission: ["subscriber:read", "payment:read", "payment:post"],
    };
    const nowhere = await owner.post("/admin/roles/new", role);
    assert.equal(nowhere.status, 422);
    assert.match(nowhere.text, /Choose at least one site/);
    const made = await owner.post("/admin/roles/new", { ...role, site, backdating_days: "3" });
    assert.match(made.location, /^\/admin\/roles\/[0-9a-f-]{36}\?done=made$/);
    const shown = await owner.get(made.location);
    assert.match(shown.text, /only at Ilaya/);
    assert.match(shown.text, /at most 3 days/);
    const roleId = made.location.slice("/admin/roles/".length).split("?")[0]!;
    const copy = await owner.get(`/admin/roles/new?from=${roleId}`);
    assert.match(copy.html, /value="payment:post"[^>]*checked/);

    const given = { email: "ben@isp.example", name: "Ben", role: roleId };
    const invited = await owner.post("/admin/staff/invite", given);
    assert.equal(invited.status, 303, invited.text);
    const cookie = invited.headers.getSetCookie()[0]!.split(";")[0]!;
    const page = await owner.get(invited.location, { cookie });
    const link = /http:\/\/linya\.test(\/invite\/[\w-]{43})/.exec(page.html)?.[1];
    assert.ok(link !== undefined, page.text);
    assert.doesNotMatch((await owner.get(invited.location)).html, /\/invite\/[\w-]{43}/);
    assert.match((await owner.get("/admin/staff")).text, /Open invitations.*ben@isp\.example/);
    assert.doesNotMatch((await owner.get("/admin/staff.csv")).html, /invite/);

    const door = await visit(app, link);
    assert.equal(door.status, 200);
    assert.match(door.html, /ben@isp\.example/);
    const joined = await visit(app, link, { name: "Ben Reyes", password: "siomai tuwing biyernes" });
    assert.deepEqual([joined.status, joined.location], [303, "/admin"]);
    const again = await visit(app, link, { name: "Ben Reyes", password: "siomai tuwing biyernes" });
    const madeUp = await visit(app, `/invite/${"A".repeat(43)}`, { name: "x", password: "y" });
    assert.deepEqual([again.status, madeUp.status], [404, 404]);
    const plain = (html: string) => html.replace(/[\w-]{22,}|nonce="[^"]*"/g, "");
    assert.equal(plain(again.html), plain(madeUp.html));
    const looked = [await visit(app, link), await visit(app, `/invite/${"A".repeat(43)}`)];
    assert.deepEqual(looked.map(({ status }) => status), [404, 404], "to look is answered as to send is");
    for (const { html } of looked) assert.equal(plain(html), plain(madeUp.html));
    assert.match((await owner.get("/admin/staff")).text, /Ben Reyes.*Cashier of Ilaya/);
  });
});

Deno.test("a person's page changes roles, disables and enables; the last owner is told why not", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Cashier");
    const people = await isp.run((trx) =>
      trx.selectFrom("staff_roles as s").innerJoin("roles as r", "r.id", "s.role_id")
        .select(["s.staff_user_id as id", "r.name", "r.id as role"]).execute()
    );
    const cashier = people.find(({ name }) => name.startsWith("Cashier"))!;
    const self = people.find(({ name }) => name.startsWith("Owner"))!;
    const path = `/admin/staff/${cashier.id}`;
    assert.match((await owner.get(path)).text, /What Ana Reyes can do.*Post a payment/);
    assert.equal((await other.get("/admin/staff")).status, 404);
    assert.equal((await owner.post(path, {})).location, `${path}?done=roles`);
    assert.equal((await other.get("/admin/subscribers")).status, 404);
    assert.match((await owner.get(`${path}/disable`)).text, /Their session ends within a second/);
    assert.equal((await owner.post(`${path}/disable`, {})).location, `${path}?done=disabled`);
    assert.equal((await other.get("/admin")).status, 303);
    assert.equal((await owner.post(`${path}/enable`, {})).location, `${path}?done=enabled`);
    assert.equal((await other.get("/admin")).status, 303, "the old session stays dead");
    const gone = await owner.post(`/admin/staff/${self.id}`, {});
    assert.equal(gone.status, 422);
    assert.match(gone.text, /Nobody would be left who may do everything/);
    assert.match((await owner.post("/admin/staff/leave", {})).text, /Nobody would be left/);
    const builtin = await owner.get(`/admin/roles/${self.role}`);
    assert.match(builtin.text, /Built-in roles stay as they are/);
    assert.equal((await owner.post(`/admin/roles/${self.role}/delete`, {})).status, 422);
  });
});
