import assert from "node:assert/strict";
import { textOfBytes } from "@/shared/text/mod.ts";
import { readableHtml } from "./readable_html.ts";

const NAME = textOfBytes(Uint8Array.fromHex("6e69f16f"));

Deno.test("a page without such names is sent as it is", () => {
  const html = `<!DOCTYPE html><p title="a">niño</p>`;
  assert.equal(readableHtml(html), html);
});

Deno.test("texts, titles and labels are readable", () => {
  assert.equal(
    readableHtml(
      `<p class="${NAME}" title="${NAME} > x" aria-label="Take ${NAME}">of ${NAME}<br>${NAME}</p>`,
    ),
    `<p class="${NAME}" title="niño > x" aria-label="Take niño">of niño<br>niño</p>`,
  );
  assert.equal(
    readableHtml(`<td data-label="${NAME}" data-name="${NAME}"><option value="${NAME}">${NAME}</option>`),
    `<td data-label="niño" data-name="${NAME}"><option value="${NAME}">niño</option>`,
  );
});

Deno.test("what a form sends back and what a script reads stay the exact name", () => {
  for (
    const html of [
      `<input type="hidden" name="ppp" value="${NAME}">`,
      `<a href="/x?name=${NAME}">x</a>`,
      `<script type="application/json">[{"title":"<b ${NAME}"}]</script>`,
    ]
  ) assert.equal(readableHtml(html), html);
});

Deno.test("what a text area holds is its value and stays exact, while its label and what follows are readable", () => {
  assert.equal(
    readableHtml(
      `<textarea name="names" placeholder="${NAME}">${NAME}\n${NAME}</textarea>${NAME}<textarea></textarea>${NAME}`,
    ),
    `<textarea name="names" placeholder="niño">${NAME}\n${NAME}</textarea>niño<textarea></textarea>niño`,
  );
});

Deno.test("a page of things that nobody closed takes no longer than its length", () => {
  for (const open of [`<a "`, `<script>"`, `<a `, `<textarea "`]) {
    const page = NAME + open.repeat(200_001);
    const began = performance.now();
    assert.equal(readableHtml(page), "niño" + open.repeat(200_001));
    // Quadratic it takes minutes.
    assert.ok(performance.now() - began < 5_000, open);
  }
});
