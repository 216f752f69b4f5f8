import {
  button,
  buttonLink,
  buttonRow,
  checkbox,
  dataList,
  dayField,
  disclosure,
  errorOf,
  errorSummary,
  type FormError,
  formatInstant,
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
  textArea,
  textField,
} from '#platform/pages';
import {
  certaintyNames,
  classNamesJa,
  listFactItems,
  outcomeNames,
  type RecordWording,
  sourceNames,
} from '../derive-changed-items.ts';
import { recordItems } from '../record-items.ts';
import type { LedgerEntry } from '../types.ts';
import { recordPath } from './paths.ts';
import type { CorrectionForm } from './read-correction-form.ts';

/** The choices of the correction form that come from the rules. */
export interface RecordChoices {
  readonly stages: readonly { readonly value: string; readonly label: string }[];
  readonly products: readonly { readonly value: string; readonly label: string }[];
}

/** One record with the forms that change it. */
export interface RecordPageView {
  /** Whose record it is. */
  readonly who: Html;
  readonly entry: LedgerEntry;
  /** The entry that replaced it; null where none did. */
  readonly successor: LedgerEntry | null;
  readonly words: RecordWording;
  readonly choices: RecordChoices;
  /** Version of the person's ledger at this moment. */
  readonly version: number;
  readonly mayCorrect: boolean;
  /** Another person must approve before anything changes. */
  readonly needsApproval: boolean;
  readonly csrfToken: string;
  readonly form: CorrectionForm;
  readonly errors: readonly FormError[];
  /** The items that the municipality may hold: the others have no field. */
  readonly heldItems: ReadonlySet<string>;
  /** Where a report of this dose is made; nothing where the reader may make none. */
  readonly reportLinks: readonly { readonly label: string; readonly href: string }[];
  /** What changed meanwhile, where the form came too late. */
  readonly conflict: string | null;
}

/** The page of one record. */
export function recordPage(view: RecordPageView): Html {
  const { entry, words } = view;
  const title = entry.fact === null ? '取消の記録' : words.stage(entry.fact.programme, entry.fact.stage);
  const shown = entry.fact === null ? [] : listFactItems(entry.fact, words);
  const frame = [
    ['登録した人', entry.recordedByName],
    ['登録日時', formatInstant(entry.recordedAt)],
    ['理由', entry.reason],
  ] as const;
  return html`${view.who}${pageHead(title, { lead: '一件の接種記録です。訂正も取消も、元の記録を消さずに残します。' })}${view.conflict !== null && notice('warning', '見ているあいだに、この人の記録が変わりました', html`<p>${view.conflict}</p><p>下が今の内容です。確かめてから、もう一度送ってください。</p>`)}${errorSummary(view.errors)}${successorNotice(view)}<div class="columns columns-half"
    ><div class="stack">${panel({ title: '記録の内容', icon: 'file' }, dataList([...shown, ...frame]))}${reportPanel(view)}</div
    ><div class="stack">${canChange(view) && html`${correctionPanel(view)}${retractionPanel(view)}`}</div></div
  >`;
}

function reportPanel({ entry, reportLinks }: RecordPageView): Html | null {
  if (reportLinks.length === 0 || entry.fact?.outcome !== 'administered') return null;
  const links = reportLinks.map(({ label, href }) => buttonLink(label, href, { size: 'small', icon: 'alert' }));
  return panel({ title: 'この接種の報告', icon: 'alert', class: 'no-print' }, buttonRow(...links));
}

function canChange(view: RecordPageView): boolean {
  return view.mayCorrect && view.entry.isCurrent && view.entry.fact !== null;
}

function successorNotice({ entry, successor }: RecordPageView): Html | null {
  if (entry.fact === null) return null;
  if (entry.isCurrent) return correctedNotice(entry);
  if (successor === null) return notice('info', 'この記録は、今の接種歴にはありません');
  if (successor.kind === 'retraction') {
    const body = html`<p>${successor.recordedByName}　${instantText(successor.recordedAt)}　「${successor.reason}」</p>`;
    return notice('warning', 'この記録は取り消されています', body);
  }
  const link = html`<p><a href="${recordPath(entry.personId, successor.entryId)}">訂正後の記録を見る</a>　「${successor.reason}」</p>`;
  return notice('info', 'この記録は訂正されています', link);
}

/** After a correction the page looks as before: it says that it was done, by whom, and where the former record is. */
function correctedNotice(entry: LedgerEntry): Html | null {
  if (entry.kind !== 'correction' || entry.replaces === null) return null;
  const former = html`<a href="${recordPath(entry.personId, entry.replaces)}">訂正前の記録を見る</a>`;
  return notice(
    'success',
    '訂正した記録です',
    html`<p>${entry.recordedByName}　${instantText(entry.recordedAt)}　「${entry.reason}」　${former}</p>`,
  );
}

const often: ReadonlySet<string> = new Set([
  'doseNumber',
  'manufacturerCode',
  'lotNumber',
  'expiresOn',
  'doseVolumeMl',
  'institutionCode',
  'administeringPhysician',
  'screeningReason',
  'remarks',
]);

function correctionPanel(view: RecordPageView): Html {
  const { form, errors, entry, heldItems } = view;
  const items = recordItems.filter(({ key }) => heldItems.has(key));
  const itemField = ({ key, label, type }: (typeof recordItems)[number]) =>
    textField({
      name: key,
      label,
      value: form.items[key] ?? '',
      error: errorOf(errors, key),
      size: 'small',
      inputMode: type === 'text' ? 'text' : 'numeric',
    });
  const asksMaker =
    form.keepsMaker || ['manufacturerCode', 'manufacturerName'].some((key) => errorOf(errors, key) !== null);
  const body = html`<div class="stack-tight">${hiddenField('version', view.version)}${selectField({
    name: 'stage',
    label: '予防接種',
    choices: view.choices.stages,
    value: form.stage,
    size: 'small',
  })}${selectField({ name: 'product', label: '製品', choices: view.choices.products, value: form.product, size: 'small' })}${dayField(
    {
      name: 'vaccinatedOn',
      label: '接種年月日',
      value: form.vaccinatedOn,
      error: errorOf(errors, 'vaccinatedOn'),
      isRequired: true,
      size: 'small',
      width: 20,
    },
  )}${radioGroup({ name: 'outcome', label: '実施区分', choices: choicesOf(outcomeNames), value: form.outcome })}${radioGroup({ name: 'vaccinationClass', label: '接種区分', choices: choicesOf(classNamesJa), value: form.vaccinationClass, isInline: true })}${items.filter(({ key }) => often.has(key)).map(itemField)}${selectField({ name: 'source', label: '記録の出所', choices: choicesOf(sourceNames), value: form.source, size: 'small' })}${selectField({ name: 'certainty', label: '確かさ', choices: choicesOf(certaintyNames), value: form.certainty, size: 'small' })}${disclosure(
    'ほかの項目',
    html`<div class="stack-tight">${items.filter(({ key }) => !often.has(key)).map(itemField)}</div>`,
    items.some(({ key }) => !often.has(key) && errorOf(errors, key) !== null),
  )}${asksMaker && checkbox({ name: 'keepsMaker', label: 'メーカーは前のまま（予診票か箱で確かめました）', isChecked: form.keepsMaker })}${reasonField(view, 'correction')}${button(view.needsApproval ? '訂正の承認を申請する' : '訂正する', { look: 'filled', icon: 'check' })}</div>`;
  const action = `${recordPath(entry.personId, entry.entryId)}/correction`;
  return panel(
    { title: '訂正', icon: 'file', class: 'no-print' },
    postForm({ action, csrfToken: view.csrfToken, label: '訂正' }, body),
  );
}

function retractionPanel(view: RecordPageView): Html {
  const { entry } = view;
  const action = `${recordPath(entry.personId, entry.entryId)}/retraction`;
  const body = html`<div class="stack-tight"><p>別の人の接種だった、二重に登録した、など、この記録そのものが誤りのときに取り消します。</p>${hiddenField('version', view.version)}${reasonField(view, 'retraction')}${checkbox({ name: 'isSure', id: 'retraction-sure', label: '予診票などの原票を確かめました' })}${errorOf(view.errors, 'isSure') !== null && html`<p class="field-error">${errorOf(view.errors, 'isSure')}</p>`}${button(view.needsApproval ? '取消の承認を申請する' : 'この記録を取り消す', { look: 'danger', icon: 'cross' })}</div>`;
  return panel(
    { title: '取消', icon: 'cross', class: 'no-print' },
    postForm({ action, csrfToken: view.csrfToken, label: '取消' }, body),
  );
}

function reasonField(view: RecordPageView, which: 'correction' | 'retraction'): Html {
  return textArea({
    name: 'reason',
    id: `${which}-reason`,
    label: which === 'correction' ? '訂正の理由' : '取消の理由',
    value: view.form.which === which ? view.form.reason : '',
    error: errorOf(view.errors, `${which}-reason`),
    hint: '例　予診票の読み違い。異動リストに残ります',
    isRequired: true,
    rows: 2,
  });
}

function choicesOf(names: Readonly<Record<string, string>>): readonly { value: string; label: string }[] {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}
