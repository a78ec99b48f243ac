import type { MailParts } from "./render_mail.ts";

/** The plain text of a mail: everything that its HTML says. */
export function plainTextOf(parts: MailParts): string {
  const { head, paragraphs, facts, notes, button, waysToPay, contacts, wishes } = parts;
  const blocks = [
    [`${head.label}: ${head.value}`],
    ...paragraphs,
    facts.flatMap((
      { label, value, link },
    ) => [`${label}: ${value}`, ...(link === undefined ? [] : [link.href])]),
    notes,
    button === null ? [] : [`${button.label}:`, button.href],
    waysToPay === null ? [] : [`${waysToPay.label}:`, ...waysToPay.lines],
    [parts.company, ...contacts],
    wishes === null ? [] : [wishes.label, wishes.href],
  ];
  return `${blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
