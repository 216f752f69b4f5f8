import type { Day, PersonId } from '#kernel';
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
  instantText,
  notice,
  panel,
  statusTag,
} from '#platform/pages';
import type { PersonPage } from '../get-person.ts';
import type { PersonSummary } from '../types.ts';
import type { WelfareFlag } from '../welfare-store.ts';
import { personPath, personSearchPath } from './paths.ts';
import {
  birthDateText,
  changeWord,
  protectionTag,
  relationWord,
  residenceTag,
  sexWord,
  taxWord,
} from './person-words.ts';

/** The way back from a person's page. */
export const personCrumbs: readonly Crumb[] = [{ label: '人をさがす', href: personSearchPath }];

/** Whose page this is, always in sight: name, birth, age, sex, number, state, protection. */
export function identityBanner(person: PersonSummary, asOf: Day): Html {
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
export function personNotices(person: PersonPage): readonly Html[] {
  const notices: Html[] = [];
  if (person.isAddressHidden && !person.isProtected) {
    notices.push(
      notice(
        'warning',
        '同じ世帯に支援措置の対象者がいます。住所は表示していません',
        '問い合わせを受けたときは、答える前に係長に相談してください。',
      ),
    );
  }
  if (person.isProtected) {
    notices.push(
      notice(
        'error',
        '支援措置の対象です。住所や居場所をだれにも伝えないでください',
        '画面にも印刷物にも住所は出ません。問い合わせを受けたときは、答える前に係長に相談してください。',
      ),
    );
  }
  if (person.principalId !== null && person.principalId !== person.personId) {
    notices.push(
      notice(
        'info',
        'この記録は、同じ人の別の記録に結び付いています',
        html`<a href="${personPath(person.principalId)}">代表の記録</a>で通知と接種の予定を扱います。接種歴は両方をあわせて見ています。`,
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
        html`${person.items.ceasedResidentOn !== null && dayText(person.items.ceasedResidentOn)}に転出しています`,
        '転出した後の接種は、転出先の市町村の仕事です。',
      ),
    );
  }
  return notices;
}

/** Where the person lives, how they came, flags of other departments. `reveal` is the form that shows a hidden place. */
export function basicsPanel(person: PersonPage, options: { readonly reveal?: Html | null } = {}): Html {
  const { items } = person;
  const hasPlace = items.address !== null;
  const address = person.isAddressHidden
    ? html`<p>${icon('lock')} 表示していません</p>${options.reveal}`
    : html`${items.postalCode && html`<span class="soft">〒${formatPostalCode(items.postalCode)}</span> `}${hasPlace ? joined(items.address, items.building) : html`<span class="soft">登録がありません</span>`}`;
  const more = moreEntries(person);
  const welfare = person.welfare.flatMap(welfareTags);
  return panel(
    { title: '基本', icon: 'person' },
    html`${dataList([
      ['住所', address],
      ['電話', items.phone],
      ['送り先', mailingText(person)],
      [
        '保護者',
        person.guardian === null
          ? null
          : html`<a href="${personPath(person.guardian.personId)}">${person.guardian.name}</a>`,
      ],
      ['福祉・税', welfare.length === 0 ? null : html`<ul class="stack-tight">${welfare}</ul>`],
    ])}${more.length > 0 && html`<div class="basics-more">${disclosure('異動など', dataList(more))}</div>`}`,
  );
}

function moreEntries(person: PersonPage): readonly Entry[] {
  const { items } = person;
  const change = items.residencyChangeReason ?? items.changeReason;
  const changedOn = items.residencyChangedOn ?? items.changedOn;
  const entries: readonly Entry[] = [
    ['住民になった日', items.becameResidentOn === null ? null : dayText(items.becameResidentOn)],
    ['住民でなくなった日', items.ceasedResidentOn === null ? null : dayText(items.ceasedResidentOn)],
    [
      '異動',
      change === null ? null : html`${changeWord(change)}${changedOn !== null && html`　${dayText(changedOn)}`}`,
    ],
    ['転入前の住所', joined(items.previousAddress, items.previousBuilding)],
    ['転出先', joined(items.nextAddress, items.nextBuilding)],
    ['通称', items.commonName],
    ['旧氏', items.formerFamilyName],
    ['外国人本名', items.foreignName ?? items.foreignKana],
    ['台帳の版', html`${person.version}版　${instantText(person.recordedAt)}に取込`],
  ];
  return entries.filter((entry) => entry[1] !== null && entry[1] !== '');
}

function mailingText(person: PersonPage): string | null {
  const { mailing } = person;
  if (mailing === null) return null;
  return `〒${formatPostalCode(mailing.postalCode)} ${joined(mailing.address, mailing.building)}　${mailing.recipientName}`;
}

function welfareTags(flag: WelfareFlag): readonly Html[] {
  const words = [
    flag.isPublicAssistance ? '生活保護' : null,
    flag.isDisabled ? '障害者手帳' : null,
    flag.taxCategory === null ? null : taxWord(flag.taxCategory),
  ].filter((word) => word !== null);
  const until =
    flag.validTo === null
      ? html`${dayText(flag.validFrom, { isShort: true })}から`
      : html`${dayText(flag.validTo, { isShort: true })}まで`;
  return words.map(
    (word) => html`<li>${statusTag(word, 'neutral', 'tag')} <span class="small soft">${until}</span></li>`,
  );
}

function joined(address: string | null, building: string | null): string {
  return [address, building].filter((part) => part !== null && part !== '').join(' ');
}

type Entry = readonly [string, HtmlValue];

/** The household, each member a link to their own page. */
export function householdPanel(
  household: { readonly isHidden: boolean; readonly members: readonly PersonSummary[] },
  self: PersonId,
  asOf: Day,
): Html {
  const { members, isHidden } = household;
  const body: HtmlValue = isHidden
    ? emptyState('支援措置のため、世帯は表示していません', undefined, 'lock')
    : members.length === 0
      ? emptyState('同じ世帯の人の登録はありません', undefined, 'people')
      : html`<ul class="household">${members.map((member) => householdLine(member, self, asOf))}</ul>`;
  const count = members.length > 0 && html`<span class="small soft">${members.length}人</span>`;
  return panel({ title: '世帯', icon: 'people', aside: count }, body);
}

function householdLine(member: PersonSummary, self: PersonId, asOf: Day): Html {
  const age = member.bornOn === null || member.state === 'dead' ? '' : formatAge(member.bornOn, asOf);
  const name =
    member.personId === self
      ? html`<b>${member.name}</b> <span class="soft small nowrap">この人</span>`
      : html`<a href="${personPath(member.personId)}">${member.name}</a>`;
  const state = member.state === 'resident' ? null : residenceTag(member.state);
  return html`<li><span class="soft">${relationWord(member.relation)}</span><span>${name} ${state}</span><span class="soft nowrap">${age} ${sexWord(member.sex)}</span></li>`;
}

/** `299-0012` of seven digits; anything else as it is. */
export function formatPostalCode(postalCode: string): string {
  return /^\d{7}$/u.test(postalCode) ? `${postalCode.slice(0, 3)}-${postalCode.slice(3)}` : postalCode;
}
