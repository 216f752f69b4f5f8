import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  type Choice,
  dayField,
  dayText,
  dayValue,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  selectField,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { certaintyNames } from '../derive-changed-items.ts';
import { recordsPath } from '../pages/paths.ts';
import { type FactKind, type FactOnRecord, type FactPart, type FactTold, factKinds, groundNames } from './types.ts';

/** Everything known of a person beside doses. */
export function factsPath(personId: PersonId): string {
  return recordsPath(personId).replace(/records$/u, 'facts');
}

/** One fact, to correct it or take it back. */
function factPath(personId: PersonId, factId: number): string {
  return `${factsPath(personId)}/${factId}`;
}

/** The names of diseases and programmes for facts. */
export interface FactWording {
  readonly diseases: readonly Choice[];
  readonly programmes: readonly Choice[];
}

const resultNames = { sufficient: '十分', insufficient: '不十分' } as const;

/** A fact in one line: of what, when, with what result. */
function factText(fact: FactTold, words: FactWording): Html {
  const nameIn = (choices: readonly Choice[], value: string | null) =>
    value === null ? null : (choices.find((choice) => choice.value === value)?.label ?? value);
  const about = nameIn(words.diseases, fact.disease) ?? nameIn(words.programmes, fact.programme);
  const ground = fact.ground === null ? null : groundNames[fact.ground];
  // A day alone says what day it is: the expected day of delivery was read as the day of the pregnancy.
  const days =
    fact.from === null
      ? null
      : fact.to === null
        ? html`　${factKinds[fact.kind].from} ${dayText(fact.from, { isShort: true })}`
        : html`　${dayText(fact.from, { isShort: true })}～${dayText(fact.to, { isShort: true })}`;
  return html`${about}${ground}${fact.result !== null && html`　${resultNames[fact.result]}`}${days}${fact.note !== null && html`<br><span class="small soft">${fact.note}</span>`}`;
}

/** The facts that hold, on the person's page; nothing where there are none and nothing may be entered. */
export function factsPanel(view: {
  readonly personId: PersonId;
  readonly facts: readonly FactOnRecord[];
  readonly words: FactWording;
  readonly mayEnter: boolean;
}): Html | null {
  const current = view.facts.filter((fact) => fact.isCurrent);
  if (current.length === 0 && !view.mayEnter) return null;
  const forbids = current.some((fact) => fact.kind === 'contraindication');
  const aside = buttonLink(view.mayEnter ? '登録・訂正' : '見る', factsPath(view.personId), {
    size: 'tiny',
    icon: 'file',
  });
  const list = current.map((fact) => html`<li><b>${factKinds[fact.kind].name}</b>　${factText(fact, view.words)}</li>`);
  return panel(
    { title: '罹患歴・特例など', icon: 'flag', aside },
    html`${forbids && notice('warning', '禁忌の記録があります')}${list.length > 0 ? html`<ul class="stack-tight">${list}</ul>` : html`<p class="soft">記録はありません。</p>`}`,
  );
}

/** The page of a person's facts with the form that adds one of a kind. */
export interface FactsPageView {
  readonly personId: PersonId;
  /** The person's own banner: a fact written to another of the same name keeps a child from a vaccination. */
  readonly who: Html;
  readonly facts: readonly FactOnRecord[];
  readonly words: FactWording;
  /** The programmes that the form of the kind offers. */
  readonly programmes: readonly Choice[];
  readonly mayEnter: boolean;
  readonly kind: FactKind | null;
  readonly form: FactForm;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** What stands in the form of a fact, as text. */
export interface FactForm {
  readonly disease: string;
  readonly programme: string;
  readonly ground: string;
  readonly result: string;
  readonly from: string;
  readonly to: string;
  readonly certainty: string;
  readonly note: string;
  readonly reason: string;
}

/** The form of a fact as it stands. */
export function formOfTold(told: FactTold | null): FactForm {
  return {
    disease: told?.disease ?? '',
    programme: told?.programme ?? '',
    ground: told?.ground ?? '',
    result: told?.result ?? '',
    from: dayValue(told?.from),
    to: dayValue(told?.to),
    certainty: told?.certainty ?? 'documented',
    note: told?.note ?? '',
    reason: '',
  };
}

/** Everything known of a person beside doses: what holds, what was corrected, and the form for a new one. */
export function factsPage(view: FactsPageView): Html {
  const { personId, kind } = view;
  const kinds = Object.entries(factKinds).map(
    ([value, { name }]) => html`<li><a href="${factsPath(personId)}?kind=${value}#new-fact">${name}</a></li>`,
  );
  const add =
    kind === null
      ? panel({ title: '新しく登録する', icon: 'file' }, html`<ul class="stack-tight">${kinds}</ul>`)
      : panel(
          { title: `${factKinds[kind].name}を登録する`, icon: 'file', id: 'new-fact' },
          postForm(
            { action: factsPath(personId), csrfToken: view.csrfToken, class: 'stack-tight', label: '新しい事実' },
            html`${hiddenField('kind', kind)}${factFields(kind, view.form, view)}${button('登録する', { look: 'filled', icon: 'check' })}`,
          ),
        );
  return html`${view.who}${pageHead('罹患歴・抗体検査・特例・禁忌', { lead: '接種のほかに、接種の可否を決める事実です。登録すると、受けられるものがすぐに判定し直されます。' })}${errorSummary(view.errors)}${panel(
    { title: '登録された事実', icon: 'list', isFlush: true, class: 'may-break' },
    factTable(view),
  )}${view.mayEnter && add}`;
}

function factTable(view: FactsPageView): Html {
  return table<FactOnRecord>({
    caption: '登録された事実',
    density: 'dense',
    rows: view.facts,
    whenEmpty: emptyState('接種のほかの事実は、まだ登録されていません'),
    columns: [
      {
        label: '種類',
        isRowHeader: true,
        cell: (fact) =>
          fact.isCurrent && view.mayEnter
            ? html`<a href="${factPath(view.personId, fact.factId)}">${factKinds[fact.kind].name}</a>`
            : factKinds[fact.kind].name,
      },
      { label: '内容', cell: (fact) => factText(fact, view.words) },
      { label: '状態', isNoWrap: true, cell: (fact) => stateTag(fact) },
      { label: '確かさ', cell: (fact) => certaintyNames[fact.certainty] },
      { label: '理由', cell: (fact) => fact.reason },
      { label: '登録', cell: (fact) => html`${fact.recordedByName}<br>${instantText(fact.recordedAt)}` },
    ],
  });
}

function stateTag(fact: FactOnRecord): Html {
  if (fact.change === 'retraction') return statusTag('取消', 'error', 'cross');
  if (fact.isCurrent) return statusTag('有効', 'success', 'check');
  return statusTag('訂正・取消の前', 'neutral', 'history');
}

/** The page of one fact with the forms that correct it or take it back. */
export function factPage(view: {
  readonly fact: FactOnRecord;
  readonly who: Html;
  readonly words: FactWording;
  readonly programmes: readonly Choice[];
  readonly form: FactForm;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  const { fact, form, errors } = view;
  const { kind } = fact;
  const action = factPath(fact.personId, fact.factId);
  const reason = (what: string, id: string) =>
    textArea({
      name: 'reason',
      id,
      label: `${what}の理由`,
      value: form.reason,
      error: errorOf(errors, 'reason'),
      isRequired: true,
      rows: 2,
    });
  const correct = postForm(
    { action: `${action}/correction`, csrfToken: view.csrfToken, class: 'stack-tight', label: '訂正' },
    html`${factFields(kind, form, view)}${reason('訂正', 'reason')}${button('訂正する', { look: 'filled', icon: 'check' })}`,
  );
  const retract = postForm(
    { action: `${action}/retraction`, csrfToken: view.csrfToken, class: 'stack-tight', label: '取消' },
    html`${reason('取消', 'retraction-reason')}${button('この記録を取り消す', { look: 'danger', icon: 'cross' })}`,
  );
  return html`${view.who}${pageHead(factKinds[kind].name)}${errorSummary(errors)}<div class="columns columns-half">${panel({ title: '訂正', icon: 'file' }, correct)}${panel({ title: '取消', icon: 'cross' }, retract)}</div>`;
}

function factFields(
  kind: FactKind,
  form: FactForm,
  view: {
    readonly words: FactWording;
    readonly programmes: readonly Choice[];
    readonly errors: readonly FormError[];
  },
): Html {
  const { parts, from } = factKinds[kind];
  const has = (part: FactPart) => (parts as readonly FactPart[]).includes(part);
  const choose = (choices: readonly Choice[]): readonly Choice[] => [
    { value: '', label: '選んでください' },
    ...choices,
  ];
  const asChoices = (names: Readonly<Record<string, string>>): readonly Choice[] =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  const { errors } = view;
  const day = (name: 'from' | 'to', label: string) =>
    dayField({
      name,
      label,
      value: form[name],
      error: errorOf(errors, name),
      width: 20,
      size: 'small',
    });
  return html`${has('disease') && selectField({ name: 'disease', label: '病気', choices: choose(view.words.diseases), value: form.disease, error: errorOf(errors, 'disease'), size: 'small' })}${has('programme') && selectField({ name: 'programme', label: '予防接種', choices: choose(view.programmes), value: form.programme, error: errorOf(errors, 'programme'), size: 'small' })}${has('ground') && selectField({ name: 'ground', label: '障害の区分', choices: choose(asChoices(groundNames)), value: form.ground, error: errorOf(errors, 'ground'), size: 'small' })}${has('from') && day('from', from)}${has('to') && day('to', kind === 'longTermIllness' ? '療養の終わり（続いていれば空）' : '終わりの日')}${has('result') && radioGroup({ name: 'result', label: '結果', choices: asChoices(resultNames), value: form.result, error: errorOf(errors, 'result'), isInline: true })}${radioGroup({ name: 'certainty', label: '確かさ', choices: asChoices(certaintyNames), value: form.certainty, isInline: true })}${textField({ name: 'note', label: 'メモ', value: form.note, hint: '例　診断書、母子健康手帳の何ページ', error: errorOf(errors, 'note'), size: 'small' })}`;
}
