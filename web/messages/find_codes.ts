import { type Code, CODES } from "@/shared/codes/mod.ts";
import { messageKeyOf } from "./coded_text.ts";
import { ENGLISH, FILIPINO, type Locale } from "./mod.ts";

/** Codes whose words in a language hold a text: what is stored as codes is searched by what people read. */
export function codesSaying(locale: Locale, text: string): Code[] {
  const wanted = text.toLowerCase();
  return (Object.keys(CODES) as Code[]).filter((code) => {
    const key = messageKeyOf(code);
    const words = locale === "fil" ? FILIPINO[key] ?? ENGLISH[key] : ENGLISH[key];
    return words.toLowerCase().includes(wanted);
  });
}
