import type { Day, PersonId } from '#kernel';
import type { FormOnRecord } from '#ledger/forms';
import { formatFormNumber } from '#ledger/forms';
import {
  button,
  buttonLink,
  dayField,
  dayText,
  disclosure,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  html,
  icon,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { StageName } from '#schedule';
import type { LetterFate } from '../dispatch-store.ts';
import type { PrintedForm } from '../print-for-person.ts';
import { returnCauses } from '../wish-store.ts';
import { type LayoutChoice, stageField } from './layout-choice.ts';
import { formCancelPath, personPrintPath, printFilePath } from './paths.ts';

/** A form of a person with the words of its programme. */
export interface IssuedForm {
  readonly form: FormOnRecord;
  readonly title: string;
  /** Whether it was posted and came back; null where neither is recorded. */
  readonly fate: LetterFate | null;
  /** The day of the dose that the ledger holds from it; null while it can still be used. */
  readonly usedOn: Day | null;
}

/** Whether somebody may still come with it. */
function isLive({ form, usedOn }: IssuedForm): boolean {
  return form.state === 'issued' && usedOn === null;
}

/** The forms printed for a person, and the way to print another; for the person's page. */
export function printPanel(view: { personId: PersonId; forms: readonly IssuedForm[]; mayPrint: boolean }): Html {
  const aside =
    view.mayPrint && buttonLink('予診票を印刷する', personPrintPath(view.personId), { size: 'small', icon: 'print' });
  const body = html`${twiceNotice(view.forms)}${formTable(view.forms)}`;
  return panel({ title: '予診票', icon: 'print', isFlush: true, aside, class: 'no-print' }, body);
}

/** Two papers of one kind for one dose: printed under two records before these were linked, both still valid. */
function twiceNotice(forms: readonly IssuedForm[]): Html | false {
  const live = forms.filter((each) => isLive(each) && each.form.document !== 'letter');
  const keyOf = ({ form }: IssuedForm) => [form.programme, form.stage, form.document, form.doseNumber].join('/');
  const twice = [...Map.groupBy(live, keyOf).values()].filter(
    (some) => new Set(some.map(({ form }) => form.personId)).size > 1,
  );
  if (twice.length === 0) return false;
  const names = twice.flatMap(([first]) => (first === undefined ? [] : [first.title]));
  return notice(
    'warning',
    '同じ回に使える紙が2枚あります',
    `${names.join('、')}。結び付けた記録のそれぞれで発行したものです。本人がどちらを持っているかを確かめ、使わない方の番号を取り消してください（「予診票を印刷する」の画面）。新しく印刷すれば、両方が無効になります。`,
  );
}

function formTable(forms: readonly IssuedForm[]): Html {
  return table<IssuedForm>({
    caption: '発行した予診票',
    density: 'dense',
    rows: forms,
    whenEmpty: emptyState('この人に発行した予診票はありません', undefined, 'file'),
    columns: [
      {
        label: '番号',
        isNoWrap: true,
        isRowHeader: true,
        cell: ({ form }) => html`<span class="mono">${formatFormNumber(form.formNumber)}</span>`,
      },
      {
        label: '予防接種',
        cell: ({ form, title }) => `${title}${form.doseNumber === null ? '' : ` ${formatCount(form.doseNumber)}回目`}`,
      },
      { label: '発行日', isNoWrap: true, cell: ({ form }) => dayText(form.issuedOn) },
      {
        label: '使える期限',
        isNoWrap: true,
        cell: ({ form }) => (form.validUntil === null ? '' : dayText(form.validUntil)),
      },
      { label: '発送', cell: ({ fate }) => fateText(fate) },
      { label: '状態', isNoWrap: true, cell: formTag },
      { label: '理由', cell: ({ form }) => form.changeReason ?? form.remark },
    ],
  });
}

/** What to tell somebody who asks where the letter is. */
function fateText(fate: LetterFate | null): Html | string {
  if (fate === null) return '';
  const { postedOn, returned } = fate;
  const posted = postedOn !== null && html`${dayText(postedOn, { isShort: true })}に発送`;
  if (returned === null) return html`${posted}`;
  const tag = statusTag(`戻りました（${returnCauses[returned.cause]}）`, 'warning', 'undo');
  return html`${posted}${posted !== false && html`<br>`}${tag} ${dayText(returned.on, { isShort: true })}`;
}

function formTag({ form, usedOn }: IssuedForm): Html {
  if (form.state === 'issued' && usedOn !== null) {
    return html`${statusTag('使用済み', 'neutral', 'check')} ${dayText(usedOn, { isShort: true })}に接種`;
  }
  if (form.state === 'issued') return statusTag('有効', 'success');
  return form.state === 'reissued'
    ? statusTag('再発行で無効', 'neutral', 'undo')
    : statusTag('取消', 'neutral', 'cross');
}

/** Asks what to print for one person and why; forms that it replaces are told. */
export function personPrintPage(view: {
  personId: PersonId;
  /** Whose form it will be, as on the person's page. */
  who: Html;
  /** Those that fit the person today. */
  layouts: readonly LayoutChoice[];
  /** The others, with the reason. */
  otherLayouts: readonly { readonly title: string; readonly why: string }[];
  forms: readonly IssuedForm[];
  layoutId: string;
  stages: readonly StageName[];
  stage: string;
  inputs: (name: string) => string;
  issuedOn: string;
  reason: string;
  errors: readonly FormError[];
  mayCancel: boolean;
  csrfToken: string;
  backHref: string;
}): Html {
  const live = view.forms.filter(isLive);
  const choices = [
    { value: '', label: '選んでください' },
    ...view.layouts.map((one) => ({ value: one.layoutId, label: one.title })),
  ];
  const { errors } = view;
  const others = view.otherLayouts.map(({ title, why }) => html`<li>${title}　<span class="soft">${why}</span></li>`);
  const none = emptyState('いま、この人に印刷できる予診票はありません', undefined, 'file');
  const otherList =
    others.length > 0 && disclosure(`この人に合わない予診票（${others.length}）`, html`<ul>${others}</ul>`);
  const body = html`${selectField({ name: 'layoutId', label: '予診票・通知', choices, value: view.layoutId, isRequired: true, width: 40, error: errorOf(errors, 'layoutId') })}${stageField(view.stages, view.stage, errors)}${inputFields(view)}${textField({ name: 'reason', label: '発行の理由', value: view.reason, isRequired: true, width: 40, hint: '例　紛失、転入、窓口で交付。発行番号簿に残ります', error: errorOf(errors, 'reason') })}${dayField({ name: 'issuedOn', label: '発行日', value: view.issuedOn, isRequired: true, error: errorOf(errors, 'issuedOn') })}<div class="button-row">${button('印刷用のPDFを作る', { look: 'filled', icon: 'print' })}${buttonLink('もどる', view.backHref)}</div>`;
  return html`${view.who}${errorSummary(errors)}${twiceNotice(view.forms)}${live.length > 0 && notice('info', '有効な予診票があります', '同じ回の予診票をもう一度印刷すると、前の番号は使えなくなります。')}${panel(
    { title: '予診票を印刷する', icon: 'print' },
    html`${view.layouts.length === 0 ? none : postForm({ action: personPrintPath(view.personId), csrfToken: view.csrfToken, class: 'stack-tight' }, body)}${otherList}`,
  )}${panel({ title: 'これまでの予診票', icon: 'list', isFlush: true }, formTable(view.forms))}${view.mayCancel && live.length > 0 && cancelPanel(view, live)}`;
}

/** What the papers ask for at the printing; shown once per paper that asks. */
function inputFields(view: {
  layouts: readonly LayoutChoice[];
  inputs: (name: string) => string;
  errors: readonly FormError[];
}): Html {
  const asking = view.layouts.filter((one) => one.inputs.length > 0);
  return html`${asking.map(
    (layout) =>
      html`<fieldset><legend>${layout.title}のときに書くこと</legend>${layout.inputs.map(({ name, label }) =>
        textField({
          name: `input-${name}`,
          label,
          value: view.inputs(name),
          width: 40,
          error: errorOf(view.errors, `input-${name}`),
        }),
      )}</fieldset>`,
  )}`;
}

function cancelPanel(
  view: { personId: PersonId; errors: readonly FormError[]; csrfToken: string },
  live: readonly IssuedForm[],
): Html {
  const choices = [
    { value: '', label: '選んでください' },
    ...live.map(({ form, title }) => ({
      value: form.formNumber,
      label: `${formatFormNumber(form.formNumber)}　${title}`,
    })),
  ];
  const { errors } = view;
  return panel(
    { title: '新しい予診票を出さずに、番号を取り消す', icon: 'cross' },
    postForm(
      { action: formCancelPath(view.personId), csrfToken: view.csrfToken, class: 'stack-tight' },
      html`${selectField({ name: 'formNumber', label: '取り消す予診票', choices, value: '', isRequired: true, width: 40, error: errorOf(errors, 'formNumber') })}${textField({ name: 'cancelReason', label: '取り消す理由', value: '', isRequired: true, width: 40, hint: '例　誤って送った、返送された。取り消した番号は元に戻せません', error: errorOf(errors, 'cancelReason') })}<div class="button-row">${button('番号を取り消す', { icon: 'cross' })}</div>`,
    ),
  );
}

/** The form is printed: its number, what it replaced, what to look at, and the file. */
export function printedPage(view: { printed: PrintedForm; sentences: readonly string[]; backHref: string }): Html {
  const { printed } = view;
  const replaced =
    printed.cancelledNumbers.length > 0 &&
    html`<p>前の番号 ${printed.cancelledNumbers.map((number) => html`<span class="mono">${number}</span> `)}は使えなくなりました。手元に残っていたら破棄してもらってください。</p>`;
  const toLookAt = view.sentences.map((sentence) => html`<li>${icon('alert')} ${sentence}</li>`);
  return html`${pageHead('予診票ができました')}${notice('success', html`番号 <span class="mono">${printed.formNumber}</span>`, html`${replaced}<p>PDFを開いて、氏名と生年月日を確かめてから渡してください。</p>`)}${toLookAt.length > 0 && notice('warning', '印刷を見てください', html`<ul>${toLookAt}</ul>`)}<div class="button-row"
    >${buttonLink('PDFを開く', printFilePath(printed.printJobId, 1), { look: 'filled', icon: 'file' })}${buttonLink('この人の画面にもどる', view.backHref, { icon: 'arrowLeft' })}</div
  >`;
}
