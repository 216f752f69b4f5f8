import {
  button,
  buttonLink,
  emptyState,
  formatCount,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  table,
} from '#platform/pages';
import type { PersonAbsence } from '../absences.ts';
import { absencesPath } from './paths.ts';
import { personLink } from './person-columns.ts';
import { birthDateText, residenceTag } from './person-words.ts';

/** Residents who did not stand in a whole file of the register: somebody looks, nobody is closed by the machine. */
export function absencesPage(view: {
  absences: readonly PersonAbsence[];
  total: number;
  next: number | null;
  maySettle: boolean;
  csrfToken: string;
}): Html {
  const foot =
    view.next !== null &&
    buttonLink('次のページ', `${absencesPath}?after=${view.next}`, { size: 'small', icon: 'arrowRight' });
  return html`${pageHead('住民記録にいない人', {
    lead: '全件の住民記録に載っていなかった人です。転出や死亡の異動がまだ届いていないか、住民記録の担当課に確かめてください。',
  })}${panel(
    { title: `${formatCount(view.total)}人`, icon: 'people', isFlush: true, foot },
    table<PersonAbsence>({
      caption: '住民記録にいない人',
      density: 'dense',
      rows: view.absences,
      whenEmpty: emptyState('確かめる人はいません', undefined, 'checkCircle'),
      columns: [
        {
          label: '氏名',
          isRowHeader: true,
          cell: ({ person }) => personLink(person.personId, person),
        },
        { label: '生年月日', cell: ({ person }) => birthDateText(person.bornOn, person.birthDatePrecision) },
        { label: '宛名番号', cell: ({ person }) => html`<span class="mono">${person.addresseeNumber}</span>` },
        { label: '状態', cell: ({ person }) => residenceTag(person.state) },
        { label: '気づいた時', isNoWrap: true, cell: (absence) => instantText(absence.noticedAt) },
        { label: '確かめたこと', cell: (absence) => (view.maySettle ? settleForm(absence, view.csrfToken) : null) },
      ],
    }),
  )}`;
}

function settleForm(absence: PersonAbsence, csrfToken: string): Html {
  const { personId, name } = absence.person;
  return postForm(
    { action: absencesPath, csrfToken, class: 'row' },
    html`${hiddenField('personId', personId)}<input class="control control-small width-20" name="note" required maxlength="200" aria-label="${name}について確かめたこと" placeholder="例　住民課に確認、居住中">${button('済み', { size: 'small', icon: 'check' })}`,
  );
}
