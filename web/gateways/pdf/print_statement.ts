import { formatDateInWords, formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { contrast, CONTRAST_MIN } from "@/web/domain/settings/mod.ts";
import { type Translate, translator } from "@/web/messages/mod.ts";
import { type Canvas, type Colour, PAGE } from "./canvas.ts";
import type { Cut } from "./faces.ts";
import {
  drawLines,
  Flow,
  FOOT_Y,
  leading,
  LINE,
  MARGIN,
  RIGHT,
  type Styles,
  stylesOf,
  WHITE,
  WIDTH,
} from "./flow.ts";
import { drawEntries, drawSums } from "./statement_entries.ts";
import { drawFootParts } from "./statement_foot.ts";
import type { Template } from "./template.ts";
import { widthOf, wrap } from "./text.ts";
import type { StatementPaper } from "./types.ts";

/** What each part of a statement is drawn with. */
export interface Sheet {
  paper: StatementPaper;
  t: Translate;
  styles: Styles;
  /** The company's colour. */
  accent: Colour;
  /** The same as a ground for text. */
  ground: Colour;
  flow: Flow;
}

const LINYA_BLUE = "#2451c7";
const STAMP: Colour = "0.72 0.11 0.11";
const PAID: Colour = "0.05 0.45 0.25";

/** Draws a statement: as many pages as its entries take. */
export function printStatement(paper: StatementPaper, template: Template, used: Set<Cut>): Canvas[] {
  const t = translator(paper.locale);
  const colour = paper.company.brandColour ?? LINYA_BLUE;
  const accent = toColour(partsOf(colour));
  const { regular, bold } = template.faces;
  // A colour that cannot be read on white still makes a rule.
  const ofText = toColour(partsOf(contrast(colour, "#ffffff") >= CONTRAST_MIN ? colour : LINYA_BLUE));
  const styles = stylesOf(regular, bold, ofText);
  const flow = new Flow(used, (next) => drawRunningHead(next, paper, t, styles));
  const sheet: Sheet = { paper, t, styles, accent, ground: tint(colour), flow };
  drawHead(sheet, template);
  drawWhoAndWhat(sheet);
  drawEntries(sheet);
  drawSums(sheet);
  drawFootParts(sheet);
  flow.pages.forEach((page, at) => drawFoot(sheet, page, { page: at + 1, pages: flow.pages.length }));
  return flow.pages;
}

/** What the file is called where its title is shown. */
export function titleOf(paper: StatementPaper): string {
  const t = translator(paper.locale);
  return paper.bill === null
    ? t("statements.title_of", { name: paper.subscriber.name })
    : t("statements.title_numbered", { number: paper.bill.number });
}

/** Company on the left, what this is on the right. */
function drawHead({ paper, t, styles, accent, flow }: Sheet, { logo }: Template): void {
  const { canvas } = flow;
  const { company, bill, through } = paper;
  canvas.box(0, 0, PAGE.width, 6, accent);
  let x = MARGIN;
  if (logo !== null) {
    const scale = Math.min(110 / logo.width, 44 / logo.height, 1);
    canvas.logo(x, MARGIN - 8, logo.width * scale, logo.height * scale);
    x += logo.width * scale + 14;
  }
  const width = RIGHT - 218 - x;
  const name = wrap(styles.strong.face, 13, company.name, width);
  const contact = [
    company.address,
    [company.phone, company.email].filter((part) => part !== null).join(" · "),
  ]
    .flatMap((part) => wrap(styles.small.face, styles.small.size, part ?? "", width));
  let left = drawLines(canvas, name, { x, y: MARGIN - 10 }, { ...styles.strong, size: 13 });
  left = drawLines(canvas, contact, { x, y: left + 1 }, styles.small);

  canvas.text(t("statements.title"), RIGHT, MARGIN + 8, styles.title, "right");
  const facts = bill === null ? [t("statements.as_of", { day: formatDateShort(through, t.locale) })] : [
    `${t("statements.number")} ${bill.number}`,
    `${t("statements.issued")} ${formatDateShort(bill.issuedOn, t.locale)}`,
  ];
  facts.forEach((fact, at) => canvas.text(fact, RIGHT, MARGIN + 25 + at * 13, styles.body, "right"));
  flow.y = Math.max(left, MARGIN + 46) + 12;
  canvas.line(MARGIN, flow.y, WIDTH, LINE);
  flow.y += 16;
}

/** Whose account it is, and in a box what is to be paid until when. */
function drawWhoAndWhat(sheet: Sheet): void {
  const { paper, t, styles, flow } = sheet;
  const { canvas } = flow;
  const { subscriber, bill } = paper;
  const top = flow.y;
  const width = WIDTH - 240 - 24;
  canvas.text(t("statements.for"), MARGIN, top + 8, styles.label);
  const name = { ...styles.strong, size: 12 };
  let y = drawLines(
    canvas,
    wrap(name.face, name.size, subscriber.name, width),
    { x: MARGIN, y: top + 12 },
    name,
  );
  y = drawLines(
    canvas,
    wrap(styles.body.face, 9.5, subscriber.address, width),
    { x: MARGIN, y: y + 1 },
    styles.body,
  );
  const facts: [label: string, value: string][] = [
    [t("statements.account_label"), subscriber.accountNumber],
    ...(bill === null ? [] : [
      [t("statements.period"), formatPeriod(bill.periodStart, bill.periodEnd, t.locale)] as [
        string,
        string,
      ],
    ]),
    [t("statements.days"), formatPeriod(paper.from, paper.through.add({ days: 1 }), t.locale)],
  ];
  y += 6;
  for (const [label, value] of facts) {
    canvas.text(label, MARGIN, y + 9, styles.small);
    y = drawLines(canvas, wrap(styles.body.face, 9.5, value, width - 90), { x: MARGIN + 90, y }, styles.body);
  }
  flow.y = Math.max(y, drawDueBox(sheet, top)) + 16;
}

/** Answers where the box ends. */
function drawDueBox({ paper, t, styles, accent, ground, flow: { canvas } }: Sheet, top: number): number {
  const { bill } = paper;
  const [left, width] = [RIGHT - 240, 240];
  const inner = { x: left + 16, width: width - 32 };
  const owed = paper.closingCentavos > 0n;
  const notes = (text: string) => wrap(styles.small.face, styles.small.size, text, inner.width);
  const below: string[] = [];
  if (bill?.isVoid === true) below.push(...notes(t("statements.void_note")));
  else if (owed) {
    const before = beforeCentavos(paper);
    if (before > 0n) {
      below.push(...notes(t("statements.of_before", { amount: formatPeso(centavos(before)) })));
    }
    if (bill !== null && bill.cutOn !== null) {
      below.push(...notes(t("statements.cut_on", { day: formatDateInWords(bill.cutOn, t.locale) })));
    }
  }
  const isDated = owed && bill !== null && !bill.isVoid;
  const height = 62 + (isDated ? 28 : 0) + below.length * leading(styles.small) + (below.length > 0 ? 4 : 0);
  canvas.box(left, top, width, height, ground);
  canvas.box(left, top, 3, height, accent);
  const label = bill?.isVoid === true
    ? "statements.was_due"
    : owed
    ? "statements.amount_due"
    : paper.closingCentavos < 0n
    ? "statements.credit"
    : "statements.nothing_due";
  canvas.text(t(label), inner.x, top + 19, styles.body);
  const shown = paper.closingCentavos < 0n ? centavos(-paper.closingCentavos) : paper.closingCentavos;
  const amount = formatPeso(shown);
  const fits = Math.min(
    styles.amount.size,
    styles.amount.size * inner.width / widthOf(styles.amount.face, styles.amount.size, amount),
  );
  canvas.text(amount, inner.x, top + 46, { ...styles.amount, size: fits });
  let y = top + 54;
  if (isDated) {
    canvas.text(t("statements.pay_by"), inner.x, y + 10, styles.label);
    canvas.text(formatDateInWords(bill.dueOn, t.locale), inner.x, y + 23, styles.strong);
    y += 28;
  }
  drawLines(canvas, below, { x: inner.x, y: y + 4 }, styles.small);
  if (bill?.isVoid === true) drawStamp(canvas, t("statements.void"), top, STAMP, styles);
  else if (bill !== null && !owed) drawStamp(canvas, t("statements.paid"), top, PAID, styles);
  return top + height;
}

/** A word across the upper right corner of the box. */
function drawStamp(canvas: Canvas, word: string, top: number, colour: Colour, styles: Styles): void {
  const style = { ...styles.strong, size: 12, colour: WHITE };
  const width = widthOf(style.face, style.size, word) + 16;
  canvas.box(RIGHT - width - 10, top + 9, width, 20, colour);
  canvas.text(word, RIGHT - width - 2, top + 23.4, style);
}

/** What is asked for with an earlier due date than the bill's. */
function beforeCentavos({ bill, open }: StatementPaper): bigint {
  if (bill === null) return 0n;
  return open.filter(({ dueOn }) => Temporal.PlainDate.compare(dueOn, bill.dueOn) < 0)
    .reduce((total, { openCentavos }) => total + openCentavos, 0n);
}

function drawRunningHead(flow: Flow, paper: StatementPaper, t: Translate, styles: Styles): void {
  const { canvas } = flow;
  const whose = `${paper.company.name} · ${titleOf(paper)}`;
  canvas.text(wrap(styles.small.face, 8.5, whose, WIDTH)[0] ?? "", MARGIN, MARGIN - 8, styles.small);
  canvas.line(MARGIN, MARGIN, WIDTH, LINE);
  flow.y = MARGIN + 14;
  canvas.text(
    t("statements.account", { number: paper.subscriber.accountNumber }),
    RIGHT,
    MARGIN - 8,
    styles.small,
    "right",
  );
}

function drawFoot({ t, styles, paper }: Sheet, canvas: Canvas, of: { page: number; pages: number }): void {
  canvas.line(MARGIN, FOOT_Y - 14, WIDTH, LINE);
  canvas.text(t("statements.not_for_tax"), MARGIN, FOOT_Y, { ...styles.label, face: styles.strong.face });
  const number = paper.bill === null ? "" : `${paper.bill.number} · `;
  canvas.text(`${number}${t("statements.page", of)}`, RIGHT, FOOT_Y, styles.label, "right");
}

function partsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
}

function toColour(parts: readonly number[]): Colour {
  return parts.map((part) => String(Math.round(part * 1000) / 1000)).join(" ");
}

/** The colour as a ground for text. */
function tint(colour: string): Colour {
  return toColour(partsOf(colour).map((part) => 0.93 + part * 0.07));
}
