import {
  type LinkFact,
  type PersonSummary,
  personPath,
  recordColumns,
  residenceTag,
  sexWord,
} from '#addressees/persons';
import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  buttonRow,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  type HtmlValue,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { alikeColumns, type ListedAlike } from './alike-columns.ts';
import { comparePath, linksPath } from './paths.ts';

/** What the page of a person's records shows. */
export interface LinksView {
  readonly personId: PersonId;
  /** All records of the person, the principal first; empty where none are linked. */
  readonly records: readonly PersonSummary[];
  readonly candidates: readonly ListedAlike[];
  readonly facts: readonly LinkFact[];
  /** 宛名番号 of the records that the facts name. */
  readonly numberOf: ReadonlyMap<PersonId, string>;
  readonly needsApproval: boolean;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  readonly typed: { readonly otherNumber: string; readonly reason: string };
}

/** Which records are one person's, which others may be, and what was linked and parted so far. */
export function linksPage(view: LinksView): Html {
  const isPrincipal = view.records[0]?.personId === view.personId;
  const isLinked = view.records.length > 0;
  return html`<p class="page-lead">一人が二つの宛名番号を持つとき、記録を結び付けて一人として扱います。記録は消えません。解除すれば、もとにもどります。</p>${errorSummary(view.errors)}${recordsPanel(view)}${isLinked && !isPrincipal && unlinkPanel(view)}${(!isLinked || isPrincipal) && candidatesPanel(view)}${(!isLinked || isPrincipal) && findPanel(view)}${view.facts.length > 0 && factsPanel(view)}`;
}

function recordsPanel(view: LinksView): Html | false {
  if (view.records.length === 0) return false;
  return panel(
    { title: '結び付いている記録', icon: 'people', isFlush: true },
    table<PersonSummary>({
      caption: '結び付いている記録',
      density: 'dense',
      rows: view.records,
      columns: [
        ...recordColumns<PersonSummary>((record) => record),
        {
          label: '役目',
          cell: (record) => (record.personId === record.principalId ? '代表' : '代表の記録として読まれる'),
        },
      ],
    }),
  );
}

function candidatesPanel(view: LinksView): Html {
  return panel(
    { title: '同じ人かもしれない記録', icon: 'search', isFlush: true },
    table<ListedAlike>({
      caption: '同じ人かもしれない記録',
      density: 'dense',
      rows: view.candidates,
      whenEmpty: emptyState('似た記録は見つかりません', undefined, 'checkCircle'),
      columns: [
        ...alikeColumns,
        {
          label: 'くらべる',
          isLabelHidden: true,
          isNoWrap: true,
          cell: ({ summary }) =>
            buttonLink(
              html`くらべる<span class="visually-hidden">（${summary.name}）</span>`,
              comparePath(view.personId, summary.personId),
              { size: 'small' },
            ),
        },
      ],
    }),
  );
}

function findPanel(view: LinksView): Html {
  return panel(
    { title: '宛名番号でえらぶ', icon: 'person' },
    postForm(
      { action: `${linksPath(view.personId)}/find`, csrfToken: view.csrfToken, label: '宛名番号でえらぶ' },
      html`<div class="stack">${textField({
        name: 'otherNumber',
        label: 'もう一つの宛名番号',
        value: view.typed.otherNumber,
        error: errorOf(view.errors, 'otherNumber'),
        inputMode: 'numeric',
        maxLength: 15,
        width: 20,
        isRequired: true,
      })}${button('くらべる', { icon: 'arrowRight' })}</div>`,
    ),
  );
}

function unlinkPanel(view: LinksView): Html {
  return panel(
    { title: '結び付けを解除する', icon: 'undo' },
    postForm(
      { action: `${linksPath(view.personId)}/unlink`, csrfToken: view.csrfToken, label: '結び付けを解除する' },
      html`<div class="stack"><p>解除すると、接種歴は結び付ける前と同じに、それぞれの記録にもどります。</p>${textArea({
        name: 'reason',
        label: '解除する理由',
        value: view.typed.reason,
        error: errorOf(view.errors, 'reason'),
        hint: '例　戸籍で別の人と確認した',
        isRequired: true,
      })}${button(view.needsApproval ? '解除を申請する' : '解除する', { look: 'danger', icon: 'undo' })}</div>`,
    ),
  );
}

function factsPanel(view: LinksView): Html {
  const number = (personId: PersonId): Html => html`<span class="mono">${view.numberOf.get(personId) ?? ''}</span>`;
  return panel(
    { title: 'これまでの結び付けと解除', icon: 'clock', isFlush: true },
    table<LinkFact>({
      caption: 'これまでの結び付けと解除',
      density: 'dense',
      rows: view.facts,
      columns: [
        { label: '日時', isNoWrap: true, cell: (fact) => instantText(fact.recordedAt) },
        { label: '種類', cell: (fact) => (fact.kind === 'linked' ? '結び付けた' : '解除した') },
        { label: '記録', cell: (fact) => number(fact.personId) },
        { label: '代表', cell: (fact) => number(fact.principalId) },
        { label: '理由', isRowHeader: true, cell: (fact) => fact.reason },
        {
          label: '職員',
          cell: (fact) =>
            fact.approvedByName === null
              ? fact.recordedByName
              : `${fact.recordedByName}（承認 ${fact.approvedByName}）`,
        },
      ],
    }),
  );
}

/** Two records side by side, what speaks against them being one person, and the form that links them. */
export function comparePage(view: {
  readonly one: PersonSummary;
  readonly other: PersonSummary;
  readonly findings: readonly { readonly isRefusal: boolean; readonly message: string; readonly whatToDo: string }[];
  readonly needsApproval: boolean;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  readonly typed: { readonly principal: string; readonly reason: string };
}): Html {
  const { one, other, findings } = view;
  const refused = findings.some((each) => each.isRefusal);
  return html`${pageHead('二つの記録をくらべる')}${errorSummary(view.errors)}${findings.map((each) =>
    notice(each.isRefusal ? 'error' : 'warning', each.message, each.whatToDo),
  )}${panel({ title: '二つの記録', icon: 'people', isFlush: true }, compareTable(one, other))}${!refused && linkForm(view)}${buttonRow(
    buttonLink('もどる', linksPath(one.personId), { icon: 'arrowLeft' }),
  )}`;
}

function compareTable(one: PersonSummary, other: PersonSummary): Html {
  const rows: readonly (readonly [string, (person: PersonSummary) => HtmlValue])[] = [
    ['宛名番号', (person) => person.addresseeNumber],
    ['氏名', (person) => person.name],
    ['カナ', (person) => person.kana],
    ['生年月日', (person) => person.birthText],
    ['性別', (person) => sexWord(person.sex)],
    ['住所', (person) => (person.isAddressHidden ? '表示していません' : (person.address ?? ''))],
    ['状態', (person) => residenceTag(person.state)],
  ];
  return table({
    caption: '二つの記録の項目',
    density: 'dense',
    rows,
    columns: [
      { label: '項目', isRowHeader: true, cell: ([label]) => label },
      { label: 'この記録', cell: ([, value]) => value(one) },
      { label: 'もう一つの記録', cell: ([, value]) => value(other) },
    ],
  });
}

function linkForm(view: Parameters<typeof comparePage>[0]): Html {
  const { one, other, errors, typed } = view;
  const label = (person: PersonSummary): string => `${person.addresseeNumber}　${person.name}`;
  return panel(
    { title: '同じ人として結び付ける', icon: 'check' },
    postForm(
      { action: comparePath(one.personId, other.personId), csrfToken: view.csrfToken, label: '同じ人として結び付ける' },
      html`<div class="stack">${radioGroup({
        name: 'principal',
        label: '代表にする記録',
        hint: '通知の宛先や接種の予定は、代表の記録で扱います。接種歴は両方をあわせて見ます',
        value: typed.principal,
        error: errorOf(errors, 'principal'),
        isRequired: true,
        choices: [one, other].map((person) => ({ value: String(person.personId), label: label(person) })),
      })}${textArea({
        name: 'reason',
        label: '同じ人だと分かった理由',
        value: typed.reason,
        error: errorOf(errors, 'reason'),
        hint: '例　転入の手続きで本人確認書類により確認した。氏名や番号は書かないでください',
        isRequired: true,
      })}${button(view.needsApproval ? '結び付けを申請する' : '結び付ける', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

/** On the person's page: the other records, and the way to linking. */
export function linkedRecordsPanel(personId: PersonId, records: readonly PersonSummary[], mayLink: boolean): Html {
  const aside = mayLink && buttonLink('同じ人の記録', linksPath(personId), { size: 'small', icon: 'people' });
  const others = records.filter((record) => record.personId !== personId);
  const body =
    others.length === 0
      ? html`<p class="soft">結び付いている記録はありません。</p>`
      : html`<ul class="household">${others.map(
          (record) =>
            html`<li><span class="soft">${record.personId === record.principalId ? '代表' : '記録'}</span><a href="${personPath(record.personId)}">${record.name === '' ? record.kana : record.name}</a><span class="mono">${record.addresseeNumber}</span></li>`,
        )}</ul>`;
  return panel({ title: '同じ人の記録', icon: 'people', aside }, body);
}
