import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { FlashContext } from "./flash_context.ts";
import { useT } from "@/web/components/i18n.ts";
import type { MessageKey } from "@/web/messages/mod.ts";

/** A form of one button that takes the last action back. */
export interface UndoForm {
  action: string;
  values: Record<string, string>;
  /** @default "Undo" in the page's language */
  label?: string | undefined;
}

interface FlashProps {
  /** The `done` parameter of the address after a redirect. */
  done: string | null | undefined;
  /** Text for each code. A code without a text shows nothing, so that an address cannot put words on the page. */
  messages: Readonly<Record<string, ComponentChildren>>;
  actions?: ComponentChildren;
  /** @default what `withUndo` has put in the address, where it can still be taken back */
  undo?: UndoForm | undefined;
  /** Something stayed undone. @default "ok" */
  tone?: "ok" | "warn" | undefined;
}

/** Said beside the button where taking back does more than it seems. */
const EFFECTS: Readonly<Record<string, MessageKey>> = {
  "payment.recorded": "states.undo_payment",
  "subscription.suspended": "states.undo_suspended",
  "subscription.resumed": "states.undo_resumed",
};

/**
 * What the last action did, and the way back where there is one. With scripts a message with a way back becomes a toast
 * of 10 seconds; without them it stays a banner with a button. It names whom or what it is about: a row that has left
 * the list is not there any more to look at.
 */
export function Flash({ done, messages, actions, undo, tone = "ok" }: FlashProps) {
  const t = useT();
  const frame = useContext(FlashContext);
  if (!done || !Object.hasOwn(messages, done)) return null;
  const offer = undo ?? (frame?.undo ? { action: "/admin/undo", values: { entry: frame.undo.entry } } : null);
  const effect = undo === undefined ? EFFECTS[frame?.undo?.action ?? ""] : undefined;
  const text = <About>{messages[done]}</About>;
  if (offer === null || frame === null) {
    return <Banner tone={tone} live actions={actions}>{text}</Banner>;
  }
  return (
    <div class="toast" data-toast>
      <Banner
        tone={tone}
        live
        actions={
          <>
            {actions}
            <ActionForm {...offer} csrfToken={frame.csrfToken} small icon="undo">
              {offer.label ?? t("states.undo")}
            </ActionForm>
          </>
        }
      >
        {text}
        {effect && <div class="note">{` ${t(effect)}`}</div>}
      </Banner>
    </div>
  );
}

/** The name of whom or what a message is about, before it. */
function About({ children }: { children: ComponentChildren }) {
  const about = useContext(FlashContext)?.about;
  return (
    <>
      {about && <strong>{`${about}: `}</strong>}
      {children}
    </>
  );
}

/** Codes that any page may be sent back to with. */
const EVERYWHERE = {
  undone: "ok",
  undo_gone: "warn",
  undo_changed: "warn",
  undo_some_changed: "warn",
  undo_billed: "warn",
  undo_refused: "warn",
} as const;

/** What taking back did; shown by the frame, so that no page has to know. */
export function FrameFlash({ done }: { done: string | null }) {
  const t = useT();
  if (done === null || !Object.hasOwn(EVERYWHERE, done)) return null;
  const code = done as keyof typeof EVERYWHERE;
  return (
    <Banner tone={EVERYWHERE[code]} live>
      <About>{t(`states.${code}`)}</About>
    </Banner>
  );
}
