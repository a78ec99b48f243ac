import { join } from "node:path";
import { z } from "zod";
import { freePort } from "@/embedded_postgres/port.ts";
import { type MailSim, startMailSim } from "@/sim/mail/mod.ts";

/** User and password that the mail server of a stack accepts; who gives none may send as well. */
export const MAIL_LOGIN = { user: "billing@bayan.test", password: "sulat at selyo" } as const;

/** Only the port is kept: the settings of the ISP name it, its mails are gone with the process. */
const shape = z.object({ port: z.number().int() });

/** The mail server of a stack, and the file with the certificate that its web has to trust. */
export interface StackMail {
  sim: MailSim;
  authorityFile: string;
}

/** Starts the stack's mail server, at the port of its earlier starts. It listens on this machine only. */
export async function startStackMail(dataDir: string): Promise<StackMail> {
  const file = join(dataDir, "mail-server.json");
  const port = await savedPort(file) ?? freePort();
  const sim = await startMailSim({ port, login: { ...MAIL_LOGIN, isOptional: true } });
  const authorityFile = join(dataDir, "mail-authority.pem");
  await Deno.writeTextFile(authorityFile, sim.authority ?? "");
  await Deno.writeTextFile(file, JSON.stringify({ port }));
  return { sim, authorityFile };
}

async function savedPort(file: string): Promise<number | null> {
  try {
    return shape.parse(JSON.parse(await Deno.readTextFile(file))).port;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
