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
    readableHtml(`<textarea name="names">${NAME}</textarea><option value="${NAME}">${NAME}</option>`),
    `<textarea name="names">niño</textarea><option value="${NAME}">niño</option>`,
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
