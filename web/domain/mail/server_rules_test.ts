import assert from "node:assert/strict";
import { connectionsMaxOf, endsPasswords, MAIL_PRESETS, minuteMaxOf, PRESET_VALUES } from "./presets.ts";
import { checkPublicPlace, encryptionOfPort, parseMailHost } from "./server_rules.ts";

Deno.test("the port says the encryption: STARTTLS on 25, 587 and 2525, TLS on 465, nothing elsewhere", () => {
  assert.deepEqual([25, 587, 2525, 465, 26, 8025].map(encryptionOfPort), [
    "starttls",
    "starttls",
    "starttls",
    "tls",
    null,
    null,
  ]);
});

Deno.test("every preset is a place that an installation for many ISPs reaches, with the encryption of its port", () => {
  for (const name of MAIL_PRESETS) {
    if (name === "own") continue;
    const preset = PRESET_VALUES[name];
    assert.deepEqual(parseMailHost(preset.host), { ok: true, value: preset.host });
    assert.equal(encryptionOfPort(preset.port), preset.encryption);
    assert.ok(checkPublicPlace({ ...preset, tokenUrl: preset.tokenUrl || null }).ok, name);
  }
});

Deno.test("parseMailHost takes a name or an address, and says what is too much of it", () => {
  const table: Record<string, string> = {
    " Mail.ISP.example ": "mail.isp.example",
    "mail.isp.example.": "mail.isp.example",
    "mail.peñafrancia.example": "mail.xn--peafrancia-u9a.example",
    "192.168.1.5": "192.168.1.5",
    "::1": "::1",
    "mailserver": "mailserver",
    "https://mail.isp.example": "mail_host_is_address",
    "mail.isp.example/": "mail_host_is_address",
    "user@mail.isp.example": "mail_host_is_address",
    "mail.isp.example:587": "mail_host_has_port",
    "mail isp": "mail_host_invalid",
    "mail..example": "mail_host_invalid",
    "127.1": "mail_host_invalid",
    "2130706433": "mail_host_invalid",
    "0x7f.0.0.1": "mail_host_invalid",
    "": "mail_host_invalid",
    ["a".repeat(254)]: "mail_host_invalid",
  };
  for (const [typed, expected] of Object.entries(table)) {
    const parsed = parseMailHost(typed);
    assert.equal(parsed.ok ? parsed.value : parsed.code, expected, typed);
  }
});

Deno.test("an installation for many ISPs reaches public addresses and ports of mail only, and known givers of tokens", () => {
  const check = (place: { host?: string; port?: number; tokenUrl?: string | null }) => {
    const checked = checkPublicPlace({ host: "mail.isp.example", port: 587, tokenUrl: null, ...place });
    return checked.ok ? "ok" : checked.code;
  };
  assert.equal(check({}), "ok");
  for (const port of [22, 80, 443, 5432, 8400, 26]) assert.equal(check({ port }), "mail_port_not_allowed");
  for (
    const host of [
      "127.0.0.1",
      "10.0.0.1",
      "169.254.169.254",
      "::ffff:7f00:1",
      "fd00::1",
      "localhost",
      "postgres",
    ]
  ) {
    assert.equal(check({ host }), "mail_host_not_public", host);
  }
  assert.equal(check({ host: "8.8.8.8" }), "ok");
  const urls = [
    "https://169.254.169.254/token",
    "https://localhost/token",
    "https://oauth2.googleapis.com:8443/token",
    "https://oauth2.googleapis.com.evil.example/token",
  ];
  for (const tokenUrl of urls) assert.equal(check({ tokenUrl }), "mail_token_url_not_allowed", tokenUrl);
});

Deno.test("Microsoft's server for sending is known to end sign-ins with a password", () => {
  assert.deepEqual(
    [
      "smtp.office365.com",
      "SMTP.Office365.com",
      "smtp-legacy.office365.com",
      "smtp.gmail.com",
      "office365.com.isp.example",
    ]
      .map(endsPasswords),
    [true, true, true, false, false],
  );
});

Deno.test("Microsoft 365 is given three connections at once, whichever preset it was typed under, and one's own server ten", () => {
  const max = (preset: (typeof MAIL_PRESETS)[number], host: string) => connectionsMaxOf({ preset, host });
  assert.equal(max("microsoft365", "smtp.office365.com"), 3);
  assert.equal(max("own", "SMTP-legacy.office365.com"), 3);
  assert.equal(max("gmail", "smtp.gmail.com"), 5);
  assert.equal(max("own", "smtp.gmail.com"), 5);
  assert.equal(max("own", "email-smtp.ap-southeast-1.amazonaws.com"), 5);
  assert.equal(max("ses", "email-smtp.us-east-1.amazonaws.com"), 5);
  assert.equal(max("own", "mail.isp.example"), 10);
});

Deno.test("Microsoft 365 is given thirty mails a minute, whichever preset it was typed under, and others what they take", () => {
  assert.equal(minuteMaxOf({ preset: "microsoft365", host: "smtp.office365.com" }), 30);
  assert.equal(minuteMaxOf({ preset: "own", host: "SMTP.Office365.com." }), 30);
  assert.equal(minuteMaxOf({ preset: "gmail", host: "smtp.gmail.com" }), null);
  assert.equal(minuteMaxOf({ preset: "own", host: "mail.isp.example" }), null);
});
