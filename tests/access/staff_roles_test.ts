import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { changeStaffRoles } from "@/web/services/access/change_staff_roles.ts";
import { disableStaff, enableStaff, leaveCompany } from "@/web/services/access/disable_staff.ts";
import { createRole, removeRole, saveRole } from "@/web/services/access/save_role.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { type Company, createTestInstallation, type Installation, wholeRole } from "./_company.ts";

const MANAGER = ["staff:read", "staff:write", "subscriber:read", "payment:post"] as const;

async function withCompany(work: (installation: Installation, company: Company) => Promise<void>) {
  await using installation = await createTestInstallation();
  await work(installation, await installation.addCompany("Ilaya Net"));
}

async function refusals(company: Company): Promise<string[]> {
  return (await company.audited()).filter(({ action }) => action === "staff.refused").map((entry) =>
    entry.summary
  );
}

Deno.test("roles-01: who manages staff gives themselves and others no more than they have, and each try is written down", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, roles } = company;
    const manager = await company.hire("Ben Reyes", [await company.role("Manager", MANAGER)]);
    const friend = await company.hire("Carla Diaz", []);
    const call = [context, tenantId, manager] as const;
    for (const { staffUserId } of [manager, friend]) {
      const asOwner = { staffUserId, roleIds: [roles.Owner!] };
      assertRefused(await changeStaffRoles(...call, asOwner), "not_yours_to_give");
    }
    const more = { name: "More", permissions: [...MANAGER, "bill:void"], siteIds: null, limits: {} };
    assertRefused(await createRole(...call, more), "not_yours_to_give");
    const own = (await company.member(manager.staffUserId)).roles[0]!.id;
    assertRefused(await saveRole(...call, { ...more, roleId: own }), "not_yours_to_give");
    assert.equal((await refusals(company)).length, 4);
    assert.deepEqual((await company.member(friend.staffUserId)).roles, []);
    assert.equal((await company.run((trx) => findRole(trx, own)))?.permissions.length, MANAGER.length);
    assertOk(await changeStaffRoles(...call, { staffUserId: friend.staffUserId, roleIds: [own] }));
  });
});

Deno.test("roles-01: nobody disables, enables or re-roles somebody who may do anything more, or changes a role that they have", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, roles, owner } = company;
    const shared = await company.role("Desk", ["subscriber:read"]);
    assertOk(
      await changeStaffRoles(context, tenantId, owner, {
        staffUserId: owner.staffUserId,
        roleIds: [roles.Owner!, shared],
      }),
    );
    const manager = await company.hire("Ben Reyes", [await company.role("Manager", MANAGER)]);
    const call = [context, tenantId, manager] as const;
    const { staffUserId } = owner;
    assertRefused(await disableStaff(...call, { staffUserId }), "has_more_than_you");
    assertRefused(await changeStaffRoles(...call, { staffUserId, roleIds: [] }), "has_more_than_you");
    const less = { name: "Desk", permissions: ["staff:read"], siteIds: null, limits: {} };
    assertRefused(await saveRole(...call, { ...less, roleId: shared }), "has_more_than_you");
    assert.equal((await refusals(company)).length, 3);
    assert.equal((await company.member(staffUserId)).roles.length, 2);
  });
});

Deno.test("a limit and a site are no more to give than a permission", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId } = company;
    const bounded = await company.role("Bounded", [...MANAGER, "bill:void"], {
      limits: { void_centavos: 50_000n },
      siteIds: [],
    });
    const manager = await company.hire("Ben Reyes", [bounded]);
    const wide = { name: "Wide", siteIds: null, limits: {} };
    const asked = await createRole(context, tenantId, manager, { ...wide, permissions: ["payment:post"] });
    assertRefused(asked, "not_yours_to_give");
    const given = { name: "Voids", permissions: ["bill:void"], siteIds: [] };
    const call = [context, tenantId, manager] as const;
    const beyond = { ...given, limits: { void_centavos: 50_001n } };
    assertRefused(await createRole(...call, beyond), "not_yours_to_give");
    assertOk(await createRole(...call, { ...given, limits: { void_centavos: 50_000n } }));
  });
});

Deno.test("roles-02: the last owner cannot go, by any way", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, owner, roles } = company;
    // Their role is one that the company made: it can be changed and deleted.
    const whole = await wholeRole(company);
    const { staffUserId } = owner;
    const call = [context, tenantId, owner] as const;
    assertOk(await changeStaffRoles(...call, { staffUserId, roleIds: [whole] }));
    const ways = {
      "a form without the role field": () => changeStaffRoles(...call, { staffUserId, roleIds: [] }),
      "a lesser role": () => changeStaffRoles(...call, { staffUserId, roleIds: [roles.Cashier!] }),
      "a permission taken from the role": () =>
        saveRole(...call, {
          roleId: whole,
          name: "Partner",
          permissions: PERMISSIONS.filter((permission) => permission !== "staff:write"),
          siteIds: null,
          limits: {},
        }),
      "a limit on the role": () =>
        saveRole(...call, {
          roleId: whole,
          name: "Partner",
          permissions: PERMISSIONS,
          siteIds: null,
          limits: { void_centavos: 100n },
        }),
      disabled: () => disableStaff(...call, { staffUserId }),
      "leaving": () => leaveCompany(...call),
    };
    for (const [way, go] of Object.entries(ways)) {
      assertRefused(await go(), "last_owner");
      const { state, roles } = await company.member(staffUserId);
      assert.deepEqual([state, roles.map(({ id }) => id)], ["active", [whole]], way);
    }
    assertRefused(await removeRole(...call, { roleId: whole }), "role_in_use");
    assert.equal((await refusals(company)).length, Object.keys(ways).length);
    const second = await company.hire("Ben Reyes", [roles.Owner!]);
    assertOk(await leaveCompany(...call));
    assertRefused(await leaveCompany(context, tenantId, second), "last_owner");
  });
});

Deno.test("somebody disabled is no owner: the other one stays", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, owner, roles } = company;
    const second = await company.hire("Ben Reyes", [roles.Owner!]);
    assertOk(await disableStaff(context, tenantId, owner, { staffUserId: second.staffUserId }));
    assertRefused(await leaveCompany(context, tenantId, owner), "last_owner");
    assertOk(await enableStaff(context, tenantId, owner, { staffUserId: second.staffUserId }));
    assertOk(await leaveCompany(context, tenantId, owner));
    assertRefused(
      await enableStaff(context, tenantId, second, { staffUserId: owner.staffUserId }),
      "staff_is_away",
    );
  });
});

Deno.test("two owners who remove each other at once: one wins, again and again", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, roles } = company;
    const wins = new Set<string>();
    for (let round = 0; round < 6; round++) {
      const [one, other] = [
        await company.hire(`One ${round}`, [roles.Owner!]),
        await company.hire(`Other ${round}`, [roles.Owner!]),
      ];
      const removes = (by: typeof one, whom: typeof one) =>
        round % 2 === 0
          ? disableStaff(context, tenantId, by, { staffUserId: whom.staffUserId })
          : changeStaffRoles(context, tenantId, by, { staffUserId: whom.staffUserId, roleIds: [] });
      const results = await Promise.all([removes(one, other), removes(other, one)]);
      assert.deepEqual(results.map(({ ok }) => ok).sort(), [false, true]);
      const lost = results.find(({ ok }) => !ok)!;
      wins.add(lost.ok ? "" : lost.code);
    }
    assert.deepEqual([...wins], ["not_yours_any_more"]);
  });
});

Deno.test("two owners who leave at once: one stays", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, owner, roles } = company;
    const second = await company.hire("Ben Reyes", [roles.Owner!]);
    const results = await Promise.all([owner, second].map((who) => leaveCompany(context, tenantId, who)));
    assert.deepEqual(results.map((result) => result.ok ? "left" : result.code).sort(), [
      "last_owner",
      "left",
    ]);
  });
});

Deno.test("what is done to staff and roles is written down with what was before and after", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, owner, roles } = company;
    const call = [context, tenantId, owner] as const;
    const { staffUserId } = await company.hire("Ben Reyes", [roles.Cashier!]);
    const role = { name: " Night   desk ", permissions: ["bill:void", "made:up"], siteIds: null };
    const { roleId } = assertOk(await createRole(...call, { ...role, limits: { void_centavos: 5n } }));
    assertOk(await saveRole(...call, { ...role, roleId, name: "Night desk", limits: { hold_days: 3n } }));
    assertOk(await changeStaffRoles(...call, { staffUserId, roleIds: [roleId] }));
    assertRefused(await removeRole(...call, { roleId }), "role_in_use");
    assertOk(await changeStaffRoles(...call, { staffUserId, roleIds: [] }));
    assertOk(await removeRole(...call, { roleId }));
    const entries = await company.audited();
    assert.deepEqual(entries.map(({ action }) => action), [
      "role.created",
      "role.saved",
      "staff.roles_changed",
      "staff.roles_changed",
      "role.deleted",
    ]);
    const desk = { name: "Night desk", permissions: ["bill:void"], siteIds: null };
    assert.deepEqual(entries[1]?.details, {
      before: { ...desk, limits: { void_centavos: "5" } },
      after: { ...desk, limits: {} },
    });
    assert.deepEqual(entries[2]?.details, { before: ["Cashier"], after: ["Night desk"] });
  });
});

Deno.test("built-in roles stay as they are; names are there once; a form from before is refused", async () => {
  await withCompany(async ({ context }, company) => {
    const { tenantId, owner, roles } = company;
    const call = [context, tenantId, owner] as const;
    const content = { name: "Desk", permissions: ["bill:read"], siteIds: null, limits: {} };
    assertRefused(await saveRole(...call, { ...content, roleId: roles.Cashier! }), "role_is_builtin");
    assertRefused(await removeRole(...call, { roleId: roles.Billing! }), "role_is_builtin");
    assertRefused(await createRole(...call, { ...content, name: "cashier" }), "name_taken");
    assertRefused(await createRole(...call, { ...content, permissions: [] }), "role_empty");
    assertRefused(
      await createRole(...call, { ...content, siteIds: [crypto.randomUUID()] }),
      "site_not_found",
    );
    const { roleId } = assertOk(await createRole(...call, content));
    assertRefused(await saveRole(...call, { ...content, name: "New", roleId, seen: "[]" }), "row_changed");
    const { staffUserId } = await company.hire("Ben Reyes", [roleId]);
    const stale = { staffUserId, roleIds: [], seen: [roles.Cashier!] };
    assertRefused(await changeStaffRoles(...call, stale), "row_changed");
  });
});

Deno.test("people and roles of another company are not there", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const call = [context, ours.tenantId, ours.owner] as const;
  const { staffUserId } = theirs.owner;
  assertRefused(await disableStaff(...call, { staffUserId }), "staff_not_found");
  assertRefused(await changeStaffRoles(...call, { staffUserId, roleIds: [] }), "staff_not_found");
  const foreign = { staffUserId: ours.owner.staffUserId, roleIds: [theirs.roles.Owner!] };
  assertRefused(await changeStaffRoles(...call, foreign), "role_not_found");
  assertRefused(await removeRole(...call, { roleId: theirs.roles.Owner! }), "role_not_found");
  // A member of one company asks in the name of another.
  assertRefused(
    await disableStaff(context, theirs.tenantId, ours.owner, { staffUserId }),
    "not_yours_any_more",
  );
});
