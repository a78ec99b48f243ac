import assert from "node:assert/strict";
import fc from "fast-check";
import {
  accessOf,
  COMPANY_WIDE,
  type HeldRole,
  isWholeOwner,
  missingToGive,
  sitesOfAnyPage,
} from "./access_of.ts";
import { PERMISSIONS } from "./permissions.ts";
import { ROLE_LIMIT_KINDS, type RoleLimit } from "./role_limits.ts";

const role = (over: Partial<HeldRole>): HeldRole => ({ permissions: [], siteIds: null, limits: {}, ...over });
const OWNER = role({ permissions: PERMISSIONS });
const CASHIER = role({ permissions: ["subscriber:read", "payment:post"], siteIds: ["san-roque"] });
const TECHNICIAN = role({ permissions: ["subscriber:read", "router:write"] });

Deno.test("a permission counts at the sites of the roles that grant it, and no other role widens it", () => {
  const both = accessOf([CASHIER, TECHNICIAN]);
  assert.deepEqual(both.sitesOf("payment:post"), ["san-roque"]);
  assert.equal(both.sitesOf("router:write"), null);
  assert.equal(both.sitesOf("subscriber:read"), null);
  assert.deepEqual(both.sitesOf("bill:void"), [], "what nobody grants counts nowhere");
  const two = accessOf([CASHIER, role({ permissions: ["payment:post"], siteIds: ["ilaya", "san-roque"] })]);
  assert.deepEqual(two.sitesOf("payment:post"), ["ilaya", "san-roque"]);
  assert.deepEqual(
    accessOf([role({ permissions: ["payment:post"], siteIds: [] })]).sitesOf("payment:post"),
    [],
  );
});

Deno.test("a role that is limited to sites grants nothing that is done to the whole company", () => {
  const limited = accessOf([{ ...OWNER, siteIds: ["san-roque"] }]);
  assert.deepEqual(COMPANY_WIDE.filter((permission) => limited.permissions.has(permission)), []);
  assert.equal(limited.permissions.has("cut_run:read"), true);
  const both = accessOf([{ ...OWNER, siteIds: ["san-roque"] }, role({ permissions: ["cut_run:approve"] })]);
  assert.equal(both.sitesOf("cut_run:approve"), null, "another role may grant it");
});

Deno.test("a page for everybody is where subscribers are seen, else where anything is", () => {
  assert.deepEqual(sitesOfAnyPage(accessOf([CASHIER, role({ permissions: ["router:read"] })])), [
    "san-roque",
  ]);
  assert.equal(sitesOfAnyPage(accessOf([CASHIER, TECHNICIAN])), null);
  assert.deepEqual(
    sitesOfAnyPage(accessOf([
      role({ permissions: ["router:read"], siteIds: ["b"] }),
      role({ permissions: ["site:read"], siteIds: ["a"] }),
    ])),
    ["a", "b"],
  );
  assert.equal(sitesOfAnyPage(accessOf([role({ permissions: ["router:read"] })])), null);
  assert.deepEqual(sitesOfAnyPage(accessOf([])), []);
});

Deno.test("a limit is that of the most generous role that grants what it bounds", () => {
  const voids = (most?: bigint) =>
    role({ permissions: ["bill:void"], limits: most === undefined ? {} : { void_centavos: most } });
  assert.equal(accessOf([voids(50_000n)]).limitOf("void_centavos"), 50_000n);
  assert.equal(accessOf([voids(50_000n), voids(80_000n)]).limitOf("void_centavos"), 80_000n);
  assert.equal(accessOf([voids(50_000n), voids()]).limitOf("void_centavos"), null);
  assert.equal(accessOf([voids(50_000n), TECHNICIAN]).limitOf("void_centavos"), 50_000n);
  assert.equal(accessOf([TECHNICIAN]).limitOf("void_centavos"), 0n);
});

Deno.test("nobody gives a permission, a site or an amount that they do not have (roles-01)", () => {
  const cashier = accessOf([CASHIER]);
  assert.deepEqual(missingToGive(cashier, [TECHNICIAN]), [
    { kind: "permission", permission: "router:write" },
    { kind: "sites", permission: "subscriber:read" },
  ]);
  assert.deepEqual(missingToGive(cashier, [CASHIER]), []);
  const bounded = accessOf([role({ permissions: ["bill:void"], limits: { void_centavos: 5n } })]);
  assert.deepEqual(missingToGive(bounded, [role({ permissions: ["bill:void"] })]), [
    { kind: "limit", limit: "void_centavos" },
  ]);
  assert.ok(missingToGive(accessOf([role({ permissions: ["staff:write"] })]), [OWNER]).length > 40);
});

Deno.test("an owner may do everything, everywhere, without a limit", () => {
  assert.equal(isWholeOwner(accessOf([OWNER]), PERMISSIONS), true);
  assert.equal(isWholeOwner(accessOf([{ ...OWNER, siteIds: ["a"] }]), PERMISSIONS), false);
  assert.equal(isWholeOwner(accessOf([{ ...OWNER, limits: { hold_days: 3n } }]), PERMISSIONS), false);
  assert.equal(isWholeOwner(accessOf([role({ permissions: PERMISSIONS.slice(1) })]), PERMISSIONS), false);
  assert.equal(
    isWholeOwner(
      accessOf([
        role({ permissions: PERMISSIONS.slice(1) }),
        role({ permissions: PERMISSIONS.slice(0, 1) }),
      ]),
      PERMISSIONS,
    ),
    true,
  );
});

const SITES = ["a", "b", "c"];
const anyRole: fc.Arbitrary<HeldRole> = fc.record({
  permissions: fc.subarray([...PERMISSIONS]),
  siteIds: fc.option(fc.subarray(SITES)),
  limits: fc.dictionary(fc.constantFrom(...ROLE_LIMIT_KINDS), fc.bigInt(0n, 9n)) as fc.Arbitrary<
    Partial<Record<RoleLimit, bigint>>
  >,
});
const anyStack = fc.array(anyRole, { maxLength: 4 });

Deno.test("whoever has roles may give them, and more roles never take anything away", () => {
  fc.assert(fc.property(anyStack, anyStack, (own, more) => {
    assert.deepEqual(missingToGive(accessOf(own), own), []);
    assert.deepEqual(missingToGive(accessOf([...own, ...more]), own), []);
  }));
});

Deno.test("what can be given is passed on by nobody who has less: giving is transitive", () => {
  fc.assert(fc.property(anyStack, anyStack, anyStack, (one, two, three) => {
    fc.pre(
      missingToGive(accessOf(one), two).length === 0 && missingToGive(accessOf(two), three).length === 0,
    );
    assert.deepEqual(missingToGive(accessOf(one), three), []);
  }));
});

Deno.test("an owner may give anything", () => {
  fc.assert(fc.property(anyStack, (given) => {
    assert.deepEqual(missingToGive(accessOf([OWNER]), given), []);
  }));
});
