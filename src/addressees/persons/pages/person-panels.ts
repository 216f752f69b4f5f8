import type { Day, PersonId, Sex } from '#kernel';
import {
  type Crumb,
  classNames,
  dataList,
  dayText,
  disclosure,
  emptyState,
  formatAge,
  type Html,
  type HtmlValue,
  html,
  icon,
  notice,
  panel,
  statusTag,
} from '#platform/pages';
import type { BirthDatePrecision } from '../birth-date.ts';
import type { ResidenceState } from '../types.ts';
import { personPath, personSearchPath } from './paths.ts';
import { birthDateText, protectionTag, relationWord, residenceTag, sexWord } from './person-words.ts';

/** What stands in the line that tells whose page this is. */
export interface IdentityView {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly name: string;
  readonly kana: string;
  readonly bornOn: Day | null;
  readonly birthDatePrecision: BirthDatePrecision;
  readonly sex: Sex;
  readonly state: ResidenceState;
  readonly isProtected: boolean;
  readonly diedOn: Day | null;
  readonly ceasedResidentOn: Day | null;
}

/** The rest of what the register says of a person; `address` null: the register has none, or it is protected. */
export interface BasicsView extends IdentityView {
  readonly address: string | null;
  readonly postalCode: string | null;
  readonly phone: string | null;
  readonly becameResidentOn: Day | null;
  readonly changeText: string | null;
  readonly previousAddress: string | null;
  readonly nextAddress: string | null;
  readonly commonName: string | null;
  readonly formerFamilyName: string | null;
  readonly foreignName: string | null;
  readonly mailingText: string | null;
  readonly guardianName: string | null;
  readonly welfare: readonly { readonly label: string; readonly from: Day; readonly to: Day | null }[];
}

/** One member of the household. */
export interface HouseholdMember {
  readonly personId: PersonId;
  readonly name: string;
  readonly relation: string | null;
  readonly bornOn: Day | null;
  readonly sex: Sex;
  readonly state: ResidenceState;
  readonly isSelf: boolean;
}

/** The way back from a person's page. */
export const personCrumbs: readonly Crumb[] = [{ label: '人をさがす', href: personSearchPath }];

/** Whose page this is, always in sight: name, birth, age, sex, number, state, protection. */
export function identityBanner(person: IdentityView, asOf: Day): Html {
  const isGone = person.state === 'dead' || person.state === 'movedOut' || person.state === 'cancelled';
  const age = person.bornOn !== null && person.state !== 'dead' ? formatAge(person.bornOn, asOf) : null;
  const look = classNames('identity', person.isProtected && 'identity-protected', isGone && 'identity-gone');
  return html`<section class="${look}" aria-label="この人"
    ><h1><span class="identity-kana">${person.kana}</span>${person.name === '' ? person.kana : person.name}</h1
    ><dl class="identity-facts"
      ><div><dt>生年月日</dt><dd>${birthDateText(person.bornOn, person.birthDatePrecision)}</dd></div
      >${age !== null && html`<div><dt>年齢</dt><dd class="nowrap">${age}</dd></div>`}<div><dt>性別</dt><dd>${sexWord(person.sex)}</dd></div
      ><div><dt>宛名番号</dt><dd class="mono">${person.addresseeNumber}</dd></div></dl
    ><div class="identity-tags">${person.isProtected && protectionTag}${residenceTag(person.state)}</div></section
  >`;
}

/** What must be known before anything is done for this person: protection, death, moving out. */
export function personNotices(person: IdentityView): readonly Html[] {
  const notices: Html[] = [];
  if (person.isProtected) {
    notices.push(
      notice(
        'error',
        '支援措置の対象です。住所や居場所をだれにも伝えないでください',
        '画面にも印刷物にも住所は出ません。問い合わせを受けたときは、答える前に係長に相談してください。',
      ),
    );
  }
  if (person.state === 'dead') {
    notices.push(
      notice(
        'warning',
        html`${person.diedOn !== null && dayText(person.diedOn)}に亡くなっています`,
        '通知や予診票は作られません。',
      ),
    );
  }
  if (person.state === 'movedOut') {
    notices.push(
      notice(
        'warning',
        html`${person.ceasedResidentOn !== null && dayText(person.ceasedResidentOn)}に転出しています`,
        '転出した後の接種は、転出先の市町村の仕事です。',
      ),
    );
  }
  return notices;
}

/** Where the person lives, how they came, flags of other departments. `reveal` is the form that shows a protected address. */
export function basicsPanel(
  person: BasicsView,
  options: { readonly reveal?: Html | null; readonly welfareShown: boolean },
): Html {
  const address = person.isProtected
    ? html`<p>${icon('lock')} 表示していません</p>${options.reveal}`
    : html`${person.postalCode && html`<span class="soft">〒${formatPostalCode(person.postalCode)}</span> `}${person.address ?? html`<span class="soft">登録がありません</span>`}`;
  const welfare = person.welfare.map(
    (flag) =>
      html`<li>${statusTag(flag.label, 'neutral', 'tag')} <span class="small soft">${flag.to === null ? html`${dayText(flag.from, { isShort: true })}から` : html`${dayText(flag.to, { isShort: true })}まで`}</span></li>`,
  );
  const more: readonly Entry[] = [
    ['住民になった日', person.becameResidentOn === null ? null : dayText(person.becameResidentOn)],
    ['異動', person.changeText],
    ['転入前の住所', person.isProtected ? null : person.previousAddress],
    ['転出先', person.isProtected ? null : person.nextAddress],
    ['通称', person.commonName],
    ['旧氏', person.formerFamilyName],
    ['外国人本名', person.foreignName],
  ];
  const known = more.filter((entry) => entry[1] !== null);
  return panel(
    { title: '基本', icon: 'person' },
    html`${dataList([
      ['住所', address],
      ['電話', person.isProtected ? null : person.phone],
      ['送り先', person.mailingText],
      ['保護者', person.guardianName],
      options.welfareShown && ['福祉・税', welfare.length === 0 ? null : html`<ul class="stack-tight">${welfare}</ul>`],
    ])}${known.length > 0 && html`<div class="basics-more">${disclosure('異動など', dataList(known))}</div>`}`,
  );
}

type Entry = readonly [string, HtmlValue];

/** The household, each member a link to their own page. */
export function householdPanel(members: readonly HouseholdMember[], asOf: Day, isHidden: boolean): Html {
  const body: HtmlValue = isHidden
    ? emptyState('支援措置のため、世帯は表示していません', undefined, 'lock')
    : members.length === 0
      ? emptyState('同じ世帯の人の登録はありません', undefined, 'people')
      : html`<ul class="household">${members.map((member) => householdLine(member, asOf))}</ul>`;
  return panel(
    {
      title: '世帯',
      icon: 'people',
      aside: members.length > 0 && html`<span class="small soft">${members.length}人</span>`,
    },
    body,
  );
}

function householdLine(member: HouseholdMember, asOf: Day): Html {
  const age = member.bornOn === null ? '' : formatAge(member.bornOn, asOf);
  const name = member.isSelf
    ? html`<b>${member.name}</b> <span class="soft small">この人</span>`
    : html`<a href="${personPath(member.personId)}">${member.name}</a>`;
  const state = member.state === 'resident' ? null : residenceTag(member.state);
  return html`<li><span class="soft">${relationWord(member.relation)}</span><span>${name} ${state}</span><span class="soft nowrap">${age} ${sexWord(member.sex)}</span></li>`;
}

/** `299-0012` of seven digits; anything else as it is. */
export function formatPostalCode(postalCode: string): string {
  return /^\d{7}$/u.test(postalCode) ? `${postalCode.slice(0, 3)}-${postalCode.slice(3)}` : postalCode;
}
