import { ageInYears, type Day, type Finding } from '#kernel';
import {
  type ClaimKnowledge,
  decideClaim,
  decideInstitution,
  findPartner,
  loadInstitutions,
  loadPartners,
  loadPrices,
} from '#ledger/contracts';
import { decideLot, decideNames, loadLots, loadNames } from '#ledger/masters';
import { decideDoseVolume, loadVaccineMap, mapVaccine } from '#ledger/products';
import { decideItems, loadLedgerSettings, pickRecordItems } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { listStages, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { FormKnowledge } from './decide-row-form.ts';
import type { NamedColumns } from './layout-of-batch.ts';
import type { ArrivedRow, RowFact } from './types.ts';

/** Everything that rows are held against beside the people: loaded once per check. */
export interface IntakeKnowledge {
  readonly form: FormKnowledge;
  readonly rules: RuleSet;
  readonly asOf: Day;
  /** The stages of a programme in their order. */
  readonly stagesOf: (programme: string) => readonly string[];
  /** What the office calls a stage, with its programme. */
  readonly nameOf: (programme: string, stage: string) => string;
  readonly programmeName: (programme: string) => string;
  /** The sender's column name of a field key: findings speak in the sender's words. */
  readonly columnOf: (key: string) => string;
}

/** Loads the municipality's tables as they are now. */
export async function loadIntakeKnowledge(
  tx: Tx,
  rules: RuleSet,
  asOf: Day,
  { columns: told }: NamedColumns,
): Promise<IntakeKnowledge> {
  const institutions = await loadInstitutions(tx);
  const vaccines = await loadVaccineMap(tx);
  const lots = await loadLots(tx);
  const names = await loadNames(tx);
  const partners = await loadPartners(tx);
  const { claimLateAfterMonths: lateAfterMonths, doseVolumeIsAsked } = await loadLedgerSettings(tx);
  const claims: ClaimKnowledge = { prices: await loadPrices(tx), lateAfterMonths };
  const stages = Map.groupBy(listStages(rules), (stage) => stage.programme);
  const stageNames = new Map(stages.entries().map(([name, rows]) => [name, rows.map((row) => row.stage)] as const));
  const columns = new Map(told.map((column) => [column.key, column.name]));
  return {
    form: {
      lgCode: tx.lgCode,
      asOf,
      mapVaccine: (code, doseNumber, on) => mapVaccine(vaccines, code, doseNumber, on),
      decideInstitution: (code, on, programme) =>
        decideInstitution(institutions, code, on, { programme, name: nameOfProgramme(rules, programme) }),
      partnerName: (code, on) => findPartner(partners, code, on)?.name,
      decideClaim: (fields, fact) =>
        claimFindings(claims, fields, fact, nameOfProgramme(rules, fact.vaccine.programme)),
      decideLot: (product, lotNumber, on) => decideLot(lots, product, lotNumber, on),
      decideVolume: ({ vaccine: { product, stage }, vaccinatedOn: on, bornOn, items }) => {
        const told = items.doseVolumeMl || null;
        const severity = doseVolumeIsAsked ? 'question' : 'note';
        return decideDoseVolume(rules.doseVolumes, { product, stage, on, bornOn, told }, severity);
      },
      decideNames: (items, on) => decideNames(names, items, on),
      pickItems: pickRecordItems,
      decideItems,
    },
    rules,
    asOf,
    stagesOf: (programme) => stageNames.get(programme) ?? [],
    nameOf: (programme, stage) => `${nameOfProgramme(rules, programme)} ${nameOfStage(rules, programme, stage)}`,
    programmeName: (programme) => nameOfProgramme(rules, programme),
    columnOf: (key) => columns.get(key) ?? key,
  };
}

/** A dose outside the law's programmes is no claim on the municipality's contract. */
function claimFindings(claims: ClaimKnowledge, fields: ArrivedRow['fields'], fact: RowFact, name: string): Finding[] {
  if (fact.vaccinationClass === 'voluntary') return [];
  const { bornOn, vaccinatedOn: on, vaccine, outcome } = fact;
  const text = (key: string): string | null => fields[key] || null;
  return decideClaim(claims, {
    programme: vaccine.programme,
    product: vaccine.product,
    name,
    outcome,
    institutionCode: text('institutionCode'),
    on,
    // Without prices nobody asks the age.
    ageYears: claims.prices.length === 0 || bornOn === null || on < bornOn ? null : ageInYears(bornOn, on),
    claimedYen: text('claimYen'),
    priceCode: text('priceCode'),
    claimMonth: text('claimMonth'),
  });
}
