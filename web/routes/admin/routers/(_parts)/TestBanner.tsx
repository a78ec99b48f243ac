import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { CommandPill } from "@/web/components/Pill.tsx";
import { formatPlural } from "@/web/format.ts";
import { sentence } from "../../(_billing)/words.ts";
import { ADVICE } from "../../(_network)/router_state.tsx";
import type { RouterPageView, TestView } from "./load_router.ts";

/** A test of the router in place: on its way, what it found, or what to do. */
export function TestBanner({ view, test }: { view: RouterPageView; test: TestView }) {
  const { router } = view;
  const { command, found } = test;
  if (test.isWaiting) {
    const isAway = view.agent !== "online";
    return (
      <Banner
        tone="info"
        live
        title={isAway ? "Waiting for the agent" : `Testing ${router.host}`}
        actions={<CommandPill state={command.status === "sent" ? "sent" : "queued"} />}
      >
        {isAway
          ? "The agent is not connected. The test runs when it is back within two minutes."
          : "The agent signs in and reads who answers. This takes a few seconds."}
      </Banner>
    );
  }
  if (found === null || router.status === "wrong_router") return <Refused view={view} test={test} />;
  if (!found.isReadable) {
    return (
      <Banner tone="warn" live title={`${found.identity} answers, but its PPP secrets may not be read`}>
        Give the user's group the read policy: /user group set linya policy=api,read,write,test. Then test
        again.
      </Banner>
    );
  }
  return (
    <Banner tone="ok" live title={`Online: ${found.identity}, RouterOS ${found.version}`}>
      {formatPlural(found.secrets, "PPP secret")} can be read. Nothing was changed on the router.
    </Banner>
  );
}

function Refused({ view, test }: { view: RouterPageView; test: TestView }) {
  const { router } = view;
  const { command } = test;
  const advice = router.status === "online" || router.status === "unknown"
    ? ADVICE.error
    : ADVICE[router.status];
  const said = router.status === "wrong_router" ? router.status_message : command.error_message;
  const isExpired = command.status === "expired" || command.status === "queued" || command.status === "sent";
  return (
    <Banner
      tone="bad"
      live
      title={isExpired ? "The test was not answered" : advice.title}
      actions={
        <LinkButton small href={`/admin/routers/${router.id}/edit`}>Edit address or password</LinkButton>
      }
    >
      {isExpired ? said ?? "The agent did not answer in time. Test again when it is online." : advice.what}
      {!isExpired && said !== null && router.status !== "wrong_password" && <p>{sentence(said)}</p>}
    </Banner>
  );
}
