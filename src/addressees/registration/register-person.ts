import { type Alike, findAlike } from '#addressees/matching';
import {
  deriveSearchKeys,
  findAnnotationKind,
  insertAnnotation,
  insertByHand,
  listFilledItems,
  type PersonOnRecord,
  sexWord,
} from '#addressees/persons';
import { type ActionContext, type ApprovalKind, type ApprovedBy, requestApproval } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { listUndeclared, loadItemCatalogue } from '#common-base/linkage';
import { getMunicipality } from '#common-base/municipalities';
import { addDays, type Decision, decide, finding, formatIsoDay } from '#kernel';
import { publish } from '#platform/outbox';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { Draft } from './decide-draft.ts';
import { closeDraft, findDraft, insertDraft, nextNonRegisteredNumber, type StoredDraft } from './draft-store.ts';
import { loadRegistrationSettings } from './registration-settings.ts';

/** 住登外者の登録: one person takes it from paper, another compares it with the paper and approves. */
export const registrationKind: ApprovalKind = {
  kind: 'persons.registration',
  nameJa: '住登外者の登録',
  requestPermission: 'persons.register',
  approvePermission: 'persons.approveRegistration',
  daysOpen: 30,
  describe: async (tx, subject) => {
    const draft = await findDraft(tx, Number(subject['draftId']));
    return draft === undefined ? [] : describeDraft(draft);
  },
  listPersonIds: async (tx, subject) => {
    const personId = (await findDraft(tx, Number(subject['draftId'])))?.personId ?? null;
    return personId === null ? [] : [personId];
  },
  findFaults: async (tx, _requester, subject) => {
    const draft = await findDraft(tx, Number(subject['draftId']));
    return draft === undefined || draft.personId !== null ? [finding('draftGone', 'refuse', null)] : [];
  },
  carryOut: async (tx, by, subject) => register(tx, by, Number(subject['draftId'])),
};

/** The records that the draft may be one of, likeliest first; shown before anything is saved. */
export async function listDraftCandidates(tx: Tx, { row }: Draft): Promise<readonly Alike[]> {
  const { name, kana, birthDate, sex, address, phone } = row;
  return findAlike(tx, { addresseeNumber: null, name, kana, bornOn: birthDate.bornOn, sex, address, phone });
}

/**
 * Keeps a draft and asks for its approval. Where records like it are on record, the clerk must have said that all of them
 * are other people.
 */
export async function requestRegistration(
  context: ActionContext,
  draft: Draft,
  candidates: readonly Pick<PersonOnRecord, 'personId'>[],
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  const undeclared = await withMunicipality(db, actor.lgCode, async (tx) =>
    listUndeclared(
      await loadItemCatalogue(tx),
      [...listFilledItems(draft.row), `annotations.${draft.category}`],
      'nonRegistered',
    ),
  );
  if (undeclared.length > 0) {
    const items = undeclared.map(({ nameJa }) => nameJa).join('、');
    return decide([finding('draftItemNotDeclared', 'refuse', null, { items })], 0);
  }
  const draftId = await withMunicipality(db, actor.lgCode, async (tx) => {
    const { staffId, staffName } = actor;
    const kept = await insertDraft(tx, draft, {
      at: clock.now(),
      staffId,
      staffName,
      candidatesSeen: candidates.length,
    });
    const personIds = candidates.map(({ personId }) => personId);
    await recordAct(tx, actor, { act: 'persons.registrationDrafted', personIds, details: { draftId: kept } });
    return kept;
  });
  return await requestApproval(context, registrationKind, { subject: { draftId }, reason: draft.grounds });
}

async function register(tx: Tx, by: ApprovedBy, draftId: number): Promise<Decision<null>> {
  const draft = await findDraft(tx, draftId);
  if (draft === undefined || draft.personId !== null) return decide([finding('draftGone', 'refuse', null)], null);
  const settings = await loadRegistrationSettings(tx);
  const { name: municipalityName } = await getMunicipality(tx);
  const addresseeNumber = await nextNonRegisteredNumber(tx, settings.nonRegisteredPrefix, settings.nonRegisteredDigits);
  const { validFrom, validTo } = draft;
  const ceasedResidentOn = validTo === null ? null : addDays(validTo, 1);
  const row = { ...draft.row, addresseeNumber, ceasedResidentOn };
  const keys = deriveSearchKeys(row, { lgCode: tx.lgCode, municipalityName });
  const personId = await insertByHand(tx, row, { effectiveOn: validFrom, recordedAt: by.at }, keys);
  const recorder = { at: by.at, staffId: by.requester.staffId, staffName: by.requester.displayName };
  await insertAnnotation(
    tx,
    {
      personId,
      kind: draft.category,
      relatedPersonId: null,
      content: null,
      validFrom,
      validTo,
      withdraws: null,
      reason: draft.grounds,
    },
    recorder,
  );
  await closeDraft(tx, draftId, personId, by.at);
  const details = { draftId, requestId: by.requestId };
  await recordAct(tx, by.approver, { act: 'persons.registered', personIds: [personId], details });
  await publish(tx, 'persons.registered', personId);
  return decide([], null);
}

/**
 * A protected place is shown to nobody; and once the person is registered, whether a place may be shown is decided on the
 * person's page alone, since protection can begin later.
 */
function describePlace({ row, personId }: StoredDraft): readonly (readonly [string, string | null])[] {
  if (row.isProtected) return [['住所', '支援措置のため表示しません']];
  if (personId !== null) return [['住所', '登録を終えました。人の画面で見てください']];
  return [
    ['郵便番号', row.postalCode],
    ['住所', [row.address, row.building].filter(Boolean).join(' ')],
  ];
}

function describeDraft(draft: StoredDraft): readonly (readonly [string, string])[] {
  const { row } = draft;
  const until = draft.validTo === null ? '期限なし' : formatIsoDay(draft.validTo);
  const terms: readonly (readonly [string, string | null])[] = [
    ['氏名', row.name],
    ['カナ', row.kana],
    ['生年月日', row.birthText ?? '不詳'],
    ['性別', sexWord(row.sex)],
    ...describePlace(draft),
    ['通称', row.commonName],
    ['外国人本名', [row.foreignName, row.foreignKana].filter(Boolean).join(' ')],
    ['支援措置', row.isProtected ? '対象' : null],
    ['区分', findAnnotationKind(draft.category)?.nameJa ?? ''],
    ['登録の根拠', draft.grounds],
    ['有効な期間', `${formatIsoDay(draft.validFrom)} から ${until}`],
    ['似た記録', draft.candidatesSeen === 0 ? 'なし' : `${draft.candidatesSeen}件（別の人と確かめた）`],
  ];
  return terms.flatMap(([term, value]) => (value === null || value === '' ? [] : [[term, value] as const]));
}
