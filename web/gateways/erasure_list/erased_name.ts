import { translator } from "@/web/messages/mod.ts";

/** What stands where the name of somebody stood who was erased, in the company's language: their account still says which. */
export function erasedName(language: "en" | "fil", account: string): string {
  return translator(language)("privacy.erased_name", { account });
}
