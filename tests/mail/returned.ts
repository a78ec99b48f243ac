/** What is different in a returned mail. */
export interface ReturnedMail {
  messageId: string;
  to: string;
  /** @default "5.1.1" */
  status?: string;
  /** @default "failed" */
  action?: string;
  /** @default "smtp; 550 5.1.1 no such user" */
  diagnostic?: string;
}

/** A delivery report as RFC 3464 has it, around the head of the mail that it is about. */
export function returnedMail(returned: ReturnedMail): Uint8Array {
  const { messageId, to, status = "5.1.1", action = "failed" } = returned;
  const { diagnostic = "smtp; 550 5.1.1 no such user" } = returned;
  return new TextEncoder().encode(
    [
      "From: MAILER-DAEMON@mx.example.test",
      "To: bills@ilaya.test",
      "Subject: Undelivered Mail",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
      "",
      "--b1",
      "Content-Type: text/plain",
      "",
      "I am sorry to say that your mail did not get there.",
      "--b1",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example.test",
      "",
      `Final-Recipient: rfc822; ${to}`,
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: ${diagnostic}`,
      "",
      "--b1",
      "Content-Type: message/rfc822",
      "",
      "From: bills@ilaya.test",
      `To: ${to}`,
      "Subject: Your bill",
      `Message-ID: ${messageId}`,
      "",
      "The bill",
      "--b1--",
      "",
    ].join("\r\n"),
  );
}
