import { type Institutions, loadInstitutions } from '#ledger/contracts';
import { loadManufacturerNames, loadNames } from '#ledger/masters';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { findProductName, listStages, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { NameOfCode, RecordWording } from '../derive-changed-items.ts';
import type { Wording } from './derive-ledger-view.ts';

/** The words for codes of one municipality: names of the rules, of makers, of institutions, sentences of findings. */
export async function loadLedgerWording(tx: Tx, rules: RuleSet, findings: FindingsTables): Promise<Wording> {
  return wordingOf(rules, await loadInstitutions(tx), await loadManufacturerNames(tx), findings);
}

/** The words for the codes of a record: of the rules, and of the office's masters. */
export async function loadRecordWording(tx: Tx, rules: RuleSet): Promise<RecordWording> {
  return recordWordingOf(rules, await loadNamesOfCodes(tx));
}

/** The names of the rules for the codes of a record, and of the masters where they are lent. */
export function recordWordingOf(rules: RuleSet, nameOfCode: NameOfCode = () => null): RecordWording {
  return {
    nameOfCode,
    stage(programme, stage) {
      if (programme === null) return '種類がわからない接種';
      const name = nameOfProgramme(rules, programme);
      return stage === null ? name : `${name} ${nameOfStage(rules, programme, stage)}`;
    },
    product: (product) => findProductName(rules, product) ?? product,
  };
}

/** The names that the office keeps of institutions, makers, doctors and venues; what a record names itself needs none. */
async function loadNamesOfCodes(tx: Tx): Promise<NameOfCode> {
  const [institutions, makers] = [await loadInstitutions(tx), await loadManufacturerNames(tx)];
  const { physicians, venues } = await loadNames(tx);
  return (key, items) => {
    const code = items[key] ?? '';
    const isMeant = (entry: { readonly code: string }): boolean => entry.code === code;
    if (key === 'institutionCode' || key === 'screeningInstitutionCode') return institutions.get(code)?.name ?? null;
    if (key === 'manufacturerCode') return items.manufacturerName ? null : (makers.get(code) ?? null);
    if (key === 'venueCode') return items.venueOther ? null : (venues.find(isMeant)?.name ?? null);
    const isGiver = key === 'administeringPhysicianCode';
    if (!isGiver && key !== 'screeningPhysicianCode') return null;
    const told = isGiver ? items.administeringPhysician : items.screeningPhysician;
    const place = (isGiver ? null : items.screeningInstitutionCode) ?? items.institutionCode ?? '';
    return told ? null : (physicians.get(place)?.find(isMeant)?.name ?? null);
  };
}

function wordingOf(
  rules: RuleSet,
  institutions: Institutions,
  manufacturers: ReadonlyMap<string, string>,
  findings: FindingsTables,
): Wording {
  const stages = listStages(rules);
  return {
    stageNames(programme, stage) {
      const ofProgramme = stages.filter((one) => one.programme === programme);
      const found = ofProgramme.find((one) => one.stage === stage);
      return {
        programmeName: ofProgramme[0]?.programmeName ?? programme,
        stageName: ofProgramme.length < 2 ? null : (found?.stageName ?? stage),
      };
    },
    productName: (product) => findProductName(rules, product) ?? null,
    manufacturerName: (code) => manufacturers.get(code) ?? null,
    institutionName: (code) => institutions.get(code)?.name ?? null,
    explain: (finding) => explainFinding(findings, finding),
  };
}
