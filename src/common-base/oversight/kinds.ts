import type { ApprovalKind } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { decide, finding } from '#kernel';
import { deriveExportState } from './derive-export-state.ts';
import { basisText, loadProvisions } from './provisions/require-basis.ts';
import { getExport, getMedium, insertEvent, lockExport } from './store.ts';
import type { ExportSetsOf } from './types.ts';

/** Taking data out: asked by who needs it, approved by another person of rank. */
export function exportKind(setsOf: ExportSetsOf): ApprovalKind {
  return {
    kind: 'oversight.export',
    nameJa: 'データの持ち出し',
    requestPermission: 'exports.request',
    approvePermission: 'exports.approve',
    daysOpen: 14,
    async describe(tx, subject) {
      const asked = await getExport(tx, Number(subject['exportId']));
      const set = (await setsOf(tx)).find(({ key }) => key === asked.setKey);
      const names = asked.columns.map((key) => set?.columns.find((column) => column.key === key)?.nameJa ?? key);
      return [
        ['データの種類', set?.nameJa ?? asked.setKey],
        ['項目', names.join('、')],
        [set?.dayNameJa ?? '期間', `${asked.dayFrom ?? '（限らない）'} から ${asked.dayTo ?? '（限らない）'} まで`],
        ['媒体', asked.mediumLabel],
        ['渡す先', asked.recipient],
        ['提供の根拠', basisText((await loadProvisions(tx)).find(({ id }) => id === asked.provision))],
        ['消去の期限', asked.eraseBy],
      ];
    },
    findFaults: async () => await Promise.resolve([]),
    async carryOut(tx, by, subject) {
      const asked = await lockExport(tx, Number(subject['exportId']));
      const { exportId, mediumId } = asked;
      if (deriveExportState(asked) !== 'waiting') return decide([finding('exportOver', 'refuse', null)], null);
      const { disposedAt } = await getMedium(tx, mediumId);
      if (disposedAt !== null) return decide([finding('mediumDisposed', 'refuse', null)], null);
      const { approver: who, requestId } = by;
      await insertEvent(tx, { event: 'approved', exportId, mediumId, by: who, requestId }, by.at);
      await recordAct(tx, who, { act: 'oversight.exportApproved', details: { exportId, requestId } });
      return decide([], null);
    },
  };
}

/** Erasure from a medium: reported by who did it, confirmed by another person who looked at the medium. */
export const erasureKind: ApprovalKind = {
  kind: 'oversight.erasure',
  nameJa: '媒体からの消去の確認',
  requestPermission: 'exports.request',
  approvePermission: 'exports.approve',
  daysOpen: 30,
  async describe(tx, subject) {
    const asked = await getExport(tx, Number(subject['exportId']));
    return [
      ['持ち出し番号', String(asked.exportId)],
      ['媒体', asked.mediumLabel],
      ['消した方法', String(subject['note'])],
      ['消去の期限', asked.eraseBy],
    ];
  },
  async findFaults(tx, _requester, subject) {
    if (String(subject['note'] ?? '').trim() === '') return [finding('exportNoteMissing', 'refuse', 'note')];
    const state = deriveExportState(await getExport(tx, Number(subject['exportId'])));
    if (state === 'erased') return [finding('exportErasedAlready', 'refuse', null)];
    return state === 'taken' ? [] : [finding('exportNotTaken', 'refuse', null)];
  },
  async carryOut(tx, by, subject) {
    const asked = await lockExport(tx, Number(subject['exportId']));
    const { exportId, mediumId } = asked;
    if (deriveExportState(asked) !== 'taken') return decide([finding('exportErasedAlready', 'refuse', null)], null);
    const note = `${String(subject['note'])}（消去: ${by.requester.displayName}、確認: ${by.approver.staffName}）`;
    const { approver: who, requestId } = by;
    await insertEvent(tx, { event: 'erasedThere', exportId, mediumId, by: who, requestId, note }, by.at);
    await recordAct(tx, who, { act: 'oversight.erasureConfirmed', details: { exportId, requestId } });
    return decide([], null);
  },
};
