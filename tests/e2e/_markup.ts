import { parseHTML } from "linkedom";
import { ENGLISH, type Locale } from "@/web/messages/mod.ts";

const KEYS: ReadonlySet<string> = new Set(Object.keys(ENGLISH));
const SPOKEN = ["aria-label", "placeholder", "title", "alt"];

/** What a page lacks for whoever reads it with anything but eyes and a mouse. */
export function documentProblems(html: string, path: string, locale: Locale = "en"): string[] {
  const { document } = parseHTML(html);
  const problems: string[] = [];
  const wants = (isSo: boolean, what: string) => {
    if (!isSo) problems.push(what);
  };
  wants(document.querySelectorAll("h1").length === 1, "one h1");
  wants((document.querySelector("h1")?.textContent ?? "").trim().length > 1, "text in the h1");
  wants((document.querySelector("title")?.textContent ?? "").trim().length > 3, "a title");
  const language = document.documentElement.getAttribute("lang") ?? "";
  wants(language.startsWith(locale), `the language ${locale}, not "${language}"`);
  // A page without a menu has nothing to skip.
  if (document.querySelector("nav") !== null) {
    const skip = document.querySelector('a.skip[href^="#"]');
    const target = skip?.getAttribute("href")?.slice(1) ?? "";
    wants(document.getElementById(target) !== null, "a skip link with its target");
  }
  wants(!/<[^>]+\sstyle=/.test(html), "no style attribute");
  wants(!/<[^>]+\son[a-z]+=/.test(html), "no event handler attribute");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) wants(false, `the id ${id} once`);
  return [...problems, ...formProblems(document), ...wordProblems(document)]
    .map((what) => `${path} wants ${what}`);
}

/** Forms without a token, fields without a label, tables without a caption. */
function formProblems(document: Document): string[] {
  const problems: string[] = [];
  for (const form of document.querySelectorAll('form[method="post"]')) {
    const action = form.getAttribute("action") ?? "";
    // Before the sign-in there is no session that a token could belong to.
    if (!action.startsWith("/admin")) continue;
    if (!form.querySelector('input[type="hidden"][name="_csrf"]')?.getAttribute("value")) {
      problems.push(`a token in the form to ${action}`);
    }
  }
  for (const field of document.querySelectorAll("input, select, textarea")) {
    const isOwn = ["hidden", "submit", "button"].includes(field.getAttribute("type") ?? "");
    if (!isOwn && labelOf(document, field) === "") {
      problems.push(`a label: ${field.outerHTML.slice(0, 120)}`);
    }
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.querySelector("caption")?.textContent?.trim()) {
      problems.push(`a caption: ${table.outerHTML.slice(0, 120)}`);
    }
  }
  return problems;
}

function labelOf(document: Document, field: Element): string {
  const named = (field.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent ?? "");
  const labels = [
    field.getAttribute("aria-label") ?? "",
    ...named,
    field.closest("label")?.textContent ?? "",
    field.id === "" ? "" : document.querySelector(`label[for="${field.id}"]`)?.textContent ?? "",
  ];
  return labels.join("").trim();
}

/** What no person should read: names of messages, unfilled places, and what a program says for nothing. */
function wordProblems(document: Document): string[] {
  const texts = [document.querySelector("title")?.textContent ?? ""];
  for (const element of document.body.querySelectorAll("*")) {
    if (["SCRIPT", "STYLE"].includes(element.tagName)) continue;
    // A text that a company writes names its variables as they are typed.
    if (element.closest("textarea, [data-variables]") !== null) continue;
    for (const node of element.childNodes) {
      if (node.nodeType === 3) texts.push(node.textContent ?? "");
    }
    texts.push(...SPOKEN.map((name) => element.getAttribute(name) ?? ""));
  }
  return texts.filter(isOdd).map((text) => `other words than "${text.trim().slice(0, 100)}"`);
}

function isOdd(text: string): boolean {
  if (/\b(undefined|NaN|null)\b|\[object|\{\w+(,|\})/.test(text)) return true;
  return (text.match(/[a-z]+\.[a-z0-9_]+/g) ?? []).some((word) => KEYS.has(word));
}
