import assert from "node:assert/strict";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { collectRouteTable, printRouteTable } from "@/web/app/route_table.ts";

Deno.test("the table of all routes: who may go where (renew with `deno test -u`)", async (t) => {
  await t.assertSnapshot(printRouteTable(await loadRouteTable()));
});

Deno.test("a route file's entries get the pattern of its place, groups left out", () => {
  const entry = { audience: "staff", permission: "signed_in", summary: "x" } as const;
  const module = { route: { GET: entry, POST: entry } };
  const files = ["admin/(money)/bills/[id]/index.tsx", "admin/_middleware.ts"].map((path) => ({
    path,
    module,
  }));
  assert.deepEqual(collectRouteTable(files).map(({ method, pattern }) => `${method} ${pattern}`), [
    "GET /admin/bills/:id",
    "POST /admin/bills/:id",
  ]);
});
