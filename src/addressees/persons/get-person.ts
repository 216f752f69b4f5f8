import { type Actor, NotPermitted, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type ItemCatalogue, loadItemCatalogue } from '#common-base/linkage';
import { getMunicipality } from '#common-base/municipalities';
import { type Day, NotFound, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { findRegisteredGuardian } from './annotations.ts';
import { decideHiddenPlaces, discloseItems, everyPlace } from './decide-disclosure.ts';
import { subjectOf, withoutUndeclared } from './declared-register-items.ts';
import { findHouseholder, isHouseholdProtected, listHouseholdIds } from './household-store.ts';
import { findMailingAddress, type MailingAddress } from './mailing-store.ts';
import { listPersonSummaries, loadPersonsForJudging } from './person-store.ts';
import { loadProtectedPlaces } from './protected-places.ts';
import type { PersonSummary, RegisterItems, ResidencyPeriod } from './types.ts';
import { findVersionAsKnown, loadVersions, type PersonVersion } from './version-store.ts';
import { listWelfareFlags, type WelfareFlag } from './welfare-store.ts';

/** A person's page: who it is, what the register says (without places where protected), and what belongs to it. */
export interface PersonPage extends PersonSummary {
  readonly version: number;
  readonly effectiveOn: Day;
  readonly recordedAt: Date;
  readonly items: RegisterItems;
  readonly residencies: readonly ResidencyPeriod[];
  /** 送付先 valid on the day; null where there is none or the person is protected. */
  readonly mailing: MailingAddress | null;
  readonly guardian: { readonly personId: PersonId; readonly name: string } | null;
  readonly welfare: readonly WelfareFlag[];
}

/** The places of a protected person, seen with permission and reason. */
export interface ProtectedPlace {
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly building: string | null;
  readonly phone: string | null;
  readonly previousAddress: string | null;
  readonly nextAddress: string | null;
  readonly householdNumber: string | null;
  readonly mailing: MailingAddress | null;
}

/** One person as the page shows it; the view is recorded in the log with its person. */
export async function getPerson(tx: Tx, actor: Actor, personId: PersonId, asOf: Day): Promise<PersonPage> {
  requirePermission(actor, 'persons.view');
  const { summary, version, residencies } = await load(tx, personId, asOf);
  const catalogue = await loadItemCatalogue(tx);
  const isHidden = summary.isAddressHidden;
  const disclosed = await discloseVersion(tx, version, isHidden);
  const guardian = isHidden ? null : await findGuardian(tx, personId, version, asOf);
  const page: PersonPage = {
    ...summary,
    version: version.version,
    effectiveOn: version.effectiveOn,
    recordedAt: version.recordedAt,
    items: itemsOf(disclosed),
    residencies,
    mailing:
      isHidden || !catalogue.mayHold('persons.mailing')
        ? null
        : ((await findMailingAddress(tx, personId, asOf)) ?? null),
    guardian,
    welfare: (await listWelfareFlags(tx, personId, asOf)).map((flag) => discloseWelfare(flag, catalogue)),
  };
  const items = ['basics', 'welfare', ...(isHidden ? [] : ['address', 'phone', 'mailing'])];
  await recordAct(tx, actor, { act: 'persons.viewed', personIds: [personId], items });
  return page;
}

/**
 * The places of a protected person. Needs its own permission and a reason (処理事由), and leaves its own act with the
 * person in the log.
 */
export async function revealProtectedAddress(
  tx: Tx,
  actor: Actor,
  personId: PersonId,
  asOf: Day,
): Promise<ProtectedPlace> {
  requirePermission(actor, 'persons.viewProtected');
  if ((actor.reason ?? '').trim() === '') {
    throw new NotPermitted('persons.viewProtected', '支援措置の対象者の住所を見るには、処理事由が要ります。');
  }
  const { version } = await load(tx, personId, asOf);
  const { mayHold } = await loadItemCatalogue(tx);
  const items = [
    'postalCode',
    'address',
    'building',
    'phone',
    'previousAddress',
    'nextAddress',
    'household',
    'mailing',
  ];
  await recordAct(tx, actor, { act: 'persons.protectedAddressViewed', personIds: [personId], items });
  return {
    postalCode: version.postalCode,
    address: version.address,
    building: version.building,
    phone: version.phone,
    previousAddress: joined(version.previousAddress, version.previousBuilding),
    nextAddress: joined(version.nextAddress, version.nextBuilding),
    householdNumber: version.householdNumber,
    mailing: mayHold('persons.mailing') ? ((await findMailingAddress(tx, personId, asOf)) ?? null) : null,
  };
}

/** The household (世帯), householder first; each member without address. Empty where one of them is protected. */
export async function listHousehold(
  tx: Tx,
  actor: Actor,
  personId: PersonId,
  asOf: Day,
): Promise<{ readonly isHidden: boolean; readonly members: readonly PersonSummary[] }> {
  requirePermission(actor, 'persons.view');
  if (await isHouseholdProtected(tx, personId)) return { isHidden: true, members: [] };
  if (!(await loadItemCatalogue(tx)).mayHold('persons.householdNumber')) return { isHidden: false, members: [] };
  const ids = await listHouseholdIds(tx, personId);
  const members = await listPersonSummaries(tx, ids, asOf);
  await recordAct(tx, actor, { act: 'persons.householdViewed', personIds: ids, items: ['household'] });
  return { isHidden: false, members };
}

/** Everything the register ever said of a person, newest first, without places where the person is protected now. */
export async function listPersonVersions(tx: Tx, actor: Actor, personId: PersonId): Promise<PersonVersion[]> {
  requirePermission(actor, 'persons.view');
  const isHidden = await isHouseholdProtected(tx, personId);
  const versions = await discloseVersions(tx, await loadVersions(tx, personId), isHidden);
  await recordAct(tx, actor, { act: 'persons.historyViewed', personIds: [personId], items: ['history'] });
  return versions;
}

/**
 * What the register said of a person on a day, as we knew it at an instant: the answer to "what could the office know
 * when it wrote this letter". Undefined when nothing was known.
 */
export async function findPersonAsKnownOn(
  tx: Tx,
  actor: Actor,
  personId: PersonId,
  at: { readonly effectiveOn: Day; readonly recordedAt: Date },
): Promise<PersonVersion | undefined> {
  requirePermission(actor, 'persons.view');
  const version = await findVersionAsKnown(tx, personId, at);
  const isHidden = await isHouseholdProtected(tx, personId);
  await recordAct(tx, actor, { act: 'persons.historyViewed', personIds: [personId], items: ['history'] });
  if (version === undefined) return undefined;
  const [disclosed] = await discloseVersions(tx, [version], isHidden);
  return disclosed;
}

/** Without the places of a protected person or household; else without the former ones that are a protected person's. */
async function discloseVersions(
  tx: Tx,
  versions: readonly PersonVersion[],
  isHidden: boolean,
): Promise<PersonVersion[]> {
  const catalogue = await loadItemCatalogue(tx);
  const declared = versions.map((version) => withoutUndeclared(version, catalogue));
  if (isHidden) return declared.map((version) => discloseItems(version, everyPlace));
  const { name } = await getMunicipality(tx);
  const places = await loadProtectedPlaces(tx, versions, name);
  return declared.map((version) => discloseItems(version, decideHiddenPlaces(version, places, name)));
}

/** The present version: its own place is hidden with the whole household or not at all. */
async function discloseVersion(tx: Tx, version: PersonVersion, isHidden: boolean): Promise<PersonVersion> {
  if (isHidden) return discloseItems(version, everyPlace);
  const { name } = await getMunicipality(tx);
  const places = await loadProtectedPlaces(tx, [version], name);
  return discloseItems(version, { ...decideHiddenPlaces(version, places, name), present: false });
}

async function load(tx: Tx, personId: PersonId, asOf: Day) {
  const [summary] = await listPersonSummaries(tx, [personId], asOf);
  const [record] = await loadPersonsForJudging(tx, { personIds: [personId] });
  const [newest] = await loadVersions(tx, personId);
  const version = newest && withoutUndeclared(newest, await loadItemCatalogue(tx));
  if (summary === undefined || record === undefined || version === undefined) {
    throw new NotFound('この人の記録はありません。番号を確かめて、もう一度さがしてください。');
  }
  return { summary, version, residencies: record.residencies };
}

async function findGuardian(tx: Tx, personId: PersonId, version: PersonVersion, asOf: Day) {
  const { mayHold } = await loadItemCatalogue(tx);
  const registered = mayHold('annotations.guardian') ? await findRegisteredGuardian(tx, personId, asOf) : undefined;
  if (registered !== undefined) return registered;
  if (version.guardianNumber !== null) {
    const [person] = await loadPersonsForJudging(tx, { addresseeNumbers: [version.guardianNumber] });
    if (person !== undefined) return { personId: person.personId, name: person.name };
  }
  if (!mayHold('persons.householdNumber', subjectOf(version)) || !mayHold('persons.relation', subjectOf(version))) {
    return null;
  }
  const householder = await findHouseholder(tx, personId, asOf);
  return householder === undefined ? null : { personId: householder.personId, name: householder.name };
}

/** Without the flags that the municipality may not hold. */
function discloseWelfare(flag: WelfareFlag, { mayHold }: ItemCatalogue): WelfareFlag {
  return {
    ...flag,
    isPublicAssistance: flag.isPublicAssistance && mayHold('welfare.publicAssistance'),
    isDisabled: flag.isDisabled && mayHold('welfare.disabled'),
    taxCategory: mayHold('welfare.taxCategory') ? flag.taxCategory : null,
  };
}

function itemsOf(version: PersonVersion): RegisterItems {
  const {
    personId: _person,
    version: _version,
    effectiveOn: _on,
    recordedAt: _at,
    feedRunId: _run,
    ...items
  } = version;
  return items;
}

function joined(address: string | null, building: string | null): string | null {
  return address === null ? null : [address, building].filter((part) => part !== null).join(' ');
}
