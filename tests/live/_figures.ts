import assert from "node:assert/strict";
import type { PageUser } from "@/tests/support/web_app.ts";

/** Lists that a number may lead to. */
export const LISTS = ["/admin/subscribers", "/admin/bills", "/admin/payments", "/admin/tonight"];
const PAGES_MAX = 50;

/** One number of Today and the list that it opens. */
export interface Figure {
  href: string;
  text: string;
  /** Centavos when it is money, else a count of rows. */
  value: bigint;
  isMoney: boolean;
}

/** Every link of the page whose text is a number, and every card that is one. */
function figuresOf(html: string): Figure[] {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
  const figures: Figure[] = [];
  for (const [, attributes = "", inner = ""] of main.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
    const href = /href="([^"]*)"/.exec(attributes)?.[1]?.replaceAll("&amp;", "&") ?? "";
    if (!LISTS.includes(href.split("?")[0] ?? "")) continue;
    const marked = /class="kpi-value">([\s\S]*?)<\/span>/.exec(inner)?.[1] ??
      /class="(?:chip-)?count">([\s\S]*?)<\/span>/.exec(inner)?.[1] ??
      /<b>([\s\S]*?)<\/b>/.exec(inner)?.[1];
    const text = (marked ?? inner).replace(/<[^>]*>/g, "").trim();
    const number = /^(₱?)([\d,]+)(?:\.(\d\d))?/.exec(text);
    if (number === null) continue;
    const [, sign, whole = "", cents = ""] = number;
    const isMoney = sign === "₱";
    figures.push({ href, text, isMoney, value: BigInt(whole.replaceAll(",", "") + (isMoney ? cents : "")) });
  }
  return figures;
}

/** Rows of a list through all of its pages, and the sum of a column of money. */
async function measure(user: PageUser, href: string): Promise<{ rows: bigint; sums: Map<string, bigint> }> {
  let [rows, next] = [0n, href];
  const sums = new Map<string, bigint>();
  for (let page = 0; next !== ""; page++) {
    assert.ok(page < PAGES_MAX, `${href} has no end`);
    const { html, status } = await user.get(next);
    assert.equal(status, 200, next);
    const table = /<table\b[\s\S]*?<\/table>/.exec(html)?.[0] ?? "";
    const heads = [
      ...(/<thead[\s\S]*?<\/thead>/.exec(table)?.[0] ?? "").matchAll(/<th\b[^>]*>([\s\S]*?)<\/th>/g),
    ]
      .map(([, head = ""]) => head.replace(/<[^>]*>/g, "").trim());
    for (const [row] of (/<tbody[\s\S]*?<\/tbody>/.exec(table)?.[0] ?? "").matchAll(/<tr\b[\s\S]*?<\/tr>/g)) {
      rows++;
      const cells = [...row.matchAll(/<t[dh]\b[^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell = ""]) => cell);
      heads.forEach((head, at) => {
        const money = /₱([\d,]+)\.(\d\d)/.exec(cells[at] ?? "");
        if (money === null) return;
        sums.set(head, (sums.get(head) ?? 0n) + BigInt(`${money[1]}${money[2]}`.replaceAll(",", "")));
      });
    }
    const link = [...html.matchAll(/<a\b[^>]*>/g)].find(([tag]) =>
      /rel="next"/.test(tag) || /[?&;]after=/.test(tag)
    );
    next = /href="([^"]*)"/.exec(link?.[0] ?? "")?.[1]?.replaceAll("&amp;", "&") ?? "";
  }
  return { rows, sums };
}

/** Follows every number of a page and compares it with the list that it opens. */
export async function followAll(user: PageUser, path = "/admin"): Promise<Figure[]> {
  const { html, status } = await user.get(path);
  assert.equal(status, 200, path);
  const figures = figuresOf(html);
  const lists = new Map<string, ReturnType<typeof measure>>();
  for (const figure of figures) {
    const list = lists.get(figure.href) ?? measure(user, figure.href);
    lists.set(figure.href, list);
    const { rows, sums } = await list;
    if (!figure.isMoney) assert.equal(rows, figure.value, `${figure.text} leads to ${figure.href}`);
    else if (rows === 0n) assert.equal(figure.value, 0n, `${figure.text} leads to ${figure.href}`);
    else {
      assert.ok(
        [...sums.values()].includes(figure.value),
        `${figure.text} leads to ${figure.href}, which sums to ${JSON.stringify([...sums].map(String))}`,
      );
    }
  }
  return figures;
}
