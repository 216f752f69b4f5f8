import { addDays, type Day, dayParts, earlierDay, getDay, reachesYearsOn, type Sex } from '#kernel';
import { choosePlace, isFromHere, makeResidence, type Residence } from './make-residence.ts';
import { givenNameKey } from './parse-profile.ts';
import type { Lottery, Random } from './random.ts';
import type {
  Address,
  Calendar,
  DemoPerson,
  DemoProfile,
  FamilyName,
  HouseholdKind,
  Member,
  ProfileOptions,
} from './types.ts';

/** What a household is made from; `recent` are people made before, for those who share name and birth date. */
export interface HouseholdOrder {
  readonly index: number;
  readonly firstNumber: number;
  readonly recent: readonly DemoPerson[];
}

interface Identity {
  readonly kana: string;
  readonly name: string;
  readonly foreignKana: string;
  readonly foreignName: string;
  readonly isForeigner: boolean;
}

const yearDays = 365.2425;
const oldestMotherAge = 44;
/** Kinds of households of older heads are Japanese here: most foreign residents came to work. */
const oldestForeignHead = 60;

/** Makes the people of one household: one family name, one address, ages that fit each other. */
export function makeHousehold(
  profile: DemoProfile,
  calendar: Calendar,
  random: Random,
  order: HouseholdOrder,
): DemoPerson[] {
  const kind = profile.households.draw(random);
  const members = makeMembers(kind, calendar, random, profile.options);
  const address = makeAddress(profile, random);
  const family = profile.familyNames.draw(random);
  const isForeign = kind.headAgeFrom < oldestForeignHead && random.chance(profile.options.shareForeign);
  const residence = makeResidence(profile, calendar, random, members, isForeign);
  const phone = makePhone(profile, random);
  const isProtected = random.chance(profile.options.shareProtected);
  const living = members.filter(({ bornOn }) => residence.movedOutOn === null || bornOn < residence.movedOutOn);
  const twinName =
    kind.kind === 'single' && !isForeign && random.chance(profile.options.shareSameName * members.length * 2);
  const namesake = twinName && order.recent.length > 0 ? random.pick(order.recent) : undefined;
  const given = new Set<string>();
  const people = living.map((member, i) => {
    const used = namesake === undefined ? member : { ...member, sex: namesake.sex, bornOn: namesake.bornOn };
    const identity = namesake ?? makeIdentity(profile, random, used, family, isForeign, given);
    return makePerson(profile, calendar, random, {
      number: String(order.firstNumber + i).padStart(10, '0'),
      householdNumber: String(order.index + 1).padStart(9, '0'),
      member: used,
      identity,
      address,
      phone,
      residence,
      isProtected,
    });
  });
  return appointHead(people, calendar.monthTo);
}

/** After the head's death the first grown-up of those who are left heads the household. */
function appointHead(people: readonly DemoPerson[], on: Day): DemoPerson[] {
  const [head] = people;
  const next = people.find(
    ({ diedOn, relation, bornOn }) => diedOn === null && relation !== 'parent' && reachesYearsOn(bornOn, 18) <= on,
  );
  if (head === undefined || head.diedOn === null || next === undefined) return [...people];
  return people.map((person) => (person === next ? { ...person, relation: 'householder' } : person));
}

/** An address in one of the municipality's towns; also where clinics stand. */
export function makeAddress(profile: DemoProfile, random: Random): Address {
  const town = profile.towns.draw(random);
  const building = profile.buildings.draw(random);
  const block = random.between(1, 40);
  const branch = random.between(1, 30);
  return {
    town,
    block,
    branch,
    text: `${profile.municipalityName}${town.name}${block}番${branch}号`,
    building: building.name + makeRoom(building.room, profile, random),
  };
}

function makeRoom(form: string, profile: DemoProfile, random: Random): string {
  if (form === 'careOf') return `${profile.familyNames.draw(random).kanji}様方`;
  const floor = random.between(1, form === 'floorWide' ? 14 : 3);
  const room = `${floor}${String(random.between(1, 8)).padStart(2, '0')}`;
  const wide = [...room].map((digit) => String.fromCodePoint((digit.codePointAt(0) ?? 0) + 0xfee0)).join('');
  if (form === 'roomWide') return `${wide}号`;
  if (form === 'floorWide') return wide;
  return form === 'floorPlain' ? ` ${floor}F ${room}` : '';
}

/** A number in an exchange (0x, 1x) that is never assigned: nobody's telephone rings. */
function makePhone(profile: DemoProfile, random: Random): string {
  if (!random.chance(profile.options.sharePhone)) return '';
  return `0299-${String(random.between(1, 19)).padStart(2, '0')}-${String(random.between(0, 9999)).padStart(4, '0')}`;
}

function makeMembers(kind: HouseholdKind, calendar: Calendar, random: Random, options: ProfileOptions): Member[] {
  const headAge = random.between(kind.headAgeFrom, kind.headAgeTo);
  const bornAt = (age: number): Day =>
    addDays(calendar.monthTo, -Math.floor(Math.max(0, age) * yearDays) - random.between(1, 364));
  const isCouple = kind.kind === 'couple' || kind.kind === 'family' || kind.kind === 'threeGenerations';
  const headSex: Sex = random.chance(isCouple ? 0.82 : kind.kind === 'loneParent' ? 0.2 : 0.5) ? 'male' : 'female';
  const members: Member[] = [{ relation: 'householder', sex: headSex, bornOn: bornAt(headAge) }];
  const spouseAge = Math.max(18, headAge + random.between(-6, 4));
  if (isCouple) {
    const isWife = headSex === 'male';
    members.push({ relation: isWife ? 'wife' : 'husband', sex: isWife ? 'female' : 'male', bornOn: bornAt(spouseAge) });
  }
  if (kind.kind !== 'single' && kind.kind !== 'couple') {
    const motherAge = isCouple && headSex === 'male' ? spouseAge : headAge;
    members.push(...makeChildren(motherAge, bornAt, random, options));
  }
  if (kind.kind === 'threeGenerations') {
    const sex: Sex = random.chance(0.35) ? 'male' : 'female';
    members.push({ relation: 'parent', sex, bornOn: bornAt(headAge + random.between(23, 36)) });
  }
  return members;
}

function makeChildren(
  motherAge: number,
  bornAt: (age: number) => Day,
  random: Random,
  options: ProfileOptions,
): Member[] {
  const children: Member[] = [];
  const count = random.pick([1, 1, 2, 2, 2, 3]);
  let age = Math.min(23, motherAge - random.between(22, 35));
  for (let i = 0; i < count && age >= 0 && motherAge - age <= oldestMotherAge; i += 1) {
    const born = bornAt(age);
    // The first of April belongs to the school year that began a year before: every office knows such children.
    const bornOn = age > 0 && random.chance(options.shareFirstOfApril) ? getDay(dayParts(born).year, 4, 1) : born;
    const child: Member = { relation: 'child', sex: random.chance(0.51) ? 'male' : 'female', bornOn };
    children.push(child);
    if (random.chance(options.shareTwins)) children.push({ ...child, sex: random.chance(0.6) ? child.sex : 'female' });
    age -= random.between(2, 4);
  }
  return children;
}

function makeIdentity(
  profile: DemoProfile,
  random: Random,
  member: Member,
  family: FamilyName,
  isForeign: boolean,
  used: Set<string>,
): Identity {
  if (isForeign) return makeForeignIdentity(profile, random, member.sex, used);
  const lottery = profile.givenLotteries.get(givenNameKey(member.sex, dayParts(member.bornOn).year));
  if (lottery === undefined) throw new RangeError(`no given name for a birth on day ${member.bornOn}`);
  const given = drawUnused(lottery, random, used, ({ kana }) => kana);
  return {
    kana: `${family.kana}　${given.kana}`,
    name: `${family.kanji}　${given.kanji}`,
    foreignKana: '',
    foreignName: '',
    isForeigner: false,
  };
}

/** No two of a household bear one name: nobody could tell twins of one name apart, and parents do not name them so. */
function drawUnused<T>(lottery: Lottery<T>, random: Random, used: Set<string>, nameOf: (drawn: T) => string): T {
  let drawn = lottery.draw(random);
  for (let tries = 0; tries < 5 && used.has(nameOf(drawn)); tries += 1) drawn = lottery.draw(random);
  used.add(nameOf(drawn));
  return drawn;
}

function makeForeignIdentity(profile: DemoProfile, random: Random, sex: Sex, used: Set<string>): Identity {
  const lottery = profile.foreignNames.get(sex);
  if (lottery === undefined) throw new RangeError('no foreign name');
  const { kana, name, aliasKana, aliasName } = drawUnused(lottery, random, used, (drawn) => drawn.kana);
  const usesAlias = aliasName !== '' && random.chance(0.4);
  return {
    kana: usesAlias ? aliasKana : kana,
    name: usesAlias ? aliasName : name,
    foreignKana: kana,
    foreignName: name,
    isForeigner: true,
  };
}

interface PersonParts {
  readonly number: string;
  readonly householdNumber: string;
  readonly member: Member;
  readonly identity: Identity;
  readonly address: Address;
  readonly phone: string;
  readonly residence: Residence;
  readonly isProtected: boolean;
}

function makePerson(profile: DemoProfile, calendar: Calendar, random: Random, parts: PersonParts): DemoPerson {
  const { member, identity, residence } = parts;
  const { bornOn } = member;
  const fromBirth = isFromHere(residence, member);
  const becameResidentOn = fromBirth ? bornOn : residence.movedInOn;
  const diedOn = residence.movedOutOn === null ? makeDeath(calendar, random, bornOn, becameResidentOn) : null;
  const ceasedResidentOn = diedOn ?? residence.movedOutOn;
  const reason = diedOn !== null ? 'died' : ceasedResidentOn !== null ? 'movedOut' : fromBirth ? 'birth' : 'movedIn';
  return {
    number: parts.number,
    householdNumber: parts.householdNumber,
    relation: member.relation,
    kana: identity.kana,
    name: identity.name,
    foreignKana: identity.foreignKana,
    foreignName: identity.foreignName,
    isForeigner: identity.isForeigner,
    sex: member.sex,
    bornOn,
    address: parts.address,
    phone: parts.phone,
    isNonRegistered: random.chance(profile.options.shareNonRegistered),
    isProtected: parts.isProtected,
    becameResidentOn,
    ceasedResidentOn,
    diedOn,
    changeReason: reason,
    changedOn: ceasedResidentOn ?? becameResidentOn,
    previousAddress: fromBirth ? '' : residence.previousAddress,
    nextAddress: reason === 'movedOut' ? choosePlace(profile, random, identity.isForeigner) : '',
  };
}

/** Some of the older people died within the last five years; their records stay in the register's feed. */
function makeDeath(calendar: Calendar, random: Random, bornOn: Day, becameResidentOn: Day): Day | null {
  const age = (calendar.monthTo - bornOn) / yearDays;
  if (!random.chance(Math.min(0.4, 0.0004 * Math.exp(0.085 * (age - 30))))) return null;
  const diedOn = earlierDay(addDays(calendar.monthFrom, -random.between(3, 1800)), addDays(calendar.monthFrom, -3));
  return diedOn > addDays(becameResidentOn, 30) ? diedOn : null;
}
