import assert from "node:assert/strict";
import type { HandChange } from "@/shared/protocol/mod.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { addConnection } from "./connections.ts";
import { type Scene, withScene } from "./standing_scene.ts";

async function tell({ agent, place }: Scene, changes: Omit<HandChange, "id" | "found_ms">[]): Promise<void> {
  agent.send({
    t: "router.changes",
    router_id: place.routerId,
    changes: changes.map((change, i) => ({
      ...change,
      id: crypto.randomUUID(),
      found_ms: Date.UTC(2026, 10, 23, 0, 50, i),
    })),
  });
  await agent.next("router.changes_kept");
}

/** Today for whoever signs in now: a day ends a session. */
async function todayAnew({ app, place }: Scene): Promise<string> {
  const owner = await app.signIn(place.tenantId, "Owner");
  return (await owner.get("/admin")).text;
}

Deno.test("every remark of a router that is read is a banner with what to do, and its pill says so in words", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place, say } = scene;
    const remark = (code: string, message = "said by the agent 10.9.8.7") => ({ code, message });
    await say({
      remarks: [
        remark("router_may_not_write"),
        remark("router_row_without_id"),
        remark("router_profile_missing"),
        remark("router_uplink_down"),
        remark("router_newer_trouble", "The <b>newer</b> agent says this"),
      ],
    });
    const { html, text } = await owner.get(path);
    assert.equal(html.match(/class="banner warn"/g)?.length, 5);
    assert.match(text, /may not write to this router.*policies write and test.*Some rows.*have no id/);
    assert.match(text, /A profile is missing on this router.*Make the profile on the router/);
    assert.match(text, /to the internet is down.*nobody new is cut there meanwhile/);
    assert.match(text, /not everything works/);
    assert.doesNotMatch(html, /<b>newer/);
    assert.match(text, /Online, with a problem/);
    for (const list of ["/admin/sites", `/admin/sites/${place.siteId}`]) {
      assert.match((await owner.get(list)).text, /Core.*Online, with a problem/, list);
    }
    const today = await owner.get("/admin");
    assert.match(today.text, /Core: Linya may not write to this router, and 4 more\. Open the router/);
    world.clock.advance({ minutes: 5 });
    assert.doesNotMatch(
      (await owner.get("/admin")).text,
      /may not write/,
      "the agent is away: that is the cause",
    );
    assert.doesNotMatch((await owner.get(path)).text, /may not write to this router/);
  });
});

Deno.test("an agent of the release before says one thing in its message, and nothing else is made up", async () => {
  await withScene(async ({ owner, path, say }) => {
    await say({ code: "router_may_not_write", message: "said" });
    const { html, text } = await owner.get(path);
    assert.equal(html.match(/class="banner warn"/g)?.length, 1);
    assert.match(text, /Online, with a problem.*may not write to it/);
    await say({});
    assert.doesNotMatch((await owner.get(path)).html, /class="banner/);
  });
});

Deno.test("what was changed by hand is told with its subscriber, what it was, and what Linya does about it", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place } = scene;
    const { subscriberId } = await addConnection(world, place, "ana");
    await addConnection(world, place, "ben", "l2tp");
    assert.match((await owner.get(path)).text, /Nothing was changed by hand/);
    await tell(scene, [
      {
        name: "ana",
        kind: "disabled",
        before: null,
        after: null,
        said: "user <script>x</script> changed ana",
      },
      { name: "ana", kind: "profile", before: "50M", after: "<i>10M", said: null },
      { name: "ben", service: "l2tp", kind: "enabled", before: null, after: null, said: null },
      { name: "ana", kind: "deleted", before: null, after: null, said: null },
      { name: "ana", kind: "renamed", before: "ana", after: "ana2", said: null },
      { name: "ana", kind: "service", before: "pppoe", after: "any", said: null },
    ]);
    const page = await owner.get(path);
    assert.match(page.text, /Changed by hand All 6/);
    assert.match(page.html, new RegExp(`href="/admin/subscribers/${subscriberId}"`));
    assert.doesNotMatch(page.html, /<script>x|<i>10M/);
    const all = await owner.get(`${path}/changes`);
    const rows = [
      /Other service Linya leaves it as it is pppoe → any/,
      /Renamed Linya leaves it as it is ana → ana2/,
      /Deleted Linya leaves it as it is 10 min ago/,
      /ben l2tp.*Enabled Left on until it is disconnected here, or has paid and is cut again 10 min ago/,
      /Other profile Linya sets the profile of the books again 50M → <i>10M/,
      /Disabled Linya turns such an account on again The router’s log: user .*changed ana/,
    ];
    for (const row of rows) assert.match(all.text, row);
    assert.match((await owner.get(`${path}/changes?kind=enabled`)).text, /ben l2tp/);
    assert.doesNotMatch((await owner.get(`${path}/changes?kind=enabled`)).text, /left as it is/);
    const csv = (await owner.get(`${path}/changes.csv`)).html.trim().split("\r\n");
    assert.equal(csv.length, 7);
    assert.match(csv[0]!, /"?PPP secret"?,"?What"?,"?Service"?,"?Subscriber/);
    assert.match((await owner.get("/admin")).text, /2 accounts were changed by hand on Core/);
    assert.match(
      (await owner.get(`/admin/subscribers/${subscriberId}`)).text,
      /ana got another profile on the router by hand: 50M →/,
    );
    world.clock.advance({ hours: 25 });
    const later = await todayAnew(scene);
    assert.match(later, /Needs you/);
    assert.doesNotMatch(later, /changed by hand on Core/);
  });
});

Deno.test("accounts that wait for a missing profile are one line with their number, not a row each", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place } = scene;
    for (let i = 0; i < 5; i++) await addConnection(world, place, `user${i}`);
    const secrets = Array.from({ length: 5 }, (_, i) => ({
      name: `user${i}`,
      present: true,
      disabled: false,
      profile: "old",
      online: true,
      address: null,
      caller_id: null,
      uptime_seconds: 1,
      drift: i === 0 ? "profile" as const : "profile_missing" as const,
    }));
    await world.inTenant(place.tenantId, async (trx) => {
      await trx.updateTable("desired_secrets").set({ profile: "50M" }).execute();
      await upsertObservedSecrets(trx, place.routerId, { at: world.clock.now(), secrets });
    });
    const { text } = await owner.get(path);
    assert.match(text, /Profiles that the router does not have 50M: 4 accounts should have it/);
    assert.match(text, /All that differ 1 .*user0/);
    assert.doesNotMatch(text, /user1/);
    assert.match((await owner.get(`${path}?drift=profile_missing`)).text, /user1.*user4/);
    assert.match((await owner.get("/admin/sites")).text, /1 secret differs/);
  });
});

Deno.test("an account that was changed by hand and stays so is one thing on Today, and a day later a difference", async () => {
  await withScene(async (scene) => {
    const { world, owner, place } = scene;
    for (const name of ["ana", "ben"]) await addConnection(world, place, name);
    const differing = (name: string) => ({
      name,
      present: true,
      disabled: false,
      profile: null,
      online: true,
      address: null,
      caller_id: null,
      uptime_seconds: 1,
      drift: "enabled_by_hand" as const,
    });
    const observe = (names: string[]) =>
      world.inTenant(place.tenantId, async (trx) => {
        await trx.updateTable("router_states").set({ drift_count: names.length }).execute();
        const secrets = names.map(differing);
        await upsertObservedSecrets(trx, place.routerId, { at: world.clock.now(), secrets });
      });
    await observe(["ana"]);
    await tell(scene, [{ name: "ana", kind: "enabled", before: null, after: null, said: null }]);
    const today = (await owner.get("/admin")).text;
    assert.match(today, /1 account was changed by hand on Core/);
    assert.doesNotMatch(today, /not as the books say/);
    await observe(["ana", "ben"]);
    assert.match((await owner.get("/admin")).text, /1 PPP secret on Core is not as the books say/);
    world.clock.advance({ hours: 25 });
    assert.match(await todayAnew(scene), /2 PPP secrets on Core are not as the books say/);
  });
});
