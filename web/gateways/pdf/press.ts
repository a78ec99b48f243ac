import { closeAccount } from "@/web/domain/payments/mod.ts";
import { type MissingStatements, printMissing } from "./print_missing.ts";
import { PdfWriter } from "./writer.ts";
import { type Faces, loadFaces } from "./faces.ts";
import type { Locale } from "@/web/messages/mod.ts";
import { printStatement, titleOf } from "./print_statement.ts";
import type { Template } from "./template.ts";
import type { PaperLogo, PaperRow, StatementPaper } from "./types.ts";

/** Templates that are kept: of the companies that printed last. */
const TEMPLATES_MAX = 50;

/** A file of many statements: its bytes so far can be sent before the next ones are printed. */
export interface StatementsFile {
  /** Pages of another statement; what cannot be printed throws, and leaves the file as it was. */
  add(paper: StatementPaper): void;
  /** Bytes since they were last taken. */
  take(): Uint8Array<ArrayBuffer>;
  /** Says in the file how far it is: `%printed 50 of 214`. A reader of the file passes over it. */
  remark(done: number, total: number): void;
  /** Ends the file, with a page that says what is not in it, where something is not. */
  close(missing: MissingStatements): void;
}

/**
 * Prints statements of account. What those of a company have in common is made once and kept; a statement itself takes a
 * part of a millisecond, so that none is stored, and the same statement is the same bytes each time.
 */
export class StatementPress {
  readonly #templates = new Map<string, Promise<Template>>();
  #faces: Promise<Faces> | null = null;

  /** @throws {RangeError} when the figures do not add up: no paper is better than a wrong one */
  async print(paper: StatementPaper, logo: PaperLogo): Promise<Uint8Array<ArrayBuffer>> {
    const file = await this.open(logo, { title: titleOf(paper), locale: paper.locale });
    file.add(paper);
    file.close({ failed: [], isCutOff: false });
    return file.take();
  }

  /** Begins a file of several statements of one company. */
  async open(
    logo: PaperLogo,
    { title, locale }: { title: string; locale: Locale },
  ): Promise<StatementsFile> {
    const template = await this.#templateOf(logo);
    const writer = new PdfWriter(template, { title, language: locale === "fil" ? "fil-PH" : "en-PH" });
    return {
      add(paper) {
        assertAddsUp(paper);
        for (const canvas of printStatement(paper, template, writer.used)) writer.add(canvas);
      },
      take: () => writer.take(),
      remark: (done, total) => writer.remark(`printed ${done} of ${total}`),
      close(missing) {
        for (const canvas of printMissing(missing, template, { used: writer.used, locale })) {
          writer.add(canvas);
        }
        writer.finish();
      },
    };
  }

  async #templateOf(logo: PaperLogo): Promise<Template> {
    const known = this.#templates.get(logo.key);
    const template = known ?? this.#makeTemplate(logo);
    // The last one used stands last.
    this.#templates.delete(logo.key);
    this.#templates.set(logo.key, template);
    const [oldest] = this.#templates.keys();
    if (this.#templates.size > TEMPLATES_MAX && oldest !== undefined) this.#templates.delete(oldest);
    try {
      return await template;
    } catch (error) {
      this.#templates.delete(logo.key);
      throw error;
    }
  }

  async #makeTemplate(logo: PaperLogo): Promise<Template> {
    const picture = await logo.read();
    // Loaded with the first statement: a web that prints none does without the library.
    const { makeTemplate } = await import("./template.ts");
    this.#faces ??= loadFaces();
    return await makeTemplate(await this.#faces, picture);
  }
}

function assertAddsUp({ openingCentavos, closingCentavos, rows }: StatementPaper): void {
  const amounts = (kind: PaperRow["kind"]) =>
    rows.filter((row) => row.kind === kind).map((row) => row.amountCentavos);
  const closing = closeAccount({
    openingCentavos,
    charges: amounts("charge"),
    payments: amounts("payment"),
    credits: amounts("credit"),
  });
  if (closing.closingCentavos !== closingCentavos) {
    throw new RangeError(
      `Cannot print a statement: its entries give ${closing.closingCentavos}, not ${closingCentavos}`,
    );
  }
  for (const { lines, amountCentavos } of rows) {
    const total = lines.reduce((all, line) => all + line.amountCentavos, 0n);
    if (lines.length > 0 && total !== amountCentavos) {
      throw new RangeError(
        `Cannot print a statement: the lines of a bill give ${total}, not ${amountCentavos}`,
      );
    }
  }
}
