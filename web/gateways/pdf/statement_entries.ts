import { formatDateShort } from "@/shared/calendar/mod.ts";
import { add, type Centavos, formatPeso, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import type { TextStyle } from "./canvas.ts";
import { leading, LINE, MARGIN, RIGHT, WIDTH } from "./flow.ts";
import type { Sheet } from "./print_statement.ts";
import { wrap } from "./text.ts";
import type { PaperRow } from "./types.ts";

/** Where columns begin, and where those of amounts end. */
const WHAT_X = MARGIN + 66;
const CHARGE_X = RIGHT - 158;
const CREDIT_X = RIGHT - 76;
const WHAT_WIDTH = CHARGE_X - 62 - WHAT_X;

/** Each entry with the balance after it, between the balance before and the one after. */
export function drawEntries(sheet: Sheet): void {
  const { paper, t, styles, flow } = sheet;
  drawColumnHeads(sheet);
  drawRow(sheet, { what: t("statements.previous"), balance: paper.openingCentavos, style: styles.strong });
  for (const row of paper.rows) drawEntry(sheet, row);
  if (paper.rows.length === 0) drawRow(sheet, { what: t("statements.no_entry"), style: styles.small });
  drawRow(sheet, { what: t("statements.closing"), balance: paper.closingCentavos, style: styles.strong });
  flow.y += 10;
}

function drawColumnHeads({ t, styles, flow }: Sheet): void {
  flow.need(60);
  const y = flow.y + 8;
  const { canvas } = flow;
  canvas.text(t("statements.date"), MARGIN, y, styles.label);
  canvas.text(t("statements.what"), WHAT_X, y, styles.label);
  canvas.text(t("statements.charge"), CHARGE_X, y, styles.label, "right");
  canvas.text(t("statements.credit_column"), CREDIT_X, y, styles.label, "right");
  canvas.text(t("statements.balance"), RIGHT, y, styles.label, "right");
  flow.y += 14;
  canvas.line(MARGIN, flow.y, WIDTH, LINE);
}

/** What is kept together on a page: a bill with its lines, unless they are very many. */
const TOGETHER_MAX = 150;

function drawEntry(sheet: Sheet, { on, kind, text, amountCentavos, balanceCentavos, lines }: PaperRow): void {
  const { t, styles, flow } = sheet;
  const height = leading(styles.body) + lines.length * leading(styles.small) + 10;
  if (height < TOGETHER_MAX && flow.need(height)) drawColumnHeads(sheet);
  drawRow(sheet, {
    on,
    what: storedText(t, text),
    ...(kind === "charge" ? { charge: amountCentavos } : { credit: amountCentavos }),
    balance: balanceCentavos,
    style: styles.body,
    isFollowed: lines.length > 0,
  });
  lines.forEach((line, at) =>
    drawRow(sheet, {
      what: storedText(t, line.text),
      part: line.amountCentavos,
      style: styles.small,
      isFollowed: at < lines.length - 1,
    })
  );
}

interface Row {
  on?: Temporal.PlainDate;
  what: string;
  charge?: Centavos;
  credit?: Centavos;
  balance?: Centavos;
  /** Of a charge that is told above it. */
  part?: Centavos;
  style: TextStyle;
  /** By what belongs to it: no rule between them. */
  isFollowed?: boolean;
}

/** A row; one that is taller than what is left of the page goes on upon the next. */
function drawRow(
  sheet: Sheet,
  { on, what, charge, credit, balance, part, style, isFollowed = false }: Row,
): void {
  const { t, flow } = sheet;
  const indent = part === undefined ? 0 : 10;
  const width = part === undefined ? WHAT_WIDTH : WHAT_WIDTH - indent - 58;
  const lines = wrap(style.face, style.size, what, width);
  (lines.length === 0 ? [""] : lines).forEach((line, at) => {
    const isFirst = at === 0;
    if (flow.need(leading(style) + 8)) drawColumnHeads(sheet);
    if (isFirst) flow.y += part === undefined ? 3 : 0;
    const y = flow.y + style.size;
    const { canvas } = flow;
    canvas.text(line, WHAT_X + indent, y, style);
    if (isFirst) {
      if (on !== undefined) canvas.text(formatDateShort(on, t.locale), MARGIN, y, style);
      if (part !== undefined) canvas.text(formatPeso(part), WHAT_X + WHAT_WIDTH, y, style, "right");
      if (charge !== undefined) canvas.text(formatPeso(charge), CHARGE_X, y, style, "right");
      if (credit !== undefined) canvas.text(formatPeso(credit), CREDIT_X, y, style, "right");
      if (balance !== undefined) canvas.text(formatPeso(balance), RIGHT, y, style, "right");
    }
    flow.y += leading(style);
  });
  if (isFollowed) return;
  flow.y += 2.5;
  flow.canvas.line(MARGIN, flow.y, WIDTH, LINE, 0.4);
}

/** The sum that the balance is (billing rule 19), and beside it what of the charges is VAT. */
export function drawSums(sheet: Sheet): void {
  const { paper, t, styles, flow } = sheet;
  const amounts = (kind: PaperRow["kind"]) =>
    sum(paper.rows.filter((row) => row.kind === kind).map((row) => row.amountCentavos));
  const facts: [string, Centavos][] = [
    [t("statements.previous"), paper.openingCentavos],
    [`+ ${t("statements.charges")}`, amounts("charge")],
    [`− ${t("statements.payments")}`, amounts("payment")],
    [`− ${t("statements.credits")}`, amounts("credit")],
    [t("statements.closing"), paper.closingCentavos],
  ];
  const vat = vatFacts(sheet);
  flow.need(Math.max(facts.length, vat.length + 1) * 14 + 20);
  const top = flow.y;
  facts.forEach(([label, amount], at) => {
    const style = at === facts.length - 1 ? styles.strong : styles.body;
    if (at === facts.length - 1) flow.canvas.line(RIGHT - 220, flow.y + 1, 220, LINE);
    flow.canvas.text(label, RIGHT - 220, flow.y + 12, style);
    flow.canvas.text(formatPeso(amount), RIGHT, flow.y + 12, style, "right");
    flow.y += 14;
  });
  if (vat.length > 0) drawVat(sheet, top, vat);
  flow.y = Math.max(flow.y, top + (vat.length + 1) * 14) + 14;
}

function vatFacts({ paper: { tax }, t }: Sheet): [string, Centavos][] {
  if (tax === null) return [];
  return [
    [t("statements.vatable"), tax.vatableCentavos],
    [t("statements.vat"), tax.vatCentavos],
    [t("statements.with_vat"), add(tax.vatableCentavos, tax.vatCentavos)],
    ...(tax.vatBackCentavos === ZERO
      ? []
      : [[t("statements.vat_back"), subtract(ZERO, tax.vatBackCentavos)] as [string, Centavos]]),
  ];
}

function drawVat({ t, styles, flow: { canvas } }: Sheet, top: number, facts: [string, Centavos][]): void {
  canvas.text(t("statements.vat_title"), MARGIN, top + 12, styles.strong);
  facts.forEach(([label, amount], at) => {
    const y = top + 12 + (at + 1) * 14;
    canvas.text(label, MARGIN, y, styles.body);
    canvas.text(formatPeso(amount), MARGIN + 220, y, styles.body, "right");
  });
}
