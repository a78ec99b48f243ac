import { z } from "zod";
import { randomBytes, toBase64Url } from "@/shared/crypto/mod.ts";
import { freePort } from "@/embedded_postgres/port.ts";
import { MailControl } from "./mail_control.ts";
import type { Stack } from "./mod.ts";

const routerBody = z.object({ router: z.string(), plugged: z.boolean() });
const agentBody = z.object({ site: z.string(), action: z.enum(["kill", "start"]) });

/** Lets the web's demo bar reach routers, agents and mails of this stack: loopback only, with a token made at each start. */
export function startControl(stack: Stack): { url: string; token: string; stop(): Promise<void> } {
  const token = toBase64Url(randomBytes(24));
  const mail = new MailControl(stack.mail);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: freePort(), onListen: () => {} },
    async (request) => {
      if (request.headers.get("authorization") !== `Bearer ${token}`) {
        return new Response(null, {
          status: 401,
        });
      }
      return await mail.answer(request) ?? await answer(stack, mail, request);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
    stop: () => server.shutdown(),
  };
}

async function answer(stack: Stack, mail: MailControl, request: Request): Promise<Response> {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case "GET /status": {
      const routers = stack.sites.flatMap((site) =>
        site.routers.map(({ name }) => ({ site: site.name, name, plugged: stack.isPlugged(name) }))
      );
      const agents = stack.sites.map(({ name }) => ({
        site: name,
        running: stack.agentPidOf(name) !== null,
      }));
      return Response.json({
        routers,
        agents,
        mail: mail.status(),
        preparing: stack.preparing,
        logins: stack.logins,
      });
    }
    case "POST /router": {
      const { router, plugged } = routerBody.parse(await request.json());
      await stack.setPlugged(router, plugged);
      return Response.json({});
    }
    case "POST /people": {
      await stack.people?.();
      return Response.json({});
    }
    case "POST /agent": {
      const { site, action } = agentBody.parse(await request.json());
      if (action === "kill") await stack.killAgent(site);
      else await stack.startAgent(undefined, site);
      return Response.json({});
    }
  }
  return new Response(null, { status: 404 });
}
