import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { type Centavos, formatPeso } from "@/shared/money/mod.ts";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LiveRegion } from "./LiveRegion.tsx";
import { Menu, MenuAction, MenuLink } from "./Menu.tsx";
import { Progress } from "@/web/components/facts/Progress.tsx";

/** What the days brought that the clock has just passed. */
export interface PassedDays {
  first: Temporal.PlainDate;
  last: Temporal.PlainDate;
  bills: number;
  billed: Centavos;
  payments: number;
  cut: number;
  restored: number;
  /** The list of the last day waits for approval. */
  isWaiting: boolean;
}

/** The demo's clock as its bar shows it. */
export interface ClockView {
  today: Temporal.PlainDate;
  time: Temporal.PlainTime;
  /** On its way: days behind it of all days. */
  playing: { to: Temporal.PlainDate; done: number; total: number } | null;
  /** The history of the first start is not all there yet. */
  preparing: { done: number; total: number } | null;
  passed: PassedDays | null;
}

interface DemoBarProps {
  csrfToken: string;
  /** Page to come back to. */
  back: string;
  clock: ClockView;
  /** Mails that nobody has looked at yet. */
  unseenMails: number;
  /** May move the clock and unplug things. */
  canControl: boolean;
}

const TARGETS = ["day", "cut_run", "bill_run", "week", "month"] as const;
/** As many buttons stand beside each other on a phone; the others are in a menu. */
const ON_PHONES = 2;
const LINKS = [
  { href: "/admin/demo/days", name: "tour.days" },
  { href: "/admin/demo/mailbox", name: "mailbox.link" },
  { href: "/admin/demo", name: "tour.things" },
  { href: "/admin/demo/tour", name: "tour.tour" },
] as const;

/** The time machine: shows business time, moves it, and says what the days brought. */
export function DemoBar({ csrfToken, back, clock, unseenMails, canControl }: DemoBarProps) {
  const t = useT();
  const isFree = canControl && clock.playing === null && clock.preparing === null;
  const links = canControl ? LINKS : LINKS.slice(0, 1);
  return (
    <LiveRegion id="demo-clock">
      <span class="demo-bar-title">
        {t("tour.clock")}{" "}
        <time datetime={clock.today.toString()}>
          {`${formatDate(clock.today, t.locale)}, ${clock.time.toString({ smallestUnit: "minute" })}`}
        </time>
      </span>
      <Way clock={clock} />
      {isFree && (
        <div class="cluster demo-moves" role="group" aria-label={t("tour.moves")}>
          {TARGETS.map((to, index) => (
            <span key={to} class={index < ON_PHONES ? undefined : "only-wide"}>
              <ActionForm action="/admin/demo/clock" csrfToken={csrfToken} values={{ to, back }} small>
                {t(`tour.to_${to}`)}
              </ActionForm>
            </span>
          ))}
        </div>
      )}
      <div class="cluster demo-links only-wide">
        {links.map(({ href, name }) => (
          <LinkButton key={href} href={href} small kind="quiet">
            {t(name)}
            {name === "mailbox.link" && <Unseen count={unseenMails} />}
          </LinkButton>
        ))}
      </div>
      <div class="demo-more only-narrow">
        <Menu label={t("tour.more")}>
          {isFree &&
            TARGETS.slice(ON_PHONES).map((to) => (
              <MenuAction key={to} action="/admin/demo/clock" csrfToken={csrfToken} values={{ to, back }}>
                {t(`tour.to_${to}`)}
              </MenuAction>
            ))}
          {links.map(({ href, name }) => (
            <MenuLink key={href} href={href}>
              {t(name)}
              {name === "mailbox.link" && <Unseen count={unseenMails} />}
            </MenuLink>
          ))}
        </Menu>
      </div>
      {clock.passed !== null && <Passed passed={clock.passed} />}
    </LiveRegion>
  );
}

function Unseen({ count }: { count: number }) {
  const t = useT();
  if (count === 0) return null;
  return (
    <>
      <span class="count" aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="sr-only">{` ${t("mailbox.link_new", { count })}`}</span>
    </>
  );
}

function Way({ clock: { playing, preparing } }: { clock: ClockView }) {
  const t = useT();
  const way = preparing === null
    ? playing && { ...playing, label: t("tour.playing", { date: formatDateShort(playing.to, t.locale) }) }
    : { ...preparing, label: t("tour.preparing") };
  if (!way) return null;
  return (
    <div class="demo-way" role="status">
      <Progress label={way.label} done={way.done} total={way.total} />
    </div>
  );
}

function Passed({ passed }: { passed: PassedDays }) {
  const t = useT();
  const { bills, payments, cut, restored } = passed;
  return (
    <p class="demo-passed" role="status">
      {t("tour.passed", {
        first: formatDateShort(passed.first, t.locale),
        last: formatDateShort(passed.last, t.locale),
        bills,
        billed: formatPeso(passed.billed),
        payments,
        cut,
        restored,
      })}
      {passed.isWaiting && (
        <>
          {" "}
          <a href="/admin/tonight">{t("tour.passed_waiting")}</a>
        </>
      )}
    </p>
  );
}
