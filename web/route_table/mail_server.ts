import { z } from "zod";
import { formatCoded, says } from "@/shared/codes/mod.ts";
import { hasControlCharacters, parseMailAddress } from "@/web/domain/mail/address.ts";
import { MAIL_PRESETS } from "@/web/domain/mail/presets.ts";
import { MAIL_MAX } from "@/web/domain/mail/server_rules.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { formText, queryText, queryWord } from "./fields.ts";

/** One line without line breaks or other control characters, looked for before anything is trimmed. */
function line(max: number) {
  return z.string(says("fill_in_once")).max(max, says("text_too_long", { max }))
    .refine((text) => !hasControlCharacters(text), says("bad_characters"));
}

/** The same, which may be left out; empty is null. */
function optionalLine(max: number) {
  return line(max).optional().transform((text) => text?.trim() || null);
}

/** A secret as it was typed, spaces and all; empty leaves the stored one. */
function secret(max: number) {
  return line(max).optional().transform((text) => text || null);
}

/** An e-mail address that must be there. */
export const address = z.string(says("address_incomplete")).transform((text, ctx) => {
  const parsed = parseMailAddress(text);
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});

const optionalAddress = z.string().optional().transform((text, ctx) => {
  if (text === undefined || text.trim() === "") return null;
  const parsed = parseMailAddress(text);
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});

/** A number of mails; empty is null: as many as the server takes. */
function limit(max: number) {
  return z.string().max(20, says("mail_number_range", { max })).optional().transform((text, ctx) => {
    const typed = text?.trim() ?? "";
    if (typed === "") return null;
    const number = /^\d{1,7}$/.test(typed) ? Number(typed) : 0;
    if (number >= 1 && number <= max) return number;
    ctx.addIssue({ code: "custom", message: says("mail_number_range", { max }) });
    return z.NEVER;
  });
}

const port = z.string(says("type_port_once")).trim().regex(/^\d{1,5}$/, says("port_is_number")).transform(
  Number,
)
  .refine((number) => number >= 1 && number <= 65_535, says("port_is_number"));

export const mailServerForm = z.object({
  revision: z.string("settings.error_form").regex(/^\d{1,9}$/, "settings.error_form").transform(Number),
  preset: z.enum(MAIL_PRESETS).catch("own"),
  host: line(MAIL_MAX.host + 20),
  port,
  encryption: z.enum(["by_port", "starttls", "tls", "none"], says("mail_choose_encryption")),
  auth: z.enum(["none", "password", "oauth2"], says("mail_choose_login")),
  username: optionalLine(MAIL_MAX.username),
  password: secret(MAIL_MAX.password),
  clientId: optionalLine(MAIL_MAX.clientId),
  clientSecret: secret(MAIL_MAX.clientSecret),
  refreshToken: secret(MAIL_MAX.refreshToken),
  tokenUrl: optionalLine(MAIL_MAX.tokenUrl),
  removeLogin: z.string().optional().transform((text) => text === "on"),
  fromName: line(MAIL_MAX.fromName).transform((text) => text.trim())
    .refine((text) => text !== "", says("mail_from_name_needed")),
  fromAddress: address,
  replyTo: optionalAddress,
  hourlyMax: limit(MAIL_MAX.perHour),
  dailyMax: limit(MAIL_MAX.perDay),
  testTo: optionalAddress,
  /** Why, where the change needs an approval. */
  reason: formText(REASON_MAX).optional().default(""),
  /** `preview`: what is typed is tested and not saved. */
  intent: queryWord(["preview"]),
  /** Tested with this encryption in place of the chosen one. */
  switchTo: queryWord(["starttls", "tls"]),
});

/** Why mail is stopped, where that needs an approval. */
export const stopMailForm = z.object({ reason: formText(REASON_MAX).optional().default("") });

export const mailServerQuery = z.object({ preset: queryWord(MAIL_PRESETS), done: queryText(40) });
