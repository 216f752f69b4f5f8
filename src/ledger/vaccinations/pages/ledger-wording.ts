import { type Institutions, loadInstitutions } from '#ledger/contracts';
import { loadManufacturers } from '#ledger/products';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { findProductName, listStages, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { RecordWording } from '../derive-changed-items.ts';
import type { Wording } from './derive-ledger-view.ts';

/** The words for codes of one municipality: names of the rules, of makers, of institutions, sentences of findings. */
export async function loadLedgerWording(tx: Tx, rules: RuleSet, findings: FindingsTables): Promise<Wording> {
  return wordingOf(rules, await loadInstitutions(tx), await loadManufacturers(tx), findings);
}

/** The names of the rules for the codes of a record. */
export function recordWordingOf(rules: RuleSet): RecordWording {
  return {
    stage(programme, stage) {
      if (programme === null) return '種類がわからない接種';
      const name = nameOfProgramme(rules, programme);
      return stage === null ? name : `${name} ${nameOfStage(rules, programme, stage)}`;
    },
    product: (product) => findProductName(rules, product) ?? product,
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
