import { renderToString } from "preact-render-to-string";
import type { MailBrand } from "@/web/domain/mail/content.ts";
import { brandColour } from "@/web/domain/settings/mod.ts";
import { LOGO_CID, type MailLook, type MailParts } from "./render_mail.ts";

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;";
const LINYA = { colour: "#2451c7", onColour: "#ffffff" };

/** What changes in the dark; clients that know no such rule show the light colours, or turn all of them around. */
const DARK = `
.m-page{background:#0d1218!important;color:#e7edf3!important}
.m-card{background:#151c25!important;border-color:#2a3644!important}
.m-text{color:#e7edf3!important}
.m-quiet{color:#aebbc9!important}
.m-line{border-color:#2a3644!important}
.m-link{color:#8fb2ff!important}`;

/**
 * The HTML of a mail: one column that fits 320 pixels, styles in the elements since many clients keep no others, no
 * picture but the logo, and the company's name as text beside it.
 */
export function htmlOf(parts: MailParts, brand: MailBrand, look: MailLook): string {
  return `<!DOCTYPE html>${renderToString(<Mail parts={parts} brand={brand} look={look} />)}`;
}

function Mail({ parts, brand, look }: { parts: MailParts; brand: MailBrand; look: MailLook }) {
  const { head, paragraphs, facts, notes, button, waysToPay, contacts, wishes } = parts;
  const colour = coloursOf(brand);
  return (
    <html lang={parts.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={look.scheme ?? "light dark"} />
        <meta name="supported-color-schemes" content={look.scheme ?? "light dark"} />
        <title>{parts.subject}</title>
        <style dangerouslySetInnerHTML={{ __html: styleOf(look) }} />
      </head>
      <body
        class="m-page"
        style={`margin:0;padding:0;background:#f6f7f9;color:#15202b;${FONT}font-size:16px;line-height:24px;`}
      >
        {look.above !== undefined && (
          <div
            class="m-card m-quiet"
            style="padding:8px 16px;background:#ffffff;color:#465566;font-size:13px;line-height:18px;overflow-wrap:anywhere;"
          >
            {withBreaks(look.above)}
          </div>
        )}
        <div style="display:none;max-height:0;overflow:hidden;">{`${head.label}: ${head.value}`}</div>
        <table role="presentation" width="100%" cellPadding="0" cellSpacing="0">
          <tr>
            <td align="center" class="m-page" style="padding:16px 8px;background:#f6f7f9;">
              <div
                class="m-card"
                style={`max-width:480px;margin:0 auto;text-align:left;background:#ffffff;border:1px solid #dce1e8;border-radius:10px;overflow-wrap:anywhere;word-break:break-word;`}
              >
                <div
                  style={`height:4px;font-size:0;line-height:0;background:${colour.colour};border-radius:10px 10px 0 0;`}
                />
                <div style="padding:16px 20px 4px;">
                  {brand.logo !== null && (
                    <img
                      src={look.logoSrc ?? `cid:${LOGO_CID}`}
                      alt=""
                      height={32}
                      style="display:block;height:32px;width:auto;max-width:200px;margin:0 0 8px;border:0;"
                    />
                  )}
                  <div class="m-text" style="font-size:16px;font-weight:600;color:#15202b;">
                    {parts.company}
                  </div>
                </div>
                <div style="padding:12px 20px 4px;">
                  <div class="m-quiet" style="font-size:14px;line-height:20px;color:#465566;">
                    {head.label}
                  </div>
                  <div class="m-text" style="font-size:30px;line-height:38px;font-weight:700;color:#15202b;">
                    {head.value}
                  </div>
                </div>
                <div class="m-text" style="padding:8px 20px 0;color:#15202b;">
                  {paragraphs.map((lines, at) => <p key={at} style="margin:0 0 12px;">{withBreaks(lines)}
                  </p>)}
                  {notes.map((note) => <p key={note} style="margin:0 0 12px;">{note}</p>)}
                </div>
                {button !== null && (
                  <div style="padding:4px 20px 16px;">
                    <a
                      href={button.href}
                      target="_blank"
                      style={`display:block;padding:12px 16px;border-radius:6px;background:${colour.colour};color:${colour.onColour};font-weight:600;text-align:center;text-decoration:none;`}
                    >
                      {button.label}
                    </a>
                  </div>
                )}
                <div style="padding:0 20px 12px;">
                  {facts.map(({ label, value, link }) => (
                    <div key={label} class="m-line" style="padding:8px 0;border-top:1px solid #dce1e8;">
                      <div class="m-quiet" style="font-size:13px;line-height:18px;color:#465566;">
                        {label}
                      </div>
                      <div class="m-text" style="color:#15202b;">{value}</div>
                      {link !== undefined && (
                        <a class="m-link" target="_blank" href={link.href} style="color:#2451c7;">
                          {link.label}
                        </a>
                      )}
                    </div>
                  ))}
                </div>
                {waysToPay !== null && (
                  <div
                    class="m-line m-text"
                    style="margin:0 20px;padding:12px 0;border-top:1px solid #dce1e8;color:#15202b;"
                  >
                    <div style="font-weight:600;">{waysToPay.label}</div>
                    <div>{withBreaks(waysToPay.lines)}</div>
                  </div>
                )}
              </div>
              <div
                class="m-quiet"
                style="max-width:480px;margin:0 auto;padding:16px 20px;text-align:left;font-size:13px;line-height:20px;color:#465566;overflow-wrap:anywhere;"
              >
                <div>{withBreaks([parts.company, ...contacts])}</div>
                {wishes !== null && (
                  <p style="margin:12px 0 0;">
                    <a class="m-link" target="_blank" href={wishes.href} style="color:#2451c7;">
                      {wishes.label}
                    </a>
                  </p>
                )}
              </div>
            </td>
          </tr>
        </table>
      </body>
    </html>
  );
}

function styleOf({ scheme }: MailLook): string {
  const rule = `:root{color-scheme:${scheme ?? "light dark"}}`;
  if (scheme === "light") return rule;
  return scheme === "dark" ? `${rule}${DARK}` : `${rule}@media (prefers-color-scheme:dark){${DARK}}`;
}

/** The company's colour where text can be read on it, else Linya's. */
function coloursOf({ colour }: MailBrand): { colour: string; onColour: string } {
  const brand = colour === null ? null : brandColour(colour);
  return brand?.isReadable === true ? brand : LINYA;
}

function withBreaks(lines: readonly string[]) {
  return lines.map((line, at) => (
    <span key={at}>
      {at > 0 && <br />}
      {line}
    </span>
  ));
}
