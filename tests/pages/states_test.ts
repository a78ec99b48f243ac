import assert from "node:assert/strict";
import { isTyped } from "@/web/components/form/ConfirmPanel.tsx";
import { withScene } from "../support/scene.ts";

Deno.test("an error keeps the frame of who is signed in, and a page that is refused looks as one that is absent", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const missing = await owner.get("/admin/no-such-page");
    assert.equal(missing.status, 404);
    assert.match(missing.html, /class="shell"/);
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    const shape = (html: string) =>
      html.replace(/value="[\w-]{60,}"|nonce="\w+"|"csrf":"[^"]+"/g, "").replaceAll(/\/admin\/[\w/-]+/g, "");
    const refused = await cashier.get("/admin/settings");
    const absent = await cashier.get("/admin/no-such-page");
    assert.equal(refused.status, 404);
    assert.match(refused.html, /class="shell"/);
    assert.equal(shape(refused.html), shape(absent.html));
    const stranger = await app.handler(new Request("http://linya.test/admin/no-such-page"));
    assert.equal(stranger.status, 404);
    assert.doesNotMatch(await stranger.text(), /class="shell"/);
  });
});

Deno.test("a refused form names the request, and leads back to the page with the form", async () => {
  await withScene("2026-02-10T10:00", async ({ app, owner }) => {
    const answer = await app.handler(
      new Request("http://linya.test/admin/preferences", {
        method: "POST",
        headers: {
          cookie: owner.cookie,
          origin: "http://linya.test",
          referer: "http://linya.test/admin/help/shortcuts",
        },
        body: new URLSearchParams({ shortcuts: "off", _csrf: "x" }),
      }),
    );
    const html = await answer.text();
    assert.equal(answer.status, 403);
    assert.match(html, /class="shell"/);
    assert.ok(html.includes(answer.headers.get("x-request-id") ?? "?"));
    assert.match(html, /data-copies="[0-9a-f-]{36}"/);
    assert.match(html, /href="\/admin\/help\/shortcuts"\s*>Go back/);
  });
});

Deno.test("a part that the role does not include says what it needs and who can give it", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app }) => {
    const technician = await app.signIn(isp.tenantId, "Technician");
    const page = await technician.get(`/admin/subscribers/${isp.subscriberIds[0]}`);
    assert.match(
      page.text,
      /Your role does not show this\. It needs “See bills”\. Ana Reyes can give it to you\./,
    );
    assert.doesNotMatch(page.text, /SOA-/);
  });
});

Deno.test("the word before something that cannot be undone is compared as a person reads it", () => {
  for (const text of ["Ilaya North", " ilaya  north "]) assert.ok(isTyped("Ilaya North", text), text);
  for (const text of ["", "Ilaya", "Ilaya-North", undefined, null, ["Ilaya North"]]) {
    assert.ok(!isTyped("Ilaya North", text), String(text));
  }
});
