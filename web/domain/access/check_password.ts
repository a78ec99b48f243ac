import { err, ok, type Result } from "@/shared/result.ts";
import { isWalk, readDecorated, repeatedUnit } from "./guessable.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "./limits.ts";

export type PasswordProblem =
  | "password_too_short"
  | "password_too_long"
  | "password_common"
  | "password_personal";

/** Whose password it will be. */
export interface PasswordOwner {
  email: string;
  name: string;
  company: string;
}

/** Common here, and rare in lists that were made elsewhere. */
const LOCAL = new Set(
  ("mahal mahalkita mahalko mahalkoto mahalnamahalkita mahalkosila iniibigkita lovekita labyu labyou pilipinas " +
    "philippines pinoy pinay pinoyako pinoypride manila maynila cebu davao makati quezon quezoncity baguio bohol " +
    "iloilo batangas cavite laguna bulacan pampanga mindanao luzon visayas barangay sarisari jollibee jeepney adobo " +
    "sinigang lechon halohalo kapamilya kapuso ginebra gilas pacquiao mannypacquiao diyos diyosko salamat salamatpo " +
    "magandangumaga magandanghapon magandanggabi kamusta kumusta kabayan bayanihan tahanan nanay tatay inay itay " +
    "kuya bunso lolo lola ganda pogi poging pogiako gandako gandamo maganda masaya masarap bahay bahala bahalana " +
    "bahalanasibatman sampaguita bulaklak bituin araw buwan ulan dagat tubig langit kalabaw aso pusa kalayaan " +
    "juan juandelacruz delacruz reyes santos garcia mendoza bautista villanueva gonzales ramos aquino castillo " +
    "jesus jesuschrist hesus hesukristo godisgood godbless praisegod inlovewithgod mama mary mamamary " +
    "linya linyalinya mikrotik routeros winbox router wifi wifiko wifipassword piso pisowifi pisonet internet " +
    "winwin billing subscriber cashier kahera owner secret changeme default letmein welcome admin administrator " +
    "superadmin sysadmin root toor ubnt ubiquiti tplink huawei converge globe globelink pldt pldtadmin smart " +
    "smartbro skycable").split(" "),
);

/** What is left of a password without digits and signs says nothing when it is shorter. */
const CORE_MIN = 4;

/** A number of this kind is in an address book: mobile numbers, and days as six or eight digits. */
const PHONE_OR_DATE = /^(?:0|63)?9\d{9}$|^(?:19|20)\d{6}$|^\d{4}(?:19|20)\d\d$/;

/**
 * Refuses passwords that are too short, too long, among those that guessers try first (also with digits, signs or
 * look-alike letters), or made of what everybody knows about the person.
 *
 * @param common passwords that many people have, in lower case
 */
export function checkPassword(
  password: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): Result<string, PasswordProblem> {
  if ([...password].length < PASSWORD_MIN) {
    return err("password_too_short", { min: PASSWORD_MIN });
  }
  if (password.length > PASSWORD_MAX) {
    return err("password_too_long", { max: PASSWORD_MAX });
  }
  const forms = readDecorated(password);
  if (forms.some((form) => isPersonal(form, owner))) {
    return err("password_personal");
  }
  const isKnown = (text: string) => text.length >= CORE_MIN && (common.has(text) || LOCAL.has(text));
  if (PHONE_OR_DATE.test(password) || forms.some((form) => isCommon(form, isKnown))) {
    return err("password_common");
  }
  return ok(password);
}

function isCommon(text: string, isKnown: (text: string) => boolean): boolean {
  if (isKnown(text) || text.length > CORE_MIN && isWalk(text)) return true;
  const unit = repeatedUnit(text);
  return unit !== null && (unit.length <= 4 || isKnown(unit) || isWalk(unit));
}

function isPersonal(text: string, owner: PasswordOwner): boolean {
  const unit = repeatedUnit(text) ?? text;
  const [mailName = "", mailHost = ""] = owner.email.split("@");
  const wholes = [owner.name, owner.company, mailName, owner.email, mailHost].map(squash);
  const parts = [owner.name, owner.company, mailName].flatMap((whole) => whole.split(/[^\p{L}\p{N}]+/u)).map(
    squash,
  );
  const names = new Set([...wholes, ...parts].flatMap((name) => [name, name.replace(/\d+$/, "")]));
  names.delete("");
  const isOf = (wanted: string) =>
    [...names].some((name) =>
      name.length >= 4 && name === wanted || [...names].some((other) => name + other === wanted)
    );
  return isOf(squash(text)) || isOf(squash(unit));
}

function squash(text: string): string {
  return text.normalize("NFD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
