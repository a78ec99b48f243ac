import { type Locale, translator } from "@/web/messages/mod.ts";
import type { Canvas } from "./canvas.ts";
import type { Cut } from "./faces.ts";
import { Flow, INK, MARGIN, stylesOf, WIDTH } from "./flow.ts";
import type { Template } from "./template.ts";

/** Statements in one file; more would be nothing that is opened or printed. */
export const STATEMENTS_MAX = 5000;

/** What a file of many statements does not hold. */
export interface MissingStatements {
  /** Numbers of bills whose statements could not be made. */
  failed: readonly string[];
  /** There were more bills than a file takes. */
  isCutOff: boolean;
}

/** A last page that says what is not in the file; none where everything is. */
export function printMissing(
  { failed, isCutOff }: MissingStatements,
  { faces: { regular, bold } }: Template,
  { used, locale }: { used: Set<Cut>; locale: Locale },
): Canvas[] {
  if (failed.length === 0 && !isCutOff) return [];
  const t = translator(locale);
  const styles = stylesOf(regular, bold, INK);
  const flow = new Flow(used, () => {});
  flow.paragraph(t("statements.missing_title"), MARGIN, WIDTH, styles.title);
  flow.y += 8;
  if (isCutOff) flow.paragraph(t("statements.cut_off", { max: STATEMENTS_MAX }), MARGIN, WIDTH, styles.body);
  if (failed.length > 0) {
    flow.paragraph(t("statements.failed", { n: failed.length }), MARGIN, WIDTH, styles.body);
    flow.paragraph(failed.join(", "), MARGIN, WIDTH, styles.strong);
  }
  return flow.pages;
}
