import type { ExportRequest, ExportState, RecordedEvent } from './types.ts';

/** The file that can be taken now: made last and not erased since. */
export function findFile(events: readonly RecordedEvent[]): RecordedEvent | undefined {
  const last = events.findLast(({ event }) => event === 'made' || event === 'erasedHere');
  return last?.event === 'made' ? last : undefined;
}

/**
 * Where an export stands: waiting for approval, approved, its file made, taken on its medium, lapsed (the file is gone
 * and was never taken) or erased from the medium, confirmed by a second person.
 */
export function deriveExportState({ events }: Pick<ExportRequest, 'events'>): ExportState {
  const has = (event: RecordedEvent['event']): boolean => events.some((each) => each.event === event);
  if (has('erasedThere')) return 'erased';
  if (has('taken')) return 'taken';
  if (findFile(events) !== undefined) return 'made';
  if (has('made')) return 'lapsed';
  return has('approved') ? 'approved' : 'waiting';
}

/** Whether data that left the system must still be erased; `today` and the limit as `YYYY-MM-DD`. */
export function isEraseOverdue(request: ExportRequest, today: string): boolean {
  return deriveExportState(request) === 'taken' && request.eraseBy < today;
}
