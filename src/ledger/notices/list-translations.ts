import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listLayoutIds } from './compose-layout.ts';
import type { FormLayout } from './layout-types.ts';
import { type NoticeLibrary, readFormLayout } from './library.ts';
import { listLanguages, readTranslation } from './load-translation-sheet.ts';
import { deriveTranslation, mayBeSent, type TranslationState } from './translations.ts';

/** A language as the screen of the layouts shows it. */
export interface TranslationSummary {
  readonly language: string;
  readonly name: string;
  readonly ownName: string;
  /** Null where its file cannot be read. */
  readonly state: TranslationState | null;
  readonly maySend: boolean;
  /** The questionnaires that can be printed with a sheet, and those that lack a sentence or whose layout has a fault. */
  readonly covered: readonly { readonly layoutId: string; readonly title: string }[];
  readonly lacking: readonly string[];
}

/** The languages of the release with what this municipality decides on them, on a day. */
export async function listTranslations(tx: Tx, library: NoticeLibrary, on: Day): Promise<TranslationSummary[]> {
  const forms: FormLayout[] = [];
  for (const layoutId of listLayoutIds(library.layouts)) {
    const form = await readFormLayout(tx, library, layoutId, on);
    if (form.answer !== 'refused' && form.value.document === 'screening') forms.push(form.value);
  }
  const summaries: TranslationSummary[] = [];
  for (const language of listLanguages(library)) {
    const read = await readTranslation(tx, library, language);
    if (read.answer === 'refused') {
      const unread = { language, name: language, ownName: '', state: null, maySend: false };
      summaries.push({ ...unread, covered: [], lacking: forms.map(({ title }) => title) });
      continue;
    }
    const translation = read.value;
    const covers = (form: FormLayout) => deriveTranslation(form, translation).answer !== 'refused';
    summaries.push({
      ...{ language, name: translation.name, ownName: translation.ownName },
      ...{ state: translation.state, maySend: mayBeSent(translation) },
      covered: forms.filter(covers),
      lacking: forms.filter((form) => !covers(form)).map(({ title }) => title),
    });
  }
  return summaries;
}
