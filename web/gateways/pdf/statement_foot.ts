import { formatDateShort } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { drawLines, leading, LINE, MARGIN, RIGHT, WIDTH } from "./flow.ts";
import type { Sheet } from "./print_statement.ts";
import { drawQrCode } from "./qr_code.ts";
import { wrap } from "./text.ts";

const QR_SIDE = 84;
/** Each of two columns. */
const HALF = (WIDTH - 24) / 2;
/** The tallest that stands beside the code. */
const BESIDE_MAX = 190;

/** What follows the figures: open bills, withheld tax, where to look and to pay, whom to ask. */
export function drawFootParts(sheet: Sheet): void {
  drawOpenBills(sheet);
  drawNotes(sheet);
  drawPaying(sheet);
  drawContacts(sheet);
}

/** Which bills the balance is made of; a single one that the statement comes with says so itself. */
function drawOpenBills({ paper: { bill, open }, t, styles, flow }: Sheet): void {
  if (open.length === 0 || (open.length === 1 && open[0]?.number === bill?.number)) return;
  flow.need(48);
  flow.canvas.text(t("statements.open_title"), MARGIN, flow.y + 10, styles.heading);
  flow.y += 18;
  for (const { number, dueOn, openCentavos } of open) {
    flow.need(leading(styles.body));
    const words = t("statements.open_bill", { number, day: formatDateShort(dueOn, t.locale) });
    flow.canvas.text(words, MARGIN, flow.y + 9.5, styles.body);
    flow.canvas.text(formatPeso(openCentavos), MARGIN + 300, flow.y + 9.5, styles.body, "right");
    flow.y += leading(styles.body);
  }
  flow.y += 12;
}

/** What the tax office asks to be said, and who withholds. */
function drawNotes({ paper: { withheld, tax, company }, t, styles, flow }: Sheet): void {
  const notes: string[] = [];
  if (withheld !== null) {
    notes.push(t("statements.withheld", {
      money: formatPeso(withheld.moneyCentavos),
      certificate: formatPeso(withheld.certificateCentavos),
    }));
  }
  if (tax !== null) {
    const registered = company.registeredName === null
      ? []
      : [t("statements.registered", { name: company.registeredName })];
    const tin = company.tin === null ? [] : [t("statements.tin", { tin: company.tin })];
    notes.push([...registered, ...tin].join(" · "));
  }
  for (const note of notes) flow.paragraph(note, MARGIN, WIDTH, styles.small);
  if (notes.length > 0) flow.y += 12;
}

/** The bill's public page, for a phone and for a keyboard, and beside it the ways to pay. */
function drawPaying(sheet: Sheet): void {
  const { paper: { bill, company }, styles, flow } = sheet;
  const ways = (company.waysToPay ?? "").trim().split(/\r?\n/).flatMap((line) => {
    const lines = wrap(styles.body.face, styles.body.size, line, HALF);
    return lines.length === 0 ? [""] : lines;
  });
  const hasWays = ways.some((line) => line !== "");
  const height = Math.max(
    bill === null ? 0 : QR_SIDE + 12,
    hasWays ? 18 + ways.length * leading(styles.body) : 0,
  );
  if (height === 0) return;
  const isBeside = height <= BESIDE_MAX;
  flow.need((isBeside ? height : QR_SIDE) + 26);
  flow.canvas.line(MARGIN, flow.y, WIDTH, LINE);
  flow.y += 12;
  const top = flow.y;
  if (bill !== null) flow.y = drawOnline(sheet, bill.address);
  if (!hasWays) return;
  if (isBeside) {
    const x = bill === null ? MARGIN : MARGIN + HALF + 24;
    flow.canvas.text(sheet.t("statements.ways"), x, top + 10, styles.heading);
    const end = drawLines(flow.canvas, ways, { x, y: top + 16 }, styles.body);
    flow.y = Math.max(flow.y, end + 12);
  } else drawLongWays(sheet, company.waysToPay ?? "");
}

/** Answers where it ends. */
function drawOnline({ t, styles, flow: { canvas, y: top } }: Sheet, address: string): number {
  drawQrCode(canvas, address, { x: MARGIN, y: top, side: QR_SIDE });
  const [x, width] = [MARGIN + QR_SIDE + 14, HALF - QR_SIDE - 14];
  canvas.text(t("statements.see_bill"), x, top + 10, styles.heading);
  canvas.text(t("statements.scan"), x, top + 25, styles.small);
  const link = { ...styles.small, colour: styles.body.colour };
  const end = drawLines(canvas, wrap(link.face, link.size, address, width), { x, y: top + 29 }, link);
  canvas.link({ x, y: top + 29, width, height: end - top - 29, address });
  canvas.link({ x: MARGIN, y: top, width: QR_SIDE, height: QR_SIDE, address });
  return Math.max(end, top + QR_SIDE) + 14;
}

/** More lines than stand beside the code: across the page, and over to the next. */
function drawLongWays({ t, styles, flow }: Sheet, waysToPay: string): void {
  flow.need(44);
  flow.canvas.text(t("statements.ways"), MARGIN, flow.y + 10, styles.heading);
  flow.y += 17;
  for (const line of waysToPay.trim().split(/\r?\n/)) {
    if (line.trim() === "") flow.y += leading(styles.body) / 2;
    else flow.paragraph(line, MARGIN, WIDTH, styles.body);
  }
  flow.y += 12;
}

function drawContacts({ paper: { company }, t, styles, flow }: Sheet): void {
  const ways = [company.phone, company.email].filter((way) => way !== null && way !== "").join(" · ");
  if (ways === "") return;
  flow.need(leading(styles.small) * 2);
  flow.paragraph(`${t("statements.questions")} ${ways}`, MARGIN, RIGHT - MARGIN, styles.small);
}
