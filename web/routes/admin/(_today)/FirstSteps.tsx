import type { AppState } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { SetupProgress } from "@/web/store/tonight_page.ts";
import { may } from "../(_billing)/page_context.ts";

interface FirstStep {
  title: string;
  text: string;
  isDone: boolean;
  href: string;
  verb: string;
  permission: Permission;
}

/** What an empty installation does first, with what is done already. */
export function FirstSteps({ setup, state }: { setup: SetupProgress; state: AppState }) {
  const steps = stepsFor(setup);
  const next = steps.find((step) => !step.isDone);
  return (
    <Card title="Connect your first router">
      <p>
        Four steps, about ten minutes. Nothing is changed on your router before you say so.
      </p>
      <ol class="rows rows-steps">
        {steps.map((step, index) => (
          <li key={step.title}>
            <Pill tone={step.isDone ? "ok" : step === next ? "info" : "mute"}>
              {step.isDone ? "Done" : `Step ${index + 1}`}
            </Pill>
            <div>
              <b>{step.title}</b>
              <div class="note">{step.text}</div>
            </div>
            {!step.isDone && may(state, step.permission) && (
              <LinkButton kind={step === next ? "primary" : "default"} href={step.href}>
                {step.verb}
              </LinkButton>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function stepsFor(setup: SetupProgress): FirstStep[] {
  return [
    {
      title: "Add a site",
      text: "A site is the place where your router stands.",
      isDone: setup.sites > 0,
      href: "/admin/sites",
      verb: "Add a site",
      permission: "site:write",
    },
    {
      title: "Enrol the agent",
      text: "One command on any small computer beside the router. It connects outward; no port is opened.",
      isDone: setup.agents > 0,
      href: "/admin/sites",
      verb: "Get the command",
      permission: "agent:enrol",
    },
    {
      title: "Add a router",
      text: "Its address and a login. The password is sealed to the agent and never stored here.",
      isDone: setup.routers > 0,
      href: "/admin/sites",
      verb: "Add a router",
      permission: "router:write",
    },
    {
      title: "Import subscribers",
      text: "PPP secrets become subscribers after you have looked at them.",
      isDone: setup.subscribers > 0,
      href: "/admin/import",
      verb: "Import",
      permission: "import:run",
    },
  ];
}
