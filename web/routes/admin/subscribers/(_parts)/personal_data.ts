import { readPage } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { parseLocale, type Translate, translator } from "@/web/messages/mod.ts";
import { DATA_SECTIONS, type DataSection, readPersonalData } from "@/web/store/privacy/personal_data.ts";
import type { SubscriberRow } from "@/web/store/subscribers/subscribers.ts";

const ROWS_AT_ONCE = 500;

interface Facts {
  person: SubscriberRow;
  company: string;
  today: Temporal.PlainDate;
}

type Row = Record<string, unknown>;

/** A person's data: to be read by a program, and by a person in the language that their bills are in. */
export function dataFiles(state: AppState, facts: Facts) {
  return [
    { name: "data.json", text: jsonOf(state, facts) },
    { name: "read-me.html", text: htmlOf(state, facts) },
  ];
}

async function* jsonOf(state: AppState, { person, company, today }: Facts): AsyncGenerator<string> {
  const head = { format: "linya-personal-data-v1", company, account: person.account_number, made_on: today };
  yield `${JSON.stringify(head, null, 1).slice(0, -2)}`;
  for (const section of DATA_SECTIONS) {
    yield `,\n ${JSON.stringify(section)}: [`;
    let isFirst = true;
    for await (const row of rowsOf(state, person.id, section)) {
      yield `${isFirst ? "" : ","}\n  ${JSON.stringify(row)}`;
      isFirst = false;
    }
    yield "]";
  }
  yield "\n}\n";
}

async function* htmlOf(state: AppState, { person, company, today }: Facts): AsyncGenerator<string> {
  const locale = parseLocale(person.language ?? "") ?? state.t.locale;
  const t = translator(locale);
  const title = t("privacy.data_title", { name: person.name, company });
  yield `<!doctype html><html lang="${locale}"><meta charset="utf-8"><title>${escaped(title)}</title>` +
    "<style>body{font:15px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}" +
    "td,th{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}div{overflow-x:auto}</style>" +
    `<h1>${escaped(title)}</h1><p>${escaped(t("privacy.data_lead", { day: today.toString() }))}</p>`;
  for (const section of DATA_SECTIONS) {
    yield `<h2>${escaped(t(`privacy.data_${section}`))}</h2>`;
    let heads: string[] | null = null;
    for await (const row of rowsOf(state, person.id, section)) {
      if (heads === null) {
        heads = Object.keys(row);
        yield `<div><table><tr>${
          heads.map((head) => `<th>${escaped(head.replaceAll("_", " "))}</th>`).join("")
        }</tr>`;
      }
      yield `<tr>${heads.map((head) => `<td>${escaped(cellOf(t, row[head]))}</td>`).join("")}</tr>\n`;
    }
    yield heads === null ? `<p>${escaped(t("privacy.data_none"))}</p>` : "</table></div>";
  }
  yield "</html>\n";
}

async function* rowsOf(state: AppState, id: string, section: DataSection): AsyncGenerator<Row> {
  for (let offset = 0;; offset += ROWS_AT_ONCE) {
    const rows = await readPage(
      state,
      (trx) => readPersonalData(trx, id, section, { offset, limit: ROWS_AT_ONCE }),
    );
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

function cellOf(t: Translate, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.startsWith('{"code":') ? storedText(t, value) : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
