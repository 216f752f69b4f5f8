import { type Alike, explainScore } from '#addressees/matching';
import { type PersonSummary, recordColumns } from '#addressees/persons';
import type { Column } from '#platform/pages';

/** A record that may be the same person's, with how much speaks for it and why. */
export interface ListedAlike extends Pick<Alike, 'score' | 'reasons'> {
  readonly summary: PersonSummary;
}

/** The columns of lists of records that may be the same person's. */
export const alikeColumns: readonly Column<ListedAlike>[] = [
  ...recordColumns<ListedAlike>(({ summary }) => summary),
  { label: '点', isNumber: true, cell: ({ score }) => score },
  { label: '点のわけ', cell: ({ reasons }) => explainScore(reasons).join('、') },
];
