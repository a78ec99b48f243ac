import assert from "node:assert/strict";
import { can, isPermission, type Permission, PERMISSION_GROUPS, PERMISSIONS, ROLE_TEMPLATES } from "./mod.ts";

function permissionsOf(role: string): readonly Permission[] {
  return ROLE_TEMPLATES.find(({ name }) => name === role)?.permissions ?? [];
}

Deno.test("every permission is resource:action and stands in exactly one group", () => {
  for (const permission of PERMISSIONS) {
    assert.match(permission, /^[a-z_]+:[a-z_]+$/);
  }
  const grouped = PERMISSION_GROUPS.flatMap((group) => group.permissions);
  assert.deepEqual(grouped.toSorted(), PERMISSIONS.toSorted());
});

Deno.test("the owner may do everything, read-only may change nothing", () => {
  assert.deepEqual(permissionsOf("Owner"), PERMISSIONS);
  assert.ok(permissionsOf("Read-only").every((permission) => permission.endsWith(":read")));
  assert.deepEqual(ROLE_TEMPLATES.map((role) => role.name), [
    "Owner",
    "Billing",
    "Cashier",
    "Technician",
    "Read-only",
  ]);
});

Deno.test("no role but the owner approves a braked run, manages staff or drives the demo", () => {
  for (const role of ROLE_TEMPLATES.filter(({ name }) => name !== "Owner")) {
    for (const needed of ["cut_run:approve", "staff:write", "settings:write", "demo:control"] as const) {
      assert.equal(can(role.permissions, needed), false, `${role.name} ${needed}`);
    }
    assert.equal(new Set(role.permissions).size, role.permissions.length, role.name);
  }
});

Deno.test("can looks for the very permission, in a list and in a set", () => {
  assert.ok(can(["bill:read"], "bill:read"));
  assert.ok(can(new Set(["bill:read"]), "bill:read"));
  assert.equal(can(new Set(["bill:void"]), "bill:read"), false);
  assert.equal(can([], "bill:read"), false);
  assert.equal(can(["*", "bill:*"], "bill:read"), false);
  assert.equal(isPermission("bill:read"), true);
  assert.equal(isPermission("toString"), false);
});
