import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { morph } from "./morph.ts";

/** A page with one part, and what it shall become. */
function change(before: string, after: string): { part: Element; changed: string[]; document: Document } {
  const { document } = parseHTML(`<html><body><div id="part">${before}</div></body></html>`);
  const fresh = parseHTML(`<html><body><div id="part">${after}</div></body></html>`).document;
  const changed: string[] = [];
  const previous = Object.getOwnPropertyDescriptor(globalThis, "document");
  Object.defineProperty(globalThis, "document", { value: document, configurable: true });
  try {
    const part = document.getElementById("part");
    const copy = fresh.getElementById("part");
    assert.ok(part !== null && copy !== null);
    const kept = [...part.querySelectorAll("[data-test]")];
    morph(part, copy, (element) => changed.push(element.outerHTML));
    for (const element of kept) assert.ok(element.isConnected, "an element was replaced and not changed");
    return { part, changed, document };
  } finally {
    if (previous === undefined) delete (globalThis as { document?: unknown }).document;
    else Object.defineProperty(globalThis, "document", previous);
  }
}

Deno.test("a part becomes its copy: texts, attributes, new and gone elements", () => {
  const cases: [string, string][] = [
    ["<p>Offline</p>", "<p>Online</p>"],
    ['<p class="bad">Offline</p>', '<p title="now" class="ok">Online</p>'],
    ["<p>a</p>", "<p>a</p><ul><li>b</li></ul>"],
    ["<p>a</p><ul><li>b</li></ul><p>c</p>", "<p>a</p><p>c</p>"],
    ["text", "<b>bold</b> text"],
    ["", "<p>a</p>"],
    ["<p>a</p>", ""],
    ["<div><h2>Waiting</h2></div>", "<section><h2>Here</h2><table><tbody></tbody></table></section>"],
  ];
  for (const [before, after] of cases) {
    const { part } = change(before, after);
    assert.equal(part.innerHTML, parseHTML(`<div>${after}</div>`).document.querySelector("div")?.innerHTML);
  }
});

Deno.test("only what changed is told, an age that grew is not", () => {
  const row = (state: string, age: string) =>
    `<p>Core</p><p><b>${state}</b> <time datetime="x">${age}</time></p>`;
  assert.deepEqual(change(row("Online", "1 s"), row("Online", "2 s")).changed, []);
  assert.deepEqual(change(row("Offline", "1 s"), row("Online", "2 s")).changed, ["<b>Online</b>"]);
});

Deno.test("a row is known by its link: it keeps its element and its tick wherever it moves", () => {
  const row = (name: string, state: string) =>
    `<tr data-test="${name}"><td><a href="/s/${name}">${name}</a><input type="checkbox" name="pick"></td>` +
    `<td>${state}</td></tr>`;
  const table = (...rows: string[]) => `<table><tbody>${rows.join("")}</tbody></table>`;
  const before = table(row("ana", "Due"), row("ben", "Due"), row("carla", "Due"));
  const after = table(row("dan", "Due"), row("carla", "Paid"), row("ana", "Due"), row("ben", "Due"));
  const { part, changed } = change(before, after);
  const names = [...part.querySelectorAll("tr")].map((tr) => tr.getAttribute("data-test"));
  assert.deepEqual(names, ["dan", "carla", "ana", "ben"]);
  assert.equal(changed.length, 2);
  assert.ok(changed[0]?.includes("/s/dan") && changed[1] === "<td>Paid</td>");
});

Deno.test("what the person opened stays open, and an island's part is left to the island", () => {
  const { part } = change(
    "<details open><summary>More</summary>old</details><!--island:3--><button>5</button><!--/island:3--><p>x</p>",
    "<details><summary>More</summary>new</details><!--island:4--><button>0</button><!--/island:4--><p>y</p>",
  );
  assert.equal(part.querySelector("details")?.hasAttribute("open"), true);
  assert.match(part.innerHTML, /new/);
  assert.equal(part.querySelector("button")?.textContent, "5");
  assert.equal(part.querySelector("p")?.textContent, "y");
});

Deno.test("what a script of the page keeps by itself is left alone", () => {
  const { part } = change(
    '<p class="row is-ticked">a</p><form data-own class="has-ticked">3 ticked</form>',
    '<p class="row new">b</p><form data-own>none</form>',
  );
  assert.equal(part.querySelector("p")?.getAttribute("class"), "row new is-ticked");
  assert.equal(part.querySelector("form")?.outerHTML, '<form data-own="" class="has-ticked">3 ticked</form>');
});

Deno.test("two elements with one key do not fall together", () => {
  const { part } = change(
    '<p data-key="a">1</p><p data-key="a">2</p>',
    '<p data-key="a">3</p><p data-key="a">4</p><p data-key="a">5</p>',
  );
  assert.deepEqual([...part.querySelectorAll("p")].map((p) => p.textContent), ["3", "4", "5"]);
});
