import { TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { median, type Scenario } from "../row.ts";

const IDLE_SECONDS = 20;
const GOAL = 1.7;

/** Memory of an agent that has nothing to do, beside that of a Deno process that only waits. */
export const idleAgent: Scenario = {
  name: "idle_agent",
  what: `an agent with one router of 170 secrets, idle for ${IDLE_SECONDS} s`,
  async run() {
    await using provider = await TestStack.start({ secrets: 170 });
    // As after any reboot: the first start also enrols, and reads 170 secrets for their import.
    await provider.stack.stopAgent();
    await provider.stack.startAgent();
    await until(() => provider.isAgentConnected(), { timeoutMs: 30_000, what: "the agent is back" });
    const waiting = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", new URL("../empty.ts", import.meta.url).pathname],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const agentPid = provider.stack.agentPid;
      if (agentPid === null) throw new Error("Cannot measure: the agent is not running");
      const ticksBefore = await cpuTicks(agentPid);
      await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
      const ticks = await cpuTicks(agentPid) - ticksBefore;
      return [toRow(await residentMb(agentPid), await residentMb(waiting.pid), ticks)];
    } finally {
      waiting.kill("SIGTERM");
      await waiting.status;
    }
  },
};

function toRow(ours: number, floor: number, ticks: number) {
  const ratio = ours / floor;
  return {
    row: "idle_agent",
    unit: "MB" as const,
    ours,
    floor,
    peer: null,
    ratio,
    goal: `at most ${GOAL} x an empty Deno process`,
    met: ratio <= GOAL,
    note:
      `resident memory after a restart, median of 5 looks (some 6 MB more until then: enrolment, import, a first ` +
      `parse of the program); ${(ticks / IDLE_SECONDS).toFixed(2)} % of a core while idle`,
  };
}

/** Resident memory in MB (RSS, shared pages counted in full for both). */
async function residentMb(pid: number): Promise<number> {
  const looks = [];
  for (let i = 0; i < 5; i++) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
    looks.push(kilobytes / 1024);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return median(looks);
}

/** Processor time used so far, in hundredths of a second. */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
