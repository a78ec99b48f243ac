import assert from "node:assert/strict";
import { refused } from "@/web/app/errors/refused.ts";
import { withScene } from "../support/scene.ts";

Deno.test("a form that was arriving when Linya stopped is told that, and not that the database is away", async () => {
  await withScene("2026-02-14T08:00", async ({ app, owner }) => {
    for (
      const [language, title] of [
        ["en", "Linya is stopping or restarting"],
        ["fil", "Humihinto o nagre-restart ang Linya"],
      ] as const
    ) {
      const answer = await app.handler(
        new Request("http://linya.test/admin/plans/new", {
          method: "POST",
          headers: {
            "accept-language": language,
            "content-type": "application/x-www-form-urlencoded",
            cookie: owner.cookie,
            origin: "http://linya.test",
          },
          // What the server does to a body that has not arrived when the drain is over.
          body: new ReadableStream({ start: (stream) => stream.error(refused("restarting")) }),
        }),
      );
      const html = await answer.text();
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get("retry-after"), "5");
      assert.ok(html.includes(`<h1>${title}</h1>`), html.slice(0, 2000));
      assert.match(html, new RegExp(`<title>${title}`));
      assert.doesNotMatch(html, /database/);
    }
  });
});
