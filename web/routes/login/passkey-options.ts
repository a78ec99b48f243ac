import { refused } from "@/web/app/errors/refused.ts";
import { readInput } from "@/web/app/form/input.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { readStepToken, stepCookie } from "@/web/app/guard/step_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { passkeyQuestionForm } from "@/web/route_table/factors.ts";
import { askPasskeyAlone, askSecondPasskey } from "@/web/services/access/factors/second_step.ts";

export const route: RouteEntries = {
  POST: {
    audience: "public",
    permission: "public",
    input: passkeyQuestionForm,
    summary: "What a passkey has to sign to sign in, as JSON",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { services, security, browsers, isHttps, clientIp } = ctx.state;
    const context = { ...services, security, browsers };
    const input = readInput(ctx.state, passkeyQuestionForm);
    const place = placeOf(ctx);
    if (!place.works) throw refused("not_found");
    if (input.for === "second") {
      const token = readStepToken("second", ctx.req.headers, isHttps);
      const options = token === "" ? null : await askSecondPasskey(context, token, place);
      if (options === null) throw refused("not_found");
      return Response.json(options);
    }
    const asked = await askPasskeyAlone(context, place, clientIp);
    if (asked === null) throw refused("too_many_tries", { minutes: 15, seconds: 0 });
    const answer = Response.json(asked.options);
    answer.headers.append("set-cookie", stepCookie("passkey", isHttps, asked.second));
    return answer;
  },
});
