import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import type { PageUser } from "@/tests/support/web_app.ts";

/** What a browser would send of a page's first form with fields of these names. */
async function opened(user: PageUser, path: string): Promise<Record<string, string>> {
  const { html } = await user.get(path);
  const fields: Record<string, string> = {};
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]+)"/.exec(tag)?.[1];
    const isLeft = / type="radio"/.test(tag) && !/ checked/.test(tag);
    if (name !== undefined && name !== "_csrf" && name !== "q" && !isLeft) {
      fields[name] = /\svalue="([^"]*)"/.exec(tag)?.[1] ?? "";
    }
  }
  const area = /<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<\/textarea>/.exec(html);
  if (area !== null) fields[area[1]!] = area[2]!;
  return fields;
}

Deno.test("two people change other fields of one subscriber: both changes stay", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const other = await app.signIn(isp.tenantId, "Owner");
    const [a, b] = [await opened(owner, `${path}/edit`), await opened(other, `${path}/edit`)];
    assert.equal((await owner.post(`${path}/edit`, { ...a, notes: "Dog in the yard" })).status, 303);
    assert.equal((await other.post(`${path}/edit`, { ...b, phone: "0917 555 0199" })).status, 303);
    const now = await opened(owner, `${path}/edit`);
    assert.equal(now.notes, "Dog in the yard");
    assert.equal(now.phone, "0917 555 0199");
  });
});

Deno.test("two people change the same field: the later one is told by whom and to what, and keeps what was typed", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const other = await app.signIn(isp.tenantId, "Owner");
    const [a, b] = [await opened(owner, `${path}/edit`), await opened(other, `${path}/edit`)];
    assert.equal((await owner.post(`${path}/edit`, { ...a, phone: "0917 555 0111" })).status, 303);
    const late = await other.post(`${path}/edit`, { ...b, phone: "0917 555 0199" });
    assert.equal(late.status, 409);
    assert.match(late.text, /Ana Reyes changed this at \d\d:\d\d/);
    assert.match(late.text, /Phone: Now it says “0917 555 0111”/);
    assert.match(late.html, /name="phone"[^>]*value="0917 555 0199"/);
    assert.equal((await opened(owner, `${path}/edit`)).phone, "0917 555 0111", "nothing was overwritten");
    // Sent once more, with the change in sight, it counts.
    const again = /name="opened" value="([^"]+)"/.exec(late.html)?.[1] ?? "";
    const sent = await other.post(`${path}/edit`, { ...b, phone: "0917 555 0199", opened: again });
    assert.equal(sent.status, 303);
    assert.equal((await opened(owner, `${path}/edit`)).phone, "0917 555 0199");
  });
});

Deno.test("a plan's price that somebody else has raised is not put back by a form from before", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const path = `/admin/plans/${isp.planId}/edit`;
    const [a, b] = [await opened(owner, path), await opened(owner, path)];
    const review = (await owner.post(path, { ...a, price: "1,250.00" })).location;
    const { price, seen } = await opened(owner, review);
    const fields = { ...a, price: price!, seen: seen!.replaceAll("&quot;", '"') };
    assert.equal((await owner.post(path.replace("/edit", "/price"), fields)).status, 303);
    assert.equal((await owner.post(path, { ...b, speed: "55 Mbps" })).status, 303);
    const now = await opened(owner, path);
    assert.equal(now.price, "1250.00");
    assert.equal(now.speed, "55 Mbps");
  });
});

Deno.test("a plan in use cannot be archived, and the page leads to its connections", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const page = await owner.get(`/admin/plans/${isp.planId}/archive`);
    assert.match(page.html, new RegExp(`href="/admin/subscribers\\?plan=${isp.planId}&amp;connection=any"`));
    assert.doesNotMatch(page.html, /class="card confirm"/);
    const answer = await owner.post(`/admin/plans/${isp.planId}/archive`, {});
    assert.equal(answer.status, 422);
    assert.match(
      answer.html,
      new RegExp(`href="/admin/subscribers\\?plan=${isp.planId}&amp;connection=any"`),
    );
  });
});

Deno.test("the list of what is wrong names each field and leads to it", async () => {
  await withScene("2026-02-10T10:00", async ({ owner }) => {
    const refused = await owner.post("/admin/plans/new", { name: "", price: "abc", speed: "x".repeat(90) });
    assert.match(refused.html, /<a href="#f-name">Name: /);
    assert.match(refused.html, /<a href="#f-price">Price[^<]*: /);
    assert.match(refused.html, /<a href="#f-speed">Speed: Shorten this to \d+ characters\./);
  });
});
