import { findSettings } from '#common-base/municipalities';
import { type Day, type Decision, finding } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { FormLayout, FormValues } from './layout-types.ts';
import { type NoticeLibrary, readFormLayout } from './library.ts';
import { deriveTranslation, mayBeSent, parseTranslation, type Translation } from './translations.ts';

/** The layout on which every translation is printed. */
const sheetId = 'translation-sheet';
/** The language of the forms themselves. */
export const ownLanguage = 'ja';
const languageFile = /^translations\/([a-z]{2})\.json$/u;

/** A translation sheet ready to print behind a questionnaire. */
export interface TranslationSheet {
  readonly layout: FormLayout;
  /** The values of the sheet that goes with a form of these values. */
  valuesFor(form: FormValues): FormValues;
}

/** The languages into which the release translates, in the order of their names. */
export function listLanguages(library: NoticeLibrary): readonly string[] {
  return [...library.layouts.keys()].flatMap((path) => languageFile.exec(path)?.[1] ?? []).toSorted();
}

/** A language's sentences as the release and this municipality have them; refused where nobody has any. */
export async function readTranslation(
  tx: Tx,
  library: NoticeLibrary,
  language: string,
): Promise<Decision<Translation>> {
  const release = library.layouts.get(`translations/${language}.json`);
  if (release === undefined) {
    return { answer: 'refused', findings: [finding('translationMissing', 'question', null, { language })] };
  }
  return parseTranslation(language, {
    release,
    own: await findSettings(tx, `translations/${language}.json`),
    acceptance: await findSettings(tx, 'translations.json'),
  });
}

/**
 * The translation sheet of a questionnaire in a language on a day. Refused, with the reason to show a clerk, where there
 * is none, where nobody has checked it and the municipality does not take it as it is, or where a sentence lacks.
 */
export async function loadTranslationSheet(
  tx: Tx,
  library: NoticeLibrary,
  form: FormLayout,
  language: string,
  on: Day,
): Promise<Decision<TranslationSheet>> {
  const read = await readTranslation(tx, library, language);
  if (read.answer === 'refused') return read;
  const translation = read.value;
  if (!mayBeSent(translation)) {
    const params = { language: translation.name };
    return { answer: 'refused', findings: [finding('translationNotAccepted', 'question', null, params)] };
  }
  return composeSheet(tx, library, form, translation, on);
}

/** The same whether or not it may be sent out: for looking at it before somebody decides. */
export async function composeSheet(
  tx: Tx,
  library: NoticeLibrary,
  form: FormLayout,
  translation: Translation,
  on: Day,
): Promise<Decision<TranslationSheet>> {
  const sheet = await readFormLayout(tx, library, sheetId, on);
  if (sheet.answer === 'refused') return sheet;
  const { paper } = sheet.value;
  if (paper.widthMm !== form.paper.widthMm || paper.heightMm !== form.paper.heightMm) {
    const params = { language: translation.name, layout: form.layoutId };
    return { answer: 'refused', findings: [finding('translationPaperDiffers', 'question', null, params)] };
  }
  const said = deriveTranslation(form, translation);
  if (said.answer === 'refused') return said;
  const { texts, lists } = said.value;
  const value: TranslationSheet = {
    // A translation bears no seal: what is sealed is the Japanese form.
    layout: { ...sheet.value, seal: null, face: translation.face },
    valuesFor: (own) => ({ texts: { ...own.texts, ...texts }, lists }),
  };
  return { answer: 'accepted', value, findings: [] };
}
