import { z } from "zod";

/** A simulated router as the demo's supervisor knows it. */
const routerShape = z.object({ site: z.string(), name: z.string(), plugged: z.boolean() });
/** The agent of a site. */
const agentShape = z.object({ site: z.string(), running: z.boolean() });
const preparingShape = z.object({ label: z.string(), done: z.number(), total: z.number() });
/** Who can sign in to the demo: it keeps no secret. */
const loginShape = z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string() });
/** What is wrong with the demo's mail server. */
export const MAIL_FAULTS = ["away", "login_refused", "daily_limit"] as const;
export type MailFault = (typeof MAIL_FAULTS)[number];
const mailServerShape = z.object({
  address: z.string(),
  /** Mails that nobody has looked at yet. */
  unseen: z.number(),
  faults: z.record(z.enum(MAIL_FAULTS), z.boolean()),
});
const statusShape = z.object({
  mail: mailServerShape,
  logins: z.array(loginShape),
  routers: z.array(routerShape),
  agents: z.array(agentShape),
  /** The history that is being played at the first start; null when all is there. */
  preparing: preparingShape.nullable(),
});

/** What the demo can do to its own small world. */
export type DemoStatus = z.infer<typeof statusShape>;

const mailListShape = z.object({
  total: z.number(),
  mails: z.array(z.object({
    id: z.number(),
    to: z.array(z.string()),
    from: z.string(),
    subject: z.string(),
    /** As the mail says; null where it says none. */
    date: z.string().nullable(),
    takenAt: z.string(),
    isAnswered: z.boolean(),
  })),
});
const mailShape = z.object({
  id: z.number(),
  rcptTo: z.array(z.string()),
  takenAt: z.string(),
  isAnswered: z.boolean(),
  isSecure: z.boolean(),
  bytes: z.number(),
  from: z.string(),
  to: z.string(),
  replyTo: z.string(),
  subject: z.string(),
  date: z.string().nullable(),
  headers: z.array(z.string()),
  text: z.string(),
  html: z.string().nullable(),
  files: z.array(z.object({
    index: z.number(),
    fileName: z.string(),
    contentType: z.string(),
    bytes: z.number(),
    isInText: z.boolean(),
  })),
});

/** The newest mails of the demo's mail server, and how many there are. */
export type DemoMailList = z.infer<typeof mailListShape>;
/** A mail as a mail program reads it, without the bytes of its files. */
export type DemoMail = z.infer<typeof mailShape>;
/** A file of a mail. */
export interface DemoMailFile {
  fileName: string;
  contentType: string;
  content: Uint8Array<ArrayBuffer>;
}

/** The process that runs the demo's routers, agents and mail server. */
export interface DemoControl {
  status(): Promise<DemoStatus>;
  setPlugged(router: string, plugged: boolean): Promise<void>;
  /** Kills the agent of a site as a power cut would. */
  killAgent(site: string): Promise<void>;
  startAgent(site: string): Promise<void>;
  /** Lets the demo's people live a moment of the business clock: who is about to pay pays. */
  letPeopleAct(): Promise<void>;
  /** Newest first; `to` is a part of a recipient's address, empty for all. From here on they have been seen. */
  listMails(to: string): Promise<DemoMailList>;
  findMail(id: number): Promise<DemoMail | null>;
  findMailFile(id: number, index: number): Promise<DemoMailFile | null>;
  setMailFault(fault: MailFault, isOn: boolean): Promise<void>;
}

/** Talks to the supervisor over loopback; null outside the demo. */
export function openDemoControl(settings: { controlUrl: string; token: string } | null): DemoControl | null {
  if (settings === null) return null;
  const ask = async (path: string, body?: unknown): Promise<Response | null> => {
    const response = await fetch(new URL(path, settings.controlUrl), {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${settings.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw new Error(`Cannot control the demo: its supervisor answered ${response.status}`);
  };
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await ask(path, body);
    if (response === null) throw new Error(`Cannot control the demo: its supervisor does not know ${path}`);
    return await response.json();
  };
  return {
    status: async () => statusShape.parse(await call("/status")),
    setPlugged: async (router, plugged) => void await call("/router", { router, plugged }),
    killAgent: async (site) => void await call("/agent", { site, action: "kill" }),
    letPeopleAct: async () => void await call("/people", {}),
    startAgent: async (site) => void await call("/agent", { site, action: "start" }),
    listMails: async (to) => mailListShape.parse(await call(`/mails?to=${encodeURIComponent(to)}`)),
    findMail: async (id) => {
      const response = await ask(`/mails/${id}`);
      return response === null ? null : mailShape.parse(await response.json());
    },
    findMailFile: async (id, index) => {
      const response = await ask(`/mails/${id}/files/${index}`);
      return response === null ? null : {
        fileName: decodeURIComponent(response.headers.get("x-file-name") ?? ""),
        contentType: response.headers.get("content-type") ?? "",
        content: new Uint8Array(await response.arrayBuffer()),
      };
    },
    setMailFault: async (fault, isOn) => void await call("/mail", { fault, on: isOn }),
  };
}
