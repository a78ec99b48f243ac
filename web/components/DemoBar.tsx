import { ActionForm, LinkButton } from "./Button.tsx";

interface DemoBarProps {
  csrfToken: string;
  /** Page to come back to. */
  back: string;
}

/** Moves business time and leads to the demo's cables and plugs. */
export function DemoBar({ csrfToken, back }: DemoBarProps) {
  const move = (to: string) => ({
    action: "/admin/demo/clock",
    csrfToken,
    values: { to, back },
    small: true,
  });
  return (
    <>
      <span class="demo-bar-title">Demo clock</span>
      <ActionForm {...move("day")}>Next day</ActionForm>
      <ActionForm {...move("bill_run")}>Next bill run</ActionForm>
      <ActionForm {...move("cut_run")}>Next cut run</ActionForm>
      <LinkButton href="/admin/demo" small kind="quiet">Unplug things</LinkButton>
    </>
  );
}
