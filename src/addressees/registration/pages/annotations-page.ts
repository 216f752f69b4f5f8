import {
  type Annotation,
  annotationKinds,
  findAnnotationKind,
  type MailingAddress,
  type PersonSummary,
  personPath,
} from '#addressees/persons';
import type { Day, PersonId } from '#kernel';
import {
  button,
  buttonLink,
  dataList,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { mayBeWithdrawn } from '../annotate-person.ts';
import { annotationsPath } from './paths.ts';

/** What the page of a record's additions shows. */
export interface AnnotationsView {
  readonly personId: PersonId;
  readonly annotations: readonly Annotation[];
  /** The person's place is withheld (支援措置): what would tell it is not among the annotations. */
  readonly isHidden: boolean;
  readonly asOf: Day;
  /** 送付先 in force; null where there is none or the place is withheld. */
  readonly mailing: MailingAddress | null;
  /** Kinds that this municipality does not hold. */
  readonly withoutKinds: readonly string[];
  readonly errors: readonly FormError[];
  readonly typed: Readonly<Record<string, string>>;
  readonly csrfToken: string;
}

/** 送付先, 保護者, 区分, 注意情報 of a record, and the forms that add and withdraw them. */
export function annotationsPage(view: AnnotationsView): Html {
  const withheld = notice(
    'warning',
    '支援措置のため、保護者・連絡先・送り先は表示していません',
    '登録はできます。確かめるときは、係長に相談してください。',
  );
  return html`${errorSummary(view.errors)}${view.isHidden && withheld}${listPanel(view)}<div class="columns columns-start">${addPanel(view)}${mailingPanel(view)}</div>`;
}

function listPanel(view: AnnotationsView): Html {
  return panel(
    { title: '付け加えたこと', icon: 'list', isFlush: true },
    table<Annotation>({
      caption: '付け加えたこと',
      density: 'dense',
      rows: view.annotations,
      whenEmpty: emptyState('付け加えたことはありません'),
      columns: [
        { label: '種別', isRowHeader: true, cell: (each) => findAnnotationKind(each.kind)?.nameJa ?? each.kind },
        { label: '内容', cell: contentOf },
        {
          label: '期間',
          cell: (each) =>
            html`${dayText(each.validFrom, { isShort: true })}から${each.validTo !== null && html`　${dayText(each.validTo, { isShort: true })}まで`}`,
        },
        {
          label: '理由',
          cell: (each) =>
            html`${each.reason}<span class="soft small">　${each.recordedByName} ${instantText(each.recordedAt)}</span>`,
        },
        { label: '取りやめ', cell: (each) => withdrawal(view, each) },
      ],
    }),
  );
}

function contentOf(annotation: Annotation): Html | string {
  if (annotation.relatedPersonId === null) return annotation.content ?? '';
  return html`<a href="${personPath(annotation.relatedPersonId)}">${annotation.relatedName}</a>`;
}

function withdrawal(view: AnnotationsView, annotation: Annotation): Html {
  const { withdrawnFrom, withdrawnReason } = annotation;
  if (withdrawnFrom !== null) {
    return html`${dayText(withdrawnFrom, { isShort: true })}から取りやめ<span class="soft small">　${withdrawnReason}</span>`;
  }
  if (!mayBeWithdrawn(annotation, view.asOf)) return html`<span class="soft">終わりました</span>`;
  const name = findAnnotationKind(annotation.kind)?.nameJa ?? '';
  return postForm(
    { action: `${annotationsPath(view.personId)}/withdraw`, csrfToken: view.csrfToken, class: 'row' },
    html`${hiddenField('annotationId', annotation.annotationId)}<input class="control control-small width-20" name="reason" required maxlength="200" aria-label="${name}を取りやめる理由" placeholder="取りやめる理由">${button('取りやめる', { size: 'small', icon: 'undo' })}`,
  );
}

function addPanel(view: AnnotationsView): Html {
  const { errors, typed } = view;
  const choices = annotationKinds
    .filter(({ kind }) => !view.withoutKinds.includes(kind))
    .map(({ kind, nameJa }) => ({ value: kind, label: nameJa }));
  return panel(
    { title: '付け加える', icon: 'flag' },
    postForm(
      { action: annotationsPath(view.personId), csrfToken: view.csrfToken, label: '付け加える' },
      html`<div class="stack">${selectField({ name: 'kind', label: '種別', value: typed['kind'] ?? '', error: errorOf(errors, 'kind'), choices: [{ value: '', label: '選んでください' }, ...choices], isRequired: true })}${textField({ name: 'relatedNumber', label: '相手の宛名番号', value: typed['relatedNumber'] ?? '', error: errorOf(errors, 'relatedNumber'), hint: '保護者・成年後見人・親族のとき', inputMode: 'numeric', maxLength: 15, width: 20 })}${textField({ name: 'content', label: '内容', value: typed['content'] ?? '', error: errorOf(errors, 'content'), hint: '注意情報・電子メールのとき', maxLength: 200, width: 40 })}${dayField({ name: 'validFrom', label: 'いつから', value: typed['validFrom'] ?? '', error: errorOf(errors, 'validFrom'), isRequired: true })}${dayField({ name: 'validTo', label: 'いつまで', value: typed['validTo'] ?? '', hint: '決まっていなければ空に' })}${textField({ name: 'reason', label: '理由', value: typed['reason'] ?? '', error: errorOf(errors, 'reason'), hint: '例　登記事項証明書による', maxLength: 200, width: 40, isRequired: true })}${button('付け加える', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

function mailingPanel(view: AnnotationsView): Html {
  const { errors, typed, mailing } = view;
  const present =
    mailing !== null &&
    dataList([
      ['宛名', mailing.recipientName],
      ['郵便番号', mailing.postalCode],
      ['住所', [mailing.address, mailing.building].filter(Boolean).join(' ')],
      [
        '期間',
        html`${dayText(mailing.validFrom, { isShort: true })}から${mailing.validTo !== null && html`　${dayText(mailing.validTo, { isShort: true })}まで`}`,
      ],
    ]);
  const stop =
    mailing !== null &&
    postForm(
      { action: `${annotationsPath(view.personId)}/mailing`, csrfToken: view.csrfToken, label: '送り先をやめる' },
      html`${hiddenField('isWithdrawal', 'yes')}${button('きょうから、もとの住所に送る', { size: 'small', icon: 'undo' })}`,
    );
  return panel(
    { title: '送り先', icon: 'mail' },
    html`<div class="stack">${present}${stop}${postForm(
      { action: `${annotationsPath(view.personId)}/mailing`, csrfToken: view.csrfToken, label: '送り先を登録する' },
      html`<div class="stack">${textField({ name: 'recipientName', label: '送り先の宛名', value: typed['recipientName'] ?? '', error: errorOf(errors, 'recipientName'), maxLength: 100, width: 40, isRequired: true })}${textField({ name: 'postalCode', label: '郵便番号', value: typed['postalCode'] ?? '', inputMode: 'numeric', maxLength: 8, width: 10, isRequired: true })}${textField({ name: 'address', label: '住所', value: typed['address'] ?? '', maxLength: 200, width: 40, isRequired: true })}${textField({ name: 'building', label: '方書（建物・部屋）', value: typed['building'] ?? '', maxLength: 100, width: 40 })}${dayField({ name: 'validFrom', id: 'mailingFrom', label: 'いつから', value: typed['mailingFrom'] ?? '', isRequired: true })}${dayField({ name: 'validTo', id: 'mailingTo', label: 'いつまで', value: typed['mailingTo'] ?? '', hint: '決まっていなければ空に' })}${button('送り先を登録する', { icon: 'check' })}</div>`,
    )}</div>`,
  );
}

/** On the person's page, before anything else: what staff must mind today. */
export function cautionNotices(annotations: readonly Annotation[]): readonly Html[] {
  return annotations
    .filter((each) => each.kind === 'caution')
    .map((each) => notice('warning', '注意情報があります', each.content ?? ''));
}

/** On the person's page: what was added and holds today, and the way to adding more. */
export function annotationsPanel(personId: PersonId, annotations: readonly Annotation[], mayAdd: boolean): Html {
  const tags = annotationTags(annotations);
  const link = mayAdd && buttonLink('送り先・保護者など', annotationsPath(personId), { size: 'small', icon: 'flag' });
  const body =
    tags.length === 0
      ? html`<p class="soft">付け加えたことはありません。</p>`
      : html`<ul class="stack-tight">${tags}</ul>`;
  return panel({ title: '付け加えたこと', icon: 'list', aside: link }, body);
}

function annotationTags(annotations: readonly Annotation[]): readonly Html[] {
  return annotations
    .filter((each) => each.kind !== 'caution')
    .map((each) => {
      const name = findAnnotationKind(each.kind)?.nameJa ?? '';
      const said = each.relatedPersonId === null ? (each.content ?? '') : (each.relatedName ?? '');
      return html`<li>${statusTag(name, 'neutral', 'tag')} ${said}</li>`;
    });
}

/** Whose page it is, for the crumbs. */
export function nameOf(person: Pick<PersonSummary, 'name' | 'kana'>): string {
  return person.name === '' ? person.kana : person.name;
}
