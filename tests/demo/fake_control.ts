import type {
  DemoControl,
  DemoMail,
  DemoMailFile,
  DemoStatus,
  MailFault,
} from "@/web/gateways/demo_control/mod.ts";

/** A supervisor that only remembers what it was told. */
export class FakeControl implements DemoControl {
  current: DemoStatus = {
    routers: [{ site: "Ilaya", name: "Router 1", plugged: true }, {
      site: "Ilaya",
      name: "Router 2",
      plugged: true,
    }],
    agents: [{ site: "Ilaya", running: true }],
    mail: {
      address: "127.0.0.1:2525",
      unseen: 0,
      faults: { away: false, login_refused: false, daily_limit: false },
    },
    preparing: null,
    logins: [{ role: "Owner", name: "Ana Reyes", email: "ana@bayan.test", password: "kape at pandesal" }],
  };

  status = () => Promise.resolve(this.current);
  setPlugged = (router: string, plugged: boolean) => {
    for (const one of this.current.routers) if (one.name === router) one.plugged = plugged;
    return Promise.resolve();
  };
  acted = 0;
  letPeopleAct = () => Promise.resolve(void this.acted++);
  killAgent = () => Promise.resolve(this.current.agents.forEach((agent) => agent.running = false));
  startAgent = () => Promise.resolve(this.current.agents.forEach((agent) => agent.running = true));

  /** Oldest first. */
  readonly mails: DemoMail[] = [];
  readonly files = new Map<string, DemoMailFile>();

  listMails = (to: string) => {
    this.current.mail.unseen = 0;
    const fitting = this.mails.filter(({ rcptTo }) => rcptTo.some((address) => address.includes(to)));
    const mails = fitting.toReversed().map(({ rcptTo, ...mail }) => ({ ...mail, to: rcptTo }));
    return Promise.resolve({ total: fitting.length, mails });
  };
  findMail = (id: number) => Promise.resolve(this.mails.find((mail) => mail.id === id) ?? null);
  findMailFile = (id: number, index: number) => Promise.resolve(this.files.get(`${id}/${index}`) ?? null);
  setMailFault = (fault: MailFault, isOn: boolean) => {
    this.current.mail.faults[fault] = isOn;
    return Promise.resolve();
  };

  /** A mail came. */
  take(mail: Partial<DemoMail>): DemoMail {
    const taken: DemoMail = {
      id: this.mails.length + 1,
      rcptTo: ["juan@example.test"],
      takenAt: "2026-02-14T00:00:00Z",
      isAnswered: true,
      isSecure: true,
      bytes: 31_000,
      from: '"Bayan Net" <billing@bayan.test>',
      to: "Juan <juan@example.test>",
      replyTo: "",
      subject: "Your bill",
      date: "2026-02-14T00:00:00Z",
      headers: ["Message-ID: <one@bayan.test>"],
      text: "May bill ka na",
      html: "<p>May bill ka na</p>",
      files: [],
      ...mail,
    };
    this.mails.push(taken);
    this.current.mail.unseen++;
    return taken;
  }
}
