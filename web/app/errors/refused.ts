import { HttpError } from "fresh";
import { type Coded, coded, findRefusal, type RefusalCode, type ValueArguments } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";

/** A request that is refused as a whole. Status and words come from the catalogue; the message is English, for logs. */
export class Refused extends HttpError {
  readonly refusal: Coded;

  constructor(refusal: Coded, options?: ErrorOptions) {
    super(findRefusal(refusal.code)?.status ?? 422, codedText(ENGLISH_WORDS, refusal), options);
    this.name = "Refused";
    this.refusal = refusal;
  }
}

/** The error of a code: `throw refused("not_found")`. */
export function refused<C extends RefusalCode>(code: C, ...values: ValueArguments<C>): Refused {
  return new Refused(coded(code, ...values));
}
