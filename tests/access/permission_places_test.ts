import assert from "node:assert/strict";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { openToAll, permissionPlaces } from "@/web/routes/admin/roles/(_parts)/permission_places.ts";

Deno.test("every permission stands in one place, and every page and endpoint of staff is below one or open to all", async () => {
  const table = await loadRouteTable();
  const groups = permissionPlaces(table);
  const places = groups.flatMap((group) => group.places);
  assert.deepEqual(places.map(({ permission }) => permission).toSorted(), [...PERMISSIONS].sort());
  const keyOf = ({ method, pattern }: { method: string; pattern: string }) => `${method} ${pattern}`;
  const shown = [...places.flatMap(({ opens }) => opens), ...openToAll(table)].map(keyOf);
  const staff = table.filter(({ audience }) => audience === "staff").map(keyOf);
  assert.deepEqual(shown.toSorted(), staff.toSorted());
});

Deno.test("what is below no entry of the menu is the demo's", async () => {
  const groups = permissionPlaces(await loadRouteTable());
  const rest = groups.find(({ nav }) => nav === null)?.places.map(({ permission }) => permission);
  assert.deepEqual(rest, ["demo:control"]);
  const settings = groups.find(({ nav }) => nav === "settings")?.places.map(({ permission }) => permission);
  assert.ok(settings?.includes("settings:write"), String(settings));
});
