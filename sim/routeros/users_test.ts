import assert from "node:assert/strict";
import { InProcessRouter } from "./mod.ts";

const LOCKED_OUT = "failure: at least one user with full permissions must remain";

Deno.test("the last user with full rights stays, is not disabled and stays in a full group", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/user/add", { name: "ana", group: "read", password: "x" });
  const losing: [string, Record<string, string>][] = [
    ["/user/remove", { numbers: "admin" }],
    ["/user/remove", { numbers: "admin,ana" }],
    ["/user/disable", { numbers: "admin" }],
    ["/user/set", { numbers: "admin", disabled: "yes" }],
    ["/user/set", { numbers: "admin", group: "read" }],
    ["/user/group/set", { numbers: "full", policy: "read,api" }],
    ["/user/group/set", { numbers: "full,write", policy: "" }],
    ["/user/group/reset", { numbers: "full", policy: "" }],
  ];
  for (const [word, attributes] of losing) {
    assert.equal(router.refusal(word, attributes), LOCKED_OUT, `${word} ${JSON.stringify(attributes)}`);
  }
  assert.deepEqual(router.world.users.map((user) => `${user["name"]} ${user["group"]} ${user["disabled"]}`), [
    "admin full false",
    "ana read false",
  ]);
});

Deno.test("of two with full rights either may go, but not both at once", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/user/add", { name: "ana", group: "full", password: "x" });
  assert.equal(router.refusal("/user/disable", { numbers: "admin,ana" }), LOCKED_OUT);
  assert.equal(router.refusal("/user/remove", { numbers: "admin,ana" }), LOCKED_OUT);
  assert.equal(router.refusal("/user/disable", { numbers: "admin" }), null);
  assert.equal(router.refusal("/user/remove", { numbers: "ana" }), LOCKED_OUT);
  assert.equal(router.refusal("/user/remove", { numbers: "admin" }), null);
  assert.equal(router.refusal("/user/set", { numbers: "ana", comment: "owner" }), null);
});

Deno.test("a group stays while somebody is in it, and the router's own stay in any case", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/user/group/add", { name: "agent", policy: "api,read" });
  router.ask("/user/add", { name: "ana", group: "agent", password: "x" });
  const remove = (numbers: string) => router.refusal("/user/group/remove", { numbers });
  assert.equal(remove("agent"), "failure: group is used by a user");
  for (const name of ["full", "read", "write"]) assert.equal(remove(name), "can not remove default group");
  assert.equal(router.refusal("/user/group/set", { numbers: "write", name: "workers" }), null);
  assert.equal(remove("workers"), "can not remove default group");
  router.ask("/user/set", { numbers: "ana", group: "read" });
  assert.equal(remove("agent"), null);
});

Deno.test("a user is in a group that there is", () => {
  const router = new InProcessRouter("7.16");
  const unknown = "input does not match any value of group";
  for (const group of ["nobody", "*77"]) {
    assert.equal(router.refusal("/user/add", { name: "ana", group, password: "x" }), unknown);
    assert.equal(router.refusal("/user/set", { numbers: "admin", group }), unknown);
  }
  assert.equal(
    router.refusal("/user/set", { numbers: "admin", group: "" }),
    "invalid value for argument group",
  );
});
