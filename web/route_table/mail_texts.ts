import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { MAIL_TEXT_MAX } from "@/web/domain/mail/limits.ts";
import { MAIL_LANGUAGES, OCCASIONS } from "@/web/domain/mail/types.ts";
import { formText, queryText, queryWord } from "./fields.ts";

/** Which text a page is about. */
export const textParams = z.object({ occasion: z.enum(OCCASIONS), language: z.enum(MAIL_LANGUAGES) });
export const textsQuery = z.object({ done: queryText(40) });

const PREVIEW_WHO_MAX = 120;
/** Whom a preview is made with. */
const who = formText(PREVIEW_WHO_MAX).optional().transform((text) => text ?? "");
const written = (max: number) => formText(max).refine((text) => text !== "", says("mail_text_empty"));

export const mailTextForm = z.object({
  subject: written(MAIL_TEXT_MAX.subject),
  body: written(MAIL_TEXT_MAX.body).transform((text) => text.replaceAll("\r\n", "\n")),
  who,
});

/** How a preview is looked at. */
export const LOOKS = ["light", "dark", "text"] as const;
const look = queryWord(LOOKS);
export const previewForm = mailTextForm.extend({ look });
export const previewQuery = z.object({ who: queryText(PREVIEW_WHO_MAX), look });
