import assert from "node:assert/strict";
import {
  assertRouteTable,
  checkRouteTable,
  matchEntry,
  printRouteTable,
  type RouteEntry,
} from "./route_table.ts";

const entry = (method: "GET" | "POST", pattern: string): RouteEntry => ({
  method,
  pattern,
  audience: "public",
  permission: "public",
  summary: "x",
});

const TABLE = [
  entry("GET", "/bills"),
  entry("GET", "/bills/:id"),
  entry("GET", "/bills/new"),
  entry("POST", "/bills"),
];

Deno.test("checkRouteTable finds nothing when routes and table agree", () => {
  assert.deepEqual(checkRouteTable(TABLE, TABLE), []);
});

Deno.test("checkRouteTable reports every difference at once", () => {
  const mounted = [{ method: "GET", pattern: "/bills" }, { method: "ALL", pattern: "/x" }, {
    method: "GET",
    pattern: "/unlisted",
  }];
  assert.deepEqual(
    checkRouteTable(mounted, [entry("GET", "/bills"), entry("GET", "/bills"), entry("POST", "/gone")]),
    [
      "GET /bills: listed twice",
      "ALL /x: mounted for a method that the table cannot list",
      "GET /unlisted: mounted but not in the route table",
      "POST /gone: in the route table but not mounted",
    ],
  );
});

Deno.test("assertRouteTable refuses to start and names the routes", () => {
  assert.throws(
    () => assertRouteTable([{ method: "GET", pattern: "/a" }], []),
    /Cannot start.*\n {2}GET \/a: mounted/,
  );
});

Deno.test("matchEntry matches as the app does", () => {
  assert.equal(matchEntry(TABLE, "GET", "/bills/7")?.pattern, "/bills/:id");
  assert.equal(matchEntry(TABLE, "HEAD", "//bills/new/")?.pattern, "/bills/new");
  assert.equal(matchEntry(TABLE, "GET", "/%62ills")?.pattern, "/bills");
  assert.equal(matchEntry(TABLE, "POST", "/bills/7"), null);
  assert.equal(matchEntry(TABLE, "GET", "/bills/a%2fb"), null);
});

Deno.test("printRouteTable prints one line a route", () => {
  assert.equal(printRouteTable(TABLE).split("\n").length, 4);
});
