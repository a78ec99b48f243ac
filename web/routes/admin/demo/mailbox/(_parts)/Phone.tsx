import { address } from "@/web/app/frame/page_context.ts";
import type { DemoMail } from "@/web/app/state.ts";
import { InstantText } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { useT } from "@/web/components/i18n.ts";
import { MAILBOX, mailboxAddress, type MailboxQuery } from "./address.ts";

/** One mail as its recipient has it in hand. */
export function Phone({ mail, query, zone }: { mail: DemoMail; query: MailboxQuery; zone: string }) {
  const t = useT();
  const view = query.view ?? (mail.html === null ? "text" : "page");
  const isDark = query.look === "dark";
  const here = { ...query, mail: mail.id };
  const tabs = (["page", "text", "headers"] as const)
    .filter((name) => name !== "page" || mail.html !== null)
    .map((name) => ({
      label: t(`mailbox.view_${name}`),
      href: mailboxAddress({ ...here, view: name }),
      isCurrent: name === view,
    }));
  return (
    <section class="mailbox-mail" aria-label={mail.subject || t("mailbox.no_subject")}>
      <div class="mailbox-back">
        <LinkButton
          href={mailboxAddress({ ...query, mail: undefined, view: undefined })}
          icon="left"
          kind="quiet"
        >
          {t("mailbox.back")}
        </LinkButton>
      </div>
      <div class="cluster mailbox-ways">
        <Tabs label={t("mailbox.views")} tabs={tabs} />
        <LinkButton href={mailboxAddress({ ...here, look: isDark ? "light" : "dark" })} small>
          {t(isDark ? "mailbox.to_light" : "mailbox.to_dark")}
        </LinkButton>
      </div>
      <div class="phone" data-look={isDark ? "dark" : "light"}>
        <header class="phone-head">
          <h2>{mail.subject || t("mailbox.no_subject")}</h2>
          <p>{mail.from}</p>
          <p class="phone-to">{t("mailbox.to", { to: mail.to || mail.rcptTo.join(", ") })}</p>
          {mail.date !== null && (
            <p class="phone-to">
              <InstantText at={Temporal.Instant.from(mail.date)} timeZone={zone} />
            </p>
          )}
        </header>
        <Content mail={mail} view={view} look={isDark ? "dark" : "light"} />
        <Files mail={mail} />
      </div>
      <FactList facts={deliveryFacts(t, mail)} />
    </section>
  );
}

interface ContentProps {
  mail: DemoMail;
  view: "page" | "text" | "headers";
  look: "light" | "dark";
}

function Content({ mail, view, look }: ContentProps) {
  const t = useT();
  if (view === "page" && mail.html !== null) {
    return (
      <iframe
        class="phone-page"
        title={t("mailbox.page_of", { subject: mail.subject })}
        src={address(`${MAILBOX}/page`, { mail: String(mail.id), look })}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        tabindex={0}
      />
    );
  }
  const text = view === "headers" ? mail.headers.join("\n") : mail.text;
  return <pre class="phone-text" tabindex={0}>{text.trim() || t("mailbox.no_text")}</pre>;
}

function Files({ mail }: { mail: DemoMail }) {
  const t = useT();
  const files = mail.files.filter((file) => !file.isInText);
  if (files.length === 0) return null;
  return (
    <ul class="phone-files" aria-label={t("mailbox.files")}>
      {files.map((file) => (
        <li key={file.index}>
          <a
            class="phone-file"
            href={address(`${MAILBOX}/file`, { mail: String(mail.id), file: String(file.index) })}
            target="_blank"
            rel="noopener"
          >
            <Icon name="bill" />
            <span class="phone-file-name">{file.fileName || t("mailbox.no_file_name")}</span>
            <span class="note">{sizeText(file.bytes)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function deliveryFacts(t: ReturnType<typeof useT>, mail: DemoMail) {
  return [
    { label: t("mailbox.handed_to"), value: mail.rcptTo.join(", ") },
    { label: t("mailbox.way"), value: t(mail.isSecure ? "mailbox.encrypted" : "mailbox.in_clear") },
    { label: t("mailbox.size"), value: sizeText(mail.bytes) },
    ...(mail.isAnswered ? [] : [{ label: t("mailbox.answer"), value: t("mailbox.unanswered") }]),
  ];
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1_000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
