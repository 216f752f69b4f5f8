import type { Networks } from '#platform/http';
import type { Role } from './permission-table.ts';

/** When and from where somebody may work, or do what is dangerous; a rule that names nobody holds for all. */
export interface PlaceRule {
  /** `signIn` holds for the sign-in and for every page after it; `dangerousActs` for what asks for the password again. */
  readonly of: 'signIn' | 'dangerousActs';
  /** 所属; null: any. */
  readonly departments: readonly string[] | null;
  readonly roles: readonly Role[] | null;
  /** Networks of the terminals; null: any. */
  readonly networks: Networks | null;
  /** The proxy must name a terminal whose certificate and state the office's management of terminals vouches for. */
  readonly needsTerminal: boolean;
  /** Hours in Tokyo: from the beginning of the first to the beginning of the last (24: until midnight). */
  readonly fromHour: number;
  readonly toHour: number;
  /** Also on Saturdays, Sundays and the closed days of the settings. */
  readonly isOpenOnClosedDays: boolean;
}

/** Who wants to work, when and where. */
export interface PlaceQuestion {
  readonly of: PlaceRule['of'];
  readonly department: string;
  readonly roles: readonly Role[];
  /** Network address as the trusted proxy tells it. */
  readonly from: string;
  /** The terminal that the proxy has named; null: none. */
  readonly terminal: string | null;
  readonly at: Date;
}

/** Why not; the words go into the log. */
export type PlaceRefusal = 'outsideHours' | 'outsideNetworks' | 'unknownTerminal';

const tokyoHours = 9;

/** What the rules have against it; null where nothing. All rules that speak of the person must hold. Pure. */
export function decidePlace(
  rules: readonly PlaceRule[],
  closedDays: readonly string[],
  question: PlaceQuestion,
): PlaceRefusal | null {
  for (const rule of rules.filter((each) => isAbout(each, question))) {
    if (rule.networks?.has(question.from) === false) return 'outsideNetworks';
    if (rule.needsTerminal && question.terminal === null) return 'unknownTerminal';
    if (!isOpen(rule, closedDays, question.at)) return 'outsideHours';
  }
  return null;
}

function isAbout(rule: PlaceRule, { of, department, roles }: PlaceQuestion): boolean {
  if (rule.of !== of) return false;
  if (rule.departments !== null && !rule.departments.includes(department)) return false;
  return rule.roles === null || roles.some((role) => rule.roles?.includes(role));
}

function isOpen(rule: PlaceRule, closedDays: readonly string[], at: Date): boolean {
  const inTokyo = new Date(at.getTime() + tokyoHours * 3_600_000);
  const hour = inTokyo.getUTCHours();
  if (hour < rule.fromHour || hour >= rule.toHour) return false;
  if (rule.isOpenOnClosedDays) return true;
  const weekday = inTokyo.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !closedDays.includes(inTokyo.toISOString().slice(0, 10));
}
