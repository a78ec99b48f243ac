import assert from "node:assert/strict";
import { InProcessRouter } from "./mod.ts";
import { setUplink } from "./routes.ts";

function flags(router: InProcessRouter) {
  const [row] = router.ask("/ip/route/print", { ".proplist": "disabled,active,inactive" }).rows ?? [];
  return row;
}

Deno.test("the default route is active until its gateway is gone, said as each version says it", () => {
  const old = new InProcessRouter("6.49");
  const late = new InProcessRouter("7.16");
  assert.deepEqual(flags(old), { disabled: "false", active: "true" });
  assert.deepEqual(flags(late), { disabled: "false", active: "true" });
  for (const router of [old, late]) setUplink(router.world, false);
  assert.deepEqual(flags(old), { disabled: "false", active: "false" });
  assert.deepEqual(flags(late), { disabled: "false", inactive: "true" });
  setUplink(late.world, true);
  assert.deepEqual(flags(late), { disabled: "false", active: "true" });
});
